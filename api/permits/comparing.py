"""Comparison of a check sheet with the permit (现场核查比对): item by item, then class and conclusion.

A value within tolerance confirms the declared one, which then stands; beyond it the measured value counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from api.permits.check_limits import limits_of, measured_items
from api.permits.content import PermitContent
from api.permits.settings import PermitSettings, default_permit_settings
from api.permits.sheets import CheckSheet, HaulageSheet, Measured
from api.reviews.request import facts_of
from rules.ord62.art_015 import VehicleClass
from rules.review import Classification, classify
from rules.vehicle import VehicleFacts

Conclusion = Literal["consistent", "change_needed", "inconsistent", "incomplete"]
CONCLUSION_ZH: dict[Conclusion, str] = {
    "consistent": "一致",
    "change_needed": "需变更",
    "inconsistent": "不一致",
    "incomplete": "核查不完整",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One item compared (比对项).

    Attributes:
        item: Field name; axles count from 1, as `axle_load.3`.
        tolerance: Largest allowed difference in the item's unit; 0 where the values must be the same.
        within: None when nothing was measured or looked at.
        needs_change: Whether a difference can be met by a change of the permit, and is not another load or vehicle.
    """

    item: str
    declared: int | str | None
    measured: int | str | None
    tolerance: int
    unit: str
    within: bool | None
    needs_change: bool


@dataclass(frozen=True, slots=True)
class SheetResult:
    """What a check found (核查结果).

    Attributes:
        differences: Every item, also those that agree.
        class_after_check: Class with declared values where they were confirmed, measured ones where not.
        class_as_measured: Class with every measured value as it is: it may differ at a class edge.
        refusals: Reasons of art. 17 after the check, in Chinese.
        missing: What the sheet lacks before it can conclude anything good.
    """

    differences: tuple[Difference, ...]
    class_after_check: VehicleClass
    class_as_measured: VehicleClass
    refusals: tuple[str, ...]
    missing: tuple[str, ...]
    conclusion: Conclusion

    @property
    def conclusion_zh(self) -> str:
        """The conclusion as it stands on the sheet."""
        return CONCLUSION_ZH[self.conclusion]


def compare_sheet(content: PermitContent, sheet: CheckSheet, tolerances: PermitSettings | None = None) -> SheetResult:
    """Compare a check sheet with the permit it is about.

    Args:
        content: The permit, awaiting its check.
        sheet: What the officers found.
        tolerances: Other settings than the packaged ones.

    Returns:
        Differences, class after the check and the conclusion: 不一致 where vehicle, cargo or permit is another one,
        需变更 where a size or mass lies beyond its tolerance or the class changes, 核查不完整 while anything that must
        be looked at is missing, else 一致.
    """
    chosen = tolerances or default_permit_settings()
    items = (*_identities(content, sheet), *_measures(content, sheet, chosen))
    declared = facts_of(content.vehicle)
    settled = _settled(declared, sheet.measured, {item.item: item.within for item in items})
    after = classify(settled, on=sheet.checked_at.date())
    as_measured = classify(_measured_facts(declared, sheet.measured), on=sheet.checked_at.date())
    missing = tuple(_missing(sheet, items, chosen))
    return SheetResult(
        differences=items,
        class_after_check=after.vehicle_class,
        class_as_measured=as_measured.vehicle_class,
        refusals=tuple(refusal.reason for refusal in after.refusals),
        missing=missing,
        conclusion=_conclude(content, items, after, missing),
    )


def compare_haulage(content: PermitContent, sheet: HaulageSheet) -> tuple[Difference, ...]:
    """Compare the consignor's statement with the permit: the same cargo, the same carrier, the same vehicles."""
    cargo, stated = content.cargo, sheet.cargo
    return (
        _same("cargo_name", cargo.name, stated.name),
        *(
            _equal(name, getattr(cargo, name), getattr(stated, name), name.rpartition("_")[2])
            for name in ("mass_kg", "length_mm", "width_mm", "height_mm")
        ),
        _same("pieces", str(cargo.pieces), str(stated.pieces)),
        _same("carrier", content.holder.name, sheet.carrier),
        _same("plates", _joined(content.plates), _joined(sheet.plates)),
        _yes("stated_true", sheet.stated_true),
        _yes("sealed", sheet.sealed),
    )


