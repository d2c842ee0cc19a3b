"""What carriers and bodies are told on the site (站内通知)."""
