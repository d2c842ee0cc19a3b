"""Letters for map labels (字形): ranges of 256 characters as signed distance fields, in the form MapLibre asks for.

They are drawn from Noto Sans SC, an openly licensed font that a package brings, so a map needs no other host. Chinese
characters are drawn by the browser itself (`localIdeographFontFamily`); here are the scripts that it asks a server for.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import distance_transform_edt

FONT_STACK: Final = "Noto Sans SC Regular"
RANGE: Final = 256
LAST_RANGE: Final = 65_280
_EM: Final = 24  # pixels a letter is drawn in; the size every renderer of these files expects
_BORDER: Final = 3
_RADIUS: Final = 8.0
_CUTOFF: Final = 0.25
_ORIGIN: Final = 27  # "top" counts from here above the baseline; the letters that browsers draw use the same
_FINER: Final = 8  # drawn so many times larger before distances are taken
# Latin with its accents, Greek, Cyrillic; punctuation, arrows, shapes; punctuation between Chinese, full-width letters.
DRAWN_RANGES: Final = (0, 256, 512, 768, 1024, 8192, 8448, 9472, 12288, 65280)


def glyph_range(start: int) -> bytes:
    """The glyphs of `start` to `start + 255`; none of them for a script that is not drawn here.

    Raises:
        ValueError: No range begins there.
    """
    if start % RANGE or not 0 <= start <= LAST_RANGE:
        raise ValueError(f"no range of glyphs begins at {start}")
    letters = range(start, start + RANGE) if start in DRAWN_RANGES else range(0)
    known = _known_letters()
    glyphs = b"".join(_field(3, _glyph(code)) for code in letters if code in known)
    stack = _field(1, FONT_STACK.encode()) + _field(2, f"{start}-{start + RANGE - 1}".encode()) + glyphs
    return _field(1, stack)


def _glyph(code: int) -> bytes:
    """One letter as a message: id, bitmap, width, height, left, top, advance."""
    letter = chr(code)
    advance = round(_font().getlength(letter) / _FINER)
    left, top, right, bottom = (int(edge) for edge in _font().getbbox(letter, anchor="ls"))
    said = _number(1, code)
    if right <= left or bottom <= top:
        return said + _number(3, 0) + _number(4, 0) + _signed(5, 0) + _signed(6, 0) + _number(7, advance)
    x, y = left // _FINER, top // _FINER  # whole pixels around the ink
    width, height = -(-right // _FINER) - x, -(-bottom // _FINER) - y
    field = _distance_field(letter, (x, y, width, height))
    box = _number(3, width) + _number(4, height) + _signed(5, x) + _signed(6, -y - _ORIGIN)
    return said + _field(2, field.tobytes()) + box + _number(7, advance)


def _distance_field(letter: str, box: tuple[int, int, int, int]) -> npt.NDArray[np.uint8]:
    """How far every pixel is from the letter's edge, larger inside; with a border all round."""
    x, y, width, height = box
    size = ((width + 2 * _BORDER) * _FINER, (height + 2 * _BORDER) * _FINER)
    image = Image.new("L", size)
    place = ((_BORDER - x) * _FINER, (_BORDER - y) * _FINER)
    ImageDraw.Draw(image).text(place, letter, font=_font(), fill=255, anchor="ls")
    ink = np.asarray(image) > 127  # noqa: PLR2004 - half covered
    outside, inside = distance_transform_edt(~ink), distance_transform_edt(ink)
    middle = slice(_FINER // 2, None, _FINER)
    away = (outside - inside)[middle, middle] / _FINER
    return np.clip(np.rint(255 - 255 * (away / _RADIUS + _CUTOFF)), 0, 255).astype(np.uint8)


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(pylopdf_fonts_zh_cn.sans_path(), _EM * _FINER, layout_engine=ImageFont.Layout.BASIC)


@cache
def _known_letters() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - slow to load, and needed once

    with TTFont(pylopdf_fonts_zh_cn.sans_path(), lazy=True) as font:
        return frozenset(font.getBestCmap())


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _signed(number: int, value: int) -> bytes:
    return _number(number, value << 1 ^ value >> 63)


def _varint(value: int) -> bytes:
    return bytes(_septets(value))


def _septets(value: int) -> Iterator[int]:
    while value >= 1 << 7:
        yield value & 127 | 128
        value >>= 7
    yield value
