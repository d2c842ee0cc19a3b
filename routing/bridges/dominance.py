"""Whether one load is nowhere worse for a bridge than another (荷载包络): then what holds for that other holds for it.

Only what follows without computing. On simple spans every influence line that is judged (moment, end shear, reaction)
has one sign, so a lighter axle or an axle less never raises an effect. On continuous beams it may: there only the same
train with all loads lowered in one proportion is safe. Positions count to the millimetre, as they are declared: an
influence line may jump, so no tolerance of position is safe.
"""

from collections.abc import Sequence
from itertools import accumulate

from routing.vehicle import Axle

ROUNDING_KG = 1  # loads are whole kg: a proportion can be kept no nearer


def is_dominated(axles: Sequence[Axle], by: Sequence[Axle], *, is_simple: bool) -> bool:
    """Whether a train is nowhere worse than another, in either direction of travel.

    Args:
        axles: The train asked about, front to rear; loads in kg, spacings in mm.
        by: The train for which an answer is known.
        is_simple: Whether the bridge is known to be of simple spans (简支); False for continuous and unknown systems.
    """
    compare = _is_part if is_simple else _is_scaled
    return bool(axles) and any(compare(axles, other) for other in (list(by), turned(by)))


def turned(axles: Sequence[Axle]) -> list[Axle]:
    """The same train travelling the other way."""
    spacings = [0, *(axle.spacing_mm for axle in reversed(axles[1:]))]
    return [Axle(axle.load_kg, spacing, axle.files) for axle, spacing in zip(reversed(axles), spacings, strict=True)]


def _is_part(axles: Sequence[Axle], by: Sequence[Axle]) -> bool:
    """Whether every axle stands under a different axle of the other train that is as heavy or heavier."""
    own, other = _places(axles), _places(by)
    heavier = dict(zip(other, by, strict=True))
    return any(
        all(_carries(heavier.get(place + shift), axle) for place, axle in zip(own, axles, strict=True))
        for shift in other[: len(other) - len(own) + 1]
    )


def _is_scaled(axles: Sequence[Axle], by: Sequence[Axle]) -> bool:
    """Whether it is the other train with all loads times one number of at most 1, to the kg."""
    if _places(axles) != _places(by):
        return False
    pairs = list(zip(axles, by, strict=True))
    if not all(_carries(other, axle) for axle, other in pairs):
        return False
    lowest = max((axle.load_kg - ROUNDING_KG) / other.load_kg for axle, other in pairs)
    highest = min((axle.load_kg + ROUNDING_KG) / other.load_kg for axle, other in pairs)
    return lowest <= min(highest, 1.0)


def _carries(heavier: Axle | None, axle: Axle) -> bool:
    return heavier is not None and axle.load_kg <= heavier.load_kg and axle.files == heavier.files


def _places(axles: Sequence[Axle]) -> list[int]:
    """Distance of every axle behind the first, in mm."""
    return list(accumulate(axle.spacing_mm if n else 0 for n, axle in enumerate(axles)))
