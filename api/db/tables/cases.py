"""Cases and what belongs to them (办件)."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.db.base import Created, Json, Key, Moment, Table
from api.db.tables.accounts import Account, Body, Carrier


class Case(Table):
    """One submitted application on its way to a decision (办件)."""

    __tablename__ = "application_case"
    __table_args__ = (
        Index("ix_case_desk", "deciding_body_id", "state"),
        Index("ix_case_carrier", "carrier_id", "submitted_at"),
    )
    id: Mapped[Key]
    number: Mapped[str] = mapped_column(unique=True)
    carrier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("carrier.id"))
    submitted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    draft_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("draft.id"), unique=True)  # a repeat makes no second
    state: Mapped[str] = mapped_column(index=True)  # the states of api.cases.states
    province: Mapped[str]
    form: Mapped[Json]
    form_version: Mapped[int] = mapped_column(default=1)
    vehicle_class: Mapped[str | None]
    verdict: Mapped[str | None]
    scope: Mapped[str | None]  # own | cross_province
    deciding_body_id: Mapped[str | None] = mapped_column(ForeignKey("body.id"))
    review_id: Mapped[uuid.UUID | None]
    submitted_at: Mapped[Moment] = mapped_column(index=True)
    accepted_on: Mapped[dt.date | None]
    promised_due_on: Mapped[dt.date | None] = mapped_column(index=True)
    statutory_due_on: Mapped[dt.date | None] = mapped_column(index=True)
    ended_at: Mapped[dt.datetime | None]
    claimed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    claimed_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column()  # a lost update is refused by it
    remarks: Mapped[Json] = mapped_column(default=dict)  # what steps leave for later ones, by name of the step
    carrier: Mapped[Carrier] = relationship(lazy="joined")
    deciding_body: Mapped[Body | None] = relationship(lazy="joined")
    claimant: Mapped[Account | None] = relationship(foreign_keys=[claimed_by], lazy="joined")
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy declares it without a class variable


class FormVersion(Table):
    """The form as it was submitted, corrected or changed (申请表各版本)."""

    __tablename__ = "form_version"
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application_case.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[Json]
    reason: Mapped[str]
    created_by: Mapped[uuid.UUID | None]
    created_at: Mapped[Created]


class Review(Table):
    """A machine review with its report, comparison and dispatch plan (机器审查)."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("case_id", "form_version", "round"),)
    id: Mapped[Key]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application_case.id"))
    form_version: Mapped[int]
    round: Mapped[int] = mapped_column(default=1)
    verdict: Mapped[str]
    report: Mapped[Json]  # the review of the exchange formats
    advice: Mapped[Json | None]  # its `why_not` with all advice, found by a job of its own
    comparison: Mapped[Json]  # 21 items
    plan: Mapped[Json]  # dispatch
    network_id: Mapped[str]
    rules_id: Mapped[str]
    policy_id: Mapped[str]
    created_at: Mapped[Created]


class Packet(Table):
    """The part of a case that one body is asked about or told of (征求意见、抄告)."""

    __tablename__ = "packet"
    __table_args__ = (Index("ix_packet_inbox", "body_id", "state"),)
    id: Mapped[Key]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application_case.id"), index=True)
    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review.id"))
    body_id: Mapped[str] = mapped_column(ForeignKey("body.id"))
    role: Mapped[str]
    purpose: Mapped[str]  # opinion | decision | inform
    content: Mapped[Json]  # its part only
    drafted_opinion: Mapped[str]
    state: Mapped[str]  # open | answered | returned | informed | cancelled
    opinion: Mapped[str | None]  # agree | agree_with_conditions | object
    conditions: Mapped[list[Any]] = mapped_column(default=list)
    reason: Mapped[str | None]
    due_on: Mapped[dt.date | None] = mapped_column(index=True)
    sent_at: Mapped[Moment]
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    escalated_at: Mapped[dt.datetime | None]
    replaces_id: Mapped[uuid.UUID | None]
    version: Mapped[int] = mapped_column()
    body: Mapped[Body] = relationship(lazy="joined")
    case: Mapped[Case] = relationship()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy declares it without a class variable


class Decision(Table):
    """A decision of a case (决定): of up to three items, each with its own bodies, clock and outcome.

    City streets of several districts are decided by several bodies.
    """

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("case_id", "item", "body_id", postgresql_nulls_not_distinct=True),)
    id: Mapped[Key]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application_case.id"))
    item: Mapped[str]  # highway | city_road | temporary_plate
    body_id: Mapped[str | None] = mapped_column(ForeignKey("body.id"))
    state: Mapped[str]  # pending | recommended | approved | refused
    reason: Mapped[str | None]
    conditions: Mapped[list[Any]] = mapped_column(default=list)
    opened_on: Mapped[dt.date]
    due_on: Mapped[dt.date | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[dt.datetime | None]
    is_automatic: Mapped[bool] = mapped_column(default=False)
    override_reason: Mapped[str | None]
    body: Mapped[Body | None] = relationship(lazy="joined")


class Pause(Table):
    """A time that is not counted, with its notice (期限中止)."""

    __tablename__ = "pause"
    id: Mapped[Key]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application_case.id"), index=True)
    reason: Mapped[str]
    basis: Mapped[str]
    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("note.id"))
    from_on: Mapped[dt.date]
    until_on: Mapped[dt.date | None]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))


class Correction(Table):
    """The one notice of everything that is missing or wrong (一次性补正告知)."""

    __tablename__ = "correction"
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application_case.id"), primary_key=True)
    items: Mapped[list[Any]]
    asked_at: Mapped[Moment]
    asked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[dt.datetime | None]


class Note(Table):
    """A paper of the procedure (文书、陈述申辩、通知): what was said, by whom, with its attachment."""

    __tablename__ = "note"
    id: Mapped[Key]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application_case.id"), index=True)
    kind: Mapped[str]
    text: Mapped[str]
    attachment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("attachment.id"))
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[Created]
