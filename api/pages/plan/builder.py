"""The page on which a load is built and a trip is chosen (车货与起讫点填写页): what it shows."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from api.accounts.authorise import may
from api.accounts.permissions import Action
from api.applications.drafts_owner import OWN
from api.cases import grounds
from api.cases.find import CaseFilter, get_case, list_cases
from api.db.tables import Case, WhatIf
from api.errors import ServiceUnavailableError
from api.pages.moments import moment_text
from api.pages.page import PageContext
from api.pages.plan.edges import edge_sentence
from api.pages.plan.judged import Judged, judge
from api.pages.plan.places import SPLIT, STOPS, VIAS, PlaceTyped
from api.pages.plan.presets import FIRST, presets
from api.pages.plan.typed import (
    DATUMS,
    PlanTyped,
    Texts,
    proposed_day,
    read_plan,
    texts_in,
    texts_of_case,
    texts_of_question,
)
from api.pages.plan.vehicle_form import FIELDS, VehicleTyped, read_typed
from api.pages.route_map import route_map_data
from api.pages.search import coordinates_of, index_of
from api.reviews.network import OpenNetwork
from api.reviews.request import VARIANTS
from api.whatif.ask import list_questions, read_question, relation_of
from api.whatif.network import province_of
from maps.labels import Label, class_label
from maps.vehicle_drawing import draw_vehicle

RECENT: Final = 5
EDGES: Final = 4  # class edges that are told
Json = dict[str, Any]


class _Blank(dict[str, Any]):
    """What a form shows: a field that is not there is empty."""

    def __missing__(self, _key: str) -> str:
        return ""


def may_ask(page: PageContext) -> bool:
    """Whether who reads may ask what-if questions."""
    return may(page.work.actor, Action.ASK_WHAT_IF, relation_of(page.work))


def may_apply(page: PageContext) -> bool:
    """Whether who reads may begin an application."""
    return page.work.actor.carrier_id is not None and may(page.work.actor, Action.WRITE_DRAFT, OWN)


def in_language(page: PageContext, label: Label) -> str:
    """A text in the reader's language."""
    return label.en if page.language == "en" else label.zh


def texts_to_begin_with(page: PageContext) -> Texts:
    """What the fields hold: what was sent, else a question or a case to repeat, else the last question or case."""
    sent = page.request.query_params
    texts = texts_in(sent)
    if not texts.keys() & set(FIELDS):
        texts = _earlier(page, sent) | texts
    preset = presets().get(sent.get("preset", ""))
    if preset is not None:
        texts |= preset.texts
    elif not texts.keys() & set(FIELDS):
        texts |= presets()[FIRST].texts
    is_own = sent.get("on") and "show" in sent  # looked over, not a link of some time ago: a wrong day is told
    return texts if is_own else texts | {"on": proposed_day(page.work.today, texts.get("on", ""))}


def _earlier(page: PageContext, sent: Mapping[str, str]) -> Texts:
    work = page.work
    if "question" in sent:
        return texts_of_question(read_question(work, _id(sent["question"])).question)
    if "case" in sent:
        case = get_case(work, _id(sent["case"]))
        return texts_of_case(case.id, case.form)
    if not may_ask(page) or work.actor.carrier_id is None:
        return {}
    asked, _ = list_questions(work, limit=1, offset=0)
    cases = _cases(page, 1)
    if asked and (not cases or asked[0].asked_at >= cases[0].submitted_at):
        return texts_of_question(asked[0].question)
    return texts_of_case(cases[0].id, cases[0].form) if cases else {}


