"""The electronic map over HTTP: tiles, letters and style, all from this server."""
