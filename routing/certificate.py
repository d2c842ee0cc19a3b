"""Why there is no way, and what would open one (受阻证明): the least set of obstacles, and all that are as good."""

from dataclasses import dataclass

from routing.blockers import Impasse, LeastSet
from routing.columns import Verdict
from routing.obstacles import COUNT

MAX_SETS = 5  # equal sets that are reported
MAX_BRANCHES = 16  # least sets looked for in search of equal ones


@dataclass(frozen=True, slots=True)
class Certificate:
    """Why there is no way, and what would open one (受阻证明).

    Attributes:
        wanted: UNKNOWN: the obstacles are things not known; BLOCKED: things that block.
        least: The least set.
        equal: Other sets of the same weight, each as good; in a fixed order.
        is_complete: Whether `equal` holds all of them.
        without: For an obstacle of `least`, how many a way needs that does not use it; None: there is none. Of very
            many obstacles only the first are in it.
    """

    wanted: Verdict
    least: LeastSet
    equal: tuple[LeastSet, ...]
    is_complete: bool
    without: dict[int, int | None]


def certify(impasse: Impasse, *, max_sets: int = MAX_SETS, max_branches: int = MAX_BRANCHES) -> Certificate | None:
    """Find the least set of obstacles, all others that are as good, and what a way costs without each.

    Equal sets are found by barring, one after the other, each obstacle of a set already found: any other set lacks one
    of them.

    Args:
        impasse: The trip.
        max_sets: Sets reported, the first included.
        max_branches: Least sets looked for.

    Returns:
        The certificate, None if no permission of this kind opens a way.
    """
    least = impasse.least()
    if least is None:
        return None
    sets = {least.items: least}
    queue = [frozenset([item]) for item in sorted(least.items)]
    known: set[frozenset[int]] = set()
    without: dict[int, int | None] = {}
    tried = 0
    is_complete = True
    while queue:
        barred = queue.pop(0)
        if barred in known:
            continue
        is_first = len(barred) == 1
        if tried >= max_branches or impasse.effort.is_spent or (len(sets) >= max_sets and not is_first):
            is_complete = False
            break
        known.add(barred)
        tried += 1
        other = impasse.least(barred)
        if is_first:
            without[next(iter(barred))] = None if other is None else other.weight // COUNT
        if other is None or other.weight > least.weight:
            is_complete = is_complete and (other is None or other.is_exact)
            continue
        sets.setdefault(other.items, other)
        queue += [barred | {item} for item in sorted(other.items)]
    rest = sorted((one for one in sets.values() if one is not least), key=lambda one: sorted(one.items))
    is_cut = len(rest) > max_sets - 1
    return Certificate(
        impasse.obstacles.wanted,
        least,
        tuple(rest[: max_sets - 1]),
        is_complete and least.is_exact and not is_cut,
        without,
    )
