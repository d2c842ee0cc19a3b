"""Settings of provinces: typed, dated, never after the fact, a province before everywhere."""

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sqlalchemy.orm import Session, sessionmaker

from api.accounts.permissions import Role
from api.db.tables import Event
from api.errors import ForbiddenError, InvalidError, NotFoundError
from api.permits.settings import default_permit_settings
from api.provinces.declared import Declaration, declarations, value_faults
from api.provinces.settings import (
    history_of,
    permit_settings_on,
    service_settings_on,
    set_setting,
    setting,
    settings_of,
)
from api.unit_of_work import Actor, UnitOfWork
from rules.service import default_service

ADMIN = Actor("管理员", frozenset({"admin"}))
NAME = "automatic_decision_mass_kg"


@pytest.fixture
def work(sessions: sessionmaker[Session], clock) -> Iterator[UnitOfWork]:
    """An administrator's transaction that is given up at the end."""
    with sessions() as session:
        yield UnitOfWork(session, ADMIN, clock())


def _day(work: UnitOfWork, days: int) -> dt.date:
    return work.today + dt.timedelta(days=days)


def test_every_declared_default_is_of_its_own_type_and_says_its_doubt(work) -> None:
    assert len(declarations()) > 30
    for state in settings_of(work, "43"):
        assert state.title_zh, state.name
        assert state.doubt, state.name
        assert state.value == state.default == setting(work, state.name, "43", work.today)


def test_nothing_is_automatic_unless_a_province_says_so(work) -> None:
    assert setting(work, "automatic_decision", "43", work.today) is False
    assert setting(work, "items_to_follow", "43", work.today) == []


def test_a_value_holds_from_its_day_on(work) -> None:
    set_setting(work, "43", NAME, 50_000, _day(work, 5))
    assert setting(work, NAME, "43", _day(work, 4)) == 60_000
    assert setting(work, NAME, "43", _day(work, 5)) == 50_000
    assert setting(work, NAME, "43", _day(work, 500)) == 50_000
    assert setting(work, NAME, "44", _day(work, 5)) == 60_000


def test_nothing_is_set_for_days_past(work) -> None:
    with pytest.raises(InvalidError) as refused:
        set_setting(work, "43", NAME, 50_000, _day(work, -1))
    assert [fault.field for fault in refused.value.faults] == ["valid_from"]
    set_setting(work, "43", NAME, 50_000, work.today)


def test_a_province_comes_before_everywhere(work) -> None:
    set_setting(work, "00", NAME, 1, work.today)
    assert setting(work, NAME, "43", work.today) == 1
    assert setting(work, NAME, None, work.today) == 1
    set_setting(work, "43", NAME, 2, _day(work, 1))
    set_setting(work, "00", NAME, 3, _day(work, 2))
    assert [setting(work, NAME, "43", _day(work, n)) for n in range(4)] == [1, 2, 2, 2]
    assert [setting(work, NAME, "44", _day(work, n)) for n in range(4)] == [1, 1, 3, 3]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 10**6)), max_size=8))
@effort(max_examples=25, deadline=None)
def test_whatever_the_order_of_choosing_the_last_choice_for_a_day_holds(sessions, clock, chosen) -> None:
    """A plain model: each choice holds from its day until the next later day that was chosen by then or since."""
    with sessions() as session:
        work = UnitOfWork(session, ADMIN, clock())
        model: dict[int, int] = {}
        for day, value in chosen:
            set_setting(work, "11", NAME, value, _day(work, day))
            model[day] = value
        for day in range(10):
            before = [start for start in model if start <= day]
            wanted = model[max(before)] if before else 60_000
            assert setting(work, NAME, "11", _day(work, day)) == wanted


