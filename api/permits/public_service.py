"""What anybody may ask of a permit (公众核验): minimal facts by number, and verification of a paper."""

from dataclasses import dataclass

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.db.tables import Permit
from api.errors import NotFoundError
from api.permits import signing
from api.permits.issuing import latest
from api.permits.revocation_service import current_revocations
from api.permits.revocations import RevocationList, digest_of
from api.permits.service import NO_PERMIT
from api.permits.verify import Verification, verify
from api.unit_of_work import LOCAL, UnitOfWork

_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Checked:
    """A verification, and whether the number is known here at all."""

    verification: Verification
    known: bool


def public_permit(work: UnitOfWork, number: str) -> Permit:
    """The newest version of a permit, of which the caller shows only what anybody may know.

    Raises:
        NotFoundError: There is none of that number.
    """
    authorise(work.actor, Action.VERIFY_PERMIT)
    permit = latest(work, number)
    if permit is None:
        raise NotFoundError(*NO_PERMIT)
    return permit


def verify_evidence(work: UnitOfWork, evidence: str | bytes) -> Checked:
    """Verify the text of a QR code or a file, against what holds at this moment.

    Never raises for anything the evidence may hold.
    """
    authorise(work.actor, Action.VERIFY_PERMIT)
    keys = signing.current().trusted()
    now = work.now.astimezone(LOCAL).replace(tzinfo=None)
    first = verify(evidence, keys, revocations=None, on=now)
    if first.record is None:
        return Checked(first, known=False)
    number = first.record.number
    entries = {digest_of(one.number): (one.through_sequence, one.reason) for one in current_revocations(work, number)}
    standing = RevocationList(
        key_id=first.record.key_id, list_number=0, issued_at=now, next_update=now, entries=entries
    )
    return Checked(verify(evidence, keys, revocations=standing, on=now), known=latest(work, number) is not None)


def masked(plate: str) -> str:
    """A plate of which one who has the vehicle before them can tell that it is this one (号牌遮掩)."""
    if len(plate) <= 2 * _SHOWN:
        return plate[0] + "*" * (len(plate) - 1)
    return plate[:_SHOWN] + "*" * (len(plate) - 2 * _SHOWN) + plate[-_SHOWN:]
