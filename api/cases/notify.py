"""Tell carriers and bodies what happened to a case (办件通知)."""

from api.db.tables import Case
from api.notifications.inbox import notify
from api.unit_of_work import UnitOfWork


def tell_carrier(work: UnitOfWork, case: Case, kind: str, text_zh: str, text_en: str) -> None:
    """Tell the carrier of a case."""
    notify(work, kind=kind, text_zh=text_zh, text_en=text_en, carrier_id=case.carrier_id, case_id=case.id)


def tell_body(work: UnitOfWork, body_id: str, case: Case, text_zh: str, text_en: str) -> None:
    """Tell a body."""
    notify(work, kind="packet", text_zh=text_zh, text_en=text_en, body_id=body_id, case_id=case.id)
