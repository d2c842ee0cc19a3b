"""Items on the vehicles (车辆): plates and identity, insurance, sum of masses."""

from api.applications.combination import Vehicle
from api.checks.case import Case, Declared, fits, not_found, reaches, same, silent, well_formed
from api.checks.identifiers import is_tractor_plate, is_trailer_plate, is_vin
from api.checks.results import REGISTER, Evidence

VEHICLES_ZH = "车辆信息来源"


def _vehicles(case: Case) -> list[tuple[str, str, Vehicle]]:
    form = case.form
    trailers: list[tuple[str, str, Vehicle]] = [] if form.trailer is None else [("trailer", "挂车", form.trailer)]
    return [("tractor", "牵引车" if form.trailer else "货车", form.tractor), *trailers]


def vehicle_identity(case: Case) -> list[Evidence]:
    """车辆身份: plates, vehicle identification numbers, axles, against the register."""
    return [line for place, who, vehicle in _vehicles(case) for line in _identity(case, place, who, vehicle)]


def _identity(case: Case, place: str, who: str, vehicle: Vehicle) -> list[Evidence]:
    plate = Declared(f"{place}.plate", vehicle.plate, f"{who}号牌", f"plate of the {place}")
    endings = case.settings.trailer_plate_endings
    good = is_trailer_plate(vehicle.plate, endings) if place == "trailer" else is_tractor_plate(vehicle.plate)
    form = well_formed(plate, good)
    if not good:
        return [form]
    vin = Declared(f"{place}.vin", vehicle.vin, f"{who}车辆识别代号", f"VIN of the {place}")
    axles = Declared(f"{place}.axle_count", vehicle.axle_count, f"{who}轴数", f"axles of the {place}")
    answer = case.register.vehicles(vehicle.plate)
    if answer is None:
        doubtful = vehicle.vin is not None and is_vin(vehicle.vin) is None
        return [form, silent(plate, VEHICLES_ZH), *([well_formed(vin, None)] if doubtful else [])]
    if not answer.records:
        return [form, not_found(plate, answer.source, VEHICLES_ZH)]
    record = answer.records[0]
    lines = [same(plate, record.plate, answer.source)]
    if vehicle.vin is not None and record.vin is not None:
        lines.append(same(vin, record.vin, answer.source))
    return [*lines, same(axles, record.axle_count, answer.source)]


def insurance(case: Case) -> list[Evidence]:
    """车辆保险: compulsory insurance through the last day of travel; a trailer has its own only where it says so."""
    lines: list[Evidence] = []
    for place, who, vehicle in _vehicles(case):
        stated = vehicle.insurance.insured_until if vehicle.insurance else None
        until = Declared(f"{place}.insurance", stated, f"{who}交强险有效期", f"insurance of the {place}")
        if place == "trailer" and stated is None:
            continue
        answer = case.register.vehicles(vehicle.plate)
        lines.append(reaches(until, stated, case.trip_end))
        if answer is None or not answer.records:
            lines.append(silent(until, VEHICLES_ZH))
        else:
            source = f"{REGISTER}:{answer.source}"
            lines.append(reaches(until, answer.records[0].insured_until, case.trip_end, source=source))
    return lines


def mass_sum(case: Case) -> list[Evidence]:
    """质量合计: gross = kerb + kerb + cargo, and the kerb masses as registered."""
    form = case.form
    vehicles = _vehicles(case)
    total = sum(vehicle.kerb_mass_kg for _, _, vehicle in vehicles) + form.cargo.mass_kg
    gross = form.whole.gross_mass_kg
    declared = Declared("whole.gross_mass_kg", gross, "车货总质量", "gross mass")
    apart = abs(gross - total)
    said = (
        f"车货总质量{gross}千克与整备质量、货物质量之和{total}千克相差{apart}千克",
        f"gross mass {gross} kg, but kerb masses and cargo add up to {total} kg",
    )
    lines = [
        fits(
            declared,
            Declared("", total, "整备质量与货物质量之和", "sum"),
            agrees=apart <= case.settings.mass_sum_tolerance_kg,
            said=said,
        )
    ]
    for place, who, vehicle in vehicles:
        answer = case.register.vehicles(vehicle.plate)
        kerb = Declared(f"{place}.kerb_mass_kg", vehicle.kerb_mass_kg, f"{who}整备质量", f"kerb mass of the {place}")
        if answer is not None and answer.records and answer.records[0].kerb_mass_kg is not None:
            lines.append(same(kerb, answer.records[0].kerb_mass_kg, answer.source))
    return lines
