"""Pages behind the first (通行证附页): route, map, structures, axles, and what the review was made with."""

from collections.abc import Sequence

from api.permits import phrases
from api.permits.content import PermitContent
from api.permits.fonts import missing_letters
from api.permits.map_figure import Frame, MapBackdrop, draw_map
from api.permits.pdf_sheet import MARGIN_MM, WIDTH_MM, Sheet
from api.permits.wording import Words
from data.vehicles import AxleInput

MAP_MM = 105.0
AXLES_A_ROW = 10
AXLE_BLOCK_MM = 32.0


def set_annex(sheet: Sheet, content: PermitContent, backdrop: MapBackdrop) -> None:
    """Set all annex sections one after the other."""
    sheet.new_page()
    _set_route(sheet, content)
    _set_map(sheet, content, backdrop)
    _set_structures(sheet, content)
    _set_axles(sheet, content)
    _set_terms(sheet, content)
    _set_sources(sheet, content)


def _set_route(sheet: Sheet, content: PermitContent) -> None:
    route = content.route
    sheet.section(Words("通行线路", "Route"))
    sheet.paragraph(f"{route.phrase}（全长 {route.length_m / 1000:.1f} 公里）")
    if route.legs:
        sheet.ln(2)
        head = ("序号 No.", "道路 Road", "驶入 Enter", "驶出 Exit", "里程 km", "条件 Conditions")
        body = [
            (
                str(n),
                phrases.leg_text(leg),
                leg.enter or "",
                leg.exit or "",
                f"{leg.length_m / 1000:.1f}",
                "；".join(leg.conditions),
            )
            for n, leg in enumerate(route.legs, start=1)
        ]
        sheet.rows(head, body, (13, 45, 33, 33, 16, 40))
    sheet.ln(2)
    passed = "、".join(f"{one.name}（{one.code}，{one.length_m / 1000:.1f} 公里）" for one in route.divisions)
    sheet.paragraph(f"途经：{passed}", size=8, line_mm=4.2)


def _set_map(sheet: Sheet, content: PermitContent, backdrop: MapBackdrop) -> None:
    sheet.section(Words("路线示意图", "Map of the route, schematic"), keep_mm=MAP_MM + 18)
    frame = Frame(MARGIN_MM, sheet.get_y(), WIDTH_MM, MAP_MM)
    draw_map(sheet, frame, content.route, content.structures, backdrop)
    sheet.ink()
    sheet.set_xy(MARGIN_MM, frame.top + MAP_MM + 1.5)
    numbers = "数字为下表构造物序号；" if content.structures else ""
    sheet.small(f"示意图，{numbers}界线经过概化，不作为划界依据。Schematic; boundaries are generalised.", WIDTH_MM)
    sheet.set_xy(MARGIN_MM, frame.top + MAP_MM + 6)


def _set_structures(sheet: Sheet, content: PermitContent) -> None:
    if not content.structures:
        return
    sheet.section(Words("须附条件通过的构造物", "Structures passed under conditions"))
    head = ("序号 No.", "里程 km", "道路与桩号 Road, stake", "名称 Name", "通过条件 Conditions")
    body = [
        (
            str(n),
            f"{one.at_m / 1000:.1f}",
            " ".join(word for word in (one.road, one.stake) if word),
            one.name or one.id,
            "；".join(phrases.condition_text(condition) for condition in one.conditions),
        )
        for n, one in enumerate(content.structures, start=1)
    ]
    sheet.rows(head, body, (13, 15, 40, 44, 68))


def _set_axles(sheet: Sheet, content: PermitContent) -> None:
    axles = content.vehicle.axles
    sheet.section(Words("轴荷与轴距", "Axle loads and spacings"), keep_mm=45)
    sheet.paragraph(f"轴荷 {phrases.axle_runs(axles)}；轴距 {phrases.spacing_runs(axles)}", size=8, line_mm=4.2)
    sheet.ln(1)
    for first in range(0, len(axles), AXLES_A_ROW):
        _set_axle_block(sheet, axles[first : first + AXLES_A_ROW], first)


def _set_axle_block(sheet: Sheet, axles: Sequence[AxleInput], first: int) -> None:
    """Ten axles side by side, never torn apart."""
    numbers = range(first + 1, first + len(axles) + 1)
    rows: dict[str, list[str]] = {
        "轴号 Axle": [str(n) for n in numbers],
        "轴荷 kg": [str(axle.load_kg) for axle in axles],
        "轴距 mm": [str(axle.spacing_mm) if n > 1 else "—" for n, axle in zip(numbers, axles, strict=True)],
        "轮胎 Tyres": [str(axle.tyres) for axle in axles],
        "所属 Unit": [phrases.UNIT_ZH[axle.unit] for axle in axles],
    }
    cells = [(name, *values, *("" for _ in range(AXLES_A_ROW - len(values)))) for name, values in rows.items()]
    sheet.need(AXLE_BLOCK_MM)
    sheet.rows(cells[0], cells[1:], (20, *(16 for _ in range(AXLES_A_ROW))))
    sheet.ln(1)


def _set_terms(sheet: Sheet, content: PermitContent) -> None:
    sheet.section(Words("通行条件与护送", "Conditions and escort"))
    for n, condition in enumerate(content.conditions, start=1):
        sheet.paragraph(f"{n}. {phrases.condition_text(condition)}", size=9, line_mm=4.8)
        sheet.small(phrases.condition_label(condition), WIDTH_MM)
        sheet.ln(4)
    sheet.paragraph(f"护送：{phrases.escort_text(content.escort)}", size=9, line_mm=4.8)
    for text in (phrases.joined_text(content.joined_items), content.remark):
        if text:
            sheet.paragraph(text, size=9, line_mm=4.8)


def _set_sources(sheet: Sheet, content: PermitContent) -> None:
    review = content.review
    sheet.section(Words("审查依据", "What the review was made with"))
    ids = f"路网 {review.network_id}\n规则 {review.rules_id}\n政策 {review.policy_id}"
    sheet.paragraph(ids, size=7, line_mm=3.6)
    missing = missing_letters(phrases.all_texts(content))
    if missing:
        named = "、".join(f"U+{ord(letter):04X}" for letter in missing)
        sheet.paragraph(f"字库未收、印作“〓”的字：{named}；以电子记录为准。", size=7, line_mm=3.6)
