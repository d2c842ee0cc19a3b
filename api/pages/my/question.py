"""The question asked before applying (申请前的试算), as the draft that follows it shows it: verdict and route."""

import uuid
from collections.abc import Mapping
from typing import Any

from api.errors import NotFoundError
from api.pages.page import PageContext
from api.pages.route_map import route_map_data
from api.whatif.ask import answer_for, read_question


def question_words(page: PageContext, origin: Mapping[str, Any]) -> dict[str, object] | None:
    """Verdict, length and map of the question a draft was made from; None where there was none."""
    if origin.get("kind") != "what_if":
        return None
    try:
        row = read_question(page.work, uuid.UUID(str(origin.get("id"))))
    except (NotFoundError, ValueError):
        return None
    answer = answer_for(page.work, row)
    routes = answer.get("routes") or []
    return {
        "id": row.id,
        "verdict": row.verdict,
        "km": f"{routes[0]['length_m'] / 1000:.1f}" if routes else "",
        "phrase": routes[0].get("phrase", "") if routes else "",
        "map": route_map_data(page, answer, for_carrier=True) if routes else None,
    }
