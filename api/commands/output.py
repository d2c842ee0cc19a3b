"""What commands write (命令行输出): JSON on stdout, files whole or not at all."""

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from data.errors import BadInputError


def to_json(answer: Mapping[str, Any]) -> str:
    """Write an answer as JSON: the same answer gives the same bytes."""
    return json.dumps(answer, ensure_ascii=False, indent=2, allow_nan=False)


def print_json(answer: Mapping[str, Any]) -> None:
    """Print an answer on stdout in UTF-8, whatever the terminal's encoding."""
    sys.stdout.buffer.write((to_json(answer) + "\n").encode("utf-8"))


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all.

    Raises:
        BadInputError: The place cannot be written to.
    """
    draft = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except OSError as error:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)
        raise BadInputError(str(path), [f"cannot be written: {error.strerror or error}"]) from error
