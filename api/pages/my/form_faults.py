"""Faults of a form at the fields of the page (填报错误的位置)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from api.errors import FieldFault
from api.pages.language import Language
from api.pages.my.form_axles import read_axles, texts_of
from api.pages.my.form_typed import value_at

Json = dict[str, Any]
_AXLES: Final = {
    "load_kg": "axles.loads",
    "spacing_mm": "axles.spacings",
    "tyres": "axles.tyres",
    "unit": "axles.tractor",
    "drive": "axles.drive",
}
_WHOLE_PARTS: Final = {
    "tractor": "tractor.plate",
    "trailer": "trailer.plate",
    "drivers": "drivers.0.name",
    "whole": "whole.kind",
    "cargo": "cargo.name",
    "agent": "agent.name",
    "trip": "trip.start_date",
    "escort_plan": "escort_plan.vehicles.0.plate",
    "trip.plan": "trip.plan.hours",
}
_FOLLOWING: Final = ("axle_count", "tyre_count")  # these follow from the axles


@dataclass
class FormFaults:
    """What is wrong, by field of the page.

    Attributes:
        at: Messages by name of the field.
        elsewhere: Messages that belong to no field of the page.
    """

    at: dict[str, list[str]] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many fields are to be filled in or put right, with what belongs to none."""
        return len(self.at) + len(self.elsewhere)

    def count_in(self, names: Iterable[str]) -> int:
        """How many of them are among these."""
        return len(self.at.keys() & set(names))


def sort_faults(
    faults: Iterable[FieldFault], content: Json, names: Mapping[str, str], language: Language
) -> FormFaults:
    """Each fault at its field; what several fields make wrong together, or none has, elsewhere.

    Args:
        faults: Of the form, by its own paths.
        content: The form.
        names: Fields of the page; what counts is their names.
        language: The reader's.
    """
    found = FormFaults()
    axles = value_at(content, "whole.axles")
    own = read_axles(texts_of(axles), content.get("whole") or {})[1] if not isinstance(axles, list) else []
    told = [one for one in faults if not (own and one.field == "whole.axles") and not one.field.endswith(_FOLLOWING)]
    for one in (*own, *told):
        said = one.message_zh if language == "zh" else one.message_en
        name = _name(one.field, names)
        if name is None:
            found.elsewhere.append(f"{one.field}: {said}")
        elif said not in found.at.setdefault(name, []):
            found.at[name].append(said)
    return found


def _name(path: str, names: Mapping[str, str]) -> str | None:
    """The field of the page that a path of the form belongs to."""
    return path if path in names else _special(path) or _shortened(path, names)


def _special(path: str) -> str | None:
    """Fields of the page that are not named like the form's."""
    if path.startswith("papers."):
        return path
    if path.startswith("whole.axles"):
        return _AXLES.get(path.rpartition(".")[2], "axles.loads")
    if path.startswith(("trip.origin", "trip.destination")):
        place = ".".join(path.split(".")[:2])
        return f"{place}.at" if path.endswith((".lon", ".lat")) else f"{place}.name"
    if path.startswith("attachments.") or path == "outline_drawing":
        return f"papers.{path.removeprefix('attachments.').split('.')[0]}"
    return None


def _shortened(path: str, names: Mapping[str, str]) -> str | None:
    """The field of the whole part, where its own is not on the page."""
    shortened = path
    while shortened:
        if shortened in names:
            return shortened
        if shortened in _WHOLE_PARTS:
            return _WHOLE_PARTS[shortened]
        shortened = shortened.rpartition(".")[0]
    return None
