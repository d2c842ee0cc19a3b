"""What the demo's firms move, and from where to where (演示车货与行程)."""

from typing import Any, Final

from api.demo.forms import Stop
from data.demo.traps import legal_mass, modular

Json = dict[str, Any]

# Streets of the seats of the synthetic province; degrees.
CHANGSHA: Final = ("演示长沙", 112.970, 28.195)
CHANGSHA_YARD: Final = ("演示长沙货场", 112.980, 28.200)
CHANGSHA_NORTH: Final = ("演示长沙北站", 112.965, 28.205)
ZHUZHOU: Final = ("演示株洲", 113.135, 27.830)
ZHUZHOU_YARD: Final = ("演示株洲货场", 113.127, 27.836)
XIANGTAN: Final = ("演示湘潭", 112.930, 27.845)
YIYANG: Final = ("演示益阳", 112.355, 28.565)
YUEYANG: Final = ("演示岳阳", 113.125, 29.365)
HENGYANG: Final = ("演示衡阳", 112.590, 26.895)
CHANGDE: Final = ("演示常德", 111.692, 29.035)
TRIPS: Final[tuple[tuple[Stop, Stop], ...]] = (
    (CHANGSHA, CHANGSHA_YARD),
    (CHANGSHA_YARD, CHANGSHA_NORTH),
    (CHANGSHA, ZHUZHOU),
    (CHANGSHA, XIANGTAN),
    (ZHUZHOU, ZHUZHOU_YARD),
    (YIYANG, CHANGSHA),
    (ZHUZHOU, XIANGTAN),
    (CHANGSHA, YUEYANG),
    (XIANGTAN, HENGYANG),
    (CHANGDE, YIYANG),
)
CARGOES: Final = {
    "I": ("演示挖掘机", "演示压路机", "演示箱式变电站", "演示预制梁段"),
    "II": ("演示风电机舱", "演示盾构管片机", "演示储罐", "演示锅炉汽包"),
    "III": ("演示主变压器", "演示风电叶片", "演示发电机定子", "演示塔筒"),
}
_MASS_OF_LINE_KG: Final = 11_000


def vehicle_of(vehicle_class: str, number: int, *, heavy: bool) -> Json:
    """A vehicle of a class: most by its sizes alone, some by their mass, which the bridges then have to carry.

    Args:
        vehicle_class: I, II or III.
        number: Varies the sizes a little.
        heavy: Whether it is heavier than legal.
    """
    step = number % 8 * 10
    if heavy:
        lines = {"I": 4, "II": 5}.get(vehicle_class, 9)
        vehicle = modular(lines, _MASS_OF_LINE_KG if lines > 5 else 8_000, height_mm=4000)  # noqa: PLR2004
        if vehicle_class == "III":
            vehicle["width_mm"] = 3800 + step
        return vehicle
    if vehicle_class == "I":
        return legal_mass(height_mm=4000 + step, width_mm=2700 + step)
    if vehicle_class == "II":
        return legal_mass(height_mm=4210 + step, width_mm=3100 + step)
    vehicle = legal_mass(height_mm=4300 + step, width_mm=3800 + step)
    vehicle["length_mm"] = 28_100 + step
    return vehicle
