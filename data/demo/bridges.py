"""Bridges of the inventory (桥梁台账内容): where they stand, spans, design load by age and class, condition."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from data.demo.expressways import Expressway
from data.demo.numbering import chinese
from data.demo.road import Road

Spans = Sequence[tuple[int, float]]
"""Number and length of equal spans, in order."""
_SMALL: Final = ((1, 8), (1, 10), (1, 13), (2, 10), (1, 16), (1, 20), (2, 13))
_MEDIUM: Final = ((3, 13), (3, 16), (2, 20), (3, 20), (4, 20), (3, 25), (4, 16))
_LARGE: Final = ((5, 20), (4, 25), (4, 30), (5, 30), (8, 20), (6, 30), (3, 30), (4, 40), (7, 25))
_UNEVEN: Final = ((30, 45, 30), (45, 70, 45), (25, 40, 25), (40, 60, 40), (35, 50, 35), (48, 80, 48))
_SIZE_SHARES: Final = (0.42, 0.28, 0.22, 0.08)
_ABUTMENTS_M: Final = 5.0
_MAPPED_SHARE: Final = 0.7
_PAIR_SHARE: Final = 0.42  # of the rows are pairs of decks on expressways
_ARCH_SHARE: Final = 0.06
_REVIEW_YEAR: Final = 2026


@dataclass(frozen=True, slots=True)
class Card:
    """One row of the inventory (桥梁卡片), a deck.

    Attributes:
        key: 桥梁身份码.
        name: 桥梁名称.
        road: Road or carriageway it is on.
        at_m: Its middle along the road.
        spans: 跨径.
        design_load: 设计荷载 as written, empty if not known.
        standard: 设计规范.
        built: 修建年度.
        condition: 技术状况 1 to 5, 0 if never rated.
        rated_on: 评定日期.
        deck_m: 桥面全宽. clear_m: 桥面净宽.
        superstructure: 上部结构类型.
        system: 结构体系.
        lanes: 车道数 where stated, else 0.
        posted_t: 限载, 0 without.
        clearance_m: 桥下净高, 0 if not known.
        is_mapped: Whether the map shows it.
    """

    key: str
    name: str
    road: Road
    at_m: float
    spans: Spans
    design_load: str = ""
    standard: str = ""
    built: int = 2005
    condition: int = 2
    rated_on: str = ""
    deck_m: float = 9.0
    clear_m: float = 8.0
    superstructure: str = "空心板"
    system: str = "简支"
    lanes: int = 0
    posted_t: int = 0
    clearance_m: float = 0.0
    is_mapped: bool = True

    @property
    def total_m(self) -> float:
        """跨径总长."""
        return sum(count * span for count, span in self.spans)

    @property
    def longest_m(self) -> float:
        """单孔最大跨径."""
        return max(span for _, span in self.spans)


def add_bridge(road: Road, at_m: float, spans: Spans, key: str, name: str, **tags: str) -> Card:
    """Put a bridge on a road and on the map."""
    half = (sum(count * span for count, span in spans) + _ABUTMENTS_M) / 2
    road.add(at_m - half, at_m + half, {"bridge": "yes", "layer": "1", "bridge:name": name, **tags}, key)
    return Card(key, name, road, at_m, tuple(spans))


@dataclass
class Inventory:
    """Cards in the making.

    Attributes:
        chance: Decides spans, ages, condition.
        cards: All so far.
    """

    chance: np.random.Generator
    cards: list[Card]

    def add_overpasses(self, roads: Sequence[Road]) -> None:
        """Cards for the bridges that lead one road over another (跨线桥)."""
        for road in roads:
            for row, stretch in enumerate(road.stretches):
                if stretch.label == "overpass" and (road.ref or road.main_ref):
                    key, number = self._key()
                    length = stretch.to_m - stretch.from_m
                    spans = _OVER if length > _total(_OVER) else ((1, float(round(length - 5))),)
                    name = f"演示{chinese(number)}号{'跨线桥' if road.ref else '匝道桥'}"
                    road.stretches[row] = replace(stretch, tags={**stretch.tags, "bridge:name": name})
                    card = Card(key, name, road, (stretch.from_m + stretch.to_m) / 2, spans)
                    clearance = float(self.chance.choice([4.6, 5.0, 5.2, 5.5]))
                    self._finish(card, clearance_m=clearance)

    def add_pairs(self, sections: Sequence[Expressway], rows: int) -> None:
        """Bridges of expressways, a deck each way (桥幅)."""
        lengths = np.array([one.middle.length_m for one in sections])
        for section, count in zip(sections, _shares(lengths, rows // 2), strict=True):
            for _ in range(count):
                spans = self._spans()
                for _attempt in range(20):
                    along = float(self.chance.uniform(200, section.middle.length_m - 200))
                    point = section.middle.at(along)
                    decks = [(road, road.course.where(point)) for road in (section.up, section.down)]
                    if all(_has_room(road, at, spans) for road, at in decks):
                        self._add_pair(decks, spans)
                        break

    def _add_pair(self, decks: Sequence[tuple[Road, float]], spans: Spans) -> None:
        is_mapped, built = self._is_mapped(spans), self._year(2003, 2022)
        title = ""
        for road, at in decks:
            key, number = self._key()
            title = title or f"演示{chinese(number)}号{_size(spans)}"
            side = "右幅" if road.heading == "上行" else "左幅"
            self._place(road, at, spans, key, f"{title}{side}", is_mapped=is_mapped, built=built)

    def add_singles(self, roads: Sequence[Road], rows: int) -> None:
        """Bridges of ordinary roads."""
        lengths = np.array([road.length_m for road in roads])
        for road, count in zip(roads, _shares(lengths, rows), strict=True):
            for _ in range(count):
                spans = self._spans()
                for _attempt in range(20):
                    at = float(self.chance.uniform(100, max(road.length_m - 100, 101)))
                    if _has_room(road, at, spans):
                        key, number = self._key()
                        name = f"演示{chinese(number)}号{_size(spans)}"
                        built = self._year(1974, 2023)
                        self._place(road, at, spans, key, name, is_mapped=self._is_mapped(spans), built=built)
                        break

    def _place(
        self, road: Road, at_m: float, spans: Spans, key: str, name: str, *, is_mapped: bool, built: int
    ) -> None:
        posted = int(self.chance.choice([15, 20, 30, 40])) if built < 1995 and self.chance.random() < 0.12 else 0  # noqa: PLR2004
        if is_mapped:
            tags = {"maxweight": str(posted)} if posted and self.chance.random() < 0.5 else {}  # noqa: PLR2004
            card = add_bridge(road, at_m, spans, key, name, **tags)
        else:
            card = Card(key, name, road, at_m, tuple(spans), is_mapped=False)
        self._finish(card, built=built, posted_t=posted)

    def _finish(self, card: Card, *, built: int = 0, posted_t: int = 0, clearance_m: float = 0.0) -> None:
        year = built or self._year(1998, 2022)
        grade = card.road.make.grade
        load, standard = _load(year, grade, self.chance)
        kind, system = _structure(card.spans, year, self.chance)
        width = card.road.make.width_m + 1.0
        condition = self._condition(year, posted_t)
        self.cards.append(
            replace(
                card,
                design_load=load,
                standard=standard,
                built=year,
                condition=condition,
                rated_on=self._rated_on(year),
                deck_m=width,
                clear_m=width - 1.0,
                superstructure=kind,
                system=system,
                posted_t=posted_t,
                clearance_m=clearance_m,
            )
        )

    def _key(self) -> tuple[str, int]:
        number = len(self.cards) + 1
        return f"合成-{number:05d}", number

    def _year(self, first: int, last: int) -> int:
        return int(self.chance.integers(first, last + 1))

    def _is_mapped(self, spans: Spans) -> bool:
        return bool(_total(spans) > 12 and self.chance.random() < _MAPPED_SHARE)  # noqa: PLR2004

    def _spans(self) -> Spans:
        size = int(self.chance.choice(4, p=_SIZE_SHARES))
        if size == 3:  # noqa: PLR2004  uneven
            uneven = _UNEVEN[int(self.chance.integers(len(_UNEVEN)))]
            return tuple((1, float(span)) for span in uneven)
        table = (_SMALL, _MEDIUM, _LARGE)[size]
        return (table[int(self.chance.integers(len(table)))],)

    def _condition(self, year: int, posted_t: int) -> int:
        age = (_REVIEW_YEAR - year) / 50
        worse = np.array([0.34 - 0.3 * age, 0.55, 0.09 + 0.2 * age, 0.015 + 0.07 * age, 0.005 + 0.03 * age])
        found = int(self.chance.choice(5, p=worse / worse.sum())) + 1
        return max(found, 3) if posted_t else found

    def _rated_on(self, year: int) -> str:
        draw = self.chance.random()
        if draw < 0.02:  # noqa: PLR2004  never entered
            return ""
        rated = int(self.chance.integers(2017, 2023)) if draw < 0.08 else int(self.chance.integers(2024, 2027))  # noqa: PLR2004
        month = int(self.chance.integers(1, 11))
        return f"{max(rated, year)}-{month:02d}-{int(self.chance.integers(1, 29)):02d}"


_OVER: Final = ((1, 16.0), (1, 20.0), (1, 16.0))


def fill(chance: np.random.Generator, sections: Sequence[Expressway], roads: Sequence[Road], rows: int) -> list[Card]:
    """Bridges all over the province, so many rows that the inventory has about the wanted number."""
    inventory = Inventory(chance, [])
    carriageways = [road for section in sections for road in (section.up, section.down)]
    inventory.add_overpasses([*carriageways, *roads])
    left = max(rows - len(inventory.cards), 0)
    inventory.add_pairs(sections, round(left * _PAIR_SHARE))
    ordinary = [road for road in roads if road.ref and not road.is_street and not road.is_expressway]
    inventory.add_singles(ordinary, max(rows - len(inventory.cards), 0))
    return inventory.cards


def _shares(weights: np.ndarray, total: int) -> list[int]:
    """Whole numbers in the proportion of weights that add up to a total."""
    edges = np.rint(np.concatenate([[0.0], np.cumsum(weights) / weights.sum() * total])).astype(int)
    return np.diff(edges).tolist()  # type: ignore[no-any-return]


def _total(spans: Spans) -> float:
    return sum(count * span for count, span in spans)


def _has_room(road: Road, at_m: float, spans: Spans) -> bool:
    half = (_total(spans) + _ABUTMENTS_M) / 2
    return road.is_free(at_m - half, at_m + half)


def _size(spans: Spans) -> str:
    total, longest = _total(spans), max(span for _, span in spans)
    if total > 1000 or longest > 150:  # noqa: PLR2004  JTG B01
        return "特大桥"
    if total >= 100 or longest >= 40:  # noqa: PLR2004
        return "大桥"
    return "中桥" if total > 30 or longest >= 20 else "小桥"  # noqa: PLR2004


def _load(year: int, grade: str, chance: np.random.Generator) -> tuple[str, str]:
    """Design load as registers write it, by year and technical grade (设计荷载)."""
    is_main = grade in {"高速", "一级"}
    if year < 1989:  # noqa: PLR2004
        old = ("", "汽车-15级，挂车-80", "汽车-20级，挂车-100", "汽-15、挂-80")
        return old[int(chance.integers(len(old)))], ""
    if year < 2004:  # noqa: PLR2004
        if is_main:
            return "汽车-超20级，挂车-120", "JTJ 021-89"
        return ("汽车-20级，挂车-100" if grade in {"二级", "三级"} else "汽车-15级，挂车-80"), "JTJ 021-89"
    if year <= 2015:  # noqa: PLR2004
        return ("公路-I级" if is_main else "公路-II级"), "JTG D60-2004"
    return ("公路-I级" if is_main or grade == "二级" else "公路-II级"), "JTG D60-2015"


def _structure(spans: Spans, year: int, chance: np.random.Generator) -> tuple[str, str]:
    """Type of superstructure and structural system."""
    longest = max(span for _, span in spans)
    if year < 1990 and len(spans) == 1 and spans[0][0] == 1 and chance.random() < _ARCH_SHARE * 5:  # noqa: PLR2004
        return "石拱桥", ""
    if len(spans) > 1:
        if longest >= 70:  # noqa: PLR2004
            return ("预应力混凝土连续箱梁" if chance.random() < 0.6 else "连续刚构"), "连续"  # noqa: PLR2004
        return "现浇箱梁", "连续"
    if longest <= 20:  # noqa: PLR2004
        return "空心板", "简支" if chance.random() < 0.7 else "桥面连续"  # noqa: PLR2004
    if spans[0][0] == 1:
        return "T梁", "简支"
    return ("小箱梁" if longest <= 30 else "T梁"), "先简支后连续"  # noqa: PLR2004
