"""The page of an answer (试算结果页): what it shows to who reads it."""

from collections.abc import Mapping
from typing import Any, Final

from api.accounts.authorise import may
from api.accounts.permissions import Action
from api.db.tables import WhatIf
from api.errors import NotFoundError
from api.pages.findings_shown import findings_shown, why_not_shown
from api.pages.page import PageContext
from api.pages.plan.answer import cards, missing_variants, numbered
from api.pages.plan.builder import EDGES, in_language, may_apply, question_line
from api.pages.plan.edges import edge_sentence
from api.pages.plan.proposals import try_address
from api.pages.plan.typed import query_of, texts_of_question
from api.pages.route_map import route_map_data
from api.whatif.ask import answer_for, relation_of
from api.whatif.reasons import is_pending
from maps.labels import class_label
from maps.vehicle_drawing import draw_vehicle

Json = dict[str, Any]
STOP_LETTERS: Final = ("lon", "lat")


def sees_capacity(page: PageContext) -> bool:
    """Whether who reads may know what bridges bear."""
    return may(page.work.actor, Action.READ_CAPACITY, relation_of(page.work))


def answer_context(page: PageContext, row: WhatIf, rank: int) -> Json:
    """Everything of the page.

    Raises:
        NotFoundError: There is no route of that rank.
    """
    for_carrier = not sees_capacity(page)
    report = numbered(answer_for(page.work, row))
    routes = cards(row, page.language)
    if routes and not 1 <= rank <= len(routes):
        raise NotFoundError("没有这条路线", "there is no such route")
    stops = [dict(zip(STOP_LETTERS, stop, strict=True)) for stop in row.question["stops"]]
    classification = report["classification"]
    reasons = reasons_context(page, row, report)
    told = {one.key for one in reasons["why_not"].blockers} if reasons["why_not"] else set()
    along = findings_shown(report, page.language, for_carrier=for_carrier, rank=rank)
    return (
        reasons
        | {
            "line": question_line(row),
            "cards": routes,
            "rank": rank,
            "chosen": routes[rank - 1] if routes else None,
            "missing": missing_variants(row),
            "findings": [one for one in along if one.key not in told],  # what blocks stands above them already
            "map_data": route_map_data(page, report, for_carrier=for_carrier, stops=stops or None),
            "drawing": draw_vehicle(row.question["vehicle"], language=page.language),
            "class_name": in_language(page, class_label(classification["class"])),
            "refusals": classification["refusals"],
            "edges": [
                edge_sentence(one, page.language)
                for one in report.get("class_edges", ())[:EDGES]
                if one["within_tolerance"] or one["direction"] == "lower"
            ],
            "procedure": report.get("procedure") or {},
            "query": query_of(texts_of_question(row.question)),
            "may_apply": may_apply(page) and row.carrier_id is not None,
            "for_carrier": for_carrier,
            "has_reasons": report.get("why_not") is not None,
        }
    )


def reasons_context(page: PageContext, row: WhatIf, report: Mapping[str, Any] | None = None) -> Json:
    """Why there is no way, and what would help; with `is_pending` the second is still to be found."""
    told = report or numbered(answer_for(page.work, row))
    for_carrier = not sees_capacity(page)
    texts = texts_of_question(row.question)
    shown = why_not_shown(told, page.language, for_carrier=for_carrier)
    why_not = told.get("why_not") or {}
    vehicle = row.question["vehicle"]
    better = (why_not.get("departures") or {}).get("better") or ()
    changes = why_not.get("smallest_changes") or ()
    return {
        "row": row,
        "why_not": shown,
        "is_pending": is_pending(row),
        "proposals": [
            (change, try_address(texts, vehicle, raw), bool(raw.get("is_rounded")))
            for change, raw in zip(shown.changes if shown else (), changes, strict=True)
        ],
        "departures": [
            (text, f"/plan?{query_of({**texts, 'on': str(one['on'])[:10]})}")
            for text, one in zip(shown.departures if shown else (), better, strict=True)
        ],
        "points": route_map_data(page, told, for_carrier=for_carrier)["points"],
    }
