"""A wrongly sent packet goes to the right body in one action; the old one stays with its reason."""

import pytest

from api.dispatch.directory import Body, firm
from api.dispatch.errors import DispatchError
from api.dispatch.plan import DispatchPlan
from api.dispatch.redispatch import redispatch
from tests.dispatch.cases import STREET, TRUNK, finding, hunan, plan_for, review_of, road

BODIES = hunan().bodies
CENTRE, COUNTY = BODIES["highway_centre:430100"], BODIES["transport:430121"]
SAID = (finding(200, 10, "conditional", "甲桥"), finding(7000, 10, "unknown", "乙桥"), finding(12_000, 1))
MADE = plan_for(review_of(road("430102"), road("430121", TRUNK), road("430121"), findings=SAID))


def test_the_part_moves_and_the_returned_packet_stays_with_its_reason() -> None:
    packet = MADE.packet_of(CENTRE.id)
    assert packet is not None
    district = BODIES["city_road:430121"]
    after = redispatch_to(district)
    returned = next(one for one in after.packets if one.body == CENTRE)
    assert (returned.returned_reason, returned.findings) == ("不是本中心养护", packet.findings)
    assert after.packet_of(CENTRE.id) is None
    moved = after.packet_of(district.id)
    assert moved is not None
    assert (moved.stretches, moved.findings, moved.sent_on_from) == (packet.stretches, packet.findings, CENTRE)
    assert (moved.role, moved.purpose, moved.due_working_days) == ("city_road", "decision", 20)
    assert [item.body for item in after.items] == [district]
    assert "乙桥" in moved.draft.text
    assert district.name_zh in moved.draft.text
    assert [entry.body and entry.body.id for entry in after.managed] == [
        "transport:430102", "city_road:430121", "transport:430121"
    ]  # fmt: skip
    assert MADE.packet_of(CENTRE.id) is packet


def redispatch_to(body: Body) -> DispatchPlan:
    packet = MADE.packet_of(CENTRE.id)
    assert packet is not None
    return redispatch(MADE, packet, body, " 不是本中心养护 ")


def test_what_the_right_body_holds_already_is_joined() -> None:
    after = redispatch_to(COUNTY)
    held = [packet for packet in after.packets if packet.body == COUNTY]
    assert len(held) == 1
    assert [(one.enter_m, one.exit_m) for one in held[0].stretches] == [(5000, 10_000), (10_000, 15_000)]
    assert [entry["at_m"] for entry in held[0].findings] == [7000, 12_000]
    assert (held[0].purpose, held[0].due_working_days) == ("opinion", 2)
    assert [entry.body for entry in after.managed][1:] == [COUNTY, COUNTY]
    assert "退回改派：不是本中心养护" in after.managed[1].note


def test_to_the_deciding_body_it_becomes_part_of_the_decision() -> None:
    moved = redispatch_to(BODIES["transport:430100"]).packet_of("transport:430100")
    assert moved is not None
    assert (moved.role, moved.purpose, moved.due_working_days) == ("decides", "decision", None)


def test_every_metre_still_belongs_to_one_body() -> None:
    after = redispatch_to(COUNTY)
    assert sum(entry.stretch.length_m for entry in after.managed) == 15_000
    assert all(entry.body for entry in after.managed)


def test_streets_that_are_none_are_no_decision_of_their_own_any_more() -> None:
    made = plan_for(review_of(road("430102"), road("430121", STREET)))
    packet = made.packet_of("city_road:430121")
    assert packet is not None
    after = redispatch(made, packet, COUNTY, "县道")
    assert after.items == ()
    moved = after.packet_of(COUNTY.id)
    assert moved is not None
    assert (moved.role, moved.purpose, moved.due_working_days) == ("manager", "opinion", 2)


def test_what_cannot_be_returned_is_refused() -> None:
    packet, decider = MADE.packet_of(CENTRE.id), MADE.packet_of("transport:430100")
    assert packet is not None
    assert decider is not None
    with pytest.raises(DispatchError, match="reason"):
        redispatch(MADE, packet, COUNTY, "  ")
    with pytest.raises(DispatchError, match="holds it already"):
        redispatch(MADE, packet, CENTRE, "错")
    with pytest.raises(DispatchError, match="follows from the route"):
        redispatch(MADE, decider, COUNTY, "错")
    after = redispatch(MADE, packet, firm("maintainer", "某公司"), "错")
    returned = next(one for one in after.packets if one.returned_reason)
    with pytest.raises(DispatchError, match="not held"):
        redispatch(after, returned, COUNTY, "错")
    with pytest.raises(DispatchError, match="not held"):
        redispatch(after, packet, COUNTY, "错")
