"""Every limit tag of a real city is either read or listed by its raw text."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.osm.access import Access, read_access, read_access_conditions
from data.osm.barriers import read_barrier
from data.osm.limits import LIMIT_READERS, read_node_limits, read_way_limits
from data.osm.readings import LimitState
from data.osm.road import read_road_class
from data.osm.surface import read_incline, read_layer
from data.osm.traffic import read_lanes, read_oneway

REPO = Path(__file__).resolve().parents[3]
SHARED = REPO.parent / "shared" / "data"
HEIDELBERG = SHARED / "heidelberg.osm.pbf"

pytestmark = pytest.mark.skipif(not HEIDELBERG.exists(), reason=f"real extracts are not at hand: {HEIDELBERG}")


def list_tags(path: Path, kind: str) -> Iterator[dict[str, str]]:
    import osmium

    for thing in osmium.FileProcessor(str(path)):
        tags = dict(thing.tags)
        if tags and thing.type_str() == kind and (kind == "n" or "highway" in tags):
            yield tags


def test_every_limit_is_a_number_or_listed() -> None:
    states: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for kind, read in (("w", read_way_limits), ("n", read_node_limits)):
        for tags in list_tags(HEIDELBERG, kind):
            limits = read(tags)
            assert {key for key in tags if key in LIMIT_READERS} <= {limit.raw.partition("=")[0] for limit in limits}
            for limit in limits:
                states[f"{kind} {limit.quantity} {limit.state.name}"] += 1
                assert (limit.value is not None) == (limit.state is LimitState.NUMBER)
                assert limit.is_understood or limit.state is LimitState.UNREADABLE
                failed[limit.raw] += not limit.is_understood
    print(sorted(states.items()), +failed)  # noqa: T201 (the counts, with pytest -s)
    assert +failed == Counter({"maxheight=60": 1})
    assert states["w height NUMBER"] > 50
    assert states["w height UNREADABLE"] > 50  # maxheight=default
    assert states["w gross_mass NUMBER"] > 90


def test_other_tags_not_understood_are_few_and_known() -> None:
    failed: Counter[str] = Counter()
    for tags in list_tags(HEIDELBERG, "w"):
        if not read_road_class(tags).is_understood:
            failed[f"highway={tags['highway']}"] += 1
        for key, reading in (("oneway", read_oneway(tags)), ("lanes", read_lanes(tags)), ("layer", read_layer(tags))):
            failed[f"{key}={tags.get(key)}"] += not reading.is_understood
        failed[f"incline={tags.get('incline')}"] += not read_incline(tags).is_understood
        access = read_access(tags, "forward")
        failed[access.raw] += access.access is Access.UNKNOWN
        for condition in read_access_conditions(tags):
            failed[condition.raw] += not condition.is_understood
    for tags in list_tags(HEIDELBERG, "n"):
        barrier = read_barrier(tags)
        failed[barrier.raw if barrier else ""] += barrier is not None and not barrier.is_understood
    print(+failed)  # noqa: T201 (the counts, with pytest -s)
    assert (+failed).total() <= 30
