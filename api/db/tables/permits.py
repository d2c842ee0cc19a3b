"""Permits, trips under them and checks before departure (通行证、行程、起运前核查)."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.db.base import Created, Json, Key, Moment, Table
from api.db.tables.accounts import Body
from api.db.tables.cases import Case


class Permit(Table):
    """One version of a permit (通行证); a change makes a new version and keeps the old."""

    __tablename__ = "permit"
    __table_args__ = (
        UniqueConstraint("number", "version"),
        Index("ix_permit_plates", "plates", postgresql_using="gin"),
    )
    id: Mapped[Key]
    number: Mapped[str] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application_case.id"), index=True)
    carrier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("carrier.id"), index=True)
    body_id: Mapped[str] = mapped_column(ForeignKey("body.id"))
    plates: Mapped[list[str]] = mapped_column(ARRAY(Text))
    status: Mapped[str] = mapped_column(index=True)  # valid | awaiting_check | changed | revoked | cancelled
    content: Mapped[Json]
    record: Mapped[str]  # the signed text of the QR code
    valid_from: Mapped[dt.date]
    valid_until: Mapped[dt.date]
    trips_allowed: Mapped[int]
    issued_at: Mapped[Moment]
    lock_version: Mapped[int] = mapped_column()
    case: Mapped[Case] = relationship()
    body: Mapped[Body] = relationship(lazy="joined")
    __mapper_args__ = {"version_id_col": lock_version}  # noqa: RUF012 - SQLAlchemy declares it without a class variable


class Revocation(Table):
    """A permit number that holds no longer (撤销、注销)."""

    __tablename__ = "revocation"
    permit_number: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]  # revoked | cancelled
    reason: Mapped[str]
    at: Mapped[Moment]


class Trip(Table):
    """One drive under a permit (行程)."""

    __tablename__ = "trip"
    __table_args__ = (UniqueConstraint("permit_number", "sequence"),)
    id: Mapped[Key]
    permit_number: Mapped[str] = mapped_column(index=True)
    permit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("permit.id"))
    sequence: Mapped[int]
    direction: Mapped[str]  # outward | return | empty_return
    state: Mapped[str]  # announced | under_way | ended | cancelled
    departs_at: Mapped[Moment]
    content: Mapped[Json]  # driver, escort, sizes
    announced_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    announced_at: Mapped[Created]
    started_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]


class Passage(Table):
    """A load seen on its way (通行记录): where, when, and what did not agree."""

    __tablename__ = "passage"
    id: Mapped[Key]
    permit_number: Mapped[str] = mapped_column(index=True)
    trip_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("trip.id"))
    body_id: Mapped[str | None] = mapped_column(ForeignKey("body.id"))
    seen_at: Mapped[Moment]
    content: Mapped[Json]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[Created]


class LoadSheet(Table):
    """A consignor's statement as filed (《大型不可解体物品调运单》); a later one adds, none is replaced."""

    __tablename__ = "load_sheet"
    id: Mapped[Key]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application_case.id"), index=True)
    permit_number: Mapped[str] = mapped_column(index=True)
    content: Mapped[Json]
    differences: Mapped[list[Any]]  # against the permit as it was then
    filed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    filed_at: Mapped[Created]


class RevocationIssue(Table):
    """A signed revocation list as handed out (失效名单)."""

    __tablename__ = "revocation_issue"
    list_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    issued_at: Mapped[Moment]
    next_update: Mapped[Moment]
    entries: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class CheckTask(Table):
    """A check before departure or afterwards that a body has to make (起运前核查、抽查任务)."""

    __tablename__ = "check_task"
    __table_args__ = (Index("ix_check_task_desk", "body_id", "state"),)
    id: Mapped[Key]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application_case.id"), index=True)
    permit_number: Mapped[str | None] = mapped_column(index=True)
    body_id: Mapped[str] = mapped_column(ForeignKey("body.id"))
    reason: Mapped[str]  # class_iii | near_threshold | suggested_threshold | automatic_sample
    state: Mapped[str]  # open | agrees | change_needed | differs | cancelled
    sheet: Mapped[Json | None]
    result: Mapped[Json | None]
    created_at: Mapped[Created]
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    version: Mapped[int] = mapped_column()
    body: Mapped[Body] = relationship(lazy="joined")
    case: Mapped[Case] = relationship()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy declares it without a class variable
