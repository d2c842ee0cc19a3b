"""The loaded vehicle as the core sees it (车货参数): plain integers in mm and kg."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Axle:
    """One axle, or one axle line of a modular trailer (轴／轴线).

    Attributes:
        load_kg: Load on the ground (轴荷).
        spacing_mm: Distance to the axle in front, 0 for the first (轴距).
        files: Side-by-side files of wheels; a double-file line counts as two.
    """

    load_kg: int
    spacing_mm: int
    files: int = 1


@dataclass(frozen=True, slots=True)
class VehicleProfile:
    """What limits are compared with (车辆参数).

    Attributes:
        legal_mass_kg: Gross mass this vehicle may have without a permit; the law's answer, passed in. Up to here
            bridges and culverts need no inventory.
    """

    height_mm: int
    width_mm: int
    length_mm: int
    gross_mass_kg: int
    axles: tuple[Axle, ...]
    legal_mass_kg: int

    @property
    def axle_load_kg(self) -> int:
        """Heaviest axle (最大轴荷)."""
        return max(axle.load_kg for axle in self.axles)

    def heaviest_group_kg(self, axle_count: int, spacing_mm: int) -> int:
        """Heaviest group of neighbouring axles (轴组), 0 if there is none.

        Args:
            axle_count: Axles in the group: 2 for a tandem, 3 for a tridem.
            spacing_mm: Every two neighbours of the group stand nearer than this.
        """
        heaviest = 0
        for first in range(len(self.axles) - axle_count + 1):
            group = self.axles[first : first + axle_count]
            if all(axle.spacing_mm < spacing_mm for axle in group[1:]):
                heaviest = max(heaviest, sum(axle.load_kg for axle in group))
        return heaviest
