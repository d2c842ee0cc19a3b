"""Faults of a request that no lower layer can name."""

from collections.abc import Sequence


class RequestError(Exception):
    """A request that cannot be answered as asked; every fault is one line naming the option or field."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)
