"""Throttling (限流): counted in the database, so that every process counts alike."""

import datetime as dt

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from api.db.tables import Throttle
from api.errors import TooManyError

KEEP = dt.timedelta(days=1)


def count(
    sessions: sessionmaker[Session], key: str, *, most: int, per: dt.timedelta, now: dt.datetime, message_zh: str = ""
) -> None:
    """Count one try, in a transaction of its own: a refused request must count too.

    Args:
        sessions: Makes the transaction.
        key: What is counted, such as "sign-in:login".
        most: How many within one window.
        per: Length of the window.
        now: The moment of the try.
        message_zh: What is said beside the default.

    Raises:
        TooManyError: It was one too many.
    """
    step = int(per.total_seconds())
    window = dt.datetime.fromtimestamp(int(now.timestamp()) // step * step, dt.UTC)
    with sessions.begin() as session:
        row = insert(Throttle).values(key=key[:300], window=window, count=1)
        counted = row.on_conflict_do_update(
            index_elements=["key", "window"], set_={"count": Throttle.count + 1}
        ).returning(Throttle.count)
        tries = session.scalar(counted) or 0
        if tries == 1:
            session.execute(delete(Throttle).where(Throttle.key == key, Throttle.window < now - KEEP))
    if tries > most:
        wait = int((window + per - now).total_seconds()) + 1
        raise TooManyError(message_zh or f"操作过于频繁，请{wait}秒后再试", f"too often: try again in {wait} s", wait)
