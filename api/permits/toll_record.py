"""Record for the toll network's list of booked large loads (预约大件名单).

The field names are those of one stored schema; units and value forms are not stated there, so each export says its
own. While a permit awaits its check, and when it no longer holds, nothing is handed over.
"""

from typing import Any

from api.permits.content import PermitContent
from api.permits.parts import PlatedVehicle, Station
from api.permits.wording import STATUS, Words

FORMAT = "dajian-toll/1"
UNITS = {"weight": "kg", "axleLoads": "kg", "length": "mm", "width": "mm", "height": "mm"}
WITHHELD_DEMO = Words("演示用通行证不送收费网", "permits for demonstration are not handed to the toll network")


def withheld_because(content: PermitContent) -> Words | None:
    """Why the record may not be handed over; None where it may (暂不送收费网的原因)."""
    if content.is_demo:
        return WITHHELD_DEMO
    if content.status == "valid":
        return None
    words = STATUS[content.status]
    return Words(f"许可状态为“{words.zh}”，暂不送收费网", f"withheld: the permit is {words.en}")


def toll_record(content: PermitContent) -> dict[str, Any] | None:
    """The record as JSON values; None while it is withheld."""
    if withheld_because(content) is not None:
        return None
    vehicle, route = content.vehicle, content.route
    return {
        "format": FORMAT,
        "units": UNITS,
        "certNo": content.number,
        "sequence": content.sequence,
        "provinces": list(content.provinces),
        "entry": _station(route.entry),
        "exit": _station(route.exit),
        "tractor": _plate(content.tractor),
        "trailers": [_plate(trailer) for trailer in content.trailers],
        "startPassDate": content.valid_from.isoformat(),
        "endPassDate": content.valid_until.isoformat(),
        "carrier": content.holder.name,
        "goods": content.cargo.name,
        "weight": vehicle.gross_mass_kg,
        "length": vehicle.length_mm,
        "width": vehicle.width_mm,
        "height": vehicle.height_mm,
        "axleCount": sum(axle.files for axle in vehicle.axles),
        "tyreCount": sum(axle.tyres for axle in vehicle.axles),
        "axleLoads": [axle.load_kg for axle in vehicle.axles],
        "roads": route.phrase,
        "passCount": content.trips,
        "note": content.remark,
        "issuer": content.issuer.name,
        "issueDate": content.issuer.issued_on.isoformat(),
    }


def _station(station: Station | None) -> dict[str, str | None] | None:
    return None if station is None else {"id": station.id, "name": station.name}


def _plate(vehicle: PlatedVehicle) -> dict[str, str | bool]:
    return {"plate": vehicle.plate, "temporary": vehicle.temporary}
