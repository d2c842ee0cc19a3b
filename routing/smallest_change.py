"""The smallest change that makes something pass (最小调整): searching numbers, one, two or several at a time.

Nothing here knows roads. What is asked must be monotone: what passes, passes with every smaller number too. A guess
from a search on the network makes it two questions instead of twenty; the questions themselves are the proof.
"""

from collections.abc import Callable, Sequence

Passes = Callable[[int], bool]
Most = Callable[[int], int | None]
MostOf = Callable[[int, tuple[int, ...]], int | None]


def largest_passing(passes: Passes, low: int, high: int, guess: int | None = None) -> int | None:
    """Find the largest number from `low` to `high` that passes.

    Args:
        passes: The question, true below some number and false above.
        low: Least number that is of use.
        high: Largest number asked about.
        guess: Where it may be.

    Returns:
        The number: it passes, and if it is not `high` the next larger one does not, both having been asked. None if
        `low` does not pass.
    """
    below, above = low - 1, high + 1  # passes (unless below low), does not pass (unless above high)
    tries = [] if guess is None else [guess, guess + 1]
    while above - below > 1:
        middle = tries.pop(0) if tries else (below + above) // 2
        if not below < middle < above:
            continue
        if passes(middle):
            below = middle
        else:
            above = middle
    return below if below >= low else None


def staircase(first_at_most: int, second_from: int, most_first: Most, most_second: Most) -> list[tuple[int, int]]:
    """List all pairs of two numbers that pass and cannot be bettered (帕累托前沿).

    Args:
        first_at_most: Largest first number that is of use.
        second_from: Least second number that is of use.
        most_first: Largest first number that passes beside a second, None if none does.
        most_second: Largest second number that passes beside a first, None if none does.

    Returns:
        Pairs by falling first number; no pair has both numbers at most those of another.
    """
    found: list[tuple[int, int]] = []
    wanted = second_from
    while True:
        first = most_first(wanted)
        second = None if first is None else most_second(first)
        if first is None or second is None or second < wanted:
            return found
        found.append((min(first, first_at_most), second))
        wanted = second + 1


def raise_each(lowest: Sequence[int], most: MostOf, order: Sequence[int]) -> tuple[int, ...]:
    """Raise numbers that pass together, one after the other, until none can be raised alone (联合调整).

    Args:
        lowest: Numbers that pass together.
        most: Largest number at a place that passes beside the others.
        order: Which number is raised first, second and so on; the first is changed least.

    Returns:
        Numbers that pass, none of which can be raised alone.
    """
    values = tuple(lowest)
    for place in order:
        found = most(place, values)
        values = (*values[:place], lowest[place] if found is None else found, *values[place + 1 :])
    return values
