"""QR code of a signed record (二维码)."""

from collections.abc import Iterator

import segno

QUIET_MODULES = 4


def make_qr(text: str) -> segno.QRCode:
    """The code at error correction M: about 15 % of it may be unreadable."""
    return segno.make(text, error="m", boost_error=False, micro=False)


def dark_runs(code: segno.QRCode) -> Iterator[tuple[int, int, int]]:
    """Runs of dark modules as row, first column and length; few rectangles print cleaner than many squares."""
    for row, modules in enumerate(code.matrix):
        start = -1
        for column, dark in enumerate((*modules, 0)):
            if dark and start < 0:
                start = column
            elif not dark and start >= 0:
                yield row, start, column - start
                start = -1


def qr_svg(text: str, *, scale: float = 3) -> str:
    """The code as an SVG element for a page."""
    return make_qr(text).svg_inline(scale=scale, border=QUIET_MODULES)
