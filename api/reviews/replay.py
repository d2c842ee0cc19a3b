"""Repeat a review from what it says of itself (复算), and tell every difference."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from api.reviews.network import OpenNetwork
from api.reviews.request import Line, ReviewRequest
from api.reviews.service import review
from api.reviews.settings import reasons_id
from data.bridges.evidence import Evidence
from data.errors import BadInputError
from data.overlays import Overlay
from data.vehicles import parse_vehicle
from routing.policy import Policy
from rules.identity import rules_id

MAX_TOLD = 50
Review = Mapping[str, Any]


def request_of(
    made: Review, policy: Policy, overlays: Sequence[Overlay], evidence: Sequence[Evidence], *, source: str
) -> ReviewRequest:
    """Put the request of a review together again.

    Args:
        made: A review as it was written.
        policy: Settings to judge by.
        overlays: In any order; those of the review are needed.
        evidence: Likewise.
        source: Name of the review's file, for messages.

    Raises:
        BadInputError: It is no review that can be repeated, or files it depends on are not given; all faults at once.
    """
    asked = made.get("request")
    if not isinstance(asked, Mapping):
        raise BadInputError(source, ["request: missing; only a review that says what it was asked can be repeated"])
    overlay_of = {overlay.content_id: overlay for overlay in overlays}
    file_of = {file.evidence_id: file for file in evidence}
    try:
        faults = [f"overlay {one} is needed" for one in asked["overlays"] if one not in overlay_of]
        faults += [f"evidence {one} is needed" for one in asked["evidence"] if one not in file_of]
        faults += [f"overlay {one} is not of this review" for one in overlay_of if one not in asked["overlays"]]
        faults += [f"evidence {one} is not of this review" for one in file_of if one not in asked["evidence"]]
        if faults:
            raise BadInputError(source, faults)
        vehicle = parse_vehicle(json.dumps(asked["vehicle"]), source=f"{source} request.vehicle")
        return ReviewRequest(
            vehicle=vehicle,
            policy=policy,
            on=_moment(asked["on"]),
            stops=tuple((float(lon), float(lat)) for lon, lat in asked["stops"]),
            line=None if asked["line"] is None else Line(*np.array(asked["line"], np.float64).T.copy()),
            alternatives=int(asked["alternatives"]),
            overlays=tuple(overlay_of[one] for one in asked["overlays"]),
            evidence=tuple(file_of[one] for one in asked["evidence"]),
            snap_m=float(asked["snap_m"]),
            match_m=float(asked["match_m"]),
            variants=tuple(asked["variants"]),
            avoid_areas=tuple(tuple((float(x), float(y)) for x, y in ring) for ring in asked["avoid_areas"]),
            avoid_structures=tuple(asked["avoid_structures"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadInputError(source, [f"request: {type(error).__name__}: {error}"]) from error


def _moment(text: str) -> dt.date:
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)


def changed_ids(made: Review, network: OpenNetwork, policy: Policy) -> list[str]:
    """What the review depends on and is another now, in words."""
    now = {
        "network_id": network.graph.network_id,
        "rules_id": rules_id(),
        "policy_id": policy.policy_id,
        "reasons_id": reasons_id(),
    }
    return [f"{name}: was {made.get(name)}, is {value}" for name, value in now.items() if made.get(name) != value]


def replay(made: Review, network: OpenNetwork, request: ReviewRequest) -> list[str]:
    """Repeat a review.

    Returns:
        Differences, the first fifty, as "path: was …, is …"; empty if the review comes out the same to the byte.
    """
    again = json.loads(json.dumps(review(network, request)))
    return [text for text, _ in zip(differences(made, again), range(MAX_TOLD), strict=False)]


def differences(was: object, now: object, path: str = "") -> Iterator[str]:
    """Every place where two JSON values differ; another order of fields is a difference too."""
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        if list(was) != list(now):
            yield f"{path or 'review'}: fields were {list(was)}, are {list(now)}"
        for name in was:
            if name in now:
                yield from differences(was[name], now[name], f"{path}.{name}" if path else str(name))
    elif isinstance(was, list) and isinstance(now, list):
        if len(was) != len(now):
            yield f"{path}: {len(was)} entries, now {len(now)}"
        for place, (one, other) in enumerate(zip(was, now, strict=False)):
            yield from differences(one, other, f"{path}[{place}]")
    elif type(was) is not type(now) or was != now:
        yield f"{path}: was {_short(was)}, is {_short(now)}"


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_TOLD else f"{text[:MAX_TOLD]}…"
