"""What can go wrong when a hierarchy is made or opened."""

from routing.errors import RoutingError


class HierarchyError(RoutingError):
    """A hierarchy cannot be made, or does not belong to its network."""
