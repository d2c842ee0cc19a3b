"""The codes that stand in columns, and how a column is declared.

Every enumeration here is written to disk as small integers, so a value is never renumbered or reused.
"""

from dataclasses import field
from enum import IntEnum, IntFlag
from typing import Any

import numpy as np
import numpy.typing as npt


class Verdict(IntEnum):
    """Answer for one arc and one loaded vehicle (路段结论), from best to worst.

    The order is the order of preference: the worst of several verdicts is their maximum.
    """

    PASSES = 0  # 可通行
    CONDITIONAL = 1  # 有条件通行: may pass under named conditions
    UNKNOWN = 2  # 资料不足: a limit that matters is not known here
    BLOCKED = 3  # 不可通行


class Quantity(IntEnum):
    """What a limit or a finding is about (限制项目)."""

    HEIGHT = 0  # 高度, mm
    WIDTH = 1  # 宽度, mm
    LENGTH = 2  # 长度, mm
    GROSS_MASS = 3  # 车货总质量, kg
    AXLE_LOAD = 4  # 轴荷, kg
    AXLE_GROUP = 5  # 轴组（二轴组）, kg
    TRIDEM = 6  # 三轴组, kg; shown to people as an axle group
    ACCESS = 7  # 通行权; the value is an Access code
    CLOSURE = 8  # 封闭, value 0
    COVERAGE = 9  # 桥涵资料覆盖
    TURN = 10  # 转弯
    BRIDGE_EFFECT = 11  # 桥梁荷载效应

    @property
    def label(self) -> str:
        """The name used in every file and answer."""
        return "axle_group" if self is Quantity.TRIDEM else self.name.lower()


class LimitState(IntEnum):
    """What a source says about a limit (限值状态): a number, nothing, or something that cannot be used."""

    NONE_STATED = 0  # 未标明: nothing is said here, which is never "no limit"
    NUMBER = 1  # 有数值
    UNREADABLE = 2  # 无法判读: unreadable, unsigned, "default", variable sign
    BELOW_DEFAULT = 3  # 低于默认净高: lower than the legal default, number not given


class Basis(IntEnum):
    """Where a limit comes from (依据)."""

    NONE = 0  # 无
    POSTED = 1  # 标志: on a sign
    MEASURED = 2  # 实测
    INVENTORY = 3  # 台账: the road operator's own register
    ASSUMED = 4  # 推定: derived from road class, lanes or a design standard


class Scope(IntEnum):
    """Which part of an arc a limit row speaks for (作用范围)."""

    ROAD = 0  # the whole arc
    STRUCTURE = 1  # under or in a structure: overpass, tunnel
    POINT = 2  # a node: barrier, gate, toll lane, height restrictor
    RAILWAY = 3  # under a railway bridge: no design clearance may be assumed


class WidthBasis(IntEnum):
    """How the carriageway width of an arc is known (路宽依据)."""

    UNKNOWN = 0
    STATED = 1  # a width tag or the operator's table
    LANES = 2  # number of lanes times lane width of the class
    ROAD_CLASS = 3  # typical for the class


class RoadClass(IntEnum):
    """Road class by function (道路等级), from OpenStreetMap's highway tag."""

    UNCLASSIFIED = 0
    MOTORWAY = 1
    MOTORWAY_LINK = 2
    TRUNK = 3
    TRUNK_LINK = 4
    PRIMARY = 5
    PRIMARY_LINK = 6
    SECONDARY = 7
    SECONDARY_LINK = 8
    TERTIARY = 9
    TERTIARY_LINK = 10
    RESIDENTIAL = 11
    LIVING_STREET = 12
    SERVICE = 13
    TRACK = 14
    ROAD = 15
    FERRY = 16


class TechnicalGrade(IntEnum):
    """Technical grade of a Chinese highway (技术等级), where it is known from the operator or beyond doubt."""

    UNKNOWN = 0
    EXPRESSWAY = 1  # 高速
    GRADE_1 = 2  # 一级
    GRADE_2 = 3  # 二级
    GRADE_3 = 4  # 三级
    GRADE_4 = 5  # 四级
    SUBSTANDARD = 6  # 等外


class Access(IntEnum):
    """Right of way of a heavy goods vehicle on an arc (通行权)."""

    YES = 0
    DESTINATION = 1
    DELIVERY = 2
    PERMIT = 3
    PRIVATE = 4
    CUSTOMERS = 5
    FORESTRY = 6  # agricultural or forestry traffic only
    UNKNOWN = 7  # a value that is not understood
    NO_HGV = 8  # closed to heavy goods vehicles, open to others
    NO = 9  # closed to motor vehicles, or a barrier that cannot be passed


