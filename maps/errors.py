"""Faults that this package can name."""

from __future__ import annotations

from collections.abc import Sequence


class MapsError(Exception):
    """Root of all errors of ``maps``."""


class ReviewShapeError(MapsError, ValueError):
    """A review does not have the shape a picture needs; ``faults`` lists every place at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("the review cannot be drawn: " + "; ".join(self.faults))


class PageDataError(MapsError, ValueError):
    """Something handed over beside the review (a backdrop) cannot be put on the page."""
