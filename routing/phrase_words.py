"""Which arcs a word of a phrase means (短语用词): road numbers, road names, stations."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable

import numpy as np

from routing.columns import ArcFlag, Role, StructureKind
from routing.graph import I64, Bool, RoadGraph
from routing.phrase import Part, refs_of, road_label

CLOSE_MATCHES = 3
CLOSENESS = 0.5
_STATION_TAIL = re.compile(r"(收费站|收費站|互通立交|互通|立交|枢纽|交流道|站)$")


class Words:
    """All numbers and names of a network, looked up as people write them."""

    def __init__(self, graph: RoadGraph) -> None:
        """Collect the words; takes a pass over the arcs."""
        self.graph = graph
        texts = np.unique(np.column_stack([graph.arcs.ref, graph.arcs.name]), axis=0)
        self._refs: dict[str, set[int]] = {}
        self._names: dict[str, int] = {}
        self._labels: dict[str, set[str]] = {}
        for ref_text, name_text in texts.tolist():
            name = graph.strings[name_text]
            if name:
                self._names[name] = name_text
            for ref in refs_of(graph.strings[ref_text]):
                self._refs.setdefault(ref, set()).add(ref_text)
                self._labels.setdefault(road_label(ref, name), set()).add(ref)
        self._plain = _by_plain([*self._labels, *self._refs, *self._names], plain)
        self._stations = self._station_arcs()
        self._plain_stations = _by_plain(self._stations, _plain_station)

    def arcs_of(self, part: Part) -> Bool | None:
        """Tell which arcs a part means, bool[arcs]; None if the network does not know it."""
        if part.mark:
            return self._arcs_of_station(part.text)
        if not part.text:
            return unnamed(self.graph)
        written = {part.text}
        if not self._is_known(part.text):
            written = self._plain.get(plain(part.text), set()) or self._numbers_that_begin(part.text)
        return self._arcs_of_road(written) if written else None

    def close_to(self, part: Part) -> list[str]:
        """Known words that look like a part."""
        known = set(self._stations) if part.mark else {*self._labels, *self._refs, *self._names}
        return difflib.get_close_matches(part.text, sorted(known), CLOSE_MATCHES, CLOSENESS)

    def _is_known(self, text: str) -> bool:
        return text in self._labels or text in self._refs or text in self._names

    def _numbers_that_begin(self, text: str) -> set[str]:
        """The longest number a text begins with, if what follows cannot belong to it: "G4京港澳" but not "G40"."""
        spaceless = plain(text)
        fitting = [
            ref
            for ref in self._refs
            if any(c.isdigit() for c in ref)
            and spaceless.startswith(plain(ref))
            and not spaceless[len(plain(ref)) :][:1].isascii()
        ]
        longest = max(map(len, fitting), default=0)
        return {ref for ref in fitting if len(ref) == longest}

    def _arcs_of_road(self, written: Iterable[str]) -> Bool:
        arcs = self.graph.arcs
        found = np.zeros(len(arcs.head), np.bool_)
        for text in written:
            if text in self._names:
                found |= arcs.name == self._names[text]
            for ref in ({text} | self._labels.get(text, set())) & self._refs.keys():
                found |= np.isin(arcs.ref, list(self._refs[ref]))
        return found

    def _arcs_of_station(self, text: str) -> Bool | None:
        written = {text} if text in self._stations else self._plain_stations.get(_plain_station(text), set())
        if not written:
            return None
        found = np.zeros(self.graph.arc_count, np.bool_)
        for name in written:
            found[self._stations[name]] = True
        return found

    def _station_arcs(self) -> dict[str, I64]:
        met, structures = self.graph.arc_structures, self.graph.structures
        kinds = structures.kind[met.structure]
        is_station = (kinds == StructureKind.TOLL_STATION) | (kinds == StructureKind.INTERCHANGE)
        names = structures.name[met.structure]
        rows = np.flatnonzero(is_station & (met.role == Role.THROUGH) & (names != 0))
        arcs = np.repeat(np.arange(self.graph.arc_count), np.diff(met.first_out))[rows]
        return {self.graph.strings[int(name)]: arcs[names[rows] == name] for name in np.unique(names[rows])}


def unnamed(graph: RoadGraph) -> Bool:
    """Arcs without number and name."""
    return np.asarray((graph.arcs.ref == 0) & (graph.arcs.name == 0))


def connectors(graph: RoadGraph) -> Bool:
    """Arcs a phrase may leave out: unnamed roads and slip roads."""
    return np.asarray(unnamed(graph) | ((graph.arcs.flags & ArcFlag.LINK) != 0))


def plain(text: str) -> str:
    """Fold width, case and blanks, in which hands differ."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _plain_station(text: str) -> str:
    return _STATION_TAIL.sub("", plain(text))


def _by_plain(words: Iterable[str], fold: Callable[[str], str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for word in words:
        found.setdefault(fold(word), set()).add(word)
    return found
