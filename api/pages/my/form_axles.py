"""Axles as a person types them (轴荷分布的填写): five short texts for the list that the form holds."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from api.applications.errors import NotationError
from api.applications.notation import (
    LOADS,
    MAX_AXLES,
    AxleFigure,
    format_loads,
    format_spacings,
    parse_axles,
    parse_loads,
    parse_spacings,
)
from api.errors import FieldFault

Json = dict[str, Any]
NAMES: Final = ("loads", "spacings", "tractor", "tyres", "drive")
_RUN: Final = re.compile(r"(?:(\d{1,3})[*×xX])?(\d{1,2})", re.ASCII)
_MOST_CHARACTERS: Final = 500


def texts_of(axles: object) -> dict[str, str]:
    """The texts of what a form holds: a list of axles, or texts that could not be read."""
    if isinstance(axles, Mapping):
        return {name: str(axles.get(name, "")) for name in NAMES}
    rows = [one for one in axles if isinstance(one, Mapping)] if isinstance(axles, list) else []
    try:
        loads = [int(one["load_kg"]) for one in rows]
        spacings = [int(one["spacing_mm"]) for one in rows]
        tyres = [int(one["tyres"]) for one in rows]
    except (KeyError, TypeError, ValueError):
        return dict.fromkeys(NAMES, "")
    if not rows:
        return dict.fromkeys(NAMES, "")
    return {
        "loads": format_loads(loads),
        "spacings": format_spacings(spacings),
        "tractor": str(sum(one.get("unit") != "trailer" for one in rows)),
        "tyres": "+".join(f"{n}*{many}" if n > 1 else str(many) for many, n in _runs(tyres)),
        "drive": ",".join(str(n) for n, one in enumerate(rows, start=1) if one.get("drive") is True),
    }


def read_axles(texts: Mapping[str, str], whole: Mapping[str, Any]) -> tuple[list[Json] | None, list[FieldFault]]:
    """The axles that texts describe, or everything that is wrong with them.

    Args:
        texts: By the names of `NAMES`.
        whole: What else is known of the vehicle: `kind`, and the axles before, whose files per line are kept.
    """
    faults = [
        FieldFault(f"axles.{name}", "未填写", "please fill this in")
        for name in NAMES
        if not texts.get(name, "").strip()
    ]
    figures: tuple[AxleFigure, ...] = ()
    if texts.get("loads", "").strip() and texts.get("spacings", "").strip():
        try:
            figures = parse_axles(texts["loads"], texts["spacings"], counts=_groups(texts["loads"], texts["spacings"]))
        except NotationError as error:
            faults += [_fault(one.field, one.message_zh, one.message_en) for one in error.faults]
    tyres, drive = _counts(texts.get("tyres", "")), _numbers(texts.get("drive", ""))
    tractor = int(texts["tractor"]) if re.fullmatch(r"[0-9]{1,3}", texts.get("tractor", "")) else None
    if figures:
        faults += _fits(len(figures), texts, tyres, drive, tractor)
    if faults or not figures or tyres is None or drive is None or tractor is None:
        return None, faults
    unit = "truck" if whole.get("kind") == "truck" else "tractor"
    before = whole.get("axles")
    files = [one.get("files", 1) for one in before if isinstance(one, dict)] if isinstance(before, list) else []
    kept = files if len(files) == len(figures) else [1] * len(figures)
    return [
        {
            "load_kg": figure.load_kg,
            "spacing_mm": figure.spacing_mm,
            "tyres": tyres[n],
            "unit": unit if n < tractor else "trailer",
            "drive": n + 1 in drive,
            **({"files": kept[n]} if kept[n] != 1 else {}),
        }
        for n, figure in enumerate(figures)
    ], []


def _groups(loads: str, spacings: str) -> list[int] | None:
    """How many axles each group has, where the number of spacings leaves only one way to read the loads."""
    try:
        axles = len(parse_spacings(spacings))
        counts = [_group(part) for part in re.split(r"[+＋]", loads[:_MOST_CHARACTERS])]
    except NotationError:
        return None
    open_groups, left = counts.count(0), axles - sum(counts)
    if open_groups == 1 and left > 0:
        return [count or left for count in counts]
    return [count or 1 for count in counts] if open_groups and left == open_groups else None


def _group(part: str) -> int:
    """Axles of one group; 0 where the group itself does not tell.

    Raises:
        NotationError: It cannot be read.
    """
    try:
        return len(parse_loads(part))
    except NotationError as error:
        if any(fault.code != "axle_count_unknown" for fault in error.faults):
            raise
        return 0


def _fits(
    axles: int,
    texts: Mapping[str, str],
    tyres: Sequence[int] | None,
    drive: set[int] | None,
    tractor: int | None,
) -> list[FieldFault]:
    faults = []
    if texts.get("tyres") and tyres is None:
        faults.append(_fault("tyres", "无法判读，应如“2+2*4+3*8”", "cannot be read; write it like 2+2*4+3*8"))
    elif tyres is not None and len(tyres) != axles:
        faults.append(_fault("tyres", f"写有{len(tyres)}轴，轴荷为{axles}轴", f"{len(tyres)} axles, not {axles}"))
    if texts.get("drive") and (drive is None or not drive or min(drive) < 1 or max(drive) > axles):
        faults.append(_fault("drive", f"应为1至{axles}的轴号，如“2,3”", f"axle numbers from 1 to {axles}, like 2,3"))
    if texts.get("tractor") and (tractor is None or not 0 < tractor <= axles):
        faults.append(_fault("tractor", f"应为1至{axles}的整数", f"a whole number from 1 to {axles}"))
    return faults


def _fault(field: str, zh: str, en: str) -> FieldFault:
    name = {LOADS: "loads", "axle_spacings": "spacings"}.get(field, field)
    return FieldFault(f"axles.{name}", zh, en)


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    return [(number, len(list(run))) for number, run in groupby(numbers)]


def _counts(text: str) -> list[int] | None:
    """Tyres of every axle; None where it cannot be read."""
    terms = [_RUN.fullmatch(part.strip()) for part in re.split(r"[+＋]", text[:_MOST_CHARACTERS])]
    if any(term is None for term in terms):
        return None
    found = [int(term[2]) for term in terms if term for _ in range(int(term[1] or 1))]
    return found if len(found) <= MAX_AXLES else None


def _numbers(text: str) -> set[int] | None:
    parts = [part for part in re.split(r"[,，、\s]+", text[:_MOST_CHARACTERS]) if part]
    return {int(part) for part in parts} if all(re.fullmatch(r"[0-9]{1,3}", part) for part in parts) else None
