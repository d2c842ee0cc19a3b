"""The story of a rebuilt bridge on a network that somebody made with `dajian network build`, from queue to verdict."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from api import cli
from api.cases import grounds
from api.holdings import building, publishing
from api.holdings.making import Making, making_of
from api.holdings.publishing import keep_networks
from api.jobs.worker import work as do_jobs
from api.unit_of_work import SYSTEM, UnitOfWork
from routing.storage import read_manifest
from tests.service.desk import Desk, network_folder
from tests.service.test_holdings import URL, asked, county, finding_of, rebuilt, review_of, uploaded


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's own files, compiled by the command that everybody has."""
    drawn, out = network_folder() / "sources", tmp_path_factory.mktemp("built") / "network"
    given = [drawn / "roads.osm.pbf", "--bridges", drawn / "bridges.csv", "--roads", drawn / "roads.csv"]
    assert cli.run(["network", "build", *map(str, given), "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def desk(desk: Desk, engine: Engine, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The desk on that network."""
    published = tmp_path_factory.mktemp("published")
    grounds.use(grounds.Source(built, built / "overlays", database=engine, published=published))
    yield desk
    grounds.use(None)


@pytest.fixture
def queue(engine: Engine, sessions: sessionmaker[Session]) -> Callable[[], None]:
    """Do what is queued for publications now, and nothing else."""
    url = engine.url.render_as_string(hide_password=False)

    def run() -> None:
        with sessions.begin() as session:
            session.execute(text("DELETE FROM procrastinate_jobs WHERE task_name != 'publish_holdings'"))
        do_jobs(url, sessions, wait=False)

    return run


@pytest.fixture(autouse=True)
def _nothing_waits(desk: Desk) -> Iterator[None]:
    yield
    with desk.sessions.begin() as session:
        session.execute(text("DELETE FROM procrastinate_jobs WHERE task_name = 'publish_holdings'"))
    desk.run(keep_networks)


def approved(desk: Desk) -> uuid.UUID:
    """A request that its second person has approved, and no worker has seen yet."""
    writer = f"reviewer@{county()}"
    change = asked(desk, writer, uploaded(desk, writer, rebuilt())["id"])
    answer = desk[f"approver@{county()}"].post(f"{URL}/changes/{change}/approve")
    assert (answer.status_code, answer.json()["state"]) == (200, "approved")
    return uuid.UUID(change)


def state_of(desk: Desk, change: uuid.UUID) -> Making:
    with desk.sessions() as session:
        return making_of(UnitOfWork(session, SYSTEM, desk.clock()), [change])[change]


def page(desk: Desk, language: str = "zh") -> str:
    """The section of the page that tells how far publications are; empty if there is none."""
    client = desk[f"reviewer@{county()}"]
    client.cookies.set("dajian_lang", language)
    answer = client.get("/holdings")
    assert answer.status_code == 200
    found: str = answer.text
    return found.partition('id="progress"')[2].partition("</section>")[0]


def test_a_published_bridge_changes_the_verdict_on_a_built_network(
    desk: Desk, queue: Callable[[], None], built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = review_of(desk)
    assert before["network_id"] == read_manifest(built)["network_id"]
    assert before["verdict"] == "unknown"
    assert page(desk) == "", "nothing was published yet"
    change = approved(desk)
    assert state_of(desk, change) == Making("waiting", 0, None, None, is_behind=False)
    assert "等待生成路网" in page(desk)
    assert "data-open" in page(desk)

    seen: list[Any] = []

    def watched(*arguments: Any) -> Any:
        seen.extend((state_of(desk, change), page(desk), page(desk, language="en")))
        return building.build(*arguments)

    monkeypatch.setattr(publishing, "build", watched)
    started = dt.datetime.now(dt.UTC)
    queue()
    job, chinese, english = seen
    assert (job.state, job.failures) == ("running", 0)
    assert abs(job.since - started) < dt.timedelta(minutes=10)
    assert "正在生成路网" in chinese
    assert "is being made" in english
    assert "data-open" in chinese

    after = review_of(desk)
    assert after["verdict"] == "conditional"
    assert finding_of(after)["outcome"] in {"passes", "conditional"}
    assert after["network_id"] != before["network_id"]
    told = page(desk)
    assert "已生效" in told
    assert after["network_id"].removeprefix("sha256:")[:16] in told
    assert "data-open" not in told


def test_a_job_that_fails_is_told_and_once_given_up_the_office_may_ask_again(
    desk: Desk, queue: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("out of order")

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "build", broken)
        change = approved(desk)
        queue()
        waiting = state_of(desk, change)
        assert (waiting.state, waiting.failures) == ("waiting", 1)
        assert waiting.again_at is not None
        assert "已有 1 次没有成功" in page(desk)
        with desk.sessions.begin() as session:
            session.execute(text("UPDATE procrastinate_jobs SET attempts = 8, scheduled_at = NULL"))
        queue()
    assert state_of(desk, change).state == "given_up"
    assert "生成任务已放弃" in page(desk)
    assert "data-open" not in page(desk)
    desk.run(keep_networks)
    ended = desk.read(f"{URL}/changes/{change}", f"reviewer@{county()}")
    assert ended["state"] == "failed"
    assert "已经放弃" in ended["answer"]
    assert "未能发布" in page(desk)
    approved(desk)


def test_a_request_whose_job_was_lost_ends_too_and_one_that_waits_does_not(desk: Desk) -> None:
    change = approved(desk)
    desk.run(keep_networks)
    assert state_of(desk, change).state == "waiting"
    with desk.sessions.begin() as session:
        session.execute(text("DELETE FROM procrastinate_jobs WHERE args->>'change' = :id"), {"id": str(change)})
    assert state_of(desk, change).state == "given_up"
    desk.run(keep_networks)
    assert desk.read(f"{URL}/changes/{change}", f"reviewer@{county()}")["state"] == "failed"


def test_a_full_disk_is_the_reason_that_is_told(
    desk: Desk, queue: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publishing, "build", full)
    change = approved(desk)
    queue()
    assert desk.read(f"{URL}/changes/{change}", f"reviewer@{county()}")["state"] == "failed"
    assert "No space left on device" in page(desk)


def test_another_network_that_is_being_made_comes_first(desk: Desk, engine: Engine) -> None:
    change = approved(desk)
    other = "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', :task, 'doing')"
    for task, is_behind in (("review_case", False), ("keep_networks", True)):
        with engine.begin() as connection:
            connection.execute(text(other), {"task": task})
        assert state_of(desk, change) == Making("waiting", 0, None, None, is_behind=is_behind)
    assert "前面有另一次路网生成" in page(desk)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs WHERE status = 'doing'"))


def test_without_the_files_nothing_is_published_and_everybody_reads_what_to_do(desk: Desk, built: Path) -> None:
    kept = built / "sources" / "bridges.coverage.csv"
    aside = kept.rename(kept.with_suffix(".aside"))
    writer, approver = f"reviewer@{county()}", f"approver@{county()}"
    change = asked(desk, writer, uploaded(desk, writer, rebuilt())["id"])
    refused = desk[approver].post(f"{URL}/changes/{change}/approve")
    assert refused.status_code == 409
    assert "dajian network build" in refused.json()["detail"]
    assert [one["message_zh"] for one in refused.json()["faults"]] == [f"{kept.name}：没有"]
    assert kept.name in desk[writer].get("/holdings").text
    assert kept.name not in desk[f"police@{county().replace('transport', 'police')}"].get("/holdings").text
    aside.rename(kept)
    assert kept.name not in desk[writer].get("/holdings").text
    assert desk[writer].post(f"{URL}/changes/{change}/take-back").status_code == 200
