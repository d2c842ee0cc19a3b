"""What a draft begins with (草稿来源): archived things, a copy of a case, or a what-if question."""

import uuid
from typing import Any, Final

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.applications.drafts import create_draft, picked
from api.applications.drafts_content import Json
from api.applications.drafts_owner import OWN, carrier_of
from api.db.tables import Case, Draft, WhatIf
from api.errors import NotFoundError
from api.unit_of_work import UnitOfWork

_DATES: Final = ("start_date", "end_date")


def draft_from_archive(work: UnitOfWork, items: list[uuid.UUID]) -> Draft:
    """A draft with archived things in their places.

    Raises:
        NotFoundError: One of them is not this carrier's.
    """
    authorise(work.actor, Action.WRITE_DRAFT, OWN)
    return create_draft(work, picked(work, {}, items), origin={"kind": "archive", "ids": [str(one) for one in items]})


def draft_from_case(work: UnitOfWork, case_id: uuid.UUID) -> Draft:
    """A copy of a case of this carrier; the days are to be typed and the declarations to be made anew.

    Raises:
        NotFoundError: No such case of this carrier.
    """
    authorise(work.actor, Action.COPY_CASE, OWN)
    case = work.session.get(Case, case_id)
    if case is None or case.carrier_id != carrier_of(work):
        raise NotFoundError("没有这个办件", "there is no such case")
    content = {key: value for key, value in case.form.items() if key != "declarations"}
    content["trip"] = {key: value for key, value in content["trip"].items() if key not in _DATES}
    return create_draft(work, content, origin={"kind": "case", "id": str(case.id)})


def draft_from_what_if(work: UnitOfWork, what_if_id: uuid.UUID) -> Draft:
    """A draft with the vehicle and route of a question asked before; it stays with the case that follows.

    Raises:
        NotFoundError: No such question of this carrier.
    """
    authorise(work.actor, Action.WRITE_DRAFT, OWN)
    asked = work.session.get(WhatIf, what_if_id)
    if asked is None or asked.carrier_id != carrier_of(work):
        raise NotFoundError("没有这次试算", "there is no such question")
    return create_draft(work, form_of_question(asked.question), origin={"kind": "what_if", "id": str(asked.id)})


def form_of_question(question: Json) -> Json:
    """As much of a form as a question says: the loaded vehicle, the places or the line, the day.

    Args:
        question: ``vehicle`` as in the vehicle format; ``stops`` as longitude and latitude, or ``line`` as GeoJSON;
            ``on`` as a day or a day and hour.
    """
    trip: Json = {}
    stops = question.get("stops")
    if isinstance(stops, list) and len(stops) > 1 and all(isinstance(stop, list) and len(stop) > 1 for stop in stops):
        origin, *via, destination = [{"lon": stop[0], "lat": stop[1]} for stop in stops]
        trip |= {"origin": origin, "destination": destination, "via": via}
    if isinstance(question.get("line"), dict):
        trip["line"] = question["line"]
    day: Any = question.get("on")
    if isinstance(day, str):
        trip["start_date"] = day.partition("T")[0]
    whole = question.get("vehicle")
    return {"trip": trip, **({"whole": whole} if isinstance(whole, dict) else {})}
