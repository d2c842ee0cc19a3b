"""Leaflet's script and style sheet as text that can stand inside a page.

They come from the installed package XStatic-Leaflet, so a page needs no network; the pictures the style sheet
names are put in as ``data:`` addresses.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from pathlib import Path

from xstatic.pkg import leaflet

_PICTURE = re.compile(r"url\(\s*[\"']?(images/[\w.-]+\.png)[\"']?\s*\)")
_BEHAVIOUR = re.compile(r"\s*behavior:\s*url\(#default#VML\);")
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)


@cache
def leaflet_script() -> str:
    """The minified script without its reference to a source map."""
    return _SOURCE_MAP.sub("", _folder().joinpath("leaflet.js").read_text(encoding="utf-8")).strip()


@cache
def leaflet_style() -> str:
    """The style sheet with its pictures inside, without the rule for Internet Explorer 8."""
    text = _folder().joinpath("leaflet.css").read_text(encoding="utf-8")
    return _PICTURE.sub(_inline_picture, _BEHAVIOUR.sub("", text))


def _inline_picture(match: re.Match[str]) -> str:
    encoded = base64.b64encode(_folder().joinpath(match[1]).read_bytes()).decode("ascii")
    return f"url(data:image/png;base64,{encoded})"


def _folder() -> Path:
    return Path(leaflet.BASE_DIR)
