"""What our own database knows of carriers, permits and earlier declarations (本系统的登记信息)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from api.applications.cargo import Cargo
from api.cases.clocks import local_day
from api.checks.records import (
    Answer,
    CargoDeclaration,
    CarrierRecord,
    PermitRecord,
    PersonRecord,
    Restriction,
    VehicleRecord,
)
from api.db.tables import Carrier, Case, Permit
from api.unit_of_work import UnitOfWork

SOURCE: Final = "本系统"
_MOST: Final = 200
ACTIVE: Final = ("valid", "awaiting_check")


@dataclass(frozen=True, slots=True)
class DatabaseRegister:
    """A register of what this system has itself; other sources are not asked and so give no answer."""

    work: UnitOfWork
    case: Case

    def carriers(self, uscc: str) -> Answer[CarrierRecord] | None:
        """The carrier, if an official has verified its licence here."""
        firm = self.work.session.scalar(select(Carrier).where(Carrier.credit_code == uscc))
        licence = (firm.details or {}).get("verified_licence") if firm else None
        if firm is None or not licence:
            return None
        until = licence.get("until")
        record = CarrierRecord(
            uscc=firm.credit_code,
            name=firm.name,
            licence_number=licence.get("number"),
            licence_until=dt.date.fromisoformat(until) if until else None,
            licence_scope=licence.get("scope"),
        )
        return Answer(SOURCE, (record,))

    def persons(self, id_number: str) -> Answer[PersonRecord] | None:
        """No source of persons is connected."""
        _ = id_number
        return None

    def vehicles(self, plate: str) -> Answer[VehicleRecord] | None:
        """No source of vehicles is connected."""
        _ = plate
        return None

    def permits(self, plates: Sequence[str]) -> Answer[PermitRecord] | None:
        """Other permits of ours that name one of the plates."""
        named = Permit.plates.overlap(list(plates))
        query = select(Permit).where(named, Permit.case_id != self.case.id, Permit.status.in_(ACTIVE))
        rows = self.work.session.scalars(query.limit(_MOST))
        return Answer(SOURCE, tuple(_permit(row) for row in rows))

    def declarations(self, cargo: Cargo) -> Answer[CargoDeclaration] | None:
        """Earlier cases of ours with the same cargo."""
        same = Case.form[("cargo", "name")].astext == cargo.name
        if cargo.serial_number:
            same = Case.form[("cargo", "serial_number")].astext == cargo.serial_number
        earlier = Case.submitted_at < self.case.submitted_at
        query = select(Case).where(same, earlier, Case.id != self.case.id, Case.carrier_id == self.case.carrier_id)
        rows = self.work.session.scalars(query.order_by(Case.submitted_at.desc()).limit(_MOST))
        return Answer(SOURCE, tuple(_declaration(row) for row in rows))

    def restrictions(self, uscc: str) -> Answer[Restriction] | None:
        """Periods in which the carrier may not apply, as officials entered them."""
        firm = self.work.session.scalar(select(Carrier).where(Carrier.credit_code == uscc))
        listed = (firm.details or {}).get("restrictions", []) if firm else []
        found = tuple(
            Restriction(
                reason=entry["reason"],
                begins=dt.date.fromisoformat(entry["begins"]),
                ends=dt.date.fromisoformat(entry["ends"]) if entry.get("ends") else None,
            )
            for entry in listed
        )
        return Answer(SOURCE, found)


def _permit(row: Permit) -> PermitRecord:
    return PermitRecord(row.number, tuple(row.plates), row.valid_from, row.valid_until)


def _declaration(row: Case) -> CargoDeclaration:
    whole = row.form["whole"]
    return CargoDeclaration(
        case=row.number,
        declared_on=local_day(row.submitted_at),
        height_mm=whole["height_mm"],
        width_mm=whole["width_mm"],
        length_mm=whole["length_mm"],
        gross_mass_kg=whole["gross_mass_kg"],
    )
