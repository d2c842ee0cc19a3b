"""The core: road graph, limits, search and explanations. Knows no law, no web, no database."""