class StructureKind(IntEnum):
    """Things that limit, and places routes are written by (构造物)."""

    BRIDGE = 0  # 桥梁
    TUNNEL = 1  # 隧道
    OVERPASS = 2  # 跨线桥: another road or path above
    RAILWAY_BRIDGE = 3  # 跨线铁路桥
    TOLL_STATION = 4  # 收费站
    INTERCHANGE = 5  # 互通立交
    GATE = 6  # 门
    HEIGHT_RESTRICTOR = 7  # 限高架
    BOLLARD = 8  # 阻车桩
    BARRIER = 9  # other barrier
    COVERED = 10  # 廊道、建筑通道: covered way or building passage
    CULVERT = 11  # 涵洞
    FORD = 12  # 过水路面

    @property
    def label(self) -> str:
        """The name used in every file and answer."""
        return self.name.lower()


class BridgeSystem(IntEnum):
    """Structural system of a bridge (结构体系)."""

    UNKNOWN = 0  # both are computed, the worse is kept
    SIMPLE = 1  # 简支
    CONTINUOUS = 2  # 连续


class DeckKind(IntEnum):
    """How girders share a load (横向分布)."""

    UNKNOWN = 0
    STIFF = 1  # 箱梁，有横隔板的T梁
    HINGED = 2  # 铰接空心板


class Role(IntEnum):
    """How an arc meets a structure (与构造物的关系)."""

    ON = 0  # drives over it
    UNDER = 1  # passes below it
    THROUGH = 2  # passes inside or by it


class Reason(IntEnum):
    """Why a check came out as it did (判定理由); the wording stands outside the core."""

    WITHIN_NUMBER = 0  # compared with a number: not over
    OVER_NUMBER = 1  # compared with a number: over
    LEGAL_SIZE = 2  # no number, but within what needs no permit
    ASSUMED_CLEARANCE = 3  # within the design clearance of the technical grade, to be confirmed
    NO_CLEARANCE = 4  # under or in a structure without a stated clearance
    RAILWAY_NO_CLEARANCE = 5  # under a railway without a stated clearance
    OPEN_ROAD_PASSES = 6
    OPEN_ROAD_CONFIRM = 7  # wires, trees, signs to be looked at
    OPEN_ROAD_UNKNOWN = 8
    LIMIT_UNREADABLE = 9  # something is posted that cannot be used
    BELOW_DEFAULT = 10  # posted as lower than the legal default, number not given
    WITHIN_LANE = 11
    WITHIN_CARRIAGEWAY = 12  # wider than its lane: escort
    WIDER_THAN_STATED = 13
    WIDER_THAN_ASSUMED = 14  # wider than lanes or class suggest
    TURNS_NOT_JUDGED = 15
    NO_COVERAGE = 16  # bridges and culverts of this road are not declared complete
    ACCESS_LIMITED = 17  # the way's access value decides
    CLOSED = 18
    UNDER_CONSTRUCTION = 19
    FERRY = 20
    TURN_BANNED = 21
    WRONG_WAY = 22
    OFF_NETWORK = 23  # a given route leaves the network here
    COVERED = 24
    DESTINATION_TRAFFIC = 25  # allowed because the trip starts or ends here
    U_TURN = 26  # turning round on the spot
    BRIDGE = 27  # the bridge's own answer says why


class ArcFlag(IntFlag):
    """Yes/no attributes of an arc (路段标志)."""

    BRIDGE = 1
    TUNNEL = 2
    TOLL = 4
    URBAN = 8  # 城市道路
    LINK = 16
    ROUNDABOUT = 32
    ONEWAY = 64  # no arc in the other direction for motor vehicles
    CONSTRUCTION = 128
    FERRY = 256
    COVERED = 512
    FORD = 1024
    UNDER_STRUCTURE = 2048  # passes below or inside something
    SMALL_COMPONENT = 4096  # not connected to the main part of the network
    NO_WAY_OUT = 8192  # a trip that starts here cannot reach the main part: one-way roads cut by the map's edge
    NO_WAY_IN = 16384  # a trip that ends here cannot come from the main part


class ConditionState(IntEnum):
    """Whether the condition of a limit holds at the asked time (条件状态)."""

    INACTIVE = 0
    ACTIVE = 1
    UNDECIDED = 2  # decided by the hour, and only the date is given
    UNREADABLE = 3  # not understood: a limit under it is neither dropped nor certain


def column(
    dtype: npt.DTypeLike,
    zh: str,
    *,
    unit: str = "",
    unknown: str = "",
    per: str = "",
    codes: type[IntEnum] | None = None,
) -> Any:  # noqa: ANN401
    """Declare one column of a table.

    Args:
        dtype: NumPy dtype on disk and in memory.
        zh: Chinese term.
        unit: Unit of the numbers, empty for codes and counts.
        unknown: How the column says "not known", empty if it always knows.
        per: Table whose rows this column runs along if not its own; "+1" marks an offsets column.
        codes: Enumeration whose values stand in the column, and no others.
    """
    meta = {"dtype": np.dtype(dtype), "zh": zh, "unit": unit, "unknown": unknown, "per": per, "codes": codes}
    return field(metadata=meta)
