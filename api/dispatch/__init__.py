"""Dispatch by route (按路线分发): who decides, who is asked about which part, with a drafted opinion.

Pure functions: no database, no HTTP, no clock.
"""
