"""What an officer fills in: the form of a check sheet that agrees with its permit."""

from typing import Any

from api.permits.content import PermitContent

QUESTIONS = ("vins_match", "indivisible", "marking", "lamps", "fixing")


def form_of(content: PermitContent, **changes: str) -> dict[str, str]:
    """Fields of the form, by name; every value as the permit states it."""
    vehicle, escort = content.vehicle, content.escort
    fields: dict[str, Any] = {
        "place": "甲厂门口",
        "checked_at": "2026-11-23T09:00",
        "officer_name_1": "演示甲",
        "officer_certificate_1": "A1",
        "officer_name_2": "演示乙",
        "officer_certificate_2": "A2",
        "carrier_same": "yes",
        "cargo_same": "yes",
        "pieces": content.cargo.pieces,
        "instruments": "激光测距仪 001、地磅 002",
        "height_mm": vehicle.height_mm,
        "width_mm": vehicle.width_mm,
        "length_mm": vehicle.length_mm,
        "gross_mass_kg": vehicle.gross_mass_kg,
        "tyres": sum(axle.tyres for axle in vehicle.axles),
        **{f"plate_{n}_same": "yes" for n in range(len(content.plates))},
        **dict.fromkeys(QUESTIONS, "yes"),
        **{f"axle_load_{n}": axle.load_kg for n, axle in enumerate(vehicle.axles, start=1)},
        **{f"axle_spacing_{n}": axle.spacing_mm for n, axle in enumerate(vehicle.axles, start=1) if n > 1},
    }
    if escort is not None:
        fields["escort_vehicles"] = escort.front_vehicles + escort.rear_vehicles
        fields["escort_staff"] = escort.staff or 0
    return {**{name: str(value) for name, value in fields.items()}, **changes}
