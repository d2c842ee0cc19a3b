"""Bridge data from outside (桥梁资料): notation of registers, dated design loads, policy."""
