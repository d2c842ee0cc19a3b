"""The temporary plate (机动车临时行驶车号牌): a decision of the traffic police, only where the vehicle needs one."""

import uuid
from functools import cache
from pathlib import Path
from typing import Any, Final

from api.cases.notify import tell_body
from api.cases.packets import open_decision
from api.cases.rows import packets_of
from api.db.tables import Body, Case, Packet, Review
from api.unit_of_work import UnitOfWork
from rules.calendar import add_working_days
from rules.errors import CalendarRangeError
from rules.loading import read_yaml

ITEM: Final = "temporary_plate"
_FILE: Final = Path(__file__).with_name("settings.yaml")


@cache
def _working_days() -> int:
    return int(read_yaml(_FILE)["temporary_plate_working_days"]["value"])


def ask_for_plate(work: UnitOfWork, case: Case, review: Review) -> None:
    """Open the decision and send the police what they need for it: vehicles and papers, nothing of the road."""
    wanted = case.form.get("items_wanted", {}).get("temporary_plate") == "yes"
    if not wanted or any(one.role == ITEM and one.state != "cancelled" for one in packets_of(work, case)):
        return
    evidence = review.report.get("jurisdiction", {}).get("evidence") or [{}]
    origin = str(evidence[0].get("code") or f"{case.province}0000")
    body = work.session.get(Body, f"police:{origin[:4]}00") or work.session.get(Body, f"police:{case.province}0000")
    if body is None:
        open_decision(work, case, ITEM, None)
        return
    content: dict[str, Any] = {
        "body": {"id": body.id, "name_zh": body.name},
        "role": ITEM,
        "purpose": "decision",
        "vehicles": [case.form["tractor"], *([case.form["trailer"]] if case.form.get("trailer") else [])],
        "evidence": [],
        "findings": [],
        "structures": [],
        "due_working_days": _working_days(),
    }
    packet = Packet(
        id=uuid.uuid4(),
        case_id=case.id,
        review_id=review.id,
        body_id=body.id,
        role=ITEM,
        purpose="decision",
        content=content,
        drafted_opinion="请核发特型机动车临时行驶车号牌，或者说明不予核发的理由。",
        state="open",
        conditions=[],
        sent_at=work.now,
    )
    try:
        packet.due_on = add_working_days(work.today, _working_days())
    except CalendarRangeError:
        packet.due_on = None
    work.session.add(packet)
    work.session.flush()
    open_decision(work, case, ITEM, body, packet)
    work.record("packet_sent", case_id=case.id, packet=packet.id, body=body.id, role=ITEM, due_on=packet.due_on)
    tell_body(work, body.id, case, f"{case.number}申请临时行驶车号牌", f"{case.number}: a temporary plate is asked for")
