"""What to measure first (先测清单): of what is not known, what would settle the case, the most decisive first."""

from dataclasses import dataclass

from routing.certificate import Certificate
from routing.obstacles import COUNT


@dataclass(frozen=True, slots=True)
class SurveyItem:
    """One thing to be measured, asked or calculated (待查项).

    Attributes:
        item: Obstacle by number.
        sets: How many of the smallest sets hold it.
        otherwise: How many things a way would need to know if this one turns out badly; None: there is no other way.
        is_in_first: Whether it belongs to the first of the smallest sets.
    """

    item: int
    sets: int
    otherwise: int | None
    is_in_first: bool


def survey_of(certificate: Certificate) -> list[SurveyItem]:
    """List all things of the smallest sets, by what is lost if they turn out badly, then by how many sets need them.

    Measuring one whole set settles the case for good if all turns out well. A thing without which there is no way
    comes first, because its bad outcome settles the case too.
    """
    sets = [certificate.least.items, *(one.items for one in certificate.equal)]
    least = certificate.least.weight // COUNT
    found = [
        SurveyItem(
            item,
            sum(item in one for one in sets),
            certificate.without.get(item, least),
            item in certificate.least.items,
        )
        for item in sorted(frozenset().union(*sets))
    ]
    return sorted(found, key=_order)


def _order(one: SurveyItem) -> tuple[bool, int, int, bool, int]:
    return one.otherwise is not None, -(one.otherwise or 0), -one.sets, not one.is_in_first, one.item
