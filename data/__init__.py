"""The outside world -> checked columns: map files, inventories, overlays, divisions."""
