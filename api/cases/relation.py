"""What an account has to do with a case (账号与办件的关系)."""

from sqlalchemy import select

from api.accounts.permissions import Relation
from api.db.tables import Body, Case, Packet
from api.unit_of_work import UnitOfWork

_RANK = {"province": 0, "city": 1, "county": 2}


def relation_to(work: UnitOfWork, case: Case) -> Relation:
    """What whoever acts has to do with a case."""
    actor = work.actor
    same_province = actor.province is not None and actor.province == case.province
    return Relation(
        is_own_carrier=actor.carrier_id is not None and actor.carrier_id == case.carrier_id,
        is_deciding_body=actor.body_id is not None and actor.body_id == case.deciding_body_id,
        is_superior_body=is_department(work) and _is_superior(work, case.deciding_body),
        has_packet=_has_packet(work, case),
        same_province=same_province,
        is_province_level=actor.body_level == "province" and is_department(work),
    )


def is_department(work: UnitOfWork) -> bool:
    """Whether whoever acts works at a transport department: no other body of the province is above its cases."""
    body = work.session.get(Body, work.actor.body_id) if work.actor.body_id else None
    return body is not None and body.kind == "transport"


def _is_superior(work: UnitOfWork, body: Body | None) -> bool:
    """A body is above another of the same province whose division lies in its own."""
    own, level = work.actor.division_code, work.actor.body_level
    if body is None or body.division_code is None or own is None or level not in _RANK or body.level not in _RANK:
        return False
    digits = {"province": 2, "city": 4, "county": 6}[level]
    return _RANK[level] < _RANK[body.level] and body.division_code.startswith(own[:digits])


def _has_packet(work: UnitOfWork, case: Case) -> bool:
    """A packet that was returned or cancelled shows its body nothing more."""
    if work.actor.body_id is None:
        return False
    states = ("open", "answered", "informed")
    wanted = select(Packet.id).where(
        Packet.case_id == case.id, Packet.body_id == work.actor.body_id, Packet.state.in_(states)
    )
    return work.session.scalar(wanted.limit(1)) is not None
