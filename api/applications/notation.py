"""Axles as offices write them (轴荷分布、轴距的写法): ``10+20+3*18`` in tonnes, ``3.3-1.35-7`` in metres.

A plain number is the load of a whole group. How many axles a group has is known from a multiplier (``2×9.2``: two
axles of 9.2 t each), from a hint, or from the usual writing of flatbed groups at 10 t an axle (20 is two, 30 is three).
Anything else is asked for, never guessed.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import groupby

from api.applications.errors import Fault, NotationError

MAX_CHARACTERS = 500
MAX_AXLES = 160
# The usual writing of flatbed groups: 10, 20, 30 t are one, two, three axles at 10 t (production forms).
USUAL_AXLE_KG = 10_000
USUAL_AXLES = 3

_DASHES = str.maketrans(dict.fromkeys("—–－\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{MINUS SIGN}―ー", "-"))
_TIMES = str.maketrans(dict.fromkeys("×✕✖xX\N{ASTERISK OPERATOR}", "*"))
_NUMBER = r"\d{1,4}(?:\.\d{1,3})?"
_TERM = re.compile(rf"(?:(\d{{1,3}})\*)?({_NUMBER})", re.ASCII)
LOADS, SPACINGS = "axle_loads", "axle_spacings"


@dataclass(frozen=True, slots=True)
class AxleFigure:
    """Load in kg and distance to the axle in front in mm (0 for the first) of one axle or line."""

    load_kg: int
    spacing_mm: int


def _plain(text: str) -> str:
    """One spelling: no blanks, plain digits and signs, no units."""
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(_DASHES).translate(_TIMES)
    return re.sub(r"(?<=\d)(?:[tT吨mM米])", "", folded)


def _fault(field: str, number: int, chinese: str, english: str, code: str) -> Fault:
    return Fault(field, f"第{number}项：{chinese}", f"term {number}: {english}", code)


def _terms(text: str, separator: str, field: str) -> list[tuple[str | None, int]]:
    """Multiplier and thousandths of every term; faults of all terms at once."""
    if len(text) > MAX_CHARACTERS:
        raise NotationError([Fault(field, f"最多{MAX_CHARACTERS}个字符", "the text is too long", "too_long")])
    plain = _plain(text)
    if not plain:
        raise NotationError([Fault(field, "未填写", "nothing is written", "missing")])
    matches = [(part, _TERM.fullmatch(part)) for part in plain.split(separator)]
    faults = [
        _fault(field, number, f"“{part[:20]}”无法判读", f"{part[:20]!r} cannot be read", "unreadable")
        for number, (part, match) in enumerate(matches, start=1)
        if match is None
    ]
    if faults:
        raise NotationError(faults)
    return [(match[1], int(Decimal(match[2]) * 1000)) for _, match in matches if match is not None]


def parse_loads(text: str, *, counts: Sequence[int] | None = None) -> tuple[int, ...]:
    """Axle loads in kg, front to rear.

    Args:
        text: Such as ``10+20+3*18``; full-width signs and ``×`` are taken too.
        counts: Hint: number of axles of each group, one for each term; a multiplier in the text must agree with it.

    Raises:
        NotationError: Unreadable terms, a group whose axle count is not known, a hint that does not fit; all at once.
    """
    terms = _terms(text, "+", LOADS)
    if counts is not None and len(counts) != len(terms):
        said = f"{len(terms)} groups, but {len(counts)} axle counts"
        raise NotationError([Fault(LOADS, f"写有{len(terms)}组，轴数却有{len(counts)}组", said, "count_mismatch")])
    loads: list[int] = []
    faults: list[Fault] = []
    for number, (times, kg) in enumerate(terms, start=1):
        read = _group(number, times, kg, None if counts is None else counts[number - 1])
        if isinstance(read, Fault):
            faults.append(read)
        else:
            loads += read
    if not faults and len(loads) > MAX_AXLES:
        faults.append(Fault(LOADS, f"最多{MAX_AXLES}轴", f"at most {MAX_AXLES} axles", "too_long"))
    if faults:
        raise NotationError(faults)
    return tuple(loads)


def _group(number: int, times: str | None, kg: int, hint: int | None) -> list[int] | Fault:
    """Loads of one group, or what is wrong with it."""
    if kg == 0 or (times is not None and int(times) == 0) or (hint is not None and hint < 1):
        return _fault(LOADS, number, "轴数和荷载须大于0", "axle count and load must be above 0", "not_positive")
    if times is not None:
        if hint is not None and hint != int(times):
            return _fault(LOADS, number, f"写作{times}轴，应为{hint}轴", f"{times} axles, not {hint}", "count_mismatch")
        return [kg] * int(times)
    count = hint or _usual_count(kg)
    if count is None:
        written = _thousandths(kg)
        return _fault(
            LOADS,
            number,
            f"{written}吨这一组有几轴不能确定，请写作“轴数×每轴吨数”，如“2×9.2”，单轴写“1×{written}”",
            f"how many axles share {written} t is not known: write count x load of each, such as 2x9.2",
            "axle_count_unknown",
        )
    share, rest = divmod(kg, count)
    # What does not divide goes to the rear axles, one kilogram each: the group keeps its sum.
    return [share] * (count - rest) + [share + 1] * rest


def _usual_count(kg: int) -> int | None:
    count, rest = divmod(kg, USUAL_AXLE_KG)
    return count if rest == 0 and 1 <= count <= USUAL_AXLES else None


def parse_spacings(text: str) -> tuple[int, ...]:
    """Distances in mm to the axle in front, beginning with 0 for the first axle.

    ``9*1.55`` stands for nine equal spacings.

    Raises:
        NotationError: Unreadable terms or spacings of 0; all at once.
    """
    terms = _terms(text, "-", SPACINGS)
    faults = [
        _fault(SPACINGS, number, "轴距须大于0", "a spacing must be above 0", "not_positive")
        for number, (times, mm) in enumerate(terms, start=1)
        if mm == 0 or (times is not None and int(times) == 0)
    ]
    spacings = [mm for times, mm in terms for _ in range(int(times or 1))]
    if len(spacings) >= MAX_AXLES:
        faults.append(Fault(SPACINGS, f"最多{MAX_AXLES}轴", f"at most {MAX_AXLES} axles", "too_long"))
    if faults:
        raise NotationError(faults)
    return (0, *spacings)


def parse_axles(loads: str, spacings: str, *, counts: Sequence[int] | None = None) -> tuple[AxleFigure, ...]:
    """Both texts together: one load and one spacing an axle.

    Raises:
        NotationError: Faults of both texts, or their axle counts differ.
    """
    read: list[tuple[int, ...]] = []
    faults: list[Fault] = []
    for parse in (partial(parse_loads, loads, counts=counts), partial(parse_spacings, spacings)):
        try:
            read.append(parse())
        except NotationError as error:
            faults += error.faults
    if faults:
        raise NotationError(faults)
    per_axle, distances = read
    if len(per_axle) != len(distances):
        chinese = f"轴荷为{len(per_axle)}轴，轴距应有{len(per_axle) - 1}项，现有{len(distances) - 1}项"
        english = f"{len(per_axle)} axles need {len(per_axle) - 1} spacings, found {len(distances) - 1}"
        raise NotationError([Fault(SPACINGS, chinese, english, "count_mismatch")])
    return tuple(AxleFigure(kg, mm) for kg, mm in zip(per_axle, distances, strict=True))


def format_loads(loads_kg: Sequence[int]) -> str:
    """Write axle loads so that reading them again gives the same: ``10+2*9.2+3*18``."""
    runs = [(kg, len(list(run))) for kg, run in groupby(loads_kg)]
    return "+".join("10" if (kg, n) == (USUAL_AXLE_KG, 1) else f"{n}*{_thousandths(kg)}" for kg, n in runs)


def format_spacings(spacings_mm: Sequence[int]) -> str:
    """Write spacings, the first axle's 0 left out: ``3.3-1.35-7``; empty for a single axle."""
    return "-".join(_thousandths(mm) for mm in spacings_mm[1:])


def _thousandths(number: int) -> str:
    """Kilograms as tonnes, millimetres as metres, without needless zeros."""
    whole, rest = divmod(number, 1000)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)
