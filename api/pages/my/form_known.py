"""What is known before anything is typed (预填): the firm, who asks, and what the archive holds, the last used first.

Only parts in which nothing stands are filled; a field that somebody emptied stays empty.
"""

import copy
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.accounts.own_account import own_account
from api.applications.archive import ArchiveFilter, list_archive
from api.applications.archive_pieces import Kind
from api.db.tables import ArchiveItem, Carrier, Case
from api.pages.my.form_derived import days_of, derive
from api.pages.my.form_typed import value_at, with_parts
from api.unit_of_work import UnitOfWork

Json = dict[str, Any]
MOST_PICKED: Final = 100
_UNITS: Final = {Kind.TRACTOR: ("tractor", "truck"), Kind.TRAILER: ("trailer",)}


@dataclass(frozen=True, slots=True)
class Known:
    """A content with what is known in it.

    Attributes:
        content: The draft's, with more.
        filled: Parts that came from the archive.
        trip_days: How long the earlier trip took that the draft was copied from.
    """

    content: Json
    filled: frozenset[str]
    trip_days: int | None


def with_known(work: UnitOfWork, content: Json, origin: Mapping[str, Any]) -> Known:
    """A draft's content with everything that is known already.

    Args:
        work: Of the firm's account.
        content: As it is kept.
        origin: What the draft was made from.
    """
    found = copy.deepcopy(content)
    filled = set()
    stock: dict[Kind, list[ArchiveItem]] = {
        kind: _stock(work, kind) for kind in Kind if kind not in {Kind.ROUTE, Kind.ESCORT, Kind.DOCUMENT}
    }
    for kind in (Kind.CARRIER, Kind.AGENT, Kind.DRIVER):
        if not found.get(kind.value) and not found.get(f"{kind.value}s") and stock[kind]:
            found |= _people(work, kind, stock[kind])
            filled.add(kind.value)
    for kind in (Kind.TRACTOR, Kind.TRAILER):
        fitting = _fitting(stock[kind], found, kind) if not found.get(kind.value) else None
        if fitting is not None:
            found[kind.value] = fitting
            filled.add(kind.value)
    _own_firm(work, found)
    if not found.get("agent"):
        found["agent"] = {"name": own_account(work).display_name}
    cargo = _same_cargo(stock[Kind.CARGO], found) if not found.get("cargo") else None
    if cargo is not None:
        found["cargo"] = cargo
        filled.add("cargo")
    if "attachments" not in found:
        papers = _papers(_stock(work, Kind.DOCUMENT))
        found |= {"attachments": papers} if papers else {}
        filled |= {"attachments"} if papers else set()
    whole = with_parts(found)  # as it will be saved: what is missing is the same before and after
    return Known(derive(whole, whole), frozenset(filled), _earlier_days(work, origin))


def choices(work: UnitOfWork, kind: Kind) -> list[tuple[str, str]]:
    """Archived things of a kind to pick from: id and label."""
    return [(str(item.id), item.label) for item in _stock(work, kind)]


def _stock(work: UnitOfWork, kind: Kind) -> list[ArchiveItem]:
    return list_archive(work, ArchiveFilter(kind), limit=MOST_PICKED, offset=0)[0]


def _people(work: UnitOfWork, kind: Kind, items: list[ArchiveItem]) -> Json:
    """The latest of a kind; of agents whoever asks; of drivers all that went together the last time."""
    if kind is Kind.DRIVER:
        return {"drivers": [dict(item.content) for item in items if item.used_at == items[0].used_at]}
    name = own_account(work).display_name
    own = next((item for item in items if kind is Kind.AGENT and item.label == name), items[0])
    return {kind.value: dict(own.content)}


def _fitting(items: list[ArchiveItem], content: Json, kind: Kind) -> Json | None:
    """The latest vehicle with as many axles as the loaded whole has of its kind."""
    axles = value_at(content, "whole.axles")
    if not isinstance(axles, list) or not axles:
        return None
    count = sum(isinstance(one, dict) and one.get("unit") in _UNITS[kind] for one in axles)
    return next((dict(item.content) for item in items if count and item.content.get("axle_count") == count), None)


def _own_firm(work: UnitOfWork, content: Json) -> None:
    """Name and code of the firm are the account's; an applicant cannot be another."""
    firm = work.session.get_one(Carrier, work.actor.carrier_id)
    carrier = content.get("carrier")
    known = carrier if isinstance(carrier, dict) else {}
    content["carrier"] = {"kind": "enterprise", **known, "name": firm.name, "uscc": firm.credit_code}


def _same_cargo(items: list[ArchiveItem], content: Json) -> Json | None:
    """A cargo that weighs exactly what is left for it and does not stick out of the whole."""
    gross = value_at(content, "whole.gross_mass_kg")
    kerbs = [value_at(content, f"{name}.kerb_mass_kg") for name in ("tractor", "trailer") if name in content]
    if not isinstance(gross, int) or not kerbs or not all(isinstance(kerb, int) for kerb in kerbs):
        return None
    left = gross - sum(kerbs)
    return next((dict(item.content) for item in items if item.content.get("mass_kg") == left), None)


def _papers(items: list[ArchiveItem]) -> dict[str, list[str]]:
    """The latest papers of each kind that were handed in together."""
    latest: dict[str, tuple[object, list[str]]] = {}
    for item in items:
        kind, one = str(item.content.get("kind")), str(item.content.get("attachment"))
        used, ids = latest.setdefault(kind, (item.used_at, []))
        if used == item.used_at:
            ids.append(one)
    return {kind: ids for kind, (_, ids) in latest.items()}


def _earlier_days(work: UnitOfWork, origin: Mapping[str, Any]) -> int | None:
    """How long the trip of the copied case took."""
    if origin.get("kind") != "case":
        return None
    case = work.session.get(Case, uuid.UUID(str(origin.get("id"))))
    own = case is not None and case.carrier_id == work.actor.carrier_id
    return days_of(case.form["trip"]) if own and case is not None else None