def test_every_choice_stays_in_the_history_and_in_the_ledger(people, clock, sessions) -> None:
    people.account("root", "admin")
    client = people.sign_in("root")
    today = clock().date().isoformat()
    path = f"/api/v1/provinces/43/settings/{NAME}"
    for value in (10, 20):
        assert client.post(path, json={"value": value, "valid_from": today}).status_code == 201
    history = client.get(path).json()
    assert sorted(item["value"] for item in history["items"]) == [10, 20]
    shown = {item["name"]: item for item in client.get("/api/v1/provinces/43/settings").json()["items"]}
    assert shown[NAME]["value"] == 20
    assert shown[NAME]["chosen"]["set_by"] == client.get("/api/v1/account").json()["id"]
    with sessions() as session:
        told = [e.data for e in session.query(Event).filter_by(kind="setting_changed").order_by(Event.seq)]
    assert [(one["name"], one["value"]) for one in told[-2:]] == [(NAME, 10), (NAME, 20)]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        (NAME, "60000"),
        (NAME, -1),
        (NAME, 1_000_001),
        (NAME, 1.5),
        (NAME, True),
        (NAME, None),
        ("automatic_decision", 1),
        ("automatic_decision", "true"),
        ("check_body", "anybody"),
        ("check_body", ["origin"]),
        ("automatic_decision_classes", ["IV"]),
        ("automatic_decision_classes", ["I", "I"]),
        ("automatic_decision_classes", "I"),
        ("bridge_bands_percent", [80, 50]),
        ("bridge_bands_percent", [50, 50]),
        ("bridge_bands_percent", []),
        ("bridge_bands_percent", [0]),
        ("items_to_follow", [1]),
        ("items_to_follow", [""]),
        ("oidc_login_claim", "x" * 101),
        ("oidc_login_claim", "a\u0000"),
        ("service.promised_days", {"III": 0}),
        ("service.promised_days", {"IV": 3}),
        ("service.promised_days", 3),
        ("permits.tolerance_height_mm", "much"),
        ("dispatch.maintainers", "sometimes"),
    ],
)
def test_a_value_of_another_kind_is_refused(work, name, wrong) -> None:
    with pytest.raises(InvalidError):
        set_setting(work, "43", name, wrong, work.today)


def test_unknown_names_and_provinces_are_not_found(work) -> None:
    for province, name in (("99", NAME), ("43", "no_such"), ("4", NAME)):
        with pytest.raises(NotFoundError):
            set_setting(work, province, name, 1, work.today)
    with pytest.raises(NotFoundError):
        history_of(work, "43", "no_such")


def test_rule_settings_are_replaced_one_by_one_and_the_rest_stays(work) -> None:
    set_setting(work, "43", "service.promised_days", {"II": 3, "III": 9}, _day(work, 1))
    set_setting(work, "43", "permits.tolerance_height_mm", 10, work.today)
    assert service_settings_on(work, "43", work.today) == default_service()
    later = service_settings_on(work, "43", _day(work, 1))
    assert later.promised_days == {"II": 3, "III": 9}
    assert later.opinion_days == default_service().opinion_days
    assert permit_settings_on(work, "43", work.today).tolerance_height_mm == 10
    assert permit_settings_on(work, "44", work.today) == default_permit_settings()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_administrators_choose(sessions, clock, role) -> None:
    with sessions() as session:
        work = UnitOfWork(session, Actor("x", frozenset({role.value}), account_id=uuid.uuid4()), clock())
        with pytest.raises(ForbiddenError):
            set_setting(work, "43", NAME, 1, work.today)


def test_odd_values_over_http_are_faults(people, clock) -> None:
    client = people.sign_in("root")
    today = clock().date().isoformat()
    for raw in (
        "NaN",
        "1e400",
        '"\\ud800"',
        '{"a": {"b": [1]}}',
        "[" * 40 + "]" * 40,
        "123456789012345678901234567890",
    ):
        answer = client.post(
            f"/api/v1/provinces/43/settings/{NAME}",
            content=f'{{"value": {raw}, "valid_from": "{today}"}}',
            headers={"content-type": "application/json"},
        )
        assert answer.status_code == 422, (raw, answer.text)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x, max_size=3)))
def test_no_value_breaks_the_check(value) -> None:
    for one in declarations().values():
        if one.type != "overrides":
            assert isinstance(value_faults(one, value), list)


def test_a_broken_declaration_is_refused() -> None:
    with pytest.raises(ValueError, match="doubt"):
        Declaration(type="switch", default="true", title_zh="x", title_en="x")
    with pytest.raises(ValueError, match="least and most"):
        Declaration(type="integer", default="1", title_zh="x", title_en="x", doubt="x")
