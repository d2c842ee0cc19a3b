"""The form of an action (办理表单): exactly the fields that the row of the table needs, with what can be chosen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.accounts.authorise import roles_of
from api.accounts.permissions import Action
from api.cases.facts import gather
from api.cases.inputs import ActionInput
from api.cases.needs import Need
from api.cases.notices import has_template
from api.cases.points import title_of
from api.cases.possible import SOMETHING, Possible
from api.cases.relation import relation_to
from api.cases.rows import current_review, packets_of
from api.cases.states import State
from api.cases.transitions import Refused, check
from api.db.tables import Body, Case
from api.pages.desk.act_drafts import drafted
from api.pages.desk.actions import is_shown_first
from api.pages.desk.case_findings import finding_names
from api.pages.desk.case_view import report_of
from api.pages.desk.words import reason_word, task_word
from api.pages.language import catalogue
from api.pages.page import PageContext
from api.provinces.settings import service_settings_on

Option = tuple[str, str]
_BEING_ASKED: Final = ("open", "opinion")
_BY_NEED: Final[Mapping[Need, tuple[str, ...]]] = {
    Need.REASON: ("reason",),
    Need.NOTICE: ("notice_text", "file"),
    Need.TWO_OFFICERS: ("officers",),
    Need.CLAIMED_OR_REASON: ("reason",),
    Need.NOTHING_MISSING: ("items", "reason"),
    Need.GROUND_OF_NON_ACCEPTANCE: ("ground",),
    Need.ALL_CORRECTIONS_LISTED: ("items", "items_more"),
    Need.ALL_REFUSAL_REASONS: ("items", "items_more", "reason"),
    Need.NO_OPEN_TASK_OR_REASON: ("reason",),
    Need.NO_OPEN_OPINION_OR_REASON: ("reason",),
    Need.NO_OBJECTION_OR_REASON: ("reason",),
    Need.REINFORCEMENT_CHECKED_OR_REASON: ("reason",),
    Need.LAWFUL_PAUSE: ("basis",),
    Need.FINDING: ("finding",),
    Need.DROPPABLE_TASK: ("task",),
    Need.GROUND: ("ground",),
    Need.CHANGE_DESCRIBED: ("reason",),
}
_BY_ACTION: Final[Mapping[Action, tuple[str, ...]]] = {
    Action.DISPATCH: ("packet_id", "body_id"),
    Action.RETURN_DISPATCH: ("packet_id", "body_id"),
    Action.ASK_OPINION: ("body_id", "reason"),
    Action.ESCALATE: ("packet_id",),
    Action.FILE_SURVEY: ("items", "reason"),
    Action.FILE_CALCULATION: ("items", "reason"),
    Action.ACCEPT_REINFORCEMENT: ("items", "reason"),
    Action.RECOMMEND: ("recommendation", "reason", "conditions"),
    Action.APPROVE: ("conditions",),
    Action.HOLD_STATEMENT: ("waived",),
}
ORDER: Final = (
    "recommendation",
    "packet_id",
    "body_id",
    "finding",
    "task",
    "basis",
    "items",
    "items_more",
    "ground",
    "reason",
    "conditions",
    "waived",
    "officers",
    "notice_text",
    "file",
)
KINDS: Final[Mapping[str, str]] = {
    "recommendation": "radio",
    "packet_id": "select",
    "body_id": "groups",
    "finding": "radio",
    "task": "radio",
    "basis": "radio",
    "items": "checks",
    "officers": "checks",
    "waived": "tick",
    "ground": "text",
    "file": "file",
}
# A field that somebody has to fill in whatever stands in the facts.
_ALWAYS: Final = frozenset({Need.REASON, Need.CHANGE_DESCRIBED})
_WANTED: Final = frozenset({"body_id", "finding", "task", "basis", "recommendation", "ground"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form.

    Attributes:
        kind: words, text, select, groups, radio, checks, tick or file.
        value: Text, or the chosen keys.
        groups: Of a select: label and options.
    """

    name: str
    kind: str
    label: str
    hint: str
    is_required: bool
    value: str
    chosen: tuple[str, ...]
    options: tuple[Option, ...]
    groups: tuple[tuple[str, tuple[Option, ...]], ...]
    fault: str


def field_names(one: Possible) -> tuple[str, ...]:
    """Names of the fields of an action, in the order of the form."""
    wanted = {name for need in one.row.needs for name in _BY_NEED.get(need, ())}
    wanted |= set(_BY_ACTION.get(one.action, ()))
    if one.action is Action.ACCEPT and not one.choices.items:
        wanted -= {"items", "reason"}  # nothing is missing, so there is nothing to say about it
    if not one.choices.packets and one.action is not Action.ESCALATE:
        wanted -= {"packet_id"}
    if is_shown_first(one.action, wanted):
        wanted -= {"notice_text"}  # it stands on the page that follows, drafted from what is typed here
    return tuple(name for name in ORDER if name in wanted)


