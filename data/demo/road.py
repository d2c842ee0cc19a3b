"""Roads while the province is drawn (道路): a course with joints and stretches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from data.demo.plane import F64, Course

ENDS_KEPT_M: Final = 60.0


@dataclass(eq=False, slots=True)
class Spot:
    """A node of the map (节点); two roads that share one meet there."""

    point: F64
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a road with tags of its own (路段): bridge, tunnel, below an overpass, a posted limit.

    Attributes:
        from_m: Start along the road.
        to_m: End along the road.
        tags: Added to those of the road.
        label: What it is, to find its way again; empty if nobody asks.
    """

    from_m: float
    to_m: float
    tags: Mapping[str, str]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Make:
    """What a road is built like (技术指标).

    Attributes:
        highway: Class in OpenStreetMap.
        grade: 技术等级, as registers write it.
        lanes: Lanes of the carriageway.
        width_m: Width of the paved surface, shoulders included (路面宽度).
        speed_kmh: Posted.
    """

    highway: str
    grade: str
    lanes: int
    width_m: float
    speed_kmh: int


MOTORWAY: Final = Make("motorway", "高速", 2, 11.25, 120)
RAMP: Final = Make("motorway_link", "高速", 1, 7.5, 40)
FIRST: Final = Make("trunk", "一级", 4, 17.0, 80)
SECOND: Final = Make("trunk", "二级", 2, 12.0, 80)
PROVINCIAL: Final = Make("primary", "二级", 2, 9.0, 60)
LESSER: Final = Make("secondary", "三级", 2, 7.5, 60)
COUNTY_ROAD: Final = Make("tertiary", "三级", 2, 7.0, 40)
TOWN_ROAD: Final = Make("tertiary", "四级", 2, 6.0, 30)


@dataclass(eq=False, slots=True)
class Road:
    """One road or carriageway (道路、半幅).

    Attributes:
        course: Its line in metres.
        make: How it is built.
        ref: Route number (路线编号), empty without.
        name: Its name.
        is_oneway: Traffic along the course only.
        heading: 行车方向 as registers write it: 上行, 下行, 双向.
        stake_m: Stake (桩号) at the start of the course.
        stake_end_m: Stake at its end; None if it has the length of the course.
        main_ref: Of a ramp the number of the expressway it belongs to.
        layer: Height among roads that cross each other at an interchange.
        tags: Further tags of all of it.
        is_street: A city street; no register of highways has it.
        joints: Distance and node of every junction, ends included.
        stretches: Parts with tags of their own; they do not overlap.
        kept: Parts that stay as they are, such as what another road passes over.
    """

    course: Course
    make: Make
    ref: str
    name: str
    is_oneway: bool = False
    heading: str = "双向"
    stake_m: float = 0.0
    stake_end_m: float | None = None
    main_ref: str = ""
    layer: int = 0
    tags: dict[str, str] = field(default_factory=dict)
    is_street: bool = False
    joints: list[tuple[float, Spot]] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    kept: list[tuple[float, float]] = field(default_factory=list)

    @property
    def length_m(self) -> float:
        """Length of its course."""
        return self.course.length_m

    @property
    def is_expressway(self) -> bool:
        """Whether only motor traffic of an expressway uses it (高速公路及匝道)."""
        return self.make.highway.startswith("motorway")

    def stake_at(self, along_m: float) -> float:
        """Stake in metres at a distance along the course."""
        end = self.stake_m + self.length_m if self.stake_end_m is None else self.stake_end_m
        return self.stake_m + (end - self.stake_m) * along_m / self.length_m

    def join(self, along_m: float, spot: Spot | None = None, **tags: str) -> Spot:
        """Put a node on the road.

        Args:
            along_m: Where.
            spot: A node that stands already; a new one on the course if None.
            tags: Of the new node.
        """
        placed = spot or Spot(self.course.at(along_m), dict(tags))
        self.joints.append((along_m, placed))
        return placed

    def joint_near(self, along_m: float, within_m: float) -> Spot | None:
        """A node that stands near a place on the road."""
        near = [(abs(at - along_m), order) for order, (at, _) in enumerate(self.joints) if abs(at - along_m) < within_m]
        return self.joints[min(near)[1]][1] if near else None

    def is_free(self, from_m: float, to_m: float, margin_m: float = 20.0) -> bool:
        """Whether no junction or stretch lies between, and both ends of the road are far enough."""
        low, high = from_m - margin_m, to_m + margin_m
        if low < ENDS_KEPT_M or high > self.length_m - ENDS_KEPT_M:
            return False
        if any(low < at < high for at, _ in self.joints):
            return False
        taken = [(stretch.from_m, stretch.to_m) for stretch in self.stretches] + self.kept
        return all(end < low or start > high for start, end in taken)

    def add(self, from_m: float, to_m: float, tags: Mapping[str, str], label: str = "") -> None:
        """Give a part of the road tags of its own."""
        self.stretches.append(Stretch(from_m, to_m, dict(tags), label))


def stake_text(stake_m: float) -> str:
    """A stake as written: K12+345 (桩号)."""
    whole = max(round(stake_m), 0)
    return f"K{whole // 1000}+{whole % 1000:03d}"
