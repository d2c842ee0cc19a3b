"""Where questions are answered (试算所据资料): the network and closures that cases are reviewed on too."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from sqlalchemy.orm import Session, sessionmaker

from api.cases import grounds
from api.cases.machine_review import Grounds
from api.reviews.network import OpenNetwork

_DIVISIONS_A_PROVINCE = 10_000


@dataclass(frozen=True)
class Desk:
    """Network, closures, and what counts the questions (试算台).

    Attributes:
        grounds: What reviews are made on.
        sessions: Makes the transactions in which questions are counted.
    """

    grounds: Grounds
    sessions: sessionmaker[Session]

    @classmethod
    def open(cls, sessions: sessionmaker[Session]) -> "Desk":
        """On what is in use now.

        Raises:
            ServiceUnavailableError: There is no network.
        """
        return cls(grounds.current(), sessions)

    @property
    def network(self) -> OpenNetwork:
        """The network in use."""
        return self.grounds.network

    @cached_property
    def province(self) -> str | None:
        """Whose settings hold."""
        return province_of(self.network)


def province_of(network: OpenNetwork) -> str | None:
    """The province in which most of a network lies: first two digits of its code; None where none is known."""
    codes = network.graph.arcs.county_code
    provinces, counts = np.unique(codes[codes > 0] // _DIVISIONS_A_PROVINCE, return_counts=True)
    return f"{int(provinces[np.argmax(counts)]):02d}" if len(provinces) else None
