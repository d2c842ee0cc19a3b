"""What is measured on a vehicle (事实): quantities, axle counts, and whether a scope fits."""

from collections.abc import Callable
from types import MappingProxyType

from rules.model import Scope
from rules.registry import carries_out
from rules.vehicle import AxleFacts, VehicleFacts

KINDS = frozenset({"truck", "train"})
TRAILER = "trailer"

QUANTITIES: MappingProxyType[str, Callable[[VehicleFacts], int | None]] = MappingProxyType(
    {
        "height": lambda vehicle: vehicle.height_mm,
        "width": lambda vehicle: vehicle.width_mm,
        "length": lambda vehicle: vehicle.length_mm,
        "gross_mass": lambda vehicle: vehicle.gross_mass_kg,
    }
)


@carries_out("ord62-3.2.1")
def axle_count(vehicle: VehicleFacts) -> int | None:
    """Number of axles (轴数); None when no axle is stated.

    Every axle of a group is an entry of its own, so a group of two counts as two. A line of a
    double-file trailer counts once a file.
    """
    return sum(axle.files for axle in vehicle.axles) or None


def tractor_axles(vehicle: VehicleFacts) -> tuple[AxleFacts, ...]:
    """Axles of the tractor or truck itself (牵引车或货车的车轴), front to rear."""
    return tuple(axle for axle in vehicle.axles if axle.unit != TRAILER)


def trailer_axles(vehicle: VehicleFacts) -> tuple[AxleFacts, ...]:
    """Axles or axle lines of the trailers (挂车的车轴或轴线)."""
    return tuple(axle for axle in vehicle.axles if axle.unit == TRAILER)


def drive_axle_count(vehicle: VehicleFacts) -> int:
    """Number of the tractor's drive axles (驱动轴).

    None marked counts as 0 and so falls under "not over one", the lower limit: a missing mark
    must not win three tonnes.
    """
    return sum(axle.drive for axle in tractor_axles(vehicle))


def applies(scope: Scope | None, vehicle: VehicleFacts) -> bool | None:
    """Whether a scope fits a vehicle; None when that cannot be known (资料不足)."""
    if scope is None:
        return True
    axles, drive = axle_count(vehicle), drive_axle_count(vehicle)
    if vehicle.kind not in KINDS or axles is None:
        return None
    return all(
        (
            scope.kind is None or vehicle.kind == scope.kind,
            scope.axles is None or axles == scope.axles,
            scope.axles_at_least is None or axles >= scope.axles_at_least,
            scope.drive_axles_at_least is None or drive >= scope.drive_axles_at_least,
            scope.drive_axles_not_over is None or drive <= scope.drive_axles_not_over,
        )
    )
