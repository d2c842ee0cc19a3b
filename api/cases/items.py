"""A body answers its own packet (答复分发件): an opinion on the case, or a decision of its own beside it.

A decision of its own has its own clock: it may come when the highway permit is approved already and waits for it.
"""

import uuid

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.cases.act import act, lock_case
from api.cases.inputs import ActionInput
from api.cases.packet_answers import answer
from api.cases.packets import NO_PACKET, get_own_packet
from api.cases.relation import relation_to
from api.cases.states import State
from api.db.tables import Packet
from api.errors import FieldFault, InvalidError, NotFoundError, StaleError
from api.unit_of_work import UnitOfWork


def answer_packet(work: UnitOfWork, packet_id: uuid.UUID, sent: ActionInput, *, expected: int | None = None) -> Packet:
    """Answer one's own packet.

    Args:
        work: Who, when, in which transaction.
        packet_id: A packet sent to the body of whoever acts.
        sent: Opinion, conditions, reason.
        expected: The packet's version that whoever acts has seen; None where none was given.

    Raises:
        NotFoundError: There is no such packet for this account.
        ForbiddenError: The account may not answer.
        ConflictError: It cannot be answered now.
        StaleError: Somebody else changed the packet meanwhile.
        InvalidError: What was sent has faults.
    """
    seen = work.session.get(Packet, packet_id)
    if seen is None or seen.body_id != work.actor.body_id:
        raise NotFoundError(*NO_PACKET)
    case = lock_case(work, seen.case_id)
    packet = get_own_packet(work, case, packet_id)
    work.session.refresh(packet)
    if expected is not None and expected != packet.version:
        raise StaleError
    named = sent.model_copy(update={"packet_id": packet.id})
    if packet.purpose != "decision" or case.state != State.APPROVED:
        act(work, case.id, Action.ANSWER_OPINION, named)
        return packet
    authorise(work.actor, Action.ANSWER_OPINION, relation_to(work, case))
    if not sent.reason.strip():
        raise InvalidError([FieldFault("reason", "须写明理由", "a written reason is needed")])
    answer(work, case, packet, sent.opinion, sent.conditions, sent.reason)
    return packet