def _identities(content: PermitContent, sheet: CheckSheet) -> Iterator[Difference]:
    """Items in which a difference means another vehicle, another cargo or another permit."""
    yield _same("permit_number", content.number, sheet.permit_number)
    yield _same("carrier", content.holder.name, sheet.carrier)
    yield _same("plates", _joined(content.plates), _joined(sheet.plates))
    yield _yes("vins_match", sheet.vins_match)
    yield _same("cargo_name", content.cargo.name, sheet.cargo_name)
    yield _same("pieces", str(content.cargo.pieces), str(sheet.pieces))
    yield _yes("indivisible", sheet.indivisible)
    for item in ("marking", "lamps", "fixing"):
        yield _yes(item, getattr(sheet, item))
    escort = content.escort
    if escort is not None:
        yield _at_least("escort_vehicles", escort.front_vehicles + escort.rear_vehicles, sheet.escort_vehicles)
        if escort.staff is not None:
            yield _at_least("escort_staff", escort.staff, sheet.escort_staff)


def _measures(content: PermitContent, sheet: CheckSheet, settings: PermitSettings) -> Iterator[Difference]:
    """Items measured with an instrument; axles one by one only where as many were found as the permit states."""
    found, axles = measured_items(sheet.measured), len(content.vehicle.axles)
    for limit in limits_of(content.vehicle, settings):
        kind, _, axle = limit.item.partition(".")
        if axle.isdigit() and found.get(f"{kind}.count") != axles:
            continue
        value = found.get(limit.item)
        within = None if value is None else limit.holds(value)
        yield Difference(
            limit.item, limit.declared, value, limit.tolerance, limit.unit, within=within, needs_change=True
        )


def _equal(item: str, declared: int, stated: int, unit: str) -> Difference:
    return Difference(item, declared, stated, 0, unit, declared == stated, needs_change=True)


def _same(item: str, declared: str, found: str) -> Difference:
    return Difference(item, declared, found, 0, "", declared == found, needs_change=False)


def _yes(item: str, answer: bool | None) -> Difference:
    said = None if answer is None else "是" if answer else "否"
    return Difference(item, "是", said, 0, "", answer, needs_change=False)


def _at_least(item: str, declared: int, found: int | None) -> Difference:
    within = None if found is None else found >= declared
    return Difference(item, declared, found, 0, "", within, needs_change=False)


def _joined(plates: Sequence[str]) -> str:
    """Tractor first; the order of trailers does not matter."""
    return " ".join((*plates[:1], *sorted(plates[1:])))


def _measured_facts(facts: VehicleFacts, measured: Measured) -> VehicleFacts:
    """The vehicle with every measured value in place of the declared one."""
    return _settled(facts, measured, {})


def _settled(facts: VehicleFacts, measured: Measured, within: dict[str, bool | None]) -> VehicleFacts:
    """The vehicle with measured values wherever they were not within tolerance."""

    def chosen(item: str, declared: int | None, found: int | None) -> int | None:
        return declared if found is None or within.get(item) else found

    axles = facts.axles
    loads, spacings = measured.axle_loads_kg, measured.axle_spacings_mm
    if loads is not None and len(loads) == len(axles):
        axles = tuple(
            replace(axle, load_kg=chosen(f"axle_load.{n}", axle.load_kg, load))
            for n, (axle, load) in enumerate(zip(axles, loads, strict=True), start=1)
        )
    if spacings is not None and len(spacings) == len(axles):
        axles = tuple(
            replace(axle, spacing_mm=chosen(f"axle_spacing.{n}", axle.spacing_mm, spacing) or 0)
            for n, (axle, spacing) in enumerate(zip(axles, spacings, strict=True), start=1)
        )
    return replace(
        facts,
        height_mm=chosen("height_mm", facts.height_mm, measured.height_mm),
        width_mm=chosen("width_mm", facts.width_mm, measured.width_mm),
        length_mm=chosen("length_mm", facts.length_mm, measured.length_mm),
        gross_mass_kg=chosen("gross_mass_kg", facts.gross_mass_kg, measured.gross_mass_kg),
        axles=axles,
    )


def _missing(sheet: CheckSheet, items: Sequence[Difference], settings: PermitSettings) -> Iterator[str]:
    officers = {officer.certificate for officer in sheet.officers}
    if len(officers) < settings.minimum_officers:
        yield "officers"
    yield from (item.item for item in items if item.within is None)


def _conclude(
    content: PermitContent, items: Sequence[Difference], after: Classification, missing: Sequence[str]
) -> Conclusion:
    """The worst that was found wins; what is missing never hides a difference."""
    wrong = [item for item in items if item.within is False]
    if any(not item.needs_change for item in wrong):
        return "inconsistent"
    if wrong or after.vehicle_class != content.vehicle_class or after.refusals:
        return "change_needed"
    return "incomplete" if missing else "consistent"
