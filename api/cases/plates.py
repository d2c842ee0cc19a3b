"""The temporary plate (机动车临时行驶车号牌): a decision of the traffic police, only where the vehicle needs one."""

from functools import cache
from pathlib import Path
from typing import Final

from api.cases.clocks import due_after
from api.cases.packets import HELD, PLATE, Parcel, drop_decision, open_decision, post, take_back
from api.cases.rows import packets_of
from api.db.tables import Body, Case, Review
from api.unit_of_work import UnitOfWork
from rules.loading import read_yaml

_FILE: Final = Path(__file__).with_name("settings.yaml")


@cache
def _working_days() -> int:
    return int(read_yaml(_FILE)["temporary_plate_working_days"]["value"])


def ask_for_plate(work: UnitOfWork, case: Case, review: Review) -> None:
    """Open the decision and send the police what they need for it: vehicles, nothing of the road.

    It is asked again only for other vehicles.
    """
    wanted = case.form.get("items_wanted", {}).get("temporary_plate") == "yes"
    vehicles = [case.form["tractor"], *([case.form["trailer"]] if case.form.get("trailer") else [])]
    held = [one for one in packets_of(work, case) if one.role == PLATE and one.state in HELD]
    stale = [one for one in held if not wanted or one.content["vehicles"] != vehicles]
    take_back(work, case, stale)
    if stale:
        drop_decision(work, case, PLATE, stale[-1].body_id)
    if not wanted or len(held) > len(stale):
        return
    evidence = review.report.get("jurisdiction", {}).get("evidence") or [{}]
    origin = str(evidence[0].get("code") or f"{case.province}0000")
    body = work.session.get(Body, f"police:{origin[:4]}00") or work.session.get(Body, f"police:{case.province}0000")
    if body is None:
        open_decision(work, case, PLATE, None)
        return
    parcel = Parcel(
        body=body,
        role=PLATE,
        purpose="decision",
        content={
            "body": {"id": body.id, "name_zh": body.name},
            "role": PLATE,
            "purpose": "decision",
            "vehicles": vehicles,
            "evidence": [],
            "findings": [],
            "structures": [],
            "due_working_days": _working_days(),
        },
        draft="请核发特型机动车临时行驶车号牌，或者说明不予核发的理由。",
        due_on=due_after(work.today, _working_days()),
    )
    post(work, case, review.id, parcel)
