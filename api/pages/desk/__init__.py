"""The desk of the offices that decide (办件台): queue, case, acts, checks before departure, dashboard."""
