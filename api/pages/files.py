"""Files of the pages (静态文件): styles, scripts, MapLibre from the wheel that ships it; named by their content."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from maps.style_tokens import css_properties

FOLDER: Final = Path(__file__).with_name("static")
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_MAPLIBRE: Final = ("maplibre-gl.js", "maplibre-gl.css")
PALETTE: Final = "palette.css"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it is sent."""

    content: bytes
    media_type: str
    version: str


@cache
def static_file(name: str) -> StaticFile | None:
    """A file by its name; None if there is none."""
    content = _palette() if name == PALETTE else _read(name)
    if content is None:
        return None
    return StaticFile(content, _TYPES[Path(name).suffix], hashlib.sha256(content).hexdigest()[:12])


def static_address(name: str) -> str:
    """The address of a file; it changes when the file does.

    Raises:
        KeyError: There is no such file.
    """
    file = static_file(name)
    if file is None:
        raise KeyError(name)
    return f"/static/{file.version}/{name}"


def _read(name: str) -> bytes | None:
    known = {path.name: path for path in FOLDER.iterdir() if path.suffix in _TYPES}
    known |= {one: _maplibre_folder() / one for one in _MAPLIBRE}
    return known[name].read_bytes() if name in known else None


def _maplibre_folder() -> Path:
    spec = find_spec("maplibre")
    assert spec is not None  # noqa: S101 - a dependency
    assert spec.origin is not None  # noqa: S101 - a package with code
    return Path(spec.origin).parent / "srcjs"


def _palette() -> bytes:
    light, dark = css_properties("light"), css_properties("dark")
    return (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    ).encode()
