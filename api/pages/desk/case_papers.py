"""The 21 items of the comparison and the papers of a case (二十一项比对、材料、文书)."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from api.accounts.authorise import may
from api.accounts.permissions import Action
from api.cases.notices import title_of
from api.cases.relation import relation_to
from api.cases.rows import current_review
from api.db.tables import Attachment, AttachmentUse, Case, Note
from api.pages.desk.evidence_words import evidence_line
from api.pages.desk.words import when
from api.pages.page import PageContext
from rules.forms import comparison_items, materials
from rules.forms.loading import comparison_file

_BADGES: Final = {"agrees": "passes", "differs": "blocked", "unknown": "unknown", "not_applicable": "none"}


@dataclass(frozen=True, slots=True)
class Item:
    """One of the 21 items.

    Attributes:
        badge: A badge's name, or "none".
        state: Verified, declared, unknown, mismatch or not applicable, in words.
        lines: What was compared with what.
    """

    title: str
    compares: str
    badge: str
    state: str
    reason: str
    clause: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """One of the five groups (大项)."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """One file: what it is, its name, where to get it, whose it is."""

    kind: str
    name: str
    href: str
    size_kb: int


@dataclass(frozen=True, slots=True)
class NoteShown:
    """A document of the procedure."""

    title: str
    at: str
    text: str
    href: str | None


def item_groups(page: PageContext, case: Case) -> list[ItemGroup]:
    """The 21 items in their groups; empty before the first comparison."""
    review = current_review(page.work, case)
    if review is None:
        return []
    results = {one["id"]: one for one in review.comparison["comparison"]["items"]}
    groups = []
    for group in comparison_file().groups:
        own = [one for one in comparison_items().values() if one.group == group.id and one.id in results]
        items = tuple(_item(page, results[one.id]) for one in own)
        groups.append(ItemGroup(group.title_zh if page.language == "zh" else group.title_en, items))
    return [group for group in groups if group.items]


def papers_of(page: PageContext, case: Case) -> list[Paper]:
    """The applicant's files and those of the office, by what they are."""
    if not may(page.work.actor, Action.READ_ATTACHMENT, relation_to(page.work, case)):
        return []
    kinds = dict(_kinds(page, case.form))
    used = select(Attachment).join(AttachmentUse, AttachmentUse.attachment_id == Attachment.id)
    query = used.where(AttachmentUse.case_id == case.id).order_by(Attachment.created_at, Attachment.id)
    rows = {str(one.id): one for one in page.work.session.scalars(query)}
    for name in kinds.keys() - rows.keys():
        row = page.work.session.get(Attachment, uuid.UUID(name))
        if row is not None:
            rows[name] = row
    listed = [(kinds.get(name, page.t("desk.paper_other")), row) for name, row in rows.items()]
    return [_paper(kind, row) for kind, row in sorted(listed, key=lambda one: one[0])]


def notes_of(page: PageContext, case: Case) -> list[NoteShown]:
    """Documents of the procedure, the latest first."""
    query = select(Note).where(Note.case_id == case.id).order_by(Note.created_at.desc(), Note.id)
    return [
        NoteShown(
            title=title_of(note.kind),
            at=when(note.created_at),
            text=note.text,
            href=_href(note.attachment_id) if note.attachment_id else None,
        )
        for note in page.work.session.scalars(query)
    ]


def _item(page: PageContext, result: Mapping[str, Any]) -> Item:
    entry, is_zh = comparison_items()[result["id"]], page.language == "zh"
    outcome = result["outcome"]
    state = f"{outcome}_{result['trust']}" if outcome == "agrees" else outcome
    return Item(
        title=entry.title_zh if is_zh else entry.title_en,
        compares=entry.compares,
        badge=_BADGES[outcome],
        state=page.t(f"desk.item_{state}"),
        reason="" if outcome == "agrees" else result["reason_zh" if is_zh else "reason_en"],
        clause=result["clause"] or "",
        lines=tuple(evidence_line(page, one) for one in result["evidence"] if one["outcome"] != "not_applicable"),
    )


def _kinds(page: PageContext, form: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What each file of the form is."""
    is_zh = page.language == "zh"
    for kind, ids in (form.get("attachments") or {}).items():
        material = materials().get(kind)
        title = (material.title_zh if is_zh else material.title_en) if material else page.t("desk.paper_other")
        yield from ((str(one), title) for one in ids)
    if form.get("outline_drawing"):
        yield str(form["outline_drawing"]), page.t("desk.paper_outline")


def _paper(kind: str, row: Attachment) -> Paper:
    return Paper(kind, row.name, _href(row.id), max(1, row.size_bytes // 1000))


def _href(attachment_id: uuid.UUID) -> str:
    return f"/api/v1/attachments/{attachment_id}/content"
