"""The demo's stories: every state, told by the service's own functions, once."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from api.cases import grounds
from api.cases.states import State
from api.commands.demo import build_demo
from api.db.tables import Account, Case, Draft, Event, Packet, Permit
from api.demo.desk import known_keys, working_day_before
from api.demo.people import LOGINS, demo_password
from api.demo.seed import seed
from api.demo.stories import DRAFTS, PLOTS, all_stories
from api.ledger.verify import verify_ledger
from api.settings import service_settings

NOW = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def _network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("network") / "demo"
    build_demo(folder, 4, scale=0.22)
    grounds.use(grounds.Source(folder, folder / "overlays"))
    yield
    grounds.use(None)


def one_of_each() -> list:
    """The first story of every plot, and a draft."""
    return [story for story in all_stories() if story.key.endswith("-1")]


def counts(sessions) -> dict[str, int]:
    with sessions() as session:
        tables = (Account, Case, Draft, Event, Packet, Permit)
        return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) for table in tables}


def test_there_are_some_two_hundred_with_keys_of_their_own() -> None:
    stories = all_stories()
    assert len({story.key for story in stories}) == len(stories)
    assert len({story.number for story in stories}) == len(stories)
    assert 200 <= sum(plot.count for plot in PLOTS) <= 260
    assert sum(story.plot is None for story in stories) == DRAFTS


@pytest.mark.usefixtures("_network")
def test_one_of_each_is_told_once_even_when_interrupted_and_stands_in_every_state(
    sessions, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAJIAN_VAR", str(settings.var))
    service_settings.cache_clear()
    stories = one_of_each()

    def interrupt(done: int, of: int) -> None:
        if done == of // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seed(sessions, settings, now=NOW, stories=stories, progress=interrupt)
    with sessions() as session:
        halfway = known_keys(session)
    assert 0 < len(halfway) < len(stories)
    done = seed(sessions, settings, now=NOW, stories=stories)
    assert (done.known, done.left_out) == (len(halfway), ())
    with sessions() as session:
        states = set(session.scalars(select(Case.state)))
        drafts = session.scalar(select(func.count()).select_from(Draft))
        latest = session.scalar(select(func.max(Event.at)))
        waiting = session.execute(text("SELECT task_name FROM procrastinate_jobs WHERE scheduled_at IS NULL")).all()
    assert states == {state.value for state in State} - {"draft"}
    assert drafts == len(stories)
    assert latest <= NOW
    assert {row.task_name for row in waiting} <= {"issue_revocation_list", "advise_case"}
    before = counts(sessions)
    again = seed(sessions, settings, now=NOW + dt.timedelta(days=3), stories=stories)
    assert (again.told, again.known) == (0, len(stories))
    assert counts(sessions) == before
    with sessions() as session:
        assert verify_ledger(session).fault is None
    service_settings.cache_clear()


@pytest.mark.usefixtures("_network")
def test_the_listed_accounts_can_sign_in(people, sessions, settings) -> None:
    seed(sessions, settings, now=NOW, stories=[])
    password = demo_password(settings.var)
    for login in (LOGINS[0].login, LOGINS[-1].login):
        client = people.nobody()
        answer = client.post("/api/v1/session", json={"login": login, "password": password})
        assert answer.status_code == 200, answer.text


def test_the_password_is_drawn_once_and_is_ours_alone(tmp_path: Path) -> None:
    first = demo_password(tmp_path)
    assert demo_password(tmp_path) == first
    file = tmp_path / "demo_logins.json"
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("{ damaged")
    assert demo_password(tmp_path) != first


@pytest.mark.parametrize(
    ("count", "day"),
    [(0, "2026-10-12"), (1, "2026-10-10"), (2, "2026-10-09"), (4, "2026-09-30")],
    ids=["today", "a Saturday worked", "Friday", "before the holiday"],
)
def test_working_days_back_over_the_national_day_holiday(count: int, day: str) -> None:
    assert working_day_before(dt.date(2026, 10, 12), count).isoformat() == day


def test_beyond_the_calendar_the_week_counts() -> None:
    assert working_day_before(dt.date(2031, 1, 13), 1) == dt.date(2031, 1, 10)
