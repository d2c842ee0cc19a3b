"""Driver's card (司机卡): the legs in order, in type that can be read from the seat."""

from collections.abc import Iterator

from api.permits import phrases
from api.permits.content import PermitContent
from api.permits.parts import StructurePassage
from api.permits.pdf_sheet import ALERT, INK, Sheet
from api.permits.wording import Words

TITLE = Words("司机卡", "Driver's Card")
LARGE_PT, LINE_MM = 15.0, 8.0
SMALL_PT, SMALL_LINE_MM = 12.5, 6.6


def set_driver_card(sheet: Sheet, content: PermitContent) -> None:
    """Set the card on pages of its own."""
    sheet.new_page()
    sheet.heading(TITLE)
    vehicle = content.vehicle
    plates = "  ".join(content.plates)
    sheet.paragraph(f"{plates}　{content.valid_from} 至 {content.valid_until}", size=LARGE_PT, line_mm=LINE_MM)
    height, width, length = (phrases.metres(mm) for mm in (vehicle.height_mm, vehicle.width_mm, vehicle.length_mm))
    sheet.paragraph(
        f"高 {height}　宽 {width}　长 {length} 米　总重 {vehicle.gross_mass_kg / 1000:.1f} 吨",
        size=LARGE_PT,
        line_mm=LINE_MM,
    )
    sheet.ln(2)
    for condition in content.conditions:
        _warn(sheet, f"● {phrases.condition_text(condition)}")
    sheet.ln(2)
    _set_legs(sheet, content)


def _set_legs(sheet: Sheet, content: PermitContent) -> None:
    waiting = sorted(content.structures, key=lambda passage: passage.at_m)
    end_m = 0
    for n, leg in enumerate(content.route.legs, start=1):
        end_m += leg.length_m
        is_last = n == len(content.route.legs)
        here = [one for one in waiting if one.at_m < end_m or is_last]
        waiting = waiting[len(here) :]
        sheet.need(2 * LINE_MM)
        sheet.paragraph(f"{n}. {phrases.leg_text(leg)}　{leg.length_m / 1000:.1f} 公里", size=LARGE_PT, line_mm=LINE_MM)
        ways = "　".join(text for text in (_way("驶入", leg.enter), _way("驶出", leg.exit)) if text)
        if ways:
            sheet.paragraph(f"　 {ways}", size=SMALL_PT, line_mm=SMALL_LINE_MM)
        for text in (*leg.conditions, *_passages(here)):
            _warn(sheet, f"▲ {text}")
        sheet.ln(1.5)
    if not content.route.legs:
        sheet.paragraph(content.route.phrase, size=LARGE_PT, line_mm=LINE_MM)
        for text in _passages(waiting):
            _warn(sheet, f"▲ {text}")


def _way(word: str, place: str | None) -> str:
    return f"{word} {place}" if place else ""


def _passages(structures: list[StructurePassage]) -> Iterator[str]:
    for one in structures:
        terms = "；".join(phrases.condition_text(condition) for condition in one.conditions)
        stake = f" {one.stake}" if one.stake else ""
        yield f"距起点 {one.at_m / 1000:.1f} 公里{stake} {one.name or one.id}：{terms}"


def _warn(sheet: Sheet, text: str) -> None:
    sheet.need(SMALL_LINE_MM)
    sheet.set_text_color(*ALERT)
    sheet.paragraph(text, size=SMALL_PT, line_mm=SMALL_LINE_MM)
    sheet.set_text_color(*INK)
