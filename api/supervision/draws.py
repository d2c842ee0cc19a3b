"""Draws for checks (双随机抽取): which permits near a class threshold are checked, repeatable by anybody."""

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Date, cast, func, select

from api.accounts.authorise import authorise, roles_of
from api.accounts.permissions import Action, Role, scopes_for
from api.cases.automatic import Draw
from api.cases.find import visible
from api.db.tables import Account, Case, CheckTask, Permit, Review
from api.errors import NotFoundError
from api.provinces.settings import integer_setting
from api.supervision.settings import supervision_settings
from api.unit_of_work import LOCAL, UnitOfWork
from rules.divisions import division_file

METHOD_ZH: Final = (
    "对“种子/办件编号”的UTF-8文本计算SHA-256，取前8字节按大端无符号整数除以100的余数，小于抽取比例的即抽中；"
    "检查人员按SHA-256（“种子/办件编号/账号”）的十六进制文本从小到大取前若干名"
)
METHOD_EN: Final = (
    "SHA-256 of the UTF-8 text 'seed/case number'; its first 8 bytes as a big-endian integer modulo 100; drawn if less "
    "than the percentage. Inspectors: the first ones by the hexadecimal SHA-256 of 'seed/case number/login'"
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One case of the list (抽取对象).

    Attributes:
        value: 0 to 99, from seed and number.
        task_id: The check that was opened for it; None where none was.
    """

    case_id: uuid.UUID
    number: str
    value: int
    drawn: bool
    task_id: uuid.UUID | None
    inspectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawList:
    """The draw of a day in a province (抽取清单)."""

    province: str
    on: dt.date
    seed: str
    percent: int
    items: tuple[Drawn, ...]


def draw_list(work: UnitOfWork, province: str, on: dt.date) -> DrawList:
    """Permits of a day near a threshold, drawn or not; class III is checked always and is not in it.

    Raises:
        NotFoundError: There is no such province.
    """
    if not scopes_for(roles_of(work.actor), Action.READ_STATISTICS):
        authorise(work.actor, Action.READ_STATISTICS)
    if province not in division_file().provinces:
        raise NotFoundError("没有这个省份代码", "no such province")
    seed = f"threshold/{on.isoformat()}"
    percent = integer_setting(work, "near_threshold_check_percent", province, on)
    where = visible(work, Action.READ_STATISTICS) & (Case.province == province)
    return DrawList(province, on, seed, percent, tuple(_items(work, where, seed, percent, on)))


def value_of(seed: str, number: str) -> int:
    """The value a case is drawn by, 0 to 99: the smallest share that would not draw it."""
    draw = Draw(number, seed)
    return next(percent for percent in range(100) if draw.is_drawn(percent + 1))


def inspectors_of(seed: str, number: str, logins: list[str], wanted: int) -> tuple[str, ...]:
    """Who checks, out of those who may."""
    return tuple(sorted(logins, key=lambda login: hashlib.sha256(f"{seed}/{number}/{login}".encode()).hexdigest()))[
        :wanted
    ]


def _items(work: UnitOfWork, where: ColumnElement[bool], seed: str, percent: int, on: dt.date) -> list[Drawn]:
    issued = cast(func.timezone(LOCAL.key, Permit.issued_at), Date)
    near = Review.report["classification"]["near_threshold"]
    query = (
        select(Case.id, Case.number, Case.deciding_body_id, CheckTask.id)
        .join(Permit, (Permit.case_id == Case.id) & (Permit.version == 1))
        .join(Review, Review.id == Case.review_id)
        .outerjoin(CheckTask, (CheckTask.case_id == Case.id) & (CheckTask.reason == "near_threshold"))
        .where(where, issued == on, Case.vehicle_class != "III", func.jsonb_array_length(near) > 0)
        .order_by(Case.number)
    )
    found, officers = [], _officers(work)
    for case_id, number, body_id, task_id in work.session.execute(query):
        value = value_of(seed, number)
        logins = officers.get(body_id or "", [])
        chosen = inspectors_of(seed, number, logins, supervision_settings().inspectors) if value < percent else ()
        found.append(Drawn(case_id, number, value, value < percent, task_id, chosen))
    return found


def _officers(work: UnitOfWork) -> dict[str, list[str]]:
    """Logins of open enforcement accounts, by body (检查人员名录)."""
    wanted = select(Account.body_id, Account.login).where(
        Account.is_active, Account.roles.contains([Role.ENFORCEMENT.value]), Account.body_id.is_not(None)
    )
    found: dict[str, list[str]] = {}
    for body_id, login in work.session.execute(wanted.order_by(Account.login)):
        found.setdefault(body_id or "", []).append(login)
    return found
