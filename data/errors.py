"""What can be wrong with data that comes from outside."""

from collections.abc import Sequence


class DataError(Exception):
    """Root of all errors about input data; the message names file and place."""


class BadInputError(DataError):
    """One or more faults in an input, all reported at once.

    Attributes:
        source: File or field group the faults are in.
        faults: One sentence each, naming field or row.
    """

    def __init__(self, source: str, faults: Sequence[str]) -> None:
        super().__init__("\n".join(f"{source}: {fault}" for fault in faults))
        self.source = source
        self.faults = tuple(faults)


class ManyInputsError(BadInputError):
    """Faults of several inputs at once; each fault names its input."""

    def __init__(self, faults: Sequence[str]) -> None:
        DataError.__init__(self, "\n".join(faults))
        self.source = ""
        self.faults = tuple(faults)