def _id(text: str) -> uuid.UUID:
    """An id; text that is none is one that nobody has."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)


def network_in_use() -> OpenNetwork | None:
    """The network; None where there is none, and then nothing can be asked."""
    try:
        return grounds.current().network
    except ServiceUnavailableError:
        return None


def read(texts: Texts, today: dt.date) -> PlanTyped:
    """Read the whole form on the network in use.

    Raises:
        ServiceUnavailableError: There is none.
    """
    network = grounds.current().network
    return read_plan(texts, network, index_of(network), today)


def vehicle_context(page: PageContext, typed: VehicleTyped) -> Json:
    """The drawing with class and thresholds."""
    network = network_in_use()
    judged: Judged | None = None
    if typed.vehicle is not None:
        province = province_of(network) if network else None
        judged = judge(page.work, province, typed.vehicle, page.work.today)
    return {
        "drawing": draw_vehicle(typed.partial, language=page.language),
        "judged": judged,
        "class_name": in_language(page, class_label(judged.vehicle_class)) if judged else "",
        "edges": [edge_sentence(one, page.language) for one in judged.edges[:EDGES]] if judged else [],
        "vehicle_faults": {name: in_language(page, said) for name, said in typed.faults.items()},
    }


def builder_context(page: PageContext, plan: PlanTyped | None, texts: Texts, *, alarm: str = "") -> Json:
    """Everything of the page.

    Args:
        page: Who reads.
        plan: What was read, with its faults; None where nothing but the vehicle is judged yet.
        texts: The fields as they stand.
        alarm: What keeps the question from being answered, beside the faults of fields.
    """
    vehicle = plan.vehicle if plan else read_typed(texts)
    faults: Mapping[str, Label] = plan.faults if plan else vehicle.faults
    places: Mapping[str, PlaceTyped] = plan.places if plan else {}
    spots = [point for name in STOPS if (point := _point(texts, places, name)) is not None]
    return vehicle_context(page, vehicle) | {
        "texts": _Blank(texts),
        "faults": _Blank({name: in_language(page, said) for name, said in faults.items()}),
        "choices": _Blank({name: place.choices for name, place in places.items() if place.choices}),
        "chosen": _Blank({name: place.chosen or texts.get(f"{name}_at", "") for name, place in places.items()}),
        "presets": [(key, in_language(page, one.name)) for key, one in presets().items()],
        "variants": VARIANTS,
        "datums": DATUMS,
        "vias": [name for name in VIAS if texts.get(name)] or [VIAS[0]],
        "more_vias": [name for name in VIAS if not texts.get(name)][0 if any(map(texts.get, VIAS)) else 1 :],
        "map_data": route_map_data(page, {}, for_carrier=True, stops=spots, pick=True),
        "may_ask": may_ask(page),
        "may_apply": may_apply(page),
        "recent": _recent(page),
        "cases": [_case(one) for one in _cases(page, RECENT)],
        "alarm": alarm,
    }


def _point(texts: Texts, places: Mapping[str, PlaceTyped], name: str) -> dict[str, float] | None:
    """Where a place lies, as far as it is known."""
    point = places[name].point if name in places else None
    if point is None:
        known, _, meant = texts.get(f"{name}_at", "").partition(SPLIT)
        point = coordinates_of(known) if meant == texts.get(name, "") else None
    return None if point is None else {"lon": point[0], "lat": point[1]}


def _recent(page: PageContext) -> list[Json]:
    if not may_ask(page):
        return []
    asked, _ = list_questions(page.work, limit=RECENT, offset=0)
    return [question_line(one) for one in asked]


def question_line(row: WhatIf) -> Json:
    """A question in a list: from where to where, when asked, the verdict."""
    names: Sequence[str] = row.question.get("names") or []
    stops = row.question["stops"]
    called = names if len(names) > 1 else [f"{lon:.3f}, {lat:.3f}" for lon, lat in stops]
    return {
        "id": row.id,
        "title": f"{called[0]} → {called[-1]}" if called else "",
        "vias": list(called[1:-1]),
        "asked": moment_text(row.asked_at),
        "verdict": row.verdict,
        "on": row.question["on"],
        "has_case": row.case_id is not None,
    }


def _cases(page: PageContext, limit: int) -> list[Case]:
    return list_cases(page.work, CaseFilter(), limit=limit, offset=0)[0] if may_apply(page) else []


def _case(case: Case) -> Json:
    trip = case.form["trip"]
    return {
        "id": case.id,
        "number": case.number,
        "title": f"{trip['origin']['name']} → {trip['destination']['name']}",
        "cargo": case.form["cargo"]["name"],
    }


def with_stop_faults(plan: PlanTyped, faults: Mapping[str, Label]) -> PlanTyped:
    """The same form with faults that only the review could find."""
    return replace(plan, faults={**plan.faults, **faults}, question=None)