def fields_of(
    page: PageContext,
    case: Case,
    one: Possible,
    *,
    sent: Mapping[str, Sequence[str]] | None,
    faults: Mapping[str, str] | None = None,
) -> list[Field]:
    """The fields with labels, choices and values: what was typed, else what the service suggests."""
    told = faults or {}
    lacking = _lacking(page, case, one)
    values = sent if sent is not None else drafted(page, case, one)
    return [_field(page, case, one, name, values.get(name, ()), lacking, told) for name in field_names(one)]


def _field(
    page: PageContext,
    case: Case,
    one: Possible,
    name: str,
    values: Sequence[str],
    lacking: Mapping[str, str],
    faults: Mapping[str, str],
) -> Field:
    kind = KINDS.get(name, "words")
    own_label = f"desk.field_{name}_{one.action.value}"
    return Field(
        name=name,
        kind=kind,
        label=page.t(own_label if own_label in catalogue() else f"desk.field_{name}"),
        hint=_hint(page, one, name, lacking),
        is_required=name in _WANTED or (name == "reason" and _needs_reason(one, lacking)),
        value=next(iter(values), "") if kind in {"words", "text", "select", "groups"} else "",
        chosen=tuple(values),
        options=tuple(_options(page, case, one, name)),
        groups=tuple(_body_groups(page, case, _askable(page, case, one))) if kind == "groups" else (),
        fault=faults.get(name, ""),
    )


def _lacking(page: PageContext, case: Case, one: Possible) -> dict[str, str]:
    """What lacks of an empty form, by need: so a reason is asked for where the facts demand one."""
    given = gather(page.work, case, one.action, ActionInput(), notice_id=SOMETHING)
    roles, relation = roles_of(page.work.actor), relation_to(page.work, case)
    judged = check(one.action, State(case.state), roles, relation, given)
    found = judged.reasons if isinstance(judged, Refused) else ()
    return {reason.code: reason_word(page, reason) for reason in found}


def _needs_reason(one: Possible, lacking: Mapping[str, str]) -> bool:
    if _ALWAYS & set(one.row.needs) or one.action is Action.ASK_OPINION:
        return True
    return any(code.endswith("_or_reason") for code in lacking)


def _hint(page: PageContext, one: Possible, name: str, lacking: Mapping[str, str]) -> str:
    if name == "reason":
        demanded = [words for code, words in lacking.items() if code.endswith("_or_reason")]
        if demanded:
            return "；".join(demanded)
    if name == "notice_text":
        return page.t("desk.hint_notice_drafted" if has_template(one.action) else "desk.hint_notice_own")
    for key in (f"desk.hint_{name}_{one.action.value}", f"desk.hint_{name}"):
        if key in catalogue():
            return page.t(key)
    return ""


def _options(page: PageContext, case: Case, one: Possible, name: str) -> Iterator[Option]:
    is_zh = page.language == "zh"
    if name == "recommendation":
        yield from ((what, page.t(f"desk.recommend_{what}")) for what in ("approve", "refuse"))
    elif name == "task":
        yield from ((task.value, task_word(page, task)) for task in one.choices.tasks)
    elif name == "basis":
        bases = service_settings_on(page.work, case.province, page.work.today).pause_bases
        yield from ((key, f"{base.title_zh}（{base.clause}）" if is_zh else key) for key, base in bases.items())
    elif name == "packet_id":
        yield from ((str(packet.id), packet.body.name) for packet in one.choices.packets)
    elif name == "officers":
        yield from ((str(account.id), account.display_name) for account in one.choices.officers)
    elif name in {"items", "finding"}:
        keys = one.choices.items if name == "items" else one.choices.findings
        names = _names(page, case)
        yield from ((key, names.get(key) or title_of(key)) for key in keys)


def _names(page: PageContext, case: Case) -> dict[str, str]:
    """Findings by name, with the numbers that the reader may know and no others."""
    return finding_names(page, report_of(page, case) or {})


def _askable(page: PageContext, case: Case, one: Possible) -> Sequence[Body]:
    """Bodies that may be chosen; one whose opinion is being asked already is not asked again."""
    if one.action is not Action.ASK_OPINION:
        return one.choices.bodies
    asked = {packet.body_id for packet in packets_of(page.work, case) if (packet.state, packet.purpose) == _BEING_ASKED}
    return [body for body in one.choices.bodies if body.id not in asked]


def _body_groups(page: PageContext, case: Case, bodies: Sequence[Body]) -> Iterator[tuple[str, tuple[Option, ...]]]:
    """Bodies by kind; those that the dispatch plan names stand first."""
    review = current_review(page.work, case)
    plan = review.plan if review is not None else {}
    named = {entry["body"]["id"] for entry in plan.get("packets", ())} | {(plan.get("decides") or {}).get("id")}
    along = tuple((body.id, body.name) for body in bodies if body.id in named)
    if along:
        yield page.t("desk.bodies_along"), along
    for kind in dict.fromkeys(body.kind for body in bodies):
        key = f"desk.body_kind_{kind}"
        own = tuple((body.id, body.name) for body in bodies if body.kind == kind and body.id not in named)
        if own:
            yield page.t(key) if key in catalogue() else kind, own
