"""What a carrier is told about bridges (对承运人的分段公布): bands of utilisation and conditions, no capacity.

A bridge's ratio, its margin, its spans and design load, and the mass at which a changed load would just pass all tell
what the bridge bears. They stay with its owner. What a sign posts is public and stays as it is, and so do sizes and
missing records. Everything here is told with the same `Bands`, whoever asks.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.reviews.settings import reason_settings

Json = dict[str, Any]
BRIDGE = "bridge_effect"
MASSES = frozenset({"gross_mass", "axle_load", "axle_group", "tridem"})
# What a trailer needs so that a bridge bears it tells of the bridge as its mass does.
LAYOUTS = frozenset({"axle_lines", "line_spacing"})
NOT_A_RECORD = frozenset({"posted", "none"})  # a sign is there for all to see; without any source it is our policy
SPACING_STEP_MM, LENGTH_STEP_MM = 250, 100
USUAL_AXLES = 10
LIGHT_STEP_KG = 100  # of masses below one step
PERCENT = 100
OUTCOME_WORDS = {
    "passes": ("桥梁可通行", "the bridge can be passed"),
    "conditional": ("桥梁可在所列条件下通行", "the bridge can be passed under the conditions named"),
    "unknown": ("桥梁须专项验算或补充资料", "the bridge needs a special calculation or more data"),
    "blocked": ("桥梁不可通行，宜改线或加固", "the bridge cannot be passed: another route or reinforcement"),
}


@dataclass(frozen=True, slots=True)
class Bands:
    """How coarsely a capacity is told (分档).

    Attributes:
        edges_percent: Edges of the bands of utilisation.
        mass_step_kg: Masses are rounded down to a multiple of this.
    """

    edges_percent: tuple[int, ...]
    mass_step_kg: int

    @classmethod
    def of(cls, edges_percent: Sequence[int] | None = None) -> "Bands":
        """A province's edges; without them those of `reasons.yaml`, which also has the step of masses."""
        chosen = reason_settings()
        return cls(tuple(edges_percent or chosen.utilisation_bands_percent), chosen.mass_band_kg)

    def step_of(self, quantity: str) -> int:
        """The step of a mass in kg; all axles of a usual train together are as coarse as its gross mass."""
        return self.mass_step_kg if quantity == "gross_mass" else max(self.mass_step_kg // USUAL_AXLES, 1)


def is_about_capacity(finding: Mapping[str, Any]) -> bool:
    """Whether a finding's numbers tell what a bridge or road can bear."""
    quantity = finding["quantity"]
    return quantity == BRIDGE or (quantity in MASSES and finding.get("basis") not in NOT_A_RECORD)


def banded(review: Mapping[str, Any], bands: Bands | None = None) -> Json:
    """The same review without any number from which a bridge's capacity follows.

    Args:
        review: As the exchange format has it.
        bands: Other bands than those of `reasons.yaml`.

    Returns:
        A copy; `is_banded` is true in it.
    """
    chosen = bands or Bands.of()
    found: Json = copy.deepcopy(dict(review))
    for route in _routes(found):
        route["findings"] = [banded_finding(finding, chosen) for finding in route["findings"]]
    reasons = found.get("why_not")
    if reasons is not None:
        reasons["blockers"] = [banded_finding(finding, chosen) for finding in reasons["blockers"]]
        for thing in (reasons.get("certificate") or {}).get("things", []):
            thing["findings"] = [banded_finding(finding, chosen) for finding in thing["findings"]]
        reasons["smallest_changes"] = [banded_change(change, chosen) for change in reasons["smallest_changes"]]
        for item in reasons.get("measure_first", []):
            item["tasks"] = [_task(task) for task in item["tasks"]]
    found["is_banded"] = True
    return found


def banded_frontier(frontier: Mapping[str, Any], bands: Bands | None = None) -> Json:
    """The same frontier with masses rounded to the lighter side."""
    chosen = bands or Bands.of()
    found: Json = copy.deepcopy(dict(frontier))
    for curve in found["curves"]:
        for axis in ("x", "y"):
            if curve[axis]["quantity"] in MASSES:
                for point in curve["points"]:
                    point[axis] = _lighter(point[axis], chosen.step_of(curve[axis]["quantity"]))
    found["is_banded"] = True
    return found


def band_of(limit: float | None, measured: float | None, bands: Bands) -> str | None:
    """The band a utilisation lies in, as "80-100%"; None where nothing was compared."""
    if not limit or measured is None:
        return None
    share = PERCENT * measured / limit
    below = 0
    for edge in sorted(bands.edges_percent):
        if share <= edge:
            return f"{below}-{edge}%"
        below = edge
    return f">{below}%"


def banded_finding(finding: Mapping[str, Any], bands: Bands) -> Json:
    """A finding without the numbers of a capacity; one that has none comes back as it is."""
    if not is_about_capacity(finding):
        return dict(finding)
    zh, en = OUTCOME_WORDS[finding["outcome"]]
    told = dict(finding) | {
        "limit": None,
        "measured": None if finding["quantity"] == BRIDGE else finding.get("measured"),
        "margin": None,
        "band": band_of(finding.get("limit"), finding.get("measured"), bands),
        "source": "",  # names the row of an inventory, or says what a record states
        "reason": zh,
        "reason_en": en,
    }
    if "bridge" in finding:
        evidence = finding["bridge"].get("evidence")
        told["bridge"] = {"evidence": None if evidence is None else {"id": evidence["id"], "kind": evidence["kind"]}}
    return told


def tells_of_capacity(change: Mapping[str, Any]) -> bool:
    """Whether a suggested change may have been decided by what a bridge bears."""
    return any(entry["quantity"] in MASSES | LAYOUTS for entry in change["changes"])


def banded_change(change: Mapping[str, Any], bands: Bands) -> Json:
    """A suggestion that a bridge may have decided: rounded to the safe side, without the proof on its other side."""
    if not tells_of_capacity(change):
        return dict(change)
    follows = (entry for entry in change.get("follows", []) if entry["quantity"] not in MASSES)
    told = dict(change) | {
        "changes": [_rounded(entry, bands) for entry in change["changes"]],
        "follows": [_rounded(entry, bands) for entry in follows],  # a second rounding of the same mass would tell more
        "is_rounded": True,
    }
    told.pop("proof", None)
    return told


def _routes(review: Json) -> list[Json]:
    routes: list[Json] = list(review.get("routes", []))
    routes += [variant["route"] for variant in review.get("variants", []) if variant.get("route")]
    certificate = (review.get("why_not") or {}).get("certificate")
    return routes + ([certificate["route"]] if certificate and certificate.get("route") else [])


def _rounded(entry: Json, bands: Bands) -> Json:
    if entry["quantity"] in MASSES:
        return entry | {"to": _lighter(entry["to"], bands.step_of(entry["quantity"]))}
    if entry["quantity"] == "line_spacing":
        return entry | {"to": -(-entry["to"] // SPACING_STEP_MM) * SPACING_STEP_MM}
    if entry["quantity"] == "length" and entry["to"] > entry["from"]:
        return entry | {"to": -(-entry["to"] // LENGTH_STEP_MM) * LENGTH_STEP_MM}
    return entry


def _lighter(mass_kg: int, step_kg: int) -> int:
    step = step_kg if mass_kg >= step_kg else LIGHT_STEP_KG
    return mass_kg // step * step


def _task(task: Json) -> Json:
    """A task about a bridge names no value; its words name only what is missing."""
    return task | {"value_needed": None, "unit": None} if task["quantity"] == BRIDGE else task
