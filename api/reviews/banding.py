"""What a carrier is told about bridges (对承运人的分段公布): bands of utilisation and conditions, no capacity.

A bridge's ratio, its margin, its spans and design load, and the mass at which a changed load would just pass all tell
what the bridge bears. They stay with its owner. What a sign posts is public and stays as it is.
"""

import copy
from collections.abc import Mapping
from typing import Any

from api.reviews.settings import ReasonSettings, reason_settings

Json = dict[str, Any]
BRIDGE = "bridge_effect"
MASSES = frozenset({"gross_mass", "axle_load", "axle_group"})
SPACING_STEP_MM = 250
PERCENT = 100
BANDED_ZH, BANDED_EN = "按利用率分段公布", "published as a band of utilisation"
OUTCOME_WORDS = {
    "passes": ("桥梁可通行", "the bridge can be passed"),
    "conditional": ("桥梁可在所列条件下通行", "the bridge can be passed under the conditions named"),
    "unknown": ("桥梁须专项验算或补充资料", "the bridge needs a special calculation or more data"),
    "blocked": ("桥梁不可通行，宜改线或加固", "the bridge cannot be passed: another route or reinforcement"),
}


def banded(review: Mapping[str, Any], settings: ReasonSettings | None = None) -> Json:
    """The same review without any number from which a bridge's capacity follows.

    Args:
        review: As the exchange format has it.
        settings: Other bands than the default ones.

    Returns:
        A copy; `is_banded` is true in it.
    """
    chosen = settings or reason_settings()
    found: Json = copy.deepcopy(dict(review))
    for route in _routes(found):
        route["findings"] = [_finding(finding, chosen) for finding in route["findings"]]
    reasons = found.get("why_not")
    if reasons is not None:
        reasons["blockers"] = [_finding(finding, chosen) for finding in reasons["blockers"]]
        for thing in (reasons.get("certificate") or {}).get("things", []):
            thing["findings"] = [_finding(finding, chosen) for finding in thing["findings"]]
        reasons["smallest_changes"] = [_change(change, chosen) for change in reasons["smallest_changes"]]
        for item in reasons.get("measure_first", []):
            item["tasks"] = [_task(task) for task in item["tasks"]]
    found["is_banded"] = True
    return found


def banded_frontier(frontier: Mapping[str, Any], settings: ReasonSettings | None = None) -> Json:
    """The same frontier with masses rounded to the lighter side."""
    chosen = settings or reason_settings()
    found: Json = copy.deepcopy(dict(frontier))
    for curve in found["curves"]:
        for axis in ("x", "y"):
            if curve[axis]["quantity"] in MASSES:
                for point in curve["points"]:
                    point[axis] = _lighter(point[axis], chosen)
    found["is_banded"] = True
    return found


def band_of(limit: float | None, measured: float | None, settings: ReasonSettings) -> str | None:
    """The band a utilisation lies in, as "80%-100%"; None where nothing was compared."""
    if not limit or measured is None:
        return None
    share = PERCENT * measured / limit
    edges = settings.utilisation_bands_percent
    below = max((edge for edge in edges if edge < share), default=0)
    above = min((edge for edge in edges if edge >= share), default=None)
    return f">{below}%" if above is None else f"{below}%-{above}%"


def _routes(review: Json) -> list[Json]:
    routes: list[Json] = list(review.get("routes", []))
    routes += [variant["route"] for variant in review.get("variants", []) if variant.get("route")]
    certificate = (review.get("why_not") or {}).get("certificate")
    return routes + ([certificate["route"]] if certificate and certificate.get("route") else [])


def _finding(finding: Json, settings: ReasonSettings) -> Json:
    is_mass_of_structure = finding["quantity"] in MASSES and finding["basis"] != "posted" and finding["structure"]
    if finding["quantity"] != BRIDGE and not is_mass_of_structure:
        return finding
    zh, en = OUTCOME_WORDS[finding["outcome"]]
    band = band_of(finding["limit"], finding["measured"], settings)
    told = finding | {
        "limit": None,
        "measured": None if finding["quantity"] == BRIDGE else finding["measured"],
        "margin": None,
        "utilisation_band": band,
        "reason": f"{zh}（{BANDED_ZH}）",
        "reason_en": f"{en} ({BANDED_EN})",
    }
    if "bridge" in finding:
        evidence = finding["bridge"].get("evidence")
        told["bridge"] = {"evidence": None if evidence is None else {"id": evidence["id"], "kind": evidence["kind"]}}
    return told


def _change(change: Json, settings: ReasonSettings) -> Json:
    """A suggestion that a bridge may have decided: rounded to the safe side, without the proof on its other side."""
    if not any(entry["quantity"] in MASSES | {"line_spacing"} for entry in change["changes"]):
        return change
    told = change | {
        "changes": [_rounded(entry, settings) for entry in change["changes"]],
        "follows": [_rounded(entry, settings) for entry in change.get("follows", [])],
        "is_rounded": True,
    }
    told.pop("proof", None)
    return told


def _rounded(entry: Json, settings: ReasonSettings) -> Json:
    if entry["quantity"] in MASSES:
        return entry | {"to": _lighter(entry["to"], settings)}
    if entry["quantity"] == "line_spacing":
        return entry | {"to": -(-entry["to"] // SPACING_STEP_MM) * SPACING_STEP_MM}
    if entry["quantity"] == "length" and entry["to"] > entry["from"]:
        return entry | {"to": -(-entry["to"] // PERCENT) * PERCENT}
    return entry


def _lighter(mass_kg: int, settings: ReasonSettings) -> int:
    step = settings.mass_band_kg if mass_kg >= settings.mass_band_kg else PERCENT
    return mass_kg // step * step


def _task(task: Json) -> Json:
    """A task about a bridge names no value; its words name only what is missing."""
    return task | {"value_needed": None, "unit": None} if task["quantity"] == BRIDGE else task
