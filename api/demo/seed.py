"""Fill a service with the demo (演示数据): bodies, people, cases in every state; done twice, nothing is there twice."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import text
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session, sessionmaker

from api.applications.storage import LocalStorage
from api.cases import grounds
from api.db.engine import transaction
from api.demo.desk import Desk, known_keys, working_day_before
from api.demo.people import demo_password, seed_people
from api.demo.stories import Story, all_stories
from api.errors import RequestError, ServiceError
from api.settings import ServiceSettings
from api.supervision.published import publish_figures
from api.unit_of_work import LOCAL, SYSTEM, UnitOfWork
from rules.errors import RulesError

_LOCK = 7_220_170  # two that start at once don't tell the same story twice
_LONGEST_AGO = 90  # working days: earlier than any story
_log = structlog.get_logger("api.demo")


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was done (演示数据生成结果).

    Attributes:
        told: Stories told now.
        known: Stories that were there already.
        left_out: Stories that could not be told, with the reason: the rules of the day do not allow them.
    """

    told: int
    known: int
    left_out: tuple[tuple[str, str], ...]


def seed(
    sessions: sessionmaker[Session],
    settings: ServiceSettings,
    *,
    now: dt.datetime,
    stories: Sequence[Story] | None = None,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Seeded:
    """Bring the demo's people and cases in.

    Every story is one transaction with its jobs done in it: whoever is killed in between goes on where they were.

    Args:
        sessions: Of a migrated database.
        settings: Of this process; reviews run on its network.
        now: The moment of the call; all stories end before it.
        stories: Other stories than all of them.
        progress: Called after each story with the number done and that of all.
    """
    storage = LocalStorage(settings.attachments_folder)
    before = dt.datetime.combine(working_day_before(now.astimezone(LOCAL).date(), _LONGEST_AGO), dt.time(8), LOCAL)
    with transaction(sessions) as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        seed_people(session, grounds.current().network.graph, demo_password(settings.var), before)
        known = known_keys(session)
    wanted = all_stories() if stories is None else stories
    left = [story for story in wanted if story.key not in known]
    faults = []
    for number, story in enumerate(left, start=1):
        fault = _tell(sessions, storage, story, now, before)
        if fault is not None:
            faults.append((story.key, fault))
        progress(number, len(left))
    if left:
        with transaction(sessions) as session:
            publish_figures(UnitOfWork(session, SYSTEM, now))
    return Seeded(len(left) - len(faults), len(wanted) - len(left), tuple(faults))


def _tell(
    sessions: sessionmaker[Session], storage: LocalStorage, story: Story, now: dt.datetime, before: dt.datetime
) -> str | None:
    """One story in one transaction; the reason where it cannot be told."""
    try:
        with transaction(sessions) as session:
            session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            if story.key in known_keys(session):
                return None
            today = now.astimezone(LOCAL).date()
            story.tell(Desk(session, storage, today, before, story.firm))
    except (ServiceError, RequestError, RulesError, NoResultFound) as error:
        _log.warning("a story of the demo is left out", story=story.key, reason=str(error))
        return str(error)
    return None
