"""When to leave (出发时间): the first moments at which the answer is better than now."""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from routing.columns import Verdict

MomentT = TypeVar("MomentT")


def better_moments(
    moments: Iterable[MomentT],
    situation: Callable[[MomentT], Hashable],
    verdict: Callable[[MomentT], Verdict],
    now: Verdict,
) -> list[tuple[MomentT, Verdict]]:
    """Find the first moment better than now, the first better than that, and so on, until one passes.

    Args:
        moments: In the order of time.
        situation: What the answer depends on at a moment; of equal situations only the first is asked about, the later
            ones being no better.
        verdict: The answer at a moment.
        now: The answer now.

    Returns:
        Moments and their verdicts, each better than the one before.
    """
    found: list[tuple[MomentT, Verdict]] = []
    known: set[Hashable] = set()
    best = now
    for moment in moments:
        if best is Verdict.PASSES:
            break
        key = situation(moment)
        if key in known:
            continue
        known.add(key)
        answer = verdict(moment)
        if answer < best:
            found.append((moment, answer))
            best = answer
    return found
