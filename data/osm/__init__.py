"""OpenStreetMap tags and extracts, read into checked values."""
