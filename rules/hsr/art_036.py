"""第三十六条 管辖: which level accepts and decides, from the counties the route crosses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rules.divisions import County
from rules.registry import carries_out

Level = Literal["county", "city", "province", "cross_province"]


@dataclass(frozen=True, slots=True)
class LevelDecision:
    """The level (管辖层级), the code of the body that accepts, and the item of the article."""

    level: Level
    accepts: str
    clause: str


@carries_out("hsr-36.1.1", "hsr-36.1.2", "hsr-36.1.3", "hsr-36.1.4")
def decide_level(counties: Sequence[County]) -> LevelDecision:
    """第一款 the level for counties in travel order; the first one is the origin (起运地)."""
    origin = counties[0]
    if len({county.province for county in counties}) > 1:
        return LevelDecision("cross_province", origin.province, "hsr-36.1.1")
    if len({county.city for county in counties}) > 1:
        return LevelDecision("province", origin.province, "hsr-36.1.2")
    if len(counties) > 1:
        return LevelDecision("city", origin.city, "hsr-36.1.3")
    # A city without districts stands in the lists under its own code: the city's body acts.
    level: Level = "city" if origin.code == origin.city and origin.code.endswith("00") else "county"
    return LevelDecision(level, origin.code, "hsr-36.1.4")


@carries_out("hsr-36.2")
def must_ask_police(vehicle_class: str, police_classes: Sequence[str]) -> bool:
    """第二款 whether the traffic police must be asked (征求公安机关交通管理部门意见)."""
    return vehicle_class in police_classes
