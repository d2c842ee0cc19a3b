"""Time calls, describe the machine, write the table (计时、机器、表)."""

import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Generic, TypeVar

ROUNDS = 5
LIBRARIES = ("numpy", "numba", "networkx", "igraph")
IDLE_LOAD = 0.5
MARKERS = re.compile(r"(<!-- table -->\n).*(<!-- /table -->)", re.DOTALL)
HEAD = ("stage", "vehicle", "median", "95 %", "theirs : ours", "what was checked")
Answer = TypeVar("Answer", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Timed(Generic[Answer]):
    """Seconds of one call, the middle of several rounds, and its answer, the same in every round."""

    seconds: float
    answer: Answer


def timed(call: Callable[[], Answer], rounds: int = ROUNDS) -> Timed[Answer]:
    """Call several times; the middle time counts.

    Raises:
        AssertionError: Two rounds gave different answers.
    """
    seconds: list[float] = []
    answers: list[Answer] = []
    for _ in range(rounds):
        start = time.perf_counter()
        answers.append(call())
        seconds.append(time.perf_counter() - start)
    assert all(answer == answers[0] for answer in answers), "the same question got different answers"
    return Timed(statistics.median(seconds), answers[0])


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: times in seconds, one for every question asked.

    Attributes:
        ratios: Their time by ours for the same question, empty for our own lines.
    """

    stage: str
    vehicle: str
    seconds: Sequence[float]
    checked: str
    ratios: Sequence[float] = ()

    def cells(self) -> tuple[str, ...]:
        """Write the line's cells."""
        many = len(self.seconds) >= 20
        return (
            self.stage,
            self.vehicle,
            as_time(statistics.median(self.seconds)),
            as_time(statistics.quantiles(self.seconds, n=20)[-1]) if many else "",
            as_ratio(statistics.median(self.ratios)) if self.ratios else "",
            self.checked,
        )


def as_time(seconds: float) -> str:
    """Three digits and a unit."""
    if seconds >= 1:
        return f"{seconds:.3g} s"
    return f"{seconds * 1e3:.3g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.3g} µs"


def as_ratio(ratio: float) -> str:
    """Two or three digits that count."""
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"


def as_markdown(rows: Iterable[Row]) -> str:
    """Lines of a table with columns of even width, readable as plain text too."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEAD))]
    texts = [[cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines]
    rule = ["-" * (width - 1) + ":" if 2 <= n <= 4 else "-" * width for n, width in enumerate(widths)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [texts[0], rule, *texts[1:]])


def describe_machine() -> str:
    """One sentence on the machine, one on the versions, one on how busy it was."""
    load = os.getloadavg()[0]
    busy = "idle" if load < IDLE_LOAD else "NOT idle: read the times as upper bounds, the ratios with care"
    found = [f"{name} {version_of(name)}" for name in LIBRARIES]
    return (
        f"Machine: {_processor()}, {os.cpu_count()} cores, {_memory_gib():.0f} GiB, {platform.system()}.\n"
        f"Versions: Python {platform.python_version()}, {', '.join(found)}.\n"
        f"Load average at the start: {load:.2f} ({busy})."
    )


def version_of(package: str) -> str:
    """Installed version."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def _processor() -> str:
    """Model as the system names it, with the clock if the name does not say it."""
    info = Path("/proc/cpuinfo")
    text = info.read_text(encoding="utf-8") if info.exists() else ""
    model, clock = (re.search(rf"^{field}\s*:\s*([^\n.]+)", text, re.MULTILINE) for field in ("model name", "cpu MHz"))
    name = model[1] if model else platform.processor() or platform.machine()
    return f"{name} ({clock[1]} MHz)" if clock and "GHz" not in name else name


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)


def replace_table(page: Path, text: str) -> None:
    """Put a text between the markers of a page.

    Raises:
        ValueError: The page has not both markers.
    """
    old = page.read_text(encoding="utf-8")
    new, count = MARKERS.subn(lambda found: f"{found[1]}{text}\n{found[2]}", old)
    if count != 1:
        raise ValueError(f"{page} must have <!-- table --> and <!-- /table --> once")
    page.write_text(new, encoding="utf-8")
