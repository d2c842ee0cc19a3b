"""What the carrier tried before applying (申请前的试算), and declared values just below what it was advised.

A suggestion is advice about the load, not about the form: a value declared exactly where an answer would change is
looked at before departure.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import and_, or_, select

from api.accounts.permissions import Action
from api.cases.find import get_case
from api.db.tables import Case, WhatIf
from api.errors import ForbiddenError
from api.permits.settings import PermitSettings
from api.provinces.settings import permit_settings_on
from api.unit_of_work import UnitOfWork
from api.whatif.probing import is_same_place

LOOKED_BACK: Final = dt.timedelta(days=90)
_MOST: Final = 30
_PERMILLE: Final = 1000
_FIELDS: Final = {
    "height": "height_mm",
    "width": "width_mm",
    "length": "length_mm",
    "gross_mass": "gross_mass_kg",
}


@dataclass(frozen=True, slots=True)
class NearSuggestion:
    """A declared value at or just below one that was suggested (接近试算建议值).

    Attributes:
        quantity: height, width, length, gross_mass or axle_load.
        asked: The value that had been asked about.
        suggested: The largest value that was said to pass.
        declared: What the form says; all in mm or kg.
    """

    quantity: str
    asked: int
    suggested: int
    declared: int
    unit: str


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """One question with what follows from it for the case."""

    row: WhatIf
    near: tuple[NearSuggestion, ...]


def asked_before(work: UnitOfWork, case: Case) -> list[AskedBefore]:
    """Questions of the carrier that belong to a case, the newest first.

    Those linked to it, and those of the weeks before between the same two places.

    Raises:
        ForbiddenError: The applicant asks; its questions stand on its own pages.
    """
    get_case(work, case.id, action=Action.READ_REPORT)
    if work.actor.carrier_id is not None:
        raise ForbiddenError("只有办理单位可以查看", "for offices only")
    return questions_before(work, case)


def questions_before(work: UnitOfWork, case: Case) -> list[AskedBefore]:
    """The same for steps of the procedure; whoever calls has looked who may know."""
    before = and_(
        WhatIf.carrier_id == case.carrier_id,
        WhatIf.case_id.is_(None),
        WhatIf.asked_at.between(case.submitted_at - LOOKED_BACK, case.submitted_at),
    )
    query = select(WhatIf).where(or_(WhatIf.case_id == case.id, before)).order_by(WhatIf.asked_at.desc(), WhatIf.id)
    rows = [row for row in work.session.scalars(query.limit(_MOST)) if row.case_id == case.id or _same_trip(row, case)]
    settings, known, found = permit_settings_on(work, case.province, work.today), set[NearSuggestion](), []
    for row in rows:  # later questions carry along what was suggested before
        near = [one for one in near_suggestions(row, case.form["whole"], settings) if one not in known]
        known.update(near)
        found.append(AskedBefore(row, tuple(near)))
    return found


def near_suggestions(row: WhatIf, declared: Mapping[str, Any], settings: PermitSettings) -> Iterator[NearSuggestion]:
    """Values of a form that lie within the tolerance of a check below a suggested one, each once."""
    found: dict[tuple[str, int], NearSuggestion] = {}
    for change in _changes(row):
        quantity, suggested = change["quantity"], int(change["to"])
        value = _declared(quantity, declared)
        if value is None or int(change["from"]) <= value:
            continue
        if suggested - _tolerance(quantity, suggested, settings) <= value <= suggested:
            one = NearSuggestion(quantity, int(change["from"]), suggested, value, str(change.get("unit") or ""))
            found.setdefault((quantity, suggested), one)
    yield from found.values()


def _changes(row: WhatIf) -> Iterator[Mapping[str, Any]]:
    """Single quantities of everything that the carrier was shown; what only the office could read is no suggestion."""
    for suggestion in row.suggestions:
        for change in (suggestion.get("changes") if isinstance(suggestion, dict) else None) or ():
            numbers = (change.get("from"), change.get("to"))
            if isinstance(change.get("quantity"), str) and all(isinstance(one, int) for one in numbers):
                yield change


def _declared(quantity: str, whole: Mapping[str, Any]) -> int | None:
    if quantity == "axle_load":
        return max(int(axle["load_kg"]) for axle in whole["axles"])
    name = _FIELDS.get(quantity)
    return int(whole[name]) if name else None


def _tolerance(quantity: str, value: int, settings: PermitSettings) -> int:
    """What a check on the spot may differ by: nearer than that nobody can tell the two apart."""
    return {
        "height": settings.tolerance_height_mm,
        "width": settings.tolerance_width_mm,
        "length": settings.tolerance_length_mm,
        "gross_mass": value * settings.tolerance_gross_permille // _PERMILLE,
        "axle_load": value * settings.tolerance_axle_permille // _PERMILLE,
    }[quantity]


def _same_trip(row: WhatIf, case: Case) -> bool:
    """Whether a question went between the places of the case."""
    probe = row.question.get("probe")
    if not probe:
        return False
    trip = case.form["trip"]
    ends = [[trip[end]["lon"], trip[end]["lat"]] for end in ("origin", "destination")]
    return is_same_place({"ways": [], "ends": probe["ends"]}, {"ways": [], "ends": ends})
