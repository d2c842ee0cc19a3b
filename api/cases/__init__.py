"""Cases (办件): states, the table of transitions, and who held a case."""
