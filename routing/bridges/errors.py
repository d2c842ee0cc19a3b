"""Faults of a bridge calculation; a bridge that fails is a result, never one of these."""

from routing.errors import RoutingError


class BridgeError(RoutingError):
    """A span list, axle train or design load that cannot be computed with: the message names what is wrong."""
