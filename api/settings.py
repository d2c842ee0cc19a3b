"""Settings of the running program, from the environment (运行设置)."""

import os
from pathlib import Path


def var_folder() -> Path:
    """The only folder written to unless told otherwise: ``DAJIAN_VAR``, default ``./var``."""
    return Path(os.environ.get("DAJIAN_VAR", "var"))
