"""Map of the permitted route (路线示意图): drawn as lines, without tiles, so that it prints and opens anywhere."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import shapely
from fpdf import FPDF

from api.permits.fonts import SANS, printable
from api.permits.parts import Route, StructurePassage

Point = tuple[float, float]
METRES_PER_DEGREE = 111_320.0
MARGIN_SHARE = 0.08
SMALLEST_M = 500.0
FINENESS_MM = 0.08
SCALE_SHARE, SCALE_LEFT_MM, CORNER_MM = 0.25, 5.0, 11.0
ROAD, BORDER, ROUTE_RED, PAPER = (205, 205, 205), (120, 140, 160), (190, 25, 25), (252, 252, 249)


@dataclass(frozen=True, slots=True)
class MapBackdrop:
    """What is drawn below the route, in degrees (底图): roads, county lines, names at points."""

    roads: tuple[tuple[Point, ...], ...] = ()
    borders: tuple[tuple[Point, ...], ...] = ()
    names: tuple[tuple[str, Point], ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """Where on the page the map stands, in mm."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class _View:
    """Degrees to mm on the page: an equirectangular map true to scale at the middle of the route."""

    frame: Frame
    lon: float
    lat: float
    mm_per_m: float

    @classmethod
    def of(cls, geometry: Sequence[Point], frame: Frame) -> "_View":
        lons, lats = zip(*geometry, strict=True)
        lon, lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
        east_m = (max(lons) - min(lons)) * METRES_PER_DEGREE * _shrink(lat)
        north_m = (max(lats) - min(lats)) * METRES_PER_DEGREE
        share = 1 - 2 * MARGIN_SHARE
        scale = min(frame.width * share / max(east_m, SMALLEST_M), frame.height * share / max(north_m, SMALLEST_M))
        return cls(frame, lon, lat, scale)

    def place(self, point: Point) -> Point:
        """A point on the page."""
        x = (point[0] - self.lon) * METRES_PER_DEGREE * _shrink(self.lat) * self.mm_per_m
        y = (point[1] - self.lat) * METRES_PER_DEGREE * self.mm_per_m
        return self.frame.left + self.frame.width / 2 + x, self.frame.top + self.frame.height / 2 - y

    def lines(self, points: Sequence[Point]) -> Iterator[Sequence[Point]]:
        """The parts of a line inside the frame, as fine as print shows."""
        placed = shapely.LineString([self.place(point) for point in points])
        frame = self.frame
        cut = shapely.clip_by_rect(placed, frame.left, frame.top, frame.left + frame.width, frame.top + frame.height)
        for part in shapely.get_parts(cut.simplify(FINENESS_MM)):
            if part.geom_type == "LineString":
                yield [(float(x), float(y)) for x, y in part.coords]


def draw_map(
    pdf: FPDF, frame: Frame, route: Route, structures: Sequence[StructurePassage], backdrop: MapBackdrop
) -> None:
    """Draw route, backdrop, start, end, numbered structures, north arrow and scale bar into a frame."""
    view = _View.of(route.geometry, frame)
    pdf.set_fill_color(*PAPER)
    pdf.rect(frame.left, frame.top, frame.width, frame.height, style="F")
    for lines, colour, width in ((backdrop.roads, ROAD, 0.25), (backdrop.borders, BORDER, 0.3)):
        pdf.set_draw_color(*colour)
        pdf.set_line_width(width)
        for line in lines:
            _draw(pdf, view, line)
    _draw_names(pdf, view, backdrop.names)
    pdf.set_draw_color(*ROUTE_RED)
    pdf.set_line_width(0.9)
    _draw(pdf, view, route.geometry)
    for number, passage in enumerate(structures, start=1):
        _mark(pdf, view.place(_along(route, passage.at_m)), str(number), 1.7, (255, 255, 255), ROUTE_RED)
    _mark(pdf, view.place(route.geometry[0]), "起", 2.6, (30, 110, 60), (255, 255, 255))
    _mark(pdf, view.place(route.geometry[-1]), "止", 2.6, (30, 60, 130), (255, 255, 255))
    _draw_north(pdf, frame)
    _draw_scale(pdf, frame, view.mm_per_m)
    pdf.set_draw_color(90, 90, 90)
    pdf.set_text_color(26, 26, 26)
    pdf.set_line_width(0.3)
    pdf.rect(frame.left, frame.top, frame.width, frame.height)


