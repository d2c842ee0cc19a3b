"""Typefaces of the PDF (字体): Noto Sans SC and Noto Serif SC, brought by a package, embedded as subsets."""

from collections.abc import Iterable
from functools import cache

import pylopdf_fonts_zh_cn
from fpdf import FPDF
from fpdf.fonts import TTFFont

SANS, SERIF = "sans", "serif"
GETA = "〓"  # what Chinese typesetting prints for a character that the type case lacks


def add_fonts(pdf: FPDF) -> None:
    """Give a document both typefaces; only the characters used end up in the file."""
    pdf.add_font(SANS, "", pylopdf_fonts_zh_cn.sans_path())
    pdf.add_font(SERIF, "", pylopdf_fonts_zh_cn.serif_path())


def close_fonts(pdf: FPDF) -> None:
    """Close the font files that the library leaves open."""
    for font in pdf.fonts.values():
        if isinstance(font, TTFFont):
            font.close()


@cache
def _known() -> frozenset[int]:
    """Characters that both typefaces hold."""
    pdf = FPDF()
    add_fonts(pdf)
    known = [frozenset(font.cmap) for font in pdf.fonts.values() if isinstance(font, TTFFont)]
    close_fonts(pdf)
    return frozenset.intersection(*known)


def printable(text: str) -> str:
    """The text with every character the typefaces lack replaced by 〓; line feeds stay."""
    return "".join(letter if ord(letter) in _known() or letter == "\n" else GETA for letter in text)


def missing_letters(texts: Iterable[str]) -> tuple[str, ...]:
    """Characters that cannot be printed, each once, so that the page can name them instead of hiding them."""
    return tuple(sorted({letter for text in texts for letter in text if ord(letter) not in _known()}))
