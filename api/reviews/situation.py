"""Bring time and overlays to a network (判定情形的准备)."""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from api.reviews.network import OpenNetwork
from data.osm.conditional import evaluate
from data.overlays import Overlay, OverlayRows, apply_overlays
from routing.columns import ConditionState
from routing.graph import U8
from routing.limits import ExtraRows


def condition_states(network: OpenNetwork, *, on: dt.date, gross_mass_kg: int) -> U8:
    """Decide every condition of the network, uint8[texts]; text 0, "always", is active."""
    states = np.full(len(network.graph.strings), ConditionState.ACTIVE, np.uint8)
    for text, condition in network.conditions.items():
        states[text] = evaluate(condition, at=on, gross_mass_kg=gross_mass_kg)
    return states


def overlay_rows(
    network: OpenNetwork, overlays: Sequence[Overlay], *, on: dt.date, vehicle_class: str | None
) -> tuple[ExtraRows, OverlayRows]:
    """Find the overlays in force, as rows for the verdict pass and as their own record."""
    rows = apply_overlays(network.graph, overlays, on=on, vehicle_class=vehicle_class)
    extra = ExtraRows(
        arc=rows.arc,
        quantity=rows.quantity,
        state=rows.state,
        value=rows.value,
        basis=rows.basis,
        scope=rows.scope,
        condition_state=rows.decision,
        structure=rows.structure,
        condition=rows.condition,
        source=rows.source,
    )
    return extra, rows
