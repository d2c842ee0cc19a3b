"""What supervision keeps of its own (监督与评价): ratings of the service, figures as they were published."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.db.base import Json, Key, Moment, Table
from api.db.tables.accounts import Body
from api.db.tables.cases import Case


class ServiceRating(Table):
    """A carrier's rating of a finished case (好差评), one a case; a bad one has to be put right by a day."""

    __tablename__ = "service_rating"
    __table_args__ = (Index("ix_service_rating_desk", "body_id", "rectify_by"),)
    id: Mapped[Key]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application_case.id"), unique=True)
    body_id: Mapped[str] = mapped_column(ForeignKey("body.id"))  # that decided, when it was rated
    grade: Mapped[int]  # 5 very satisfied … 1 very dissatisfied
    text: Mapped[str]
    rated_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    rated_at: Mapped[Moment] = mapped_column(index=True)
    rectify_by: Mapped[dt.date | None]  # of bad ones only
    rectification: Mapped[str | None]
    rectified_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    rectified_at: Mapped[dt.datetime | None]
    version: Mapped[int] = mapped_column()
    case: Mapped[Case] = relationship()
    body: Mapped[Body] = relationship(lazy="joined")
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy declares it without a class variable


class PublishedFigures(Table):
    """Figures of a province as they were published on a day (公开统计); never changed afterwards."""

    __tablename__ = "published_figures"
    province: Mapped[str] = mapped_column(primary_key=True)
    on: Mapped[dt.date] = mapped_column(primary_key=True)
    content: Mapped[Json]
    published_at: Mapped[Moment]
