"""Documents of the procedure (文书): drafted from templates, kept with the case, told to the applicant."""

import uuid
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from api.accounts.permissions import Action
from api.applications.attachments import use_attachments
from api.cases.clocks import local_day
from api.cases.inputs import ActionInput
from api.cases.points import name_of, stage_points
from api.cases.points import title_of as title_of_item
from api.cases.quoting import Quoting
from api.cases.rows import current_review
from api.db.tables import Attachment, Case, Note
from api.errors import FieldFault, InvalidError
from api.unit_of_work import UnitOfWork
from rules.loading import read_yaml
from rules.ord62.art_015 import Scope, find_working_days
from rules.periods import day_zh
from rules.service import default_service

_FILE: Final = Path(__file__).with_name("notices.yaml")
# What of an action's input each passage of a template is written from.
_WRITTEN_FROM: Final[Mapping[str, frozenset[str]]] = {
    "reason": frozenset({"reason"}),
    "also": frozenset({"reason"}),
    "items": frozenset({"items"}),
    "clauses": frozenset({"basis", "ground", "items"}),
    "conditions": frozenset({"conditions"}),
}


@cache
def _templates() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(_FILE)
    return found


def has_template(action: Action) -> bool:
    """Whether the service drafts the document of an action itself."""
    return action.value in _templates()


def drafted_from(action: Action) -> frozenset[str]:
    """Fields of the input that the drafted document quotes; none for one that is the same whatever is given."""
    words: str = _templates()[action.value]["text"] if has_template(action) else ""
    passages = (sources for passage, sources in _WRITTEN_FROM.items() if f"{{{passage}}}" in words)
    return frozenset[str]().union(*passages)


def tells_remedies(action: Action) -> bool:
    """Whether the drafted document tells of review and litigation."""
    return has_template(action) and "{remedies}" in _templates()[action.value]["text"]


def write_notice(work: UnitOfWork, case: Case, action: Action, given: ActionInput) -> Note | None:
    """Keep the document of an action: the file or wording given, else the drafted one; None where there is none.

    Raises:
        InvalidError: The file is not known.
    """
    if given.attachment_id is not None:
        _check_file(work, case, given.attachment_id)
        use_attachments(work, case, [given.attachment_id], for_carrier=True)
    text = given.notice_text or draft_notice(work, case, action, given)
    if not text and given.attachment_id is None:
        return None
    note = Note(
        id=uuid.uuid4(),
        case_id=case.id,
        kind=action.value,
        text=text,
        attachment_id=given.attachment_id,
        created_by=work.actor.account_id,
        created_at=work.now,
    )
    work.session.add(note)
    work.session.flush()
    return note


def draft_notice(work: UnitOfWork, case: Case, action: Action, given: ActionInput) -> str:
    """The wording of an action's document as the service drafts it (拟稿); empty where it has no template.

    Nothing is kept: it is what `write_notice` keeps where no other wording is given.
    """
    if not has_template(action):
        return ""
    words: str = _templates()[action.value]["text"]
    quoting = Quoting(work, case)
    return words.format(
        carrier=case.carrier.name,
        number=case.number,
        received=day_zh(local_day(case.submitted_at)),
        today=day_zh(work.today),
        reason=given.reason,
        also=f"{given.reason.rstrip('。')}。" if given.reason else "",
        found=_quoted(words, "found", quoting.reasons),
        advice=_quoted(words, "advice", quoting.advice),
        items="；".join(_items(work, case, action, given, quoting)) or "（无）",
        clauses=_basis(given),
        conditions=f"通行条件：{'；'.join(one.rstrip('。；') for one in given.conditions)}。"
        if given.conditions
        else "",
        deadline=_deadline(case),
        remedies=_templates()["remedies"],
    ).strip()


def title_of(action: str) -> str:
    """What a document is called."""
    entry = _templates().get(action)
    return entry["title_zh"] if isinstance(entry, dict) else action


def _items(work: UnitOfWork, case: Case, action: Action, given: ActionInput, quoting: Quoting) -> list[str]:
    """The items of a document in words; those promised to follow are what the comparison found, nobody types them."""
    if action is Action.ACCEPT_WITH_PROMISE and not given.items:
        points = stage_points(current_review(work, case), "to_follow")
        return list(dict.fromkeys(title_of_item(name_of(point)) for point in points))
    return [quoting.item(item) for item in given.items]


def _quoted(words: str, name: str, tell: Callable[[], str]) -> str:
    """A passage about the review, where the document has a place for it and there is something to say."""
    text = tell() if f"{{{name}}}" in words else ""
    return _templates()[name].format(text=text) if text else ""


def _basis(given: ActionInput) -> str:
    """The clauses or the ground a document rests on, in words."""
    pause = default_service().pause_bases.get(given.basis)
    if pause is not None:
        return f"{pause.title_zh}（{pause.clause}）"
    return given.ground or given.basis or "、".join(map(title_of_item, given.items))


def _deadline(case: Case) -> str:
    """How long the decision takes at most, by class; without what the law leaves out."""
    days = find_working_days(
        case.vehicle_class or "unknown", cast(Scope, case.scope or "own"), on=local_day(case.submitted_at)
    )
    return f"办理期限{days}个工作日，加固、改造以及鉴定、检测、专家评审所需时间不计算在内。" if days else ""


def _check_file(work: UnitOfWork, case: Case, attachment_id: uuid.UUID) -> None:
    """Only files of one's own body or firm can go with an action."""
    row = work.session.get(Attachment, attachment_id)
    own = row is not None and (
        (row.body_id is not None and row.body_id == work.actor.body_id)
        or (row.carrier_id is not None and row.carrier_id == case.carrier_id)
    )
    if not own:
        raise InvalidError([FieldFault("attachment_id", "没有这个附件", "there is no such attachment")])
