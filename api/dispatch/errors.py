"""What can be wrong with a request to dispatch."""

from collections.abc import Sequence


class DispatchError(Exception):
    """A packet cannot be dispatched as asked; the message names the packet or the body."""


class DispatchFileError(DispatchError):
    """A YAML file of the dispatch is broken; the message names the file and every fault in it."""


class ExchangeError(DispatchError):
    """A file of the cross-province exchange was refused as a whole.

    Attributes:
        faults: One sentence each, naming the field.
    """

    def __init__(self, source: str, faults: Sequence[str]) -> None:
        super().__init__("\n".join(f"{source}: {fault}" for fault in faults))
        self.source = source
        self.faults = tuple(faults)
