"""The facts of a loaded vehicle that the law looks at (车货基本数据): plain integers, mm and kg."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AxleFacts:
    """One axle (车轴), or one axle line (轴线) of a modular trailer.

    Attributes:
        load_kg: Axle load (轴荷); None when not stated.
        spacing_mm: Distance to the axle in front (轴距); 0 for the first.
        tyres: Number of tyres on the axle or line.
        unit: "tractor" (牵引车), "trailer" (挂车) or "truck" (货车).
        drive: Whether it is a drive axle (驱动轴).
        files: 2 on a double-file trailer (双纵列): one line then counts as two 轴线.
        wide_tyres: Wide-base tyres to national standard (加宽轮胎) are fitted.
    """

    load_kg: int | None
    spacing_mm: int
    tyres: int
    unit: str
    drive: bool
    files: int = 1
    wide_tyres: bool = False


@dataclass(frozen=True, slots=True)
class VehicleFacts:
    """A vehicle with its load (车货总体), front to rear; None means 资料不足, never "no limit"."""

    kind: str
    trailer: str | None
    height_mm: int | None
    width_mm: int | None
    length_mm: int | None
    gross_mass_kg: int | None
    axles: tuple[AxleFacts, ...]
    indivisible: bool
