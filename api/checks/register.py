"""Outside sources asked during a comparison (信息来源). None is "no answer": it never counts as a pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from api.applications.cargo import Cargo
from api.checks.records import (
    Answer,
    CargoDeclaration,
    CarrierRecord,
    PermitRecord,
    PersonRecord,
    Restriction,
    VehicleRecord,
)


class Register(Protocol):
    """Sources of the comparison; each method gives None when its source cannot be asked or does not answer."""

    def carriers(self, uscc: str) -> Answer[CarrierRecord] | None:
        """Carriers with this code (企业信息)."""

    def persons(self, id_number: str) -> Answer[PersonRecord] | None:
        """Persons with this identity number (人员信息)."""

    def vehicles(self, plate: str) -> Answer[VehicleRecord] | None:
        """Vehicles with this plate (车辆信息)."""

    def permits(self, plates: Sequence[str]) -> Answer[PermitRecord] | None:
        """Other permits that name one of the plates (同号牌许可), without the case in hand."""

    def declarations(self, cargo: Cargo) -> Answer[CargoDeclaration] | None:
        """Earlier declarations of the same cargo (同一货物此前的申报), without the case in hand."""

    def restrictions(self, uscc: str) -> Answer[Restriction] | None:
        """Periods in which the carrier may not apply (限制申请期)."""


@dataclass(frozen=True, slots=True)
class InMemoryRegister:
    """A register held in memory, for tests and demonstrations; what is None gives no answer.

    Attributes:
        declarations_of: Earlier declarations by serial number, or by name where there is none.
        restrictions_of: Restriction periods by social credit code.
    """

    source: str = "示例登记库"
    carrier_records: tuple[CarrierRecord, ...] | None = None
    person_records: tuple[PersonRecord, ...] | None = None
    vehicle_records: tuple[VehicleRecord, ...] | None = None
    permit_records: tuple[PermitRecord, ...] | None = None
    declarations_of: dict[str, tuple[CargoDeclaration, ...]] | None = None
    restrictions_of: dict[str, tuple[Restriction, ...]] | None = None

    def carriers(self, uscc: str) -> Answer[CarrierRecord] | None:
        """Carriers with this code."""
        if self.carrier_records is None:
            return None
        return Answer(self.source, tuple(r for r in self.carrier_records if r.uscc == uscc))

    def persons(self, id_number: str) -> Answer[PersonRecord] | None:
        """Persons with this identity number."""
        if self.person_records is None:
            return None
        return Answer(self.source, tuple(r for r in self.person_records if r.id_number == id_number))

    def vehicles(self, plate: str) -> Answer[VehicleRecord] | None:
        """Vehicles with this plate."""
        if self.vehicle_records is None:
            return None
        return Answer(self.source, tuple(r for r in self.vehicle_records if r.plate == plate))

    def permits(self, plates: Sequence[str]) -> Answer[PermitRecord] | None:
        """Permits that name one of the plates."""
        if self.permit_records is None:
            return None
        return Answer(self.source, tuple(r for r in self.permit_records if set(r.plates) & set(plates)))

    def declarations(self, cargo: Cargo) -> Answer[CargoDeclaration] | None:
        """Earlier declarations under the serial number, or under the name where there is none."""
        if self.declarations_of is None:
            return None
        return Answer(self.source, self.declarations_of.get(cargo.serial_number or cargo.name, ()))

    def restrictions(self, uscc: str) -> Answer[Restriction] | None:
        """Restriction periods of the carrier."""
        if self.restrictions_of is None:
            return None
        return Answer(self.source, self.restrictions_of.get(uscc, ()))
