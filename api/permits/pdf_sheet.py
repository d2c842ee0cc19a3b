"""The paper a permit is set on (版面): margins, head, foot, watermark, fields in a grid, sections and tables.

Text is only ever set through `printable`, so that a character the typefaces lack shows as 〓 and not as nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, WrapMode, XPos, YPos
from fpdf.fonts import FontFace

from api.permits.fonts import SANS, SERIF, add_fonts, printable
from api.permits.wording import Words

MARGIN_MM = 15.0
WIDTH_MM = 180.0
BOTTOM_MM = 18.0
PAGE_HEIGHT_MM = 297.0
LABEL_MM = 27.0
LINE_MM = 4.6
PAD_MM = 1.4
SMALLEST_PT = 5.0
NUMERALS = "〇一二三四五六七八九十"
HANGING_MM = 3.2  # room for a mark that may not begin a line
NEVER_FIRST = frozenset("，。；：、！？）〕》”’%")  # noqa: RUF001 - Chinese brackets
INK, GREY, RULE, SHADE, ALERT = (26, 26, 26), (110, 110, 110), (139, 26, 26), (244, 242, 236), (178, 24, 24)
WATERMARK_GREY = (226, 226, 226)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the grid: its name in two languages, its value, and whether it takes the whole width."""

    label: Words
    value: str
    wide: bool = False


