"""Files of the cross-province exchange, out and in (跨省交换文件)."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.db.base import Key, Moment, Table
from api.db.tables.cases import Case


class ExchangeFile(Table):
    """One file, exactly as it was written or received (交换文件); the same content is kept once."""

    __tablename__ = "exchange_file"
    __table_args__ = (
        UniqueConstraint("direction", "content_hash"),
        Index("ix_exchange_file_province", "province", "recorded_at"),
    )
    id: Mapped[Key]
    direction: Mapped[str]  # out | in
    kind: Mapped[str]  # forward | answer
    province: Mapped[str]  # ours: first two digits
    other_province: Mapped[str]  # the other side: first two digits
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application_case.id"), index=True)
    packet_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("packet.id"))
    answers_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("exchange_file.id"))
    content_hash: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[dt.date | None]  # forwards: to be sent, or to be answered by us
    recorded_at: Mapped[Moment]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    fetched_at: Mapped[dt.datetime | None]  # an outgoing file was handed out
    case: Mapped[Case] = relationship()
