"""Class vehicles kept customised (代表车型), so that a vehicle nobody asked about before is answered sooner."""

import datetime as dt

import numpy as np

from api.reviews.network import OpenNetwork
from api.reviews.situation import condition_states
from routing.columns import Verdict
from routing.hierarchy.alike import class_vehicles
from routing.hierarchy.weights import Judged, weigh
from routing.limits import ExtraRows, Judge, Situation, judge_arcs
from routing.policy import Policy

HEAVY_KG = 100_000
"""Bans that depend on mass are taken as for a vehicle so heavy; answers do not depend on it."""
OPEN_TIERS = (Verdict.PASSES, Verdict.CONDITIONAL, Verdict.UNKNOWN)


def keep_classes(network: OpenNetwork, policy: Policy, *, on: dt.date) -> None:
    """Customise class vehicles for the turn bans in force at a time.

    It takes a tenth of a second each at a million junctions; a service does it beside answering. Answers are the same
    with and without.
    """
    states = condition_states(network, on=on, gross_mass_kg=HEAVY_KG)
    graph = network.graph
    bridges_pass = np.full(len(graph.bridges.structure), Verdict.PASSES, np.uint8)
    situation = Situation(states, ExtraRows.none(), graph.arcs.access, bridges_pass)
    times = network.times(policy)
    judged = [Judged(judge_arcs(graph, Judge.of(vehicle, policy), situation)) for vehicle in class_vehicles(policy)]
    tiers = (weigh(times, one, policy, worst=worst) for worst in OPEN_TIERS for one in judged)
    network.router(states).pin(tiers, most=network.keeping.classes)
