"""Where road and law meet: one review of one loaded vehicle."""
