"""Which finding comes first (审查意见排序)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

_SEVERITY = {"passes": 0, "conditional": 1, "unknown": 2, "blocked": 3, "no_route": 4}


def severity(outcome: object) -> int:
    """Rank of an outcome, larger is worse; a value not known here counts as *unknown* (资料不足)."""
    return _SEVERITY.get(str(outcome), _SEVERITY["unknown"])


def sort_findings(findings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Findings with the worst first; equal ones in travel order, those that pass by the smallest margin first."""
    return sorted(findings, key=_sort_key)


def relative_margin(finding: Mapping[str, Any]) -> float:
    """Margin as a share of the limit, so that metres and tonnes can be compared; infinite where there is none."""
    margin = number_or_none(finding.get("margin"))
    if margin is None:
        return math.inf
    limit = number_or_none(finding.get("limit"))
    return margin / abs(limit) if limit else margin


def number_or_none(value: object) -> float | None:
    """The value as a finite float, None for anything else (true and false are not numbers here)."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def _sort_key(finding: Mapping[str, Any]) -> tuple[int, float, float]:
    rank = severity(finding.get("outcome"))
    at_m = number_or_none(finding.get("at_m"))
    position = math.inf if at_m is None else at_m
    return -rank, relative_margin(finding) if rank == 0 else 0.0, position
