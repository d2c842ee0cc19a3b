"""Handing in (提交申请): one draft becomes one case, however often and from however many tabs it is sent."""

import uuid
from dataclasses import dataclass

from sqlalchemy import Sequence as DatabaseSequence
from sqlalchemy import select, update

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.applications.archive import archive_form
from api.applications.attachments import use_attachments
from api.applications.drafts import lock_draft
from api.applications.drafts_content import Json, hash_of
from api.applications.drafts_owner import OWN, account_of
from api.applications.form import ApplicationForm
from api.applications.submit_faults import accept, attachment_ids
from api.applications.submit_province import province_at
from api.applications.submit_wording import agreed_to
from api.cases.states import State
from api.db.tables import Case, Draft, FormVersion, WhatIf
from api.errors import ConflictError
from api.unit_of_work import UnitOfWork

_NUMBERS = DatabaseSequence("case_number")
REASON_FIRST = "申请"


@dataclass(frozen=True, slots=True)
class Submitted:
    """The case of a draft, and whether it was made just now."""

    case: Case
    is_new: bool


def submit_draft(work: UnitOfWork, draft_id: uuid.UUID, *, shown: str | None = None) -> Submitted:
    """Hand in a draft; one that was handed in before answers with its case again.

    Args:
        work: The unit of work.
        draft_id: A draft of the account's carrier.
        shown: Hash of the declaration of truth that the applicant was shown; None where the client does not say.

    Raises:
        NotFoundError: There is no such draft of this carrier.
        InvalidError: The form has faults; all of them.
        ConflictError: The declaration was worded differently meanwhile.
    """
    authorise(work.actor, Action.SUBMIT, OWN)
    draft = lock_draft(work, draft_id)
    known = case_of(work, draft.id)
    if known is not None:
        return Submitted(known, is_new=False)
    form = accept(work, draft.carrier_id, draft.content)
    case = _open_case(work, draft, form, _agreed(form, shown))
    _hand_over(work, case, form)
    _tie_question(work, draft, case)
    work.defer("review_case", lock=f"case:{case.id}", case_id=str(case.id))
    return Submitted(case, is_new=True)


def case_of(work: UnitOfWork, draft_id: uuid.UUID) -> Case | None:
    """The case that a draft became."""
    return work.session.scalar(select(Case).where(Case.draft_id == draft_id))


def revise_form(work: UnitOfWork, case: Case, raw: object, reason: str) -> FormVersion:
    """Give a case another version of its form: an answer to a correction, or a change; a repeat changes nothing.

    Whoever calls has looked whether the account may do this; review and dispatch anew are the caller's too.

    Args:
        work: The unit of work.
        case: The case, as yet with the earlier form.
        raw: The whole new form, as JSON values.
        reason: Why, for people.

    Raises:
        InvalidError: The form has faults; all of them.
    """
    form = accept(work, case.carrier_id, raw)
    plain = form.model_dump(mode="json")
    latest = work.session.get(FormVersion, (case.id, case.form_version))
    if latest is not None and hash_of(plain) == hash_of(case.form):
        return latest
    case.form, case.form_version = plain, case.form_version + 1
    case.remarks = {**case.remarks, "agreed": agreed_to(form.declarations)}
    version = _version(work, case, reason)
    _hand_over(work, case, form)
    work.record("form_revised", case_id=case.id, form_version=version.version, form=hash_of(plain), reason=reason)
    return version


def _agreed(form: ApplicationForm, shown: str | None) -> Json:
    """What the applicant agreed to; an outdated text is no agreement to the present one."""
    agreed = agreed_to(form.declarations)
    if shown is not None and shown != agreed["truthful"]["sha256"]:
        raise ConflictError("承诺文字已更新，请重新阅读并确认", "the declaration was reworded: read it again")
    return agreed


def _open_case(work: UnitOfWork, draft: Draft, form: ApplicationForm, agreed: Json) -> Case:
    province = province_at(form.trip.origin.lon, form.trip.origin.lat) or ""  # `accept` saw that there is one
    plain = form.model_dump(mode="json")
    case = Case(
        number=f"DJ-{province}-{work.today.year}-{work.session.scalar(_NUMBERS):06d}",
        carrier_id=draft.carrier_id,
        submitted_by=account_of(work),
        draft_id=draft.id,
        state=State.SUBMITTED.value,
        province=province,
        form=plain,
        form_version=1,
        submitted_at=work.now,
        remarks={"agreed": agreed},
    )
    work.session.add(case)
    work.session.flush()
    _version(work, case, REASON_FIRST)
    work.record(
        "submitted",
        case_id=case.id,
        number=case.number,
        draft=str(draft.id),
        form_version=1,
        form=hash_of(plain),
        agreed=agreed,
    )
    return case


def _version(work: UnitOfWork, case: Case, reason: str) -> FormVersion:
    version = FormVersion(
        case_id=case.id,
        version=case.form_version,
        form=case.form,
        reason=reason,
        created_by=work.actor.account_id,
        created_at=work.now,
    )
    work.session.add(version)
    work.session.flush()
    return version


def _hand_over(work: UnitOfWork, case: Case, form: ApplicationForm) -> None:
    """The form's attachments become the case's, and its pieces go to the archive."""
    use_attachments(work, case, (uuid.UUID(one) for _, one in attachment_ids(case.form)), for_carrier=True)
    archive_form(work, case.carrier_id, form.model_dump(mode="json", exclude_none=True))


def _tie_question(work: UnitOfWork, draft: Draft, case: Case) -> None:
    """The question asked before applying stays with the case that follows it (试算记录随案)."""
    if draft.origin.get("kind") != "what_if":
        return
    asked = uuid.UUID(draft.origin["id"])
    own = update(WhatIf).where(WhatIf.id == asked, WhatIf.carrier_id == case.carrier_id, WhatIf.case_id.is_(None))
    work.session.execute(own.values(case_id=case.id))


def restore_form(work: UnitOfWork, case: Case, version: int) -> FormVersion:
    """Put an earlier version of a case's form back, as a version of its own: nothing is forgotten."""
    earlier = work.session.get_one(FormVersion, (case.id, version))
    return revise_form(work, case, earlier.form, f"恢复第{version}版")
