"""Composition root: the one package that knows all the others."""