def scale_length_m(mm_per_m: float, longest_mm: float) -> int:
    """Length of the scale bar: the largest 1, 2 or 5 times a power of ten that fits (比例尺)."""
    longest_m = max(longest_mm / mm_per_m, 1.0)
    power = 10 ** math.floor(math.log10(longest_m))
    return int(max(factor * power for factor in (1, 2, 5) if factor * power <= longest_m))


def _shrink(lat: float) -> float:
    return max(math.cos(math.radians(lat)), 0.01)


def _along(route: Route, at_m: int) -> Point:
    """The point that far along, by share of the route's length."""
    line = shapely.LineString(route.geometry)
    point = line.interpolate(min(at_m / route.length_m, 1.0) if route.length_m else 0.0, normalized=True)
    return float(point.x), float(point.y)


def _draw(pdf: FPDF, view: _View, points: Sequence[Point]) -> None:
    for part in view.lines(points):
        pdf.polyline(part)


def _draw_names(pdf: FPDF, view: _View, names: Sequence[tuple[str, Point]]) -> None:
    pdf.set_font(SANS, size=6.5)
    pdf.set_text_color(95, 115, 135)
    frame = view.frame
    for name, point in names:
        text = printable(name)
        width = pdf.get_string_width(text)
        x, y = view.place(point)
        inside = frame.left + width / 2 < x < frame.left + frame.width - width / 2
        if inside and frame.top + 3 < y < frame.top + frame.height - 3 and not _is_taken(frame, x, y, width):
            pdf.text(x - width / 2, y, text)


def _is_taken(frame: Frame, x: float, y: float, width: float) -> bool:
    """Whether a name would lie on the scale bar or on the north arrow."""
    bottom, right = frame.top + frame.height, frame.left + frame.width
    on_scale = x - width / 2 < frame.left + frame.width * SCALE_SHARE + SCALE_LEFT_MM and y > bottom - CORNER_MM
    return on_scale or (x + width / 2 > right - CORNER_MM - 2 and y < frame.top + CORNER_MM + 2)


def _mark(
    pdf: FPDF, at: Point, text: str, radius: float, fill: tuple[int, int, int], ink: tuple[int, int, int]
) -> None:
    pdf.set_fill_color(*fill)
    pdf.set_draw_color(*(ROUTE_RED if fill == (255, 255, 255) else fill))
    pdf.set_line_width(0.3)
    pdf.circle(at[0], at[1], radius, style="DF")
    pdf.set_font(SANS, size=radius * 3.1 / max(len(text), 1) ** 0.5)
    pdf.set_text_color(*ink)
    pdf.text(at[0] - pdf.get_string_width(text) / 2, at[1] + radius * 0.42, text)


def _draw_north(pdf: FPDF, frame: Frame) -> None:
    x, y = frame.left + frame.width - 8, frame.top + 5
    pdf.set_fill_color(60, 60, 60)
    pdf.polygon([(x, y), (x - 2, y + 6), (x, y + 4.6), (x + 2, y + 6)], style="F")
    pdf.set_font(SANS, size=7)
    pdf.set_text_color(60, 60, 60)
    pdf.text(x - pdf.get_string_width("北 N") / 2, y + 9.5, "北 N")


def _draw_scale(pdf: FPDF, frame: Frame, mm_per_m: float) -> None:
    length_m = scale_length_m(mm_per_m, frame.width * SCALE_SHARE)
    x, y = frame.left + SCALE_LEFT_MM, frame.top + frame.height - 5
    width = length_m * mm_per_m
    pdf.set_draw_color(60, 60, 60)
    pdf.set_line_width(0.5)
    pdf.polyline([(x, y - 1.5), (x, y), (x + width, y), (x + width, y - 1.5)])
    pdf.set_font(SANS, size=6.5)
    pdf.set_text_color(60, 60, 60)
    text = f"{length_m // 1000} 公里 km" if length_m >= 1000 else f"{length_m} 米 m"  # noqa: PLR2004 - km from 1000 m on
    pdf.text(x + 1, y - 2.4, text)
