"""Who uses the service (账号与单位)."""

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.db.base import Created, Json, Key, Moment, Table


class Body(Table):
    """A body that decides, gives an opinion or is informed (单位); its id is stable across imports."""

    __tablename__ = "body"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]  # the kinds of api.dispatch.directory
    level: Mapped[str]  # province | city | county | none
    division_code: Mapped[str | None] = mapped_column(index=True)
    valid_from: Mapped[dt.date | None]
    valid_until: Mapped[dt.date | None]


class Carrier(Table):
    """A carrier firm (承运人)."""

    __tablename__ = "carrier"
    id: Mapped[Key]
    name: Mapped[str]
    credit_code: Mapped[str] = mapped_column(unique=True)  # 统一社会信用代码
    details: Mapped[Json] = mapped_column(default=dict)
    created_at: Mapped[Created]


class Account(Table):
    """Somebody who signs in (账号): of a carrier, of an office, or a program."""

    __tablename__ = "account"
    id: Mapped[Key]
    login: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    kind: Mapped[str]  # carrier | office | service
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    password_hash: Mapped[str | None]
    oidc_subject: Mapped[str | None] = mapped_column(unique=True)
    body_id: Mapped[str | None] = mapped_column(ForeignKey("body.id"), index=True)
    carrier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("carrier.id"), index=True)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Created]
    body: Mapped[Body | None] = relationship(lazy="joined")
    carrier: Mapped[Carrier | None] = relationship(lazy="joined")


class SignIn(Table):
    """A session of a signed-in account (会话); the token itself is never stored."""

    __tablename__ = "sign_in"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    csrf_token: Mapped[str]
    created_at: Mapped[Created]
    last_seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    account: Mapped[Account] = relationship(lazy="joined")


class ServiceToken(Table):
    """A program's key to the API (服务令牌); the token itself is never stored."""

    __tablename__ = "service_token"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(unique=True, default=uuid.uuid4)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str]
    created_at: Mapped[Created]
    expires_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]
    account: Mapped[Account] = relationship(lazy="joined")


class Invitation(Table):
    """A code that lets one person join a carrier firm (邀请码); the code itself is never stored."""

    __tablename__ = "invitation"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    carrier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("carrier.id"), index=True)
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
    used_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))


class OidcAttempt(Table):
    """A sign-in that is under way at the unified identity (统一身份认证登录中); used once."""

    __tablename__ = "oidc_attempt"
    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    nonce: Mapped[str]
    code_verifier: Mapped[str]
    expires_at: Mapped[Moment]


class Throttle(Table):
    """How often something was tried within a window of time (限流计数)."""

    __tablename__ = "throttle"
    key: Mapped[str] = mapped_column(primary_key=True)
    window: Mapped[Moment] = mapped_column(primary_key=True)
    count: Mapped[int]
