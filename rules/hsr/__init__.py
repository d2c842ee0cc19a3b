"""公路安全保护条例 (Highway Safety Protection Regulations, State Council Order 593)."""
