"""The clearance frontier as a page (通行能力前沿): table and picture of what has a route between two places."""

from collections.abc import Mapping
from typing import Any, Final

from api.db.tables import WhatIf
from api.errors import NotFoundError
from api.pages.page import PageContext
from api.pages.plan.builder import in_language, question_line
from api.whatif.ask import frontier_for
from maps.labels import quantity_label, verdict_label
from maps.sentences import format_measure

Json = dict[str, Any]
MASS: Final = "mass_by_height"


def frontier_context(page: PageContext, row: WhatIf) -> Json:
    """Everything of the page."""
    found = frontier_for(page.work, row)
    names = {curve["name"] for curve in found["curves"]}
    return {
        "row": row,
        "line": question_line(row),
        "tables": [_table(page, curve) for curve in found["curves"]],
        "is_drawn": bool(_with_points(found)["curves"]),
        "hides_mass": MASS not in names,
        "attribution": found.get("attribution") or "",
    }


def frontier_picture(page: PageContext, row: WhatIf) -> bytes:
    """The curves as an SVG file; what has no point anywhere is told in words and has no axes of its own.

    Raises:
        NotFoundError: There is nothing to draw.
    """
    from maps.frontier_plot import plot_frontier  # noqa: PLC0415 - drawing is slow to load and rarely wanted

    found = _with_points(frontier_for(page.work, row))
    if not found["curves"]:
        raise NotFoundError("没有可画的曲线", "there is nothing to draw")
    return plot_frontier(found, kind="svg")


def _with_points(found: Json) -> Json:
    """A frontier without the pairs of quantities of which no combination has a route."""
    reached = {curve["name"] for curve in found["curves"] if curve["points"]}
    return found | {"curves": [curve for curve in found["curves"] if curve["name"] in reached]}


def _table(page: PageContext, curve: Mapping[str, Any]) -> Json:
    x, y = curve["x"], curve["y"]
    heads = [in_language(page, quantity_label(axis["quantity"])) for axis in (x, y)]
    return {
        "verdict": str(curve["verdict"]),
        "verdict_name": in_language(page, verdict_label(curve["verdict"])),
        "heads": heads,
        "rows": [
            (
                format_measure(point["x"], x["unit"]),
                format_measure(point["y"], y["unit"]),
                bool(point.get("is_y_open")),
            )
            for point in curve["points"]
        ],
        "own": (format_measure(curve["vehicle"]["x"], x["unit"]), format_measure(curve["vehicle"]["y"], y["unit"])),
    }
