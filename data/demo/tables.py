"""Tables of the operator (台账与路段明细表): bridges, coverage, roads as CSV with the Chinese column names."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from data.demo.bridges import Card
from data.demo.osm_map import SYNTHETIC
from data.demo.places import Places
from data.demo.plane import to_degrees
from data.demo.road import Road, stake_text

Row = Mapping[str, object]
BRIDGE_COLUMNS: Final = (
    "桥梁身份码", "桥梁代码", "桥梁名称", "路线编号", "路线名称", "路线技术等级", "中心桩号", "行车方向",
    "行政区划", "经度", "纬度", "坐标系", "桥梁全长(m)", "跨径总长(m)", "单孔最大跨径(m)", "跨径组合(孔×m)",
    "桥面全宽(m)", "桥面净宽(m)", "车道数", "跨径分类", "上部结构类型", "上部结构材料", "结构体系", "每孔梁片数",
    "斜交角(°)", "桥墩类型", "设计荷载", "设计规范", "技术状况等级", "评定日期", "交通管制措施", "限载(t)",
    "限轴重(t)", "限高(m)", "限宽(m)", "桥下净高(m)", "修建年度", "通车日期", "改造年度", "改造部位",
    "改造后荷载等级", "管养单位", "备注",
)  # fmt: skip
ROAD_COLUMNS: Final = (
    "路线编号", "路线名称", "起点桩号", "止点桩号", "行车方向", "技术等级", "路面宽度(m)", "车道数",
    "设计速度(km/h)", "管养单位", "坐标系", "几何", "备注",
)  # fmt: skip
COVERAGE_COLUMNS: Final = ("路线编号", "起点桩号", "止点桩号", "内容")


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> Path:
    """Write a CSV file; missing cells stay empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def owner_of(road: Road, places: Places, at_m: float) -> str:
    """Who maintains a road (管养单位): every expressway has an operator of its own."""
    if road.is_expressway:
        return f"模拟{road.ref or road.main_ref}高速公路运营公司"
    county = places.county_at(road.course.at(at_m))
    if road.make.highway == "tertiary":
        return f"模拟{county.name}公路养护站"
    return f"模拟{county.city_name}公路事务中心"


def bridge_rows(cards: Sequence[Card], places: Places) -> list[Row]:
    """Rows of the bridge inventory (桥梁台账)."""
    return [_bridge_row(number, card, places) for number, card in enumerate(cards, start=1)]


def _bridge_row(number: int, card: Card, places: Places) -> Row:
    road = card.road
    point = road.course.at(card.at_m)
    lon, lat = to_degrees(np.array([point]))[0].tolist()
    code = places.county_at(point).code
    letter = {"上行": "R", "下行": "L"}.get(road.heading, "U")
    return {
        "桥梁身份码": card.key,
        "桥梁代码": f"{road.ref or road.main_ref}{code}{letter}{number:04d}",
        "桥梁名称": card.name,
        "路线编号": road.ref or road.main_ref,
        "路线名称": road.name,
        "路线技术等级": road.make.grade,
        "中心桩号": stake_text(road.stake_at(card.at_m)) if road.ref else "",
        "行车方向": road.heading if road.ref else "",
        "行政区划": code,
        "经度": f"{lon:.7f}",
        "纬度": f"{lat:.7f}",
        "坐标系": "CGCS2000",
        "桥梁全长(m)": f"{card.total_m + 5:g}",
        "跨径总长(m)": f"{card.total_m:g}",
        "单孔最大跨径(m)": f"{card.longest_m:g}",
        "跨径组合(孔×m)": spans_text(card, number),
        "桥面全宽(m)": f"{card.deck_m:g}",
        "桥面净宽(m)": f"{card.clear_m:g}",
        "车道数": card.lanes or "",
        "上部结构类型": card.superstructure,
        "上部结构材料": "圬工" if "拱" in card.superstructure else "预应力混凝土",
        "结构体系": card.system,
        "斜交角(°)": 90,
        "桥墩类型": "柱式墩",
        "设计荷载": card.design_load,
        "设计规范": card.standard,
        "技术状况等级": f"{card.condition}类" if card.condition else "",
        "评定日期": card.rated_on,
        "交通管制措施": "限载" if card.posted_t else "",
        "限载(t)": card.posted_t or "",
        "桥下净高(m)": f"{card.clearance_m:g}" if card.clearance_m else "",
        "修建年度": card.built,
        "管养单位": owner_of(road, places, card.at_m),
        "备注": SYNTHETIC,
    }


