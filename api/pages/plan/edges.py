"""What crossing a class edge changes (跨类影响), in words of the reader's language."""

from collections.abc import Mapping
from typing import Any

from api.pages.language import Language, say
from maps.labels import class_label
from maps.sentences import format_measure

Json = Mapping[str, Any]


def edge_sentence(edge: Json, language: Language) -> str:
    """One edge: how far it is, the class beyond it, its working days, and what else it asks for or spares.

    Args:
        edge: An entry of `class_edges` of a review.
        language: The reader's.
    """
    label = class_label(edge["class_then"])
    then = label.en if language == "en" else label.zh
    is_lower = edge["direction"] == "lower"
    if edge["quantity"] == "all":
        said = say(language, "plan.edge_all", then=then)
    else:
        size = format_measure(abs(edge["distance"]), edge["unit"], fine=True)
        quantity = say(language, f"plan.quantity_{edge['quantity']}")
        key = "plan.edge_lower" if is_lower else "plan.edge_higher" if edge["distance"] else "plan.edge_on"
        said = say(language, key, quantity=quantity, size=size, then=then)
    days = edge["days_then"]
    if days:
        said += say(language, "plan.edge_days", own=days["own"], cross=days["cross_province"])
    else:
        said += say(language, "plan.edge_no_permit")
    if edge["on_site_check"]:
        said += say(language, "plan.edge_unchecked" if is_lower else "plan.edge_checked")
    return said
