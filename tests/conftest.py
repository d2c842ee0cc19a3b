"""Settings of every test."""

import os

from hypothesis import settings

# A change is judged by the same examples every time; at a desk new ones are drawn, and what they find becomes a test.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