def spans_text(card: Card, number: int) -> str:
    """Spans in one of the ways registers write them (跨径组合)."""
    if len(card.spans) > 1:
        joined = "+".join(f"{span:g}" for _, span in card.spans)
        return f"({joined})" if number % 2 else joined
    count, span = card.spans[0]
    return (f"{count}×{span:g}", f"{count}*{span:.1f}m", f"{count}×{span:g}m")[number % 3]


def road_rows(roads: Sequence[Road], places: Places) -> list[Row]:
    """Rows of the road table (路段明细表): one a road or carriageway between two centres."""
    rows: list[Row] = []
    for road in roads:
        if not road.ref or road.is_street:
            continue
        course = road.course if road.stake_at(1.0) > road.stake_at(0.0) else road.course.reversed()
        low, high = sorted((road.stake_at(0.0), road.stake_at(road.length_m)))
        points = to_degrees(course.points).tolist()
        rows.append(
            {
                "路线编号": road.ref,
                "路线名称": road.name,
                "起点桩号": stake_text(low),
                "止点桩号": stake_text(high),
                "行车方向": road.heading,
                "技术等级": road.make.grade,
                "路面宽度(m)": f"{road.make.width_m:g}",
                "车道数": road.make.lanes,
                "设计速度(km/h)": road.make.speed_kmh,
                "管养单位": owner_of(road, places, road.length_m / 2),
                "坐标系": "CGCS2000",
                "几何": "" if road.heading == "下行" else _wkt(points),  # drawn once for both carriageways
                "备注": SYNTHETIC,
            }
        )
    return rows


def _wkt(points: Sequence[Sequence[float]]) -> str:
    return "LINESTRING (" + ", ".join(f"{lon:.6f} {lat:.6f}" for lon, lat in points) + ")"


def coverage_rows(
    roads: Sequence[Road], holes: Mapping[str, Sequence[tuple[float, float, str]]], chance: np.random.Generator
) -> list[Row]:
    """Declarations of what is complete (覆盖声明): main routes, some county roads, and every spur but its holes."""
    ends: dict[str, float] = {}
    for road in roads:
        if road.ref and not road.is_street:
            far = max(road.stake_at(0.0), road.stake_at(road.length_m))
            ends[road.ref] = max(ends.get(road.ref, 0.0), far)
    rows: list[Row] = []
    for ref, end in sorted(ends.items()):
        if ref in holes:
            rows += _around(ref, end, holes[ref])
        elif chance.random() < _declared_share(ref):
            rows.append(_range(ref, 0.0, end + 1, "桥涵、匝道" if ref[0] in "GS" else "桥涵"))
    return rows


def _declared_share(ref: str) -> float:
    is_spur = ref[0] == "X" and len(ref) > 4  # noqa: PLR2004
    return 1.0 if is_spur or ref[0] == "G" else {"S": 0.85, "X": 0.35}.get(ref[0], 0.1)


def _around(ref: str, end: float, holes: Sequence[tuple[float, float, str]]) -> list[Row]:
    rows, at = [], 0.0
    for low, high, what in holes:
        rows.append(_range(ref, at, low, "桥涵"))
        if what:
            rows.append(_range(ref, low, high, what))
        at = high
    return [*rows, _range(ref, at, end + 1, "桥涵")]


def _range(ref: str, low: float, high: float, what: str) -> Row:
    return dict(zip(COVERAGE_COLUMNS, (ref, stake_text(low), stake_text(high), what), strict=True))
