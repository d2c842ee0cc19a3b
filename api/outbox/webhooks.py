"""Addresses that messages go to (外发地址), kept by administrators."""

import base64
import ipaddress
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import func, select

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.db.tables import OutboxMessage, Webhook
from api.errors import ConflictError, FieldFault, InvalidError, NotFoundError
from api.outbox.delivery import SECRET_PREFIX
from api.outbox.topics import is_topic
from api.unit_of_work import UnitOfWork

_SECRET_BYTES: Final = 32
_PORTS: Final = 65_535


@dataclass(frozen=True, slots=True)
class HookChange:
    """What is changed; None leaves it as it is."""

    url: str | None = None
    topics: Sequence[str] | None = None
    is_active: bool | None = None


def create_webhook(work: UnitOfWork, url: str, topics: Sequence[str]) -> Webhook:
    """Add an address; its secret is in the row, and shown by the caller this once.

    Raises:
        InvalidError: The address or a topic is not usable.
    """
    authorise(work.actor, Action.MANAGE_WEBHOOKS)
    _check(url, topics)
    hook = Webhook(id=uuid.uuid4(), url=url, topics=list(dict.fromkeys(topics)), is_active=True, created_at=work.now)
    hook.secret = _new_secret()
    work.session.add(hook)
    work.session.flush()
    work.record("webhook_added", webhook=hook.id, url=url, topics=hook.topics)
    return hook


def list_webhooks(work: UnitOfWork, *, limit: int, offset: int) -> tuple[list[Webhook], int]:
    """All addresses, the oldest first."""
    authorise(work.actor, Action.MANAGE_WEBHOOKS)
    query = select(Webhook).where(Webhook.removed_at.is_(None))
    total = work.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(Webhook.created_at, Webhook.id).limit(limit).offset(offset)
    return list(work.session.scalars(page)), total


def get_webhook(work: UnitOfWork, hook_id: uuid.UUID) -> Webhook:
    """One address, locked for a change.

    Raises:
        NotFoundError: There is none.
    """
    authorise(work.actor, Action.MANAGE_WEBHOOKS)
    query = select(Webhook).where(Webhook.id == hook_id, Webhook.removed_at.is_(None))
    hook = work.session.scalar(query.with_for_update())
    if hook is None:
        raise NotFoundError("没有这个外发地址", "there is no such webhook")
    return hook


def change_webhook(work: UnitOfWork, hook_id: uuid.UUID, change: HookChange) -> Webhook:
    """Change an address; messages not yet delivered go to the new one.

    Raises:
        InvalidError: The address or a topic is not usable.
    """
    hook = get_webhook(work, hook_id)
    url, topics = change.url or hook.url, change.topics if change.topics is not None else hook.topics
    _check(url, topics)
    hook.url, hook.topics = url, list(dict.fromkeys(topics))
    hook.is_active = hook.is_active if change.is_active is None else change.is_active
    work.record("webhook_changed", webhook=hook.id, url=url, topics=hook.topics, is_active=hook.is_active)
    return hook


def renew_secret(work: UnitOfWork, hook_id: uuid.UUID) -> Webhook:
    """Give an address another secret: the old one signs nothing from now on."""
    hook = get_webhook(work, hook_id)
    hook.secret = _new_secret()
    work.record("webhook_secret_renewed", webhook=hook.id)
    return hook


def remove_webhook(work: UnitOfWork, hook_id: uuid.UUID) -> None:
    """Take an address out of use for good; what was sent to it stays to be read.

    Raises:
        ConflictError: Messages still wait for it.
    """
    hook = get_webhook(work, hook_id)
    waiting = select(func.count()).where(OutboxMessage.webhook_id == hook.id, OutboxMessage.delivered_at.is_(None))
    count = work.session.scalar(waiting)
    if count:
        raise ConflictError(
            f"还有{count}条消息未送达，可先停用", f"{count} messages wait for it: switch it off instead"
        )
    hook.is_active, hook.removed_at, hook.secret = False, work.now, ""
    work.record("webhook_removed", webhook=hook.id)


def _new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _check(url: str, topics: Sequence[str]) -> None:
    faults = [FieldFault("url", zh, en) for zh, en in _url_faults(url)]
    faults += [
        FieldFault("topics", f"没有这个主题：{topic}", f"no such topic: {topic}")
        for topic in topics
        if not is_topic(topic)
    ]
    if not topics:
        faults.append(FieldFault("topics", "至少选一个主题", "name a topic"))
    if faults:
        raise InvalidError(faults)


def _url_faults(url: str) -> list[tuple[str, str]]:
    """Only plain web addresses; systems of offices stand in private networks, so those are let through."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return [("不是有效的网址", "not an address")]
    if parts.scheme not in {"http", "https"} or not parts.hostname or not url.isascii() or not url.isprintable():
        return [("须是 http 或 https 网址", "an http or https address is wanted")]
    if " " in url or (port is not None and not 0 < port <= _PORTS):
        return [("不是有效的网址", "not an address")]
    if parts.username is not None or parts.password is not None or parts.fragment:
        return [("网址中不得有账号、口令或片段", "no user, password or fragment in the address")]
    return [("不得指向本机链路地址", "not a link-local address")] if _is_link_local(parts.hostname) else []


def _is_link_local(host: str) -> bool:
    """Addresses at which machines tell their own secrets."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_link_local or address.is_multicast or address.is_unspecified
