"""What an office knows of its own roads (本辖区数据): files, changes, closures, and the network made of it."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from api.db.base import Created, Json, Key, Moment, Table
from api.db.tables.accounts import Account, Body


class HoldingVersion(Table):
    """A file as a body uploaded it (一个版本): bytes and preview never change, and lie here for all processes."""

    __tablename__ = "holding_version"
    __table_args__ = (UniqueConstraint("body_id", "kind", "number"),)
    id: Mapped[Key]
    body_id: Mapped[str] = mapped_column(ForeignKey("body.id"))
    kind: Mapped[str]  # bridges | roads | closures
    number: Mapped[int]
    file_name: Mapped[str]
    source_name: Mapped[str]  # names the file in every finding that rests on it
    sha256: Mapped[str]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    coverage: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    datum: Mapped[str | None]
    preview: Mapped[Json]
    left_out: Mapped[Json]  # rows that lie outside the body's area: rows, coverage
    state: Mapped[str]  # draft | used | discarded
    linked: Mapped[Json | None]  # what became of its rows when a network was made of it
    uploaded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    uploaded_at: Mapped[Created]
    version: Mapped[int] = mapped_column()
    body: Mapped[Body] = relationship(lazy="joined")
    uploader: Mapped[Account] = relationship(lazy="joined")
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy declares it without a class variable


class HoldingChange(Table):
    """Somebody asks that a version be in force, a second person approves (发布、回退): none means the base alone."""

    __tablename__ = "holding_change"
    __table_args__ = (
        UniqueConstraint("body_id", "kind", "number"),
        Index(
            "uq_holding_change_open", "body_id", "kind", unique=True, postgresql_where="state IN ('asked', 'approved')"
        ),
    )
    id: Mapped[Key]
    body_id: Mapped[str] = mapped_column(ForeignKey("body.id"))
    kind: Mapped[str]  # bridges | roads
    number: Mapped[int]  # of the body and kind: the highest done one is in force
    version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("holding_version.id"))
    before_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("holding_version.id"))
    state: Mapped[str]  # asked | approved | done | rejected | withdrawn | failed
    reason: Mapped[str]
    answer: Mapped[str | None]
    network_id: Mapped[str | None]
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[Created]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[dt.datetime | None]
    done_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column()
    held: Mapped[HoldingVersion | None] = relationship(foreign_keys=[version_id], lazy="joined")
    asker: Mapped[Account] = relationship(foreign_keys=[asked_by], lazy="joined")
    answerer: Mapped[Account | None] = relationship(foreign_keys=[answered_by], lazy="joined")
    body: Mapped[Body] = relationship(lazy="joined")
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy declares it without a class variable


class RoadClosure(Table):
    """A closure or temporary limit that an officer published (临时管制): in force at once, until its end."""

    __tablename__ = "road_closure"
    id: Mapped[Key]
    body_id: Mapped[str] = mapped_column(ForeignKey("body.id"), index=True)
    item: Mapped[str] = mapped_column(unique=True)
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("holding_version.id"))
    feature: Mapped[Json]
    starts_at: Mapped[dt.datetime | None]
    until_at: Mapped[dt.datetime | None]  # None: until further notice
    published_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[Moment]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    end_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column()
    body: Mapped[Body] = relationship(lazy="joined")
    publisher: Mapped[Account] = relationship(foreign_keys=[published_by], lazy="joined")
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy declares it without a class variable


class GroundState(Table):
    """What reviews are made on now (审查依据的当前状态): one row, changed in the transaction that changes it."""

    __tablename__ = "ground_state"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    closures_version: Mapped[int]  # counts up with every change of closures
    network_id: Mapped[str | None]  # None: the network the service was started with
    folder: Mapped[str | None]  # below the folder of published networks
    base_id: Mapped[str | None]  # the network it was made from
    changed_at: Mapped[Moment]
