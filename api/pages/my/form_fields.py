"""The fields of the application form as a page asks for them (申请表的填写项): section by section, each value once.

What follows from something else has no field here: name and code of the firm, numbers of axles and tyres of tractor and
trailer, plates of the permit. `form_derived` puts those in.
"""

from dataclasses import dataclass
from typing import Final, Literal

FieldKind = Literal["text", "story", "day", "int", "yes_no", "choice", "place"]
SectionName = Literal["applicant", "agent", "cargo", "vehicles", "drivers", "trip", "escort", "papers"]
SECTIONS: Final[tuple[SectionName, ...]] = (
    "applicant",
    "agent",
    "cargo",
    "vehicles",
    "drivers",
    "trip",
    "escort",
    "papers",
)
MOST_ROWS: Final = {"drivers": 10, "escort_plan.vehicles": 60, "escort_plan.staff": 200}


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes:
        path: In the form, dotted; also its name in what is sent.
        label: Its key in the catalogue, without `my.f_`.
        needed: Whether nothing can be handed in without it.
        unit: mm or kg; empty without.
    """

    path: str
    label: str
    kind: FieldKind = "text"
    needed: bool = True
    unit: str = ""
    choices: tuple[str, ...] = ()


def _fields(prefix: str, label: str, *rows: tuple[str, FieldKind, bool, str]) -> tuple[Field, ...]:
    return tuple(
        Field(f"{prefix}.{name}", f"{label}_{name.replace('.', '_')}", kind, needed, unit)
        for name, kind, needed, unit in rows
    )


def _sizes(prefix: str, label: str) -> tuple[Field, ...]:
    names = ("length_mm", "width_mm", "height_mm")
    return _fields(prefix, label, *((name, "int", True, "mm") for name in names))


ID_KINDS: Final = ("resident", "other")
APPLICANT: Final = (
    Field("carrier.kind", "carrier_kind", "choice", needed=False, choices=("enterprise", "individual")),
    *_fields(
        "carrier",
        "carrier",
        ("licence_number", "text", True, ""),
        ("licence_from", "day", True, ""),
        ("licence_until", "day", True, ""),
        ("licence_scope", "text", True, ""),
        ("address", "text", True, ""),
        ("legal_representative", "text", True, ""),
        ("legal_representative_id", "text", False, ""),
        ("contact", "text", False, ""),
        ("mobile", "text", False, ""),
    ),
)
AGENT: Final = (
    Field("agent.name", "person_name"),
    Field("agent.id_kind", "person_id_kind", "choice", needed=False, choices=ID_KINDS),
    Field("agent.id_number", "person_id_number"),
    Field("agent.mobile", "person_mobile"),
)
CARGO: Final = (
    Field("cargo.name", "cargo_name"),
    Field("cargo.mass_kg", "cargo_mass_kg", "int", needed=False, unit="kg"),
    *_sizes("cargo", "cargo"),
    *_fields(
        "cargo",
        "cargo",
        ("serial_number", "text", False, ""),
        ("piece", "text", False, ""),
        ("pieces", "int", False, ""),
        ("kind", "text", False, ""),
        ("drawing_number", "text", False, ""),
        ("shipper", "text", False, ""),
        ("loading", "text", False, ""),
        ("centre_of_gravity_mm", "int", False, "mm"),
    ),
)
WHOLE: Final = (
    Field("whole.kind", "whole_kind", "choice", choices=("train", "truck")),
    Field("whole.trailer", "whole_trailer", "choice", choices=("flatbed", "modular")),
    Field("whole.indivisible", "whole_indivisible", "yes_no"),
    *_sizes("whole", "whole"),
    Field("whole.gross_mass_kg", "whole_gross_mass_kg", "int", needed=False, unit="kg"),
    Field("axles.loads", "axles_loads"),
    Field("axles.spacings", "axles_spacings"),
    Field("axles.tractor", "axles_tractor", "int"),
    Field("axles.tyres", "axles_tyres"),
    Field("axles.drive", "axles_drive"),
)
WHOLE_MORE: Final = (
    *_fields(
        "whole",
        "whole",
        ("front_overhang_mm", "int", False, "mm"),
        ("rear_overhang_mm", "int", False, "mm"),
        ("ground_clearance_mm", "int", False, "mm"),
    ),
    Field("whole.trailer_steering", "whole_trailer_steering", "choice", needed=False, choices=("none", "rear", "all")),
)


def _vehicle(prefix: str) -> tuple[Field, ...]:
    return (
        *_fields(prefix, "vehicle", ("plate", "text", True, ""), ("model", "text", True, "")),
        *_fields(prefix, "vehicle", ("kerb_mass_kg", "int", True, "kg")),
        *_sizes(prefix, "vehicle"),
        *_fields(
            prefix,
            "vehicle",
            ("vin", "text", False, ""),
            ("certificate_number", "text", False, ""),
            ("insurance.policy_number", "text", False, ""),
            ("insurance.insured_until", "day", False, ""),
            ("centre_of_gravity_mm", "int", False, "mm"),
        ),
    )


TRACTOR: Final = _vehicle("tractor")
TRAILER: Final = (
    *_vehicle("trailer"),
    Field("trailer.coupling", "trailer_coupling", "choice", needed=False, choices=("kingpin", "drawbar")),
    Field("trailer.coupling_mm", "trailer_coupling_mm", "int", needed=False, unit="mm"),
    Field(
        "trailer.suspension",
        "trailer_suspension",
        "choice",
        needed=False,
        choices=("mechanical", "three_point", "four_point"),
    ),
)


def driver_fields(row: int) -> tuple[Field, ...]:
    """Fields of one driver."""
    place = f"drivers.{row}"
    return (
        Field(f"{place}.name", "person_name"),
        Field(f"{place}.id_kind", "person_id_kind", "choice", needed=False, choices=ID_KINDS),
        Field(f"{place}.id_number", "person_id_number"),
        Field(f"{place}.mobile", "person_mobile"),
        Field(f"{place}.qualification_number", "driver_qualification_number", needed=False),
        Field(f"{place}.qualification_until", "driver_qualification_until", "day", needed=False),
    )


TRIP: Final = (
    Field("trip.start_date", "trip_start_date", "day"),
    Field("trip.end_date", "trip_end_date", "day"),
    Field("trip.origin", "trip_origin", "place"),
    Field("trip.destination", "trip_destination", "place"),
    Field("trip.via", "trip_via", "story", needed=False),
    Field("trip.trips", "trip_trips", "int", needed=False),
    Field("trip.route_text", "trip_route_text", "story", needed=False),
)
PLAN: Final = (
    Field("trip.plan.hours", "plan_hours"),
    Field("trip.plan.goods", "plan_goods", needed=False),
    Field("trip.plan.loading", "plan_loading", needed=False),
    Field("trip.plan.needs_escort", "plan_needs_escort", "yes_no", needed=False),
    Field("trip.plan.description", "plan_description", "story", needed=False),
)
EMPTY_RETURN: Final = (
    *_sizes("trip.empty_return", "return"),
    Field("trip.empty_return.gross_mass_kg", "return_gross_mass_kg", "int", unit="kg"),
)


def escort_vehicle_fields(row: int) -> tuple[Field, ...]:
    """Fields of one escort vehicle."""
    place = f"escort_plan.vehicles.{row}"
    return (
        Field(f"{place}.plate", "escort_plate"),
        Field(f"{place}.position", "escort_position", "choice", choices=("front", "rear", "other")),
        Field(f"{place}.equipment", "escort_equipment", needed=False),
    )


def escort_person_fields(row: int) -> tuple[Field, ...]:
    """Fields of one of the escort staff."""
    place = f"escort_plan.staff.{row}"
    return (
        Field(f"{place}.name", "person_name"),
        Field(f"{place}.duty", "escort_duty"),
        Field(f"{place}.mobile", "person_mobile", needed=False),
    )


ESCORT: Final = (
    Field("escort_plan.route", "escort_route", "story", needed=False),
    Field("escort_plan.rules", "escort_rules", "story", needed=False),
    Field("escort_plan.exceptions", "escort_exceptions", "story", needed=False),
)
WANTED: Final = tuple(
    Field(f"items_wanted.{name}", f"wanted_{name}", "choice", needed=False, choices=("auto", "yes", "no"))
    for name in ("highway_permit", "city_streets", "temporary_plate")
)
PLAIN: Final = (
    *APPLICANT,
    *AGENT,
    *CARGO,
    *WHOLE,
    *WHOLE_MORE,
    *TRACTOR,
    *TRAILER,
    *TRIP,
    *PLAN,
    *EMPTY_RETURN,
    *ESCORT,
    *WANTED,
)
ROWS: Final = {
    "drivers": driver_fields,
    "escort_plan.vehicles": escort_vehicle_fields,
    "escort_plan.staff": escort_person_fields,
}
_EVERY: Final = (*PLAIN, *(field for make in ROWS.values() for field in make(0)))
LABELS: Final = frozenset(
    f"{field.label}{end}" for field in _EVERY for end in (("_name", "_at") if field.kind == "place" else ("",))
)
CHOICES: Final = frozenset(f"{field.label}_{choice}" for field in _EVERY for choice in field.choices)
