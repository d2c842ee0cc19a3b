"""What a form holds before anybody writes into it (拟稿): words from the review and the law's table, all editable."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from api.accounts.permissions import Action
from api.cases import remarks
from api.cases.act import NOTHING
from api.cases.findings import LOADS, barring, open_findings
from api.cases.notices import draft_notice
from api.cases.points import stage_points
from api.cases.possible import Possible
from api.cases.quoting import Quoting
from api.cases.rows import current_review, find_decision, packets_of
from api.cases.table import OWN
from api.db.tables import Case
from api.pages.page import PageContext
from maps.sentences import finding_sentence, listed

_ENDING: Final = frozenset({Action.RECALL, Action.REVOKE, Action.CANCEL, Action.CLOSE})
_REMARK: Final = re.compile("（[^）]*）")  # how well a clause is known stands beside the form, not in the letter
_ALL_TICKED: Final = frozenset({Action.REQUEST_CORRECTION, Action.REFUSE})


def drafted(page: PageContext, case: Case, one: Possible) -> dict[str, Sequence[str]]:
    """Suggested values by field."""
    found: dict[str, Sequence[str]] = {
        "reason": [_reason(page, case, one.action)],
        "ground": [_ground(page, case, one)],
        "notice_text": [draft_notice(page.work, case, one.action, NOTHING)],
    }
    if one.action in _ALL_TICKED:
        found["items"] = one.choices.items
    if one.action in {Action.RECOMMEND, Action.APPROVE}:
        found["conditions"] = ["\n".join(_conditions(page, case))]
    if one.choices.officers:
        found["officers"] = [str(page.work.actor.account_id)]
    if one.action is Action.OVERRIDE and (wanted := page.request.query_params.get("finding")):
        found["finding"] = [wanted]
    if len(one.choices.packets) == 1:
        found["packet_id"] = [str(one.choices.packets[0].id)]
    return found


def _reason(page: PageContext, case: Case, action: Action) -> str:
    if action is Action.REFUSE:
        return str((remarks.get(case, "recommendation", None) or {}).get("reason", ""))
    if action is Action.NOT_ACCEPT:
        points = stage_points(current_review(page.work, case), "not_accepted")
        return "；".join(dict.fromkeys(point["reason_zh"] for point in points))
    if action is Action.ORDER_SURVEY:
        return _sentences(page, case, about_loads=False)
    if action in {Action.ORDER_CALCULATION, Action.ORDER_REINFORCEMENT}:
        return _sentences(page, case, about_loads=True)
    return Quoting(page.work, case).reasons() if action is Action.PROPOSE_REROUTE else ""


def _ground(page: PageContext, case: Case, one: Possible) -> str:
    """The clause of the machine, else that of the table; a person looks at it."""
    if one.action is Action.NOT_ACCEPT:
        points = stage_points(current_review(page.work, case), "not_accepted")
        return str(next((point["clause"] for point in points if point["clause"]), ""))
    if one.action not in _ENDING or OWN in one.row.clause:
        return ""  # what is our own setting is no ground of the law
    return _REMARK.sub("", one.row.clause)


def _sentences(page: PageContext, case: Case, *, about_loads: bool) -> str:
    """Open findings in words: what a survey can find out, or what a calculation can."""
    review = current_review(page.work, case)
    if review is None:
        return ""
    found = barring(review)
    keys = [key for key in open_findings(case, review) if (found[key]["quantity"] in LOADS) is about_loads]
    wanted = [key for key in sorted(keys) if found[key]["quantity"] != "route"]
    if about_loads:  # the applicant reads it: bridges by band, no capacity
        return listed(dict.fromkeys(map(Quoting(page.work, case).item, wanted)))
    return listed(_told(found[key]) for key in wanted)


def _told(finding: Mapping[str, Any]) -> str:
    return finding_sentence(finding).zh


def _conditions(page: PageContext, case: Case) -> Iterator[str]:
    """Conditions of the findings and of the bodies that agreed, each once; those recommended stay as they are."""
    decision = find_decision(page.work, case, "highway")
    if decision is not None and decision.conditions:
        yield from map(str, decision.conditions)
        return
    review = current_review(page.work, case)
    routes = (review.report.get("routes") if review else None) or [{"findings": []}]
    told = [text for finding in routes[0]["findings"] for text in finding.get("conditions") or ()]
    told += [str(text) for packet in packets_of(page.work, case) for text in packet.conditions]
    yield from dict.fromkeys(told)
