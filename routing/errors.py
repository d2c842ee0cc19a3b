"""What can go wrong in the core. A legal "no" or "no route" is a result, never one of these."""


class RoutingError(Exception):
    """Root of all errors of the core; the message is one sentence a user can act on."""


class SnapshotError(RoutingError):
    """A network folder is absent, incomplete, of another format version or damaged."""


class GraphError(RoutingError):
    """Columns that do not fit together: wrong dtype, wrong length, index out of range."""


class PointError(RoutingError):
    """Coordinates that are no place on earth: not a number, infinite, or beyond 180 or 90 degrees."""


class TooFarError(RoutingError):
    """A point lies farther from every usable road than the caller allows.

    Attributes:
        distance_m: Distance to the nearest usable road in metres, or None if the network has none.
    """

    def __init__(self, message: str, distance_m: float | None) -> None:
        super().__init__(message)
        self.distance_m = distance_m
