"""Plausibility of declared axle loads by statics (轴荷静力合理性).

Each vehicle is a rigid beam on supports that push upwards only: the fifth wheel, and groups of axles that share their
load equally (a mechanical bogie, or the lines of one hydraulic circuit). In the longitudinal plane both three-point and
four-point suspension are their circuits front to rear: two supports are determinate, more give an interval. What is
not declared is an interval too, so a load outside is impossible, and one inside is only not impossible.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from api.applications.combination import Trailer, Vehicle
from api.applications.form import ApplicationForm
from data.vehicles import AxleInput
from rules.forms.model import FormSettings

PERCENT = 100


@dataclass(frozen=True, slots=True)
class Span:
    """All values from low to high: kg, or mm behind the first axle."""

    low: float
    high: float

    def join(self, other: "Span") -> "Span":
        """The smallest span that holds both."""
        return Span(min(self.low, other.low), max(self.high, other.high))


@dataclass(frozen=True, slots=True)
class AxleGroup:
    """Axles that share one load (轴组或液压回路): name, the axles, and where their resultant stands."""

    zh: str
    en: str
    axles: tuple[AxleInput, ...]
    at_mm: float

    @property
    def load_kg(self) -> int:
        """Declared load of the group."""
        return sum(axle.load_kg for axle in self.axles)


@dataclass(frozen=True, slots=True)
class GroupLoad:
    """Declared load of a group and the interval that equilibrium allows, in kg."""

    zh: str
    en: str
    declared_kg: int
    low_kg: float
    high_kg: float
    outcome: Literal["agrees", "differs", "unknown"]
    why_zh: str = ""
    why_en: str = ""


def reactions(supports_mm: Sequence[float], mass_kg: float, cog: Span) -> list[Span]:
    """Loads in kg that each support may carry under a mass whose centre of gravity lies in a span.

    Any extreme load stands where at most two supports carry, with the centre at an end of its span or right above a
    support; so these cases are all that need looking at.

    Returns:
        One span a support; empty when the mass would tip over whatever the supports do.
    """
    found: list[list[float]] = [[] for _ in supports_mm]
    ends = {cog.low, cog.high} | {at for at in supports_mm if cog.low <= at <= cog.high}
    for x in ends:
        for left, right in _bearing_pairs(supports_mm, x):
            share = mass_kg * (x - supports_mm[left]) / (supports_mm[right] - supports_mm[left]) if left != right else 0
            for number, loads in enumerate(found):
                loads.append(mass_kg - share if number == left else share if number == right else 0.0)
    return [Span(min(loads), max(loads)) for loads in found if loads]


def _bearing_pairs(supports_mm: Sequence[float], x: float) -> list[tuple[int, int]]:
    """Pairs of supports on both sides of a point; a support right under it stands alone."""
    numbers = range(len(supports_mm))
    alone = [(i, i) for i in numbers if supports_mm[i] == x]
    return alone + [(i, j) for i in numbers for j in numbers if supports_mm[i] < x < supports_mm[j]]


def judge_groups(form: ApplicationForm, settings: FormSettings) -> list[GroupLoad]:
    """Every axle group of the combination against what equilibrium allows.

    Args:
        form: Declares axles, kerb masses, cargo, and as far as known centres of gravity, coupling and circuits.
        settings: Tolerances.
    """
    return _Statics(form, settings).judge()


@dataclass(frozen=True, slots=True)
class _Statics:
    form: ApplicationForm
    settings: FormSettings

    def judge(self) -> list[GroupLoad]:
        trailer = self.form.trailer
        powered = self._powered_groups()
        if trailer is None:
            cog = self._mixed(self._kerb(self.form.tractor, powered), self.form.tractor.kerb_mass_kg, powered)
            mass = self.form.tractor.kerb_mass_kg + self.form.cargo.mass_kg
            return self._compared(powered, reactions([g.at_mm for g in powered], mass, cog))
        carried = self._trailer_groups(trailer)
        if carried is None:
            said = ("液压回路轴线数合计与挂车轴线数不符", "circuits do not add up to the trailer's lines")
            return [GroupLoad("挂车", "trailer", self._sum(trailer=True), 0, 0, "unknown", *said)]
        if trailer.coupling == "drawbar" and carried:
            return self._with_drawbar(trailer, powered, carried)
        if trailer.coupling == "kingpin" and trailer.coupling_mm is not None and carried:
            return self._with_kingpin(trailer, trailer.coupling_mm, powered, carried)
        return self._by_sums(trailer)

    def _with_drawbar(
        self, trailer: Trailer, powered: Sequence[AxleGroup], carried: Sequence[AxleGroup]
    ) -> list[GroupLoad]:
        tractor = self.form.tractor
        pulled = reactions([g.at_mm for g in powered], tractor.kerb_mass_kg, self._kerb(tractor, powered))
        cog = self._mixed(self._kerb(trailer, carried), trailer.kerb_mass_kg, carried)
        borne = reactions([g.at_mm for g in carried], trailer.kerb_mass_kg + self.form.cargo.mass_kg, cog)
        return [
            *self._compared(powered, pulled, needs_cargo=False),
            *self._compared(carried, borne),
            *_uneven(self, carried),
        ]

    def _with_kingpin(
        self, trailer: Trailer, pin_mm: int, powered: Sequence[AxleGroup], carried: Sequence[AxleGroup]
    ) -> list[GroupLoad]:
        supports = [float(pin_mm), *(g.at_mm for g in carried)]
        pin = AxleGroup("牵引销", "kingpin", (), float(pin_mm))
        cog = self._mixed(self._kerb(trailer, [pin, *carried]), trailer.kerb_mass_kg, [pin, *carried])
        borne = reactions(supports, trailer.kerb_mass_kg + self.form.cargo.mass_kg, cog)
        if not borne:
            return self._compared(carried, [])
        on_pin, rest = borne[0], borne[1:]
        return [
            *self._compared(powered, self._under_pin(powered, on_pin, pin_mm)),
            *self._compared(carried, rest),
            *_uneven(self, carried),
        ]

    def _under_pin(self, powered: Sequence[AxleGroup], on_pin: Span, pin_mm: int) -> list[Span]:
        """Loads of the tractor's groups under its own mass and any load of the span on its fifth wheel."""
        tractor, supports = self.form.tractor, [g.at_mm for g in powered]
        own = self._kerb(tractor, powered)
        spans: list[Span] = []
        for load in (on_pin.low, on_pin.high):
            mass = tractor.kerb_mass_kg + load
            low, high = ((tractor.kerb_mass_kg * x + load * pin_mm) / mass for x in (own.low, own.high))
            # An end at which the tractor would tip is not reached; all loads up to its mass are left possible.
            found = reactions(supports, mass, Span(low, high)) or [Span(0, mass) for _ in supports]
            spans = [a.join(b) for a, b in zip(spans, found, strict=True)] if spans else found
        return spans

    def _by_sums(self, trailer: Trailer) -> list[GroupLoad]:
        """Coupling or circuits are not declared: only what no arrangement could do is found."""
        tractor, cargo = self.form.tractor.kerb_mass_kg, self.form.cargo.mass_kg
        whole = tractor + trailer.kerb_mass_kg + cargo
        said = ("连接方式、牵引销位置或液压回路未填报", "coupling, kingpin or circuits are not declared")
        return [
            self._judged(zh, en, self._sum(trailer=is_trailer), span, said)
            for zh, en, is_trailer, span in (
                ("牵引车各轴", "tractor axles", False, Span(tractor, whole)),
                ("挂车各轴", "trailer axles", True, Span(0, whole - tractor)),
            )
        ]

    def _powered_groups(self) -> list[AxleGroup]:
        """Steering axles before the first drive axle, and the rest; one group where no drive axle is marked."""
        axles = [(axle, at) for axle, at in self._placed() if axle.unit != "trailer"]
        first = next((number for number, (axle, _) in enumerate(axles) if axle.drive), 0)
        parts = [("前轴", "front axles", axles[:first]), ("驱动轴组", "drive axles", axles[first:])]
        return [_group(zh, en, part) for zh, en, part in parts if part]

    def _trailer_groups(self, trailer: Trailer) -> list[AxleGroup] | None:
        """Groups of the trailer; empty where the circuits of a modular one are not declared; None if they misfit."""
        axles = [(axle, at) for axle, at in self._placed() if axle.unit == "trailer"]
        counts = trailer.suspension_groups
        if counts is None:
            if self.form.whole.trailer == "modular" or not axles:
                return []
            counts = [len(axles)]
        if sum(counts) != len(axles):
            return None
        ends = list(accumulate(counts))
        parts = [axles[end - count : end] for end, count in zip(ends, counts, strict=True)]
        return [_group(f"挂车第{n}组", f"trailer group {n}", part) for n, part in enumerate(parts, start=1)]

    def _placed(self) -> list[tuple[AxleInput, int]]:
        axles = self.form.whole.axles
        return list(zip(axles, accumulate(axle.spacing_mm for axle in axles), strict=True))

    def _kerb(self, vehicle: Vehicle, groups: Sequence[AxleGroup]) -> Span:
        """Where the empty vehicle's centre of gravity may lie: as declared, else anywhere between its supports."""
        if vehicle.centre_of_gravity_mm is not None:
            return self._around(vehicle.centre_of_gravity_mm)
        return Span(min(g.at_mm for g in groups), max(g.at_mm for g in groups))

    def _mixed(self, kerb: Span, kerb_kg: int, groups: Sequence[AxleGroup]) -> Span:
        """Centre of gravity of vehicle and cargo together; an undeclared cargo's may lie anywhere along the vehicle."""
        cargo, reach = self.form.cargo, self.form.whole.length_mm
        if cargo.centre_of_gravity_mm is not None:
            load = self._around(cargo.centre_of_gravity_mm)
        else:
            load = Span(min(g.at_mm for g in groups) - reach, max(g.at_mm for g in groups) + reach)
        mass = kerb_kg + cargo.mass_kg
        low, high = (
            (kerb_kg * a + cargo.mass_kg * b) / mass for a, b in ((kerb.low, load.low), (kerb.high, load.high))
        )
        return Span(low, high)

    def _around(self, at_mm: int) -> Span:
        tolerance = self.settings.centre_of_gravity_tolerance_mm
        return Span(at_mm - tolerance, at_mm + tolerance)

    def _sum(self, *, trailer: bool) -> int:
        return sum(axle.load_kg for axle in self.form.whole.axles if (axle.unit == "trailer") is trailer)

    def _compared(
        self, groups: Sequence[AxleGroup], spans: Sequence[Span], *, needs_cargo: bool = True
    ) -> list[GroupLoad]:
        if not spans:
            tipping = ("（重心落在支承之外）", " (the centre of gravity lies outside the supports)")
            return [GroupLoad(g.zh, g.en, g.load_kg, 0, 0, "differs", *tipping) for g in groups]
        known = not needs_cargo or self.form.cargo.centre_of_gravity_mm is not None
        open_point = None if known else ("货物重心未填报", "the cargo's centre of gravity is not declared")
        return [self._judged(g.zh, g.en, g.load_kg, s, open_point) for g, s in zip(groups, spans, strict=True)]

    def _judged(self, zh: str, en: str, declared: int, span: Span, open_point: tuple[str, str] | None) -> GroupLoad:
        allowed = declared * self.settings.group_load_tolerance_percent / PERCENT
        if not span.low - allowed <= declared <= span.high + allowed:
            return GroupLoad(zh, en, declared, span.low, span.high, "differs")
        if open_point is not None:
            return GroupLoad(zh, en, declared, span.low, span.high, "unknown", *open_point)
        return GroupLoad(zh, en, declared, span.low, span.high, "agrees")


def _group(zh: str, en: str, placed: Sequence[tuple[AxleInput, int]]) -> AxleGroup:
    return AxleGroup(zh, en, tuple(axle for axle, _ in placed), sum(at for _, at in placed) / len(placed))


def _uneven(statics: _Statics, groups: Sequence[AxleGroup]) -> list[GroupLoad]:
    """Lines of one circuit carry alike; a line far from its group's mean is not possible there."""
    found = []
    for group in groups:
        mean = group.load_kg / len(group.axles)
        allowed = mean * statics.settings.axle_share_tolerance_percent / PERCENT
        worst = max((axle.load_kg for axle in group.axles), key=lambda load: abs(load - mean))
        if abs(worst - mean) > allowed:
            said = ("（同组各轴应均载）", " (axles of a group share alike)")
            low, high = mean - allowed, mean + allowed
            found.append(GroupLoad(f"{group.zh}的一轴", f"an axle of {group.en}", worst, low, high, "differs", *said))
    return found
