"""The demo's network (演示路网): drawn once, and again when the code that draws it has changed."""

import hashlib
import json
from functools import cache
from pathlib import Path

import data
import routing
from api.commands.demo import build_demo
from api.commands.output import write_whole
from routing.errors import SnapshotError
from routing.storage import load

STAMP = "demo.json"


def ensure_demo_network(folder: Path, seed: int) -> bool:
    """Have the synthetic province in a folder.

    Args:
        folder: Network folder.
        seed: Of the drawing.

    Returns:
        Whether it had to be drawn.

    Raises:
        SnapshotError: The folder holds something that is not a network.
    """
    stamp = folder.with_name(f"{folder.name}.{STAMP}")
    wanted = {"seed": seed, "drawn_by": _code_hash()}
    if _read(stamp) == wanted and _is_whole(folder):
        return False
    stamp.unlink(missing_ok=True)
    build_demo(folder, seed)
    write_whole(stamp, json.dumps(wanted) + "\n")
    return True


@cache
def _code_hash() -> str:
    """Hash of the code that draws and compiles a network."""
    digest = hashlib.sha256()
    for package in (data, routing):
        for file in sorted(Path(package.__path__[0]).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _read(stamp: Path) -> object:
    try:
        found: object = json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _is_whole(folder: Path) -> bool:
    try:
        load(folder)
    except (SnapshotError, OSError):
        return False
    return True
