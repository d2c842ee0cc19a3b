"""What can go wrong when a hierarchy is made or opened."""

from routing.errors import SnapshotError


class HierarchyError(SnapshotError):
    """A hierarchy cannot be made, or does not belong to its network."""