class Sheet(FPDF):
    """An A4 document in the house's layout.

    Attributes:
        reserved_mm: Height kept free at the foot of the current page, beside the margin.
    """

    def __init__(self, *, foot: str, watermark: str, banner: str) -> None:
        super().__init__(format="A4")
        add_fonts(self)
        self.set_margins(MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=BOTTOM_MM)
        self._foot, self._watermark, self._banner = printable(foot), watermark, printable(banner)
        self.reserved_mm = 0.0
        self._sections = 0

    def header(self) -> None:
        """Watermark below everything, then the status where it is not simply valid."""
        if self._watermark:
            self._draw_watermark()
        if self._banner:
            self.set_fill_color(*ALERT)
            self.set_text_color(255, 255, 255)
            self.set_font(SANS, size=13)
            self.cell(WIDTH_MM, 9, self._banner, align="C", fill=True, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            self.ln(2)
        self.ink()

    def footer(self) -> None:
        """Number of the permit and of the page."""
        self.set_y(-12)
        self.set_font(SANS, size=7)
        self.set_text_color(*GREY)
        self.cell(WIDTH_MM - 30, 5, self._foot)
        self.cell(30, 5, f"第 {self.page_no()} 页 / 共 {{nb}} 页", align="R")
        self.ink()

    def ink(self) -> None:
        """Back to the ordinary colours."""
        self.set_text_color(*INK)
        self.set_draw_color(150, 150, 150)
        self.set_line_width(0.2)

    def room_mm(self) -> float:
        """Height left on this page."""
        return PAGE_HEIGHT_MM - BOTTOM_MM - self.reserved_mm - self.get_y()

    def need(self, height_mm: float) -> None:
        """Begin a new page unless that much height is left."""
        if self.room_mm() < height_mm:
            self.new_page()

    def new_page(self) -> None:
        """Begin a page with nothing reserved."""
        self.reserved_mm = 0.0
        self.add_page()

    def heading(self, words: Words) -> None:
        """The document's title."""
        self.set_font(SERIF, size=24)
        self.cell(WIDTH_MM, 11, words.zh, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font(SANS, size=8)
        self.set_text_color(*GREY)
        self.cell(WIDTH_MM, 4, words.en, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_draw_color(*RULE)
        for width, gap in ((0.8, 2.0), (0.2, 1.0)):
            self.set_line_width(width)
            self.set_y(self.get_y() + gap)
            self.line(MARGIN_MM, self.get_y(), MARGIN_MM + WIDTH_MM, self.get_y())
        self.ln(2.5)
        self.ink()

    def section(self, words: Words, *, keep_mm: float = 20.0) -> None:
        """Numbered head of a section, never alone at the foot of a page."""
        self.need(keep_mm)
        self.ln(2)
        self._sections += 1
        title = f"{NUMERALS[self._sections]}、{words.zh}"
        self.set_font(SERIF, size=12)
        self.cell(self.get_string_width(title) + 3, 7, title)
        self.set_font(SANS, size=7)
        self.set_text_color(*GREY)
        self.cell(0, 7.6, words.en, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ink()

    def paragraph(self, text: str, *, size: float = 9.5, line_mm: float = 5.0) -> None:
        """Running text that wraps anywhere and goes on over pages."""
        self.set_font(SANS, size=size)
        self.multi_cell(
            WIDTH_MM,
            line_mm,
            printable(text),
            align="L",
            wrapmode=WrapMode.CHAR,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def small(self, text: str, width_mm: float) -> None:
        """Small print that wraps within a width."""
        self.set_font(SANS, size=7)
        self.multi_cell(width_mm, 3.6, printable(text), align="L", wrapmode=WrapMode.CHAR)

    def write_cut(self, text: str, width_mm: float) -> None:
        """One line in the current type, set smaller until it fits."""
        shown, size = printable(text), self.font_size_pt
        while self.get_string_width(shown) > width_mm - 2 and self.font_size_pt > SMALLEST_PT:
            self.set_font_size(self.font_size_pt - 0.5)
        self.cell(width_mm, 6, shown)
        self.set_font_size(size)

    def grid(self, fields: Sequence[Field]) -> None:
        """Fields in two columns, wide ones over both; a row is never torn apart."""
        waiting: list[Field] = []
        for field in fields:
            if field.wide:
                self._rows(waiting)
                waiting = []
                self._row((field,))
            else:
                waiting.append(field)
        self._rows(waiting)

    def rows(self, head: Sequence[str], body: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """A table with a head that is repeated on every page."""
        self.set_font(SANS, size=8)
        self.set_fill_color(0)  # the library's own default, which it takes for "no fill"
        cells = [[printable(cell) for cell in row] for row in (head, *body)]
        with self.table(
            cells,
            col_widths=tuple(widths),
            width=WIDTH_MM,
            align="LEFT",
            text_align="LEFT",
            line_height=4.4,
            padding=0.8,
            wrapmode=WrapMode.CHAR,
            headings_style=FontFace(emphasis=None, fill_color=SHADE),
        ):
            pass
        self.set_x(MARGIN_MM)

    def _rows(self, fields: Sequence[Field]) -> None:
        for n in range(0, len(fields), 2):
            self._row(tuple(fields[n : n + 2]))

    def _row(self, fields: tuple[Field, ...]) -> None:
        width = WIDTH_MM / len(fields)
        self.set_font(SANS, size=9)
        lines = [self._wrap(field.value, width - LABEL_MM) for field in fields]
        height = max(9.0, max(map(len, lines)) * LINE_MM + 2 * PAD_MM)
        self.need(height)
        top = self.get_y()
        for n, field in enumerate(fields):
            self._field(field, lines[n], (MARGIN_MM + n * width, top, width, height))
        self.set_xy(MARGIN_MM, top + height)

    def _wrap(self, text: str, width_mm: float) -> list[str]:
        found = self.multi_cell(
            width_mm - 2 * PAD_MM - HANGING_MM,
            LINE_MM,
            printable(text) or "—",
            align="L",
            wrapmode=WrapMode.CHAR,
            dry_run=True,
            output=MethodReturnValue.LINES,
        )
        return _hang_marks([str(line) for line in found])  # type: ignore[union-attr]

    def _field(self, field: Field, lines: Sequence[str], box: tuple[float, float, float, float]) -> None:
        left, top, width, height = box
        self.set_fill_color(*SHADE)
        self.rect(left, top, LABEL_MM, height, style="DF")
        self.rect(left + LABEL_MM, top, width - LABEL_MM, height)
        middle = top + height / 2
        self.set_font(SANS, size=8.5)
        self.set_xy(left, middle - 3.6)
        self.cell(LABEL_MM, 4, printable(field.label.zh), align="C")
        self.set_font(SANS, size=5)
        self.set_text_color(*GREY)
        self.set_xy(left, middle + 0.6)
        self.cell(LABEL_MM, 2.4, field.label.en, align="C")
        self.ink()
        self.set_font(SANS, size=9)
        first = middle - len(lines) * LINE_MM / 2
        for n, line in enumerate(lines):
            self.set_xy(left + LABEL_MM + PAD_MM, first + n * LINE_MM)
            self.cell(width - LABEL_MM - 2 * PAD_MM, LINE_MM, line)

    def _draw_watermark(self) -> None:
        self.set_font(SANS, size=60)
        self.set_text_color(*WATERMARK_GREY)
        width = self.get_string_width(self._watermark)
        for y in (95.0, 190.0):
            with self.rotation(35, self.w / 2, y):
                self.text((self.w - width) / 2, y + 8, self._watermark)
        self.ink()


def _hang_marks(lines: list[str]) -> list[str]:
    """Hang a mark that may not begin a line at the end of the line before (避头尾)."""
    for n in range(1, len(lines)):
        if lines[n][:1] in NEVER_FIRST:
            lines[n - 1], lines[n] = lines[n - 1] + lines[n][0], lines[n][1:]
    return [line for line in lines if line]
