"""The blocking certificate and the survey list in words (受阻证明、先测清单)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from api.reviews.case import Case, Outcome
from api.reviews.findings import Finding, finding_of, merge_findings
from api.reviews.routes import ReviewedRoute
from api.reviews.survey_wording import what_to_find_out
from routing.blockers import Impasse
from routing.certificate import Certificate
from routing.explain import acts_on
from routing.obstacles import Thing, thing_of
from routing.path import Piece
from routing.survey import SurveyItem, survey_of


@dataclass(frozen=True, slots=True)
class Reasoned:
    """A certificate with what it speaks of."""

    case: Case
    impasse: Impasse
    certificate: Certificate
    route: ReviewedRoute

    @classmethod
    def of(cls, case: Case, outcome: Outcome) -> "Reasoned | None":
        """Join the parts of an outcome, None if there is no certificate."""
        if outcome.impasse is None or outcome.certificate is None or outcome.opened is None:
            return None
        return cls(case, outcome.impasse, outcome.certificate, outcome.opened)

    def findings(self, items: Iterable[int], pieces: Iterable[Piece]) -> dict[int, list[Finding]]:
        """Findings on pieces by the obstacle they belong to, of these obstacles only."""
        wanted = set(items)
        found: dict[int, list[Finding]] = {item: [] for item in sorted(wanted)}
        for piece in pieces:
            for check in self.case.judging.checks_on(piece.arc, 0, int(self._length(piece.arc))):
                if check.verdict is not self.certificate.wanted or not acts_on(check, piece.from_mm, piece.to_mm):
                    continue
                thing = thing_of(self.impasse.obstacles.places, piece.arc, check)
                number = self.impasse.obstacles.number_of(piece.arc, thing)
                if number in wanted:
                    found[number].append(finding_of(self.case.network.graph, piece, check))
        return {item: merge_findings(entries) for item, entries in found.items()}

    def _length(self, arc: int) -> int:
        return int(self.case.network.graph.arcs.length_mm[arc])

    def anywhere(self, item: int) -> list[Finding]:
        """Findings of an obstacle that is not on the certificate's route: on its first arc."""
        obstacles = self.impasse.obstacles
        place = int(np.flatnonzero(obstacles.items == item)[0])
        arc = int(np.searchsorted(obstacles.first, place, side="right")) - 1
        return self.findings([item], [Piece(arc, 0, self._length(arc), 0)])[item]


def certificate_json(reasoned: Reasoned) -> dict[str, Any]:
    """The certificate as the exchange format has it."""
    certificate, case = reasoned.certificate, reasoned.case
    by_item = reasoned.findings(certificate.least.items, reasoned.route.pieces)
    things = [
        {
            "thing": thing_id(case, reasoned.impasse.obstacles.thing(item)),
            "needed_without": certificate.without.get(item),
            "is_without_known": item in certificate.without,
            "findings": [case.reviewer.finding_json(finding) for finding in findings],
        }
        for item, findings in sorted(by_item.items(), key=lambda entry: _first_at(entry[1]))
    ]
    return {
        "kind": certificate.wanted.name.lower(),
        "things": things,
        "count": len(things),
        "is_least_proved": certificate.least.is_exact,
        "equal_sets": [
            sorted(thing_id(case, reasoned.impasse.obstacles.thing(item)) for item in one.items)
            for one in certificate.equal
        ],
        "equal_sets_complete": certificate.is_complete,
        "route": case.reviewer.to_json(reasoned.route, 1),
    }


def _first_at(findings: list[Finding]) -> tuple[int, int]:
    return min(((finding.at_mm, finding.arc) for finding in findings), default=(0, 0))


def thing_id(case: Case, thing: Thing) -> str:
    """An obstacle as one text: the structure's id, the source of a limit, a road in a county, or a way."""
    kind, name = thing
    graph = case.network.graph
    if kind == "structure":
        return graph.strings[int(graph.structures.key[int(str(name))])]
    if kind == "source":
        return str(name)
    if kind == "road" and isinstance(name, tuple):
        ref, rest = name
        return f"road:{ref}@{rest:06d}" if ref else way_id(int(str(rest)))
    return way_id(int(str(name)))


def way_id(number: int) -> str:
    """A way by its source's number, or by its line where it has none."""
    return f"osm:way/{number}" if number > 0 else f"line:{-1 - number}"


def measure_first_json(reasoned: Reasoned) -> list[dict[str, Any]]:
    """What to measure, ask or calculate first, as a list to take along; empty unless things are not known."""
    items = survey_of(reasoned.certificate)
    on_route = reasoned.findings([one.item for one in items], reasoned.route.pieces)
    return [
        _survey_json(reasoned, rank, one, on_route[one.item] or reasoned.anywhere(one.item), bool(on_route[one.item]))
        for rank, one in enumerate(items, start=1)
    ]


def _survey_json(
    reasoned: Reasoned, rank: int, one: SurveyItem, findings: list[Finding], is_on_route: bool
) -> dict[str, Any]:
    case, certificate = reasoned.case, reasoned.certificate
    written: list[Mapping[str, Any]] = [case.reviewer.finding_json(finding) for finding in findings]
    return {
        "rank": rank,
        "thing": thing_id(case, reasoned.impasse.obstacles.thing(one.item)),
        "sets": one.sets,
        "of_sets": 1 + len(certificate.equal),
        "if_not": one.otherwise,
        "is_in_first_set": one.is_in_first,
        "is_on_route": is_on_route,
        "tasks": [
            {
                **what_to_find_out(case, finding),
                **{
                    name: entry[name]
                    for name in ("quantity", "lon", "lat", "stake", "at_m", "length_m", "structure", "way_ids")
                },
            }
            for finding, entry in zip(findings, written, strict=True)
        ],
    }
