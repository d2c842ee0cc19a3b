"""What a province has chosen for its cases (省级办理设定)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from api.db.tables import Case
from api.provinces.settings import integer_setting, is_switched_on, setting
from api.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class AutomaticRule:
    """Which cases may be decided automatically (自动决定范围).

    Attributes:
        classes: Classes of vehicles.
        gross_mass_kg: The largest gross mass.
        sample_percent: Share of them that a person looks at afterwards.
    """

    classes: frozenset[str]
    gross_mass_kg: int
    sample_percent: int


def automatic_rule(work: UnitOfWork, case: Case) -> AutomaticRule | None:
    """The province's rule; None while automatic decision is switched off."""
    place, on = case.province, work.today
    if not is_switched_on(work, "automatic_decision", place, on):
        return None
    return AutomaticRule(
        classes=frozenset(cast(Iterable[str], setting(work, "automatic_decision_classes", place, on))),
        gross_mass_kg=integer_setting(work, "automatic_decision_mass_kg", place, on),
        sample_percent=integer_setting(work, "automatic_decision_sample_percent", place, on),
    )
