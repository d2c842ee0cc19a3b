"""Read the design loads (设计荷载): dated YAML files in, checked `routing.bridges.design_loads.DesignLoad` out.

A file is one edition of a standard. Every file says where its numbers come from and how sure they are; where the
standard can be read two ways the second reading is made here, so that a ratio can take the lower one.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data.errors import BadInputError
from routing.bridges.design_loads import (
    DesignLoad,
    Impact,
    ImpactKind,
    LaneBand,
    LaneLoad,
    LoadModel,
    Tracks,
    TruckTrain,
)
from routing.bridges.trains import AxleTrain

FOLDER = Path(__file__).parent / "design_loads"
Positive = Annotated[float, Field(gt=0, le=1e6)]
Factor = Annotated[float, Field(gt=0, le=3)]
_VALUES = {"none": 0, "frequency": 6, "span": 4, "inverse": 2}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Source(_Part):
    clause: str
    note: str


class _Impact(_Part):
    kind: Literal["none", "frequency", "span", "inverse"]
    values: tuple[Annotated[float, Field(ge=0)], ...] = ()

    @model_validator(mode="after")
    def _has_its_numbers(self) -> Self:
        if len(self.values) != _VALUES[self.kind]:
            raise ValueError(f"{self.kind} needs {_VALUES[self.kind]} values, found {len(self.values)}")
        return self


class _Band(_Part):
    up_to_m: Positive
    uniform_moment_kn_m: Positive
    uniform_shear_kn_m: Positive
    peak_spans_m: tuple[Positive, ...]
    peaks_kn: tuple[Positive, ...]
    shear_peak_factor: Factor

    @model_validator(mode="after")
    def _has_a_peak_a_span(self) -> Self:
        if not self.peaks_kn or len(self.peaks_kn) != len(self.peak_spans_m):
            raise ValueError("peaks_kn and peak_spans_m must be of the same length")
        if list(self.peak_spans_m) != sorted(self.peak_spans_m):
            raise ValueError("peak_spans_m must rise")
        return self


class _Axles(_Part):
    loads_kn: tuple[Positive, ...]
    spacings_m: tuple[Positive, ...]

    @model_validator(mode="after")
    def _has_a_spacing_between_axles(self) -> Self:
        if len(self.spacings_m) != len(self.loads_kn) - 1:
            raise ValueError("spacings_m must have one number fewer than loads_kn")
        return self

    def to_core(self) -> AxleTrain:
        return AxleTrain.of(self.loads_kn, self.spacings_m)


class _Train(_Part):
    main: _Axles
    heavy: _Axles
    gap_ahead_m: Positive
    gap_m: Positive

    def readings(self) -> tuple[LoadModel, ...]:
        """The layout as given, and the one with the longer gap everywhere."""
        train = TruckTrain(self.main.to_core(), self.heavy.to_core(), self.gap_ahead_m, self.gap_m)
        longest = max(self.gap_ahead_m, self.gap_m)
        return train, replace(train, gap_ahead_m=longest, gap_m=longest)


class _Tracks(_Part):
    gross_kn: Positive
    length_m: Positive


class _Load(_Part):
    lane: tuple[_Band, ...] | None = None
    share_of: str | None = None
    share: Factor = 1.0
    train: _Train | None = None
    vehicle: _Axles | None = None
    tracks: _Tracks | None = None
    check_load: str | None = None
    is_check_load: bool = False
    partial_factor: Factor | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        given = [name for name in ("lane", "share_of", "train", "vehicle", "tracks") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"one of lane, share_of, train, vehicle, tracks is wanted, found {given or 'none'}")
        return self


class Edition(_Part):
    """One edition of a standard and its design loads (一部规范的设计荷载)."""

    instrument: str
    edition: str
    in_force_from: dt.date
    in_force_until: dt.date | None = None
    source: _Source
    confidence: Literal["A", "B", "C"]
    doubt: str
    doubt_zh: str
    partial_factor: Factor
    impact: _Impact
    lane_factors: tuple[Factor, ...]
    length_factors: tuple[tuple[Positive, Factor], ...] = ()
    loads: Annotated[dict[str, _Load], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_what_exists(self) -> Self:
        for name, load in self.loads.items():
            for other in (load.share_of, load.check_load):
                if other is not None and other not in self.loads:
                    raise ValueError(f"{name} names {other}, which is not in this file")
        return self


def read_edition(path: Path) -> Edition:
    """Read one file.

    Raises:
        BadInputError: Naming every wrong, missing or unexpected field.
    """
    try:
        # BaseLoader keeps every scalar a string; pydantic converts.
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInputError(str(path), [f"cannot be read as YAML: {error}"]) from error
    try:
        return Edition.model_validate(raw)
    except ValidationError as error:
        faults = [f"{'.'.join(str(part) for part in e['loc']) or 'file'}: {e['msg']}" for e in error.errors()]
        raise BadInputError(str(path), faults) from error


@cache
def design_loads() -> Mapping[tuple[str, str], DesignLoad]:
    """All design loads of the packaged files by name and edition."""
    found: dict[tuple[str, str], DesignLoad] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        edition = read_edition(path)
        for name in edition.loads:
            found[name, edition.edition] = _to_core(edition, name)
    return found


def find_design_load(name: str, edition: str) -> DesignLoad | None:
    """One design load, or None where no file has its numbers."""
    return design_loads().get((name, edition))


def _to_core(edition: Edition, name: str) -> DesignLoad:
    load = edition.loads[name]
    return DesignLoad(
        name=name,
        edition=edition.edition,
        readings=_readings(edition, load),
        check_load=_to_core(edition, load.check_load) if load.check_load else None,
        partial_factor=load.partial_factor or edition.partial_factor,
        impact=Impact(ImpactKind.NONE)
        if load.is_check_load
        else Impact(ImpactKind(edition.impact.kind), edition.impact.values),
        lane_factors=() if load.is_check_load else edition.lane_factors,
        length_factors=() if load.is_check_load else edition.length_factors,
        is_alone=load.is_check_load,
        confidence=edition.confidence,
        doubt=edition.doubt,
        doubt_zh=edition.doubt_zh,
    )


def _readings(edition: Edition, load: _Load) -> tuple[LoadModel, ...]:
    if load.train is not None:
        return load.train.readings()
    if load.vehicle is not None:
        return (load.vehicle.to_core(),)
    if load.tracks is not None:
        return (Tracks(load.tracks.gross_kn, load.tracks.length_m),)
    bands = load.lane or edition.loads[load.share_of or ""].lane or ()
    return (LaneLoad(tuple(LaneBand(**dict(band)) for band in bands), load.share),)
