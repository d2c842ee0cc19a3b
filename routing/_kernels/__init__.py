"""Compiled inner loops. A kernel takes arrays and numbers and fills or returns arrays, nothing else."""
