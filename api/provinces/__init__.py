"""What each province chooses (省级设定): declared with type, default and doubt, dated, never after the fact."""
