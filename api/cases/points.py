"""Points of the comparison (比对意见) as the procedure names them."""

from typing import Any

from api.db.tables import Review
from rules.forms import comparison_items, materials


def stage_points(review: Review | None, stage: str) -> list[dict[str, Any]]:
    """Points of one stage of the comparison."""
    if review is None:
        return []
    found = review.comparison["stages"][stage]
    points: list[dict[str, Any]] = found["points"] if isinstance(found, dict) else found or []
    return points


def name_of(point: dict[str, Any]) -> str:
    """What a point is called in lists: the material it speaks of, else the item."""
    return str(point["material"] or point["item"])


def names_in(review: Review | None, stage: str) -> frozenset[str]:
    """Names of the points of one stage."""
    return frozenset(name_of(point) for point in stage_points(review, stage))


def title_of(name: str) -> str:
    """A material or an item in Chinese; anything else as it was written."""
    found = materials().get(name) or comparison_items().get(name)
    return found.title_zh if found is not None else name
