"""What outside sources know (来源记录): plain records; None in a field means the source does not say."""

import datetime as dt
from dataclasses import dataclass
from typing import Generic, TypeVar

Record_co = TypeVar("Record_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Answer(Generic[Record_co]):
    """What a source answered (来源的答复): no records means that it knows of none, which is an answer too."""

    source: str
    records: tuple[Record_co, ...] = ()


@dataclass(frozen=True, slots=True)
class CarrierRecord:
    """A carrier and its operating licence (承运单位及道路运输经营许可证)."""

    uscc: str
    name: str
    licence_number: str | None = None
    licence_until: dt.date | None = None
    licence_scope: str | None = None


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person (人员); `qualification_until` for drivers."""

    id_number: str
    name: str
    qualification_number: str | None = None
    qualification_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class VehicleRecord:
    """A vehicle as registered (登记车辆)."""

    plate: str
    vin: str | None = None
    kerb_mass_kg: int | None = None
    axle_count: int | None = None
    insured_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class PermitRecord:
    """A permit that names a plate (通行证); `is_active` is false once it is used up or withdrawn."""

    permit_number: str
    plates: tuple[str, ...]
    valid_from: dt.date
    valid_until: dt.date
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class CargoDeclaration:
    """An earlier declaration of the same cargo (同一货物此前的申报): sizes of the loaded whole."""

    case: str
    declared_on: dt.date
    height_mm: int | None = None
    width_mm: int | None = None
    length_mm: int | None = None
    gross_mass_kg: int | None = None


@dataclass(frozen=True, slots=True)
class Restriction:
    """A period in which a carrier may not apply (限制申请期); no end means that none is known."""

    reason: str
    begins: dt.date
    ends: dt.date | None = None

    def holds(self, on: dt.date) -> bool:
        """Whether it holds on a day, both ends included."""
        return self.begins <= on and (self.ends is None or on <= self.ends)
