"""Who asks, and in which transaction (请求的身份与事务)."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Header, Query, Request, Response

from api.accounts.identify import identify
from api.db.engine import transaction
from api.errors import FieldFault, InvalidError, StaleError
from api.unit_of_work import UnitOfWork


def current_time(request: Request) -> dt.datetime:
    """The moment of the request."""
    now: dt.datetime = request.app.state.now()
    return now


def open_work(request: Request, now: Annotated[dt.datetime, Depends(current_time)]) -> Iterator[UnitOfWork]:
    """One transaction for one request; it is committed before the answer is sent, so what is said is true."""
    with transaction(request.app.state.sessions) as session:
        actor = identify(request, session, now)
        yield UnitOfWork(session, actor, now)


Work = Annotated[UnitOfWork, Depends(open_work, scope="function")]


def expected_version(if_match: Annotated[str | None, Header()] = None) -> int | None:
    """The version of an `If-Match` header; None without one.

    Raises:
        InvalidError: It is not one of our tags.
    """
    if if_match is None or if_match == "*":
        return None
    text = if_match.removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004 - a version is a small number
        raise InvalidError([FieldFault("If-Match", "不是有效的版本标签", "not one of our version tags")])
    return int(text)


IfMatch = Annotated[int | None, Depends(expected_version)]


def check_version(version: int, expected: int | None) -> None:
    """Refuse a change of something that was read in an older version.

    Raises:
        StaleError: It has changed since.
    """
    if expected is not None and expected != version:
        raise StaleError


def tag(response: Response, version: int) -> None:
    """Give an answer the tag of its version."""
    response.headers["ETag"] = f'"{version}"'


class Page:
    """Which part of a list is wanted (分页)."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=200, description="每页条数 rows a page")] = 50,
        offset: Annotated[int, Query(ge=0, le=1_000_000, description="跳过条数 rows to skip")] = 0,
    ) -> None:
        self.limit = limit
        self.offset = offset


Paging = Annotated[Page, Depends()]
