"""From a question to an application (以此申请): a draft with load, trip, chosen route, and what the firm always says.

Nothing that the question or an earlier case holds is asked for again. What belongs to one shipment alone (serial
number, declarations, days that are not known) is left to be filled in.
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Final

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.applications.archive import ArchiveFilter, list_archive
from api.applications.archive_pieces import PIECE_FIELDS, Kind, put_into
from api.applications.drafts import create_draft
from api.applications.drafts_origins import form_of_question
from api.applications.drafts_owner import OWN, carrier_of
from api.cases.find import CaseFilter, list_cases
from api.db.tables import Carrier, Case, Draft, WhatIf
from api.errors import NotFoundError
from api.unit_of_work import UnitOfWork
from api.whatif.ask import read_question

Json = dict[str, Any]
LOOKED_AT: Final = 30  # cases of the firm that are compared with the load
_OF_THE_FIRM: Final = ("carrier", "agent", "drivers")
_OF_THE_TRAIN: Final = ("tractor", "trailer")
_OF_THE_LOAD: Final = ("mass_kg", "length_mm", "width_mm", "height_mm", "centre_of_gravity_mm")
_PAPERS: Final = ("attachments", "items_wanted")


def apply_with(work: UnitOfWork, question_id: uuid.UUID, rank: int) -> Draft:
    """Begin a draft from a question and one of its routes.

    Args:
        work: The unit of work.
        question_id: A question of the account's own firm.
        rank: Of the chosen route in the answer, from 1; 0 leaves the route to the review.

    Raises:
        NotFoundError: No such question of this firm, or no such route.
    """
    authorise(work.actor, Action.WRITE_DRAFT, OWN)
    row = read_question(work, question_id)
    if row.carrier_id is None or row.carrier_id != carrier_of(work):
        raise NotFoundError("没有这次试算", "no such question")
    same, like = _earlier(work, row.question["vehicle"])
    content = _of_firm(work, row.question["vehicle"], same, like) | form_of_question(row.question)
    content["trip"] = _trip(row, rank) | _last_day(row, same)
    return create_draft(work, content, origin={"kind": "what_if", "id": str(row.id), "rank": rank})


def route_of(row: WhatIf, rank: int) -> Json:
    """A route of an answer: those suggested first, then the named variants, counted on.

    Raises:
        NotFoundError: There is none of that rank.
    """
    variants = (one.get("route") for one in row.answer.get("variants", ()))
    routes = [*row.answer["routes"], *(route for route in variants if route)]
    if not 1 <= rank <= len(routes):
        raise NotFoundError("没有这条路线", "there is no such route")
    found: Json = routes[rank - 1]
    return found


def _trip(row: WhatIf, rank: int) -> Json:
    trip: Json = form_of_question(row.question)["trip"]
    names = row.question.get("names") or []
    places = [trip[end] for end in ("origin", "destination") if end in trip]
    if places:
        places[1:1] = trip["via"]
    for place, name in zip(places, names, strict=False):
        place["name"] = name
    if rank:
        route = route_of(row, rank)
        trip |= {"line": route["geometry"], "route_text": route["phrase"]}
    return trip


def _earlier(work: UnitOfWork, vehicle: Mapping[str, Any]) -> tuple[Case | None, Case | None]:
    """The firm's latest case with the same train, and its latest one of all."""
    cases, _ = list_cases(work, CaseFilter(), limit=LOOKED_AT, offset=0)
    same = next((case for case in cases if _axles(case.form["whole"]) == _axles(vehicle)), None)
    return same, same or next(iter(cases), None)


def _last_day(row: WhatIf, case: Case | None) -> Json:
    """The last day of a trip that takes as long as the one before; left open without one."""
    if case is None:
        return {}
    first, last = (dt.date.fromisoformat(case.form["trip"][name]) for name in ("start_date", "end_date"))
    return {"end_date": (dt.date.fromisoformat(row.question["on"]) + (last - first)).isoformat()}


def _of_firm(work: UnitOfWork, vehicle: Mapping[str, Any], same: Case | None, like: Case | None) -> Json:
    """What the firm said the last time: in a case with the same train if there is one, else from its archive."""
    if like is None:
        return _from_archive(work, vehicle)
    content: Json = {name: like.form[name] for name in (*_OF_THE_FIRM, *_PAPERS) if like.form.get(name)}
    if same is None:
        return _train_from_archive(work, vehicle, content)
    content |= {name: same.form[name] for name in _OF_THE_TRAIN if same.form.get(name)}
    for name in ("escort_plan", "outline_drawing"):
        if same.form.get(name):
            content[name] = same.form[name]
    return content | {"cargo": _cargo(same, vehicle)}


def _axles(vehicle: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The train without its load: units and spacings."""
    return [(axle["unit"], axle["spacing_mm"]) for axle in vehicle["axles"]]


def _cargo(case: Case, vehicle: Mapping[str, Any]) -> Json:
    """The cargo again; another mass or size is another piece, whose numbers are not those of the last one."""
    is_same = all(
        case.form["whole"][name] == vehicle[name] for name in ("gross_mass_kg", "height_mm", "width_mm", "length_mm")
    )
    left_out = PIECE_FIELDS if is_same else PIECE_FIELDS | set(_OF_THE_LOAD)
    return {name: value for name, value in case.form["cargo"].items() if name not in left_out}


def _from_archive(work: UnitOfWork, vehicle: Mapping[str, Any]) -> Json:
    carrier = work.session.get(Carrier, carrier_of(work))
    content: Json = {}
    if carrier is not None:
        content["carrier"] = {"name": carrier.name, "uscc": carrier.credit_code}
    for kind in (Kind.CARRIER, Kind.AGENT, Kind.DRIVER):
        for item in _items(work, kind):
            content = put_into(content, kind, item)
            break
    return _train_from_archive(work, vehicle, content)


def _train_from_archive(work: UnitOfWork, vehicle: Mapping[str, Any], content: Json) -> Json:
    """Tractor and trailer with as many axles as the asked train, the last used ones."""
    has_trailer = vehicle["kind"] == "train"
    counts = {Kind.TRACTOR: sum(axle["unit"] != "trailer" for axle in vehicle["axles"])}
    if has_trailer:
        counts[Kind.TRAILER] = len(vehicle["axles"]) - counts[Kind.TRACTOR]
    for kind, count in counts.items():
        fitting = next((item for item in _items(work, kind) if item.get("axle_count") == count), None)
        if fitting is not None:
            content = put_into(content, kind, fitting)
    return content


def _items(work: UnitOfWork, kind: Kind) -> Iterator[Json]:
    found, _ = list_archive(work, ArchiveFilter(kind), limit=LOOKED_AT, offset=0)
    yield from (item.content for item in found)
