"""Administration of accounts, registration of firms, one's own account."""

import re
import threading
import uuid

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from stdnum.cn import uscc

from api.accounts.bodies import import_bodies
from api.accounts.kinds import ROLES_OF_BODY
from api.accounts.passwords import check_new_password, hash_password, is_password, needs_new_hash
from api.accounts.permissions import Role
from api.db.engine import transaction
from api.db.tables import Account, Event
from api.dispatch.directory import build_directory
from api.errors import ConflictError, InvalidError
from api.unit_of_work import SYSTEM, Actor, UnitOfWork

PASSWORD = "correct horse battery"  # noqa: S105 - of test accounts
ADMIN = Actor("管理员", frozenset({"admin"}))
FIRMS = ["91430100MA4L16JQ9D", "91430100712194386Y"]


@pytest.fixture(scope="module")
def admin(people) -> TestClient:
    people.account("root", "admin")
    people.account("root2", "admin")
    people.body("430100-transport")
    people.body("430100-police", kind="police")
    return people.sign_in("root")


def _office(login: str = "clerk", **more: object) -> dict[str, object]:
    new = {"login": login, "display_name": "办事员", "kind": "office", "roles": ["window"], "password": PASSWORD}
    return new | {"body_id": "430100-transport"} | more


def _made(admin: TestClient, login: str, **more: object) -> str:
    answer = admin.post("/api/v1/accounts", json=_office(login, **more))
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def _events(sessions: sessionmaker[Session], kind: str) -> list[Event]:
    with sessions() as session:
        return list(session.scalars(select(Event).where(Event.kind == kind).order_by(Event.seq)))


def test_an_account_is_made_listed_and_signs_in(admin, people, sessions) -> None:
    account_id = _made(admin, "clerk", roles=["window", "reviewer"])
    assert people.sign_in("clerk").get("/api/v1/account").json()["roles"] == ["reviewer", "window"]
    listed = admin.get("/api/v1/accounts", params={"q": "CLE"}).json()
    assert [item["id"] for item in listed["items"]] == [account_id]
    assert listed["total"] == 1
    assert "password" not in str(listed).replace("has_password", "")
    assert PASSWORD not in str(_events(sessions, "account_created")[-1].content)
    assert _events(sessions, "account_created")[-1].data["after"]["roles"] == ["reviewer", "window"]


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"roles": ["police"]}, {"roles"}),
        ({"roles": ["system"]}, {"roles"}),
        ({"roles": ["public"]}, {"roles"}),
        ({"roles": ["carrier"]}, {"roles"}),
        ({"roles": ["no_such"]}, {"roles"}),
        ({"roles": []}, {"roles"}),
        ({"body_id": "nowhere"}, {"body_id"}),
        ({"body_id": None}, {"body_id"}),
        ({"kind": "carrier", "roles": ["carrier"]}, {"carrier_id", "body_id"}),
        ({"kind": "carrier", "roles": ["carrier", "admin"]}, {"carrier_id", "body_id", "roles"}),
        ({"kind": "service", "roles": ["service", "reviewer"], "password": None}, {"roles"}),
        ({"kind": "service", "roles": ["service"]}, {"password"}),
        ({"password": "short"}, {"password"}),
        ({"password": "aaaaaaaaaaaa"}, {"password"}),
        ({"password": "xx-refused-xx"}, {"password"}),
        ({"password": "my password 1"}, {"password"}),
        ({"password": "with\u0007a bell in it"}, {"password"}),
        ({"carrier_id": str(uuid.uuid4())}, {"carrier_id"}),
    ],
)
def test_what_does_not_go_together_is_refused_by_field(admin, sessions, change, fields) -> None:
    answer = admin.post("/api/v1/accounts", json=_office("refused", **change))
    assert answer.status_code == 422, answer.text
    assert fields <= {fault["field"] for fault in answer.json()["faults"]}
    with sessions() as session:
        assert session.scalar(select(Account).where(Account.login == "refused")) is None


def test_every_kind_of_body_has_roles_and_no_body_makes_programs() -> None:
    granted = frozenset().union(*ROLES_OF_BODY.values())
    assert granted == frozenset(Role) - {Role.CARRIER, Role.SERVICE, Role.SYSTEM, Role.PUBLIC}
    assert ROLES_OF_BODY["police"] == {Role.POLICE}


def test_a_login_is_given_once_whatever_its_case_and_whoever_is_first(admin, people) -> None:
    _made(admin, "Unique.Login")
    assert admin.post("/api/v1/accounts", json=_office("unique.login")).status_code == 409
    clients = [people.sign_in("root") for _ in range(4)]
    codes: list[int] = []

    def make(client: TestClient) -> None:
        codes.append(client.post("/api/v1/accounts", json=_office("at-once")).status_code)

    threads = [threading.Thread(target=make, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [201, 409, 409, 409]


def test_nobody_changes_their_own_roles_body_or_closing(admin) -> None:
    own = admin.get("/api/v1/account").json()["id"]
    for change in ({"roles": ["admin", "approver"], "body_id": "430100-transport"}, {"is_active": False}):
        assert admin.patch(f"/api/v1/accounts/{own}", json=change).status_code == 403
    assert admin.put(f"/api/v1/accounts/{own}/password", json={"password": "another good one"}).status_code == 403
    assert admin.patch(f"/api/v1/accounts/{own}", json={"display_name": "新名"}).json()["display_name"] == "新名"
    assert admin.get("/api/v1/account").json()["roles"] == ["admin"]


@pytest.mark.parametrize("role", ["window", "reviewer", "approver", "enforcement", "supervisor"])
def test_no_office_account_gives_itself_or_others_anything(admin, people, role) -> None:
    login = f"greedy-{role}"
    account_id = _made(admin, login, roles=[role])
    client = people.sign_in(login)
    assert client.patch(f"/api/v1/accounts/{account_id}", json={"roles": ["admin"]}).status_code == 403
    assert client.post("/api/v1/accounts", json=_office("crony", roles=["admin"])).status_code == 403


def test_a_closed_account_is_out_at_once_and_comes_back_when_opened(admin, people) -> None:
    account_id = _made(admin, "leaver")
    client = people.sign_in("leaver")
    assert client.get("/api/v1/account").status_code == 200
    assert admin.patch(f"/api/v1/accounts/{account_id}", json={"is_active": False}).json()["is_active"] is False
    assert client.get("/api/v1/account").status_code == 401
    refused = people.nobody().post("/api/v1/session", json={"login": "leaver", "password": PASSWORD})
    assert refused.status_code == 401
    admin.patch(f"/api/v1/accounts/{account_id}", json={"is_active": True})
    assert client.get("/api/v1/account").status_code == 401  # its old session is gone for good
    assert people.sign_in("leaver").get("/api/v1/account").status_code == 200


def test_sessions_end_when_roles_change_or_the_password_is_reset(admin, people) -> None:
    account_id = _made(admin, "changed")
    first = people.sign_in("changed")
    admin.patch(f"/api/v1/accounts/{account_id}", json={"roles": ["reviewer"]})
    assert first.get("/api/v1/account").status_code == 401
    second = people.sign_in("changed")
    assert admin.put(f"/api/v1/accounts/{account_id}/password", json={"password": "entirely new"}).status_code == 204
    assert second.get("/api/v1/account").status_code == 401
    old = people.nobody().post("/api/v1/session", json={"login": "changed", "password": PASSWORD})
    new = people.nobody().post("/api/v1/session", json={"login": "changed", "password": "entirely new"})
    assert (old.status_code, new.status_code) == (401, 200)


@pytest.mark.usefixtures("admin")
def test_the_only_administrator_cannot_be_taken_away_by_anybody(sessions, clock) -> None:
    from api.accounts.administration import change_account, set_active

    def close_all(work: UnitOfWork) -> None:
        for account in work.session.scalars(select(Account).where(Account.roles.contains(["admin"]))):
            set_active(work, account.id, is_active=False)

    def demote_all(work: UnitOfWork) -> None:
        for account in work.session.scalars(select(Account).where(Account.roles.contains(["admin"]))):
            change_account(work, account.id, {"roles": ["window"], "body_id": "430100-transport"})

    for attempt in (close_all, demote_all):
        with sessions() as session, pytest.raises(ConflictError):
            attempt(UnitOfWork(session, ADMIN, clock()))


def test_a_password_is_changed_with_the_old_one_and_other_sessions_end(admin, people) -> None:
    _made(admin, "owner")
    here, there = people.sign_in("owner"), people.sign_in("owner")
    change = {"old_password": PASSWORD, "new_password": "a wholly new one"}
    wrong = here.put("/api/v1/account/password", json=change | {"old_password": "wrong"})
    assert wrong.json()["faults"][0]["field"] == "old_password"
    same = here.put("/api/v1/account/password", json=change | {"new_password": PASSWORD})
    weak = here.put("/api/v1/account/password", json=change | {"new_password": "owner-owner-1"})
    assert (same.status_code, weak.status_code) == (422, 422)
    assert here.put("/api/v1/account/password", json=change).status_code == 204
    assert here.get("/api/v1/account").status_code == 200
    assert there.get("/api/v1/account").status_code == 401


def test_the_old_password_cannot_be_guessed_in_a_stolen_session(admin, people, clock) -> None:
    _made(admin, "stolen")
    client = people.sign_in("stolen")
    body = {"old_password": "guess", "new_password": "a wholly new one"}
    codes = [client.put("/api/v1/account/password", json=body).status_code for _ in range(12)]
    assert codes == [422] * 10 + [429] * 2
    clock.forward(minutes=11)


def test_other_sessions_are_ended_from_one(admin, people) -> None:
    _made(admin, "devices")
    here, there = people.sign_in("devices"), people.sign_in("devices")
    assert here.delete("/api/v1/account/other-sessions").status_code == 204
    assert (here.get("/api/v1/account").status_code, there.get("/api/v1/account").status_code) == (200, 401)


def test_a_city_supervisor_sees_the_accounts_below_and_no_others(admin, people) -> None:
    people.body("430102-transport", level="county", code="430102")
    people.body("430200-transport", code="430200")
    _made(admin, "watch", roles=["supervisor"])
    county, elsewhere = (
        _made(admin, "below", body_id="430102-transport"),
        _made(admin, "far", body_id="430200-transport"),
    )
    client = people.sign_in("watch")
    seen = {item["login"] for item in client.get("/api/v1/accounts").json()["items"]}
    assert {"watch", "below"} <= seen
    assert not seen & {"far", "root"}
    assert client.get(f"/api/v1/accounts/{county}").status_code == 200
    assert client.get(f"/api/v1/accounts/{elsewhere}").status_code == 404
    assert client.get(f"/api/v1/accounts/{uuid.uuid4()}").status_code == 404


def _firm(number: int = 0, **more: object) -> dict[str, object]:
    login = f"firm{number}"
    new = {"name": "新大件运输公司", "credit_code": FIRMS[number], "login": login, "display_name": "经办人"}
    return new | {"password": PASSWORD} | more


@pytest.mark.usefixtures("admin")
def test_a_firm_registers_once_and_others_join_by_invitation_alone(people, sessions, clock) -> None:
    nobody = people.nobody()
    assert all(uscc.is_valid(code) for code in FIRMS)
    made = nobody.post("/api/v1/carriers", json=_firm())
    assert made.status_code == 201, made.text
    assert made.json()["roles"] == ["carrier"]
    again = nobody.post("/api/v1/carriers", json=_firm(login="intruder"))
    assert again.status_code == 409
    first = people.sign_in("firm0")
    invitation = first.post("/api/v1/carriers/invitations", json={}).json()
    join = {"invitation": invitation["invitation"], "login": "second", "display_name": "二", "password": PASSWORD}
    clock.forward(seconds=1)
    joined = nobody.post("/api/v1/carriers/join", json=join)
    assert joined.json()["carrier_id"] == made.json()["carrier_id"]
    used = nobody.post("/api/v1/carriers/join", json=join | {"login": "third"})
    assert used.status_code == 422
    assert people.sign_in("second").post("/api/v1/carriers/invitations", json={}).status_code == 403
    late = first.post("/api/v1/carriers/invitations", json={}).json()
    clock.forward(days=8)
    answer = nobody.post("/api/v1/carriers/join", json=join | {"invitation": late["invitation"], "login": "late"})
    assert answer.status_code == 422
    assert late["invitation"] not in str([e.content for e in _events(sessions, "invited")])


@pytest.mark.usefixtures("admin", "sessions")
def test_a_carrier_cannot_invite_into_another_firm_but_an_administrator_can(people) -> None:
    other = str(people.carrier())
    client = people.sign_in("firm0")
    assert client.post("/api/v1/carriers/invitations", json={"carrier_id": other}).status_code == 403
    root = people.sign_in("root")
    assert root.post("/api/v1/carriers/invitations", json={"carrier_id": other}).json()["carrier_id"] == other
    assert root.post("/api/v1/carriers/invitations", json={"carrier_id": str(uuid.uuid4())}).status_code == 422
    assert root.post("/api/v1/carriers/invitations", json={}).status_code == 403
    assert people.nobody().post("/api/v1/carriers/invitations", json={}).status_code in {401, 403}


@pytest.mark.parametrize("code", ["91430100MA4L16JQ9A", "123", "9143 0100MA4L16JQ9B", "91430100MA4L16JQ9IO"])
def test_a_wrong_credit_code_is_refused(people, code) -> None:
    answer = people.nobody().post("/api/v1/carriers", json=_firm(1, credit_code=code))
    assert answer.status_code == 422
    assert "credit_code" in {fault["field"].rpartition(".")[2] for fault in answer.json()["faults"]}


def test_two_registrations_of_one_firm_at_once_make_one(people, clock) -> None:
    clock.forward(days=1)
    codes: list[int] = []

    def register(number: int) -> None:
        body = _firm(1, login=f"racer{number}")
        codes.append(people.nobody().post("/api/v1/carriers", json=body).status_code)

    threads = [threading.Thread(target=register, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [201, 409, 409, 409]


def test_registrations_from_one_address_are_limited(people, clock) -> None:
    clock.forward(days=1)
    codes = [people.nobody().post("/api/v1/carriers", json=_firm()).status_code for _ in range(22)]
    assert codes == [409] * 20 + [429] * 2
    clock.forward(days=1)


@pytest.mark.usefixtures("admin")
def test_bodies_come_in_from_a_directory_and_again_without_change(sessions, clock, people) -> None:
    names = {"430000": "湖南省", "430100": "长沙市", "430102": "芙蓉区"}
    directory = build_directory("43", names, operators=["演示高速公司"])

    def bring(which):
        with transaction(sessions) as session:
            return import_bodies(UnitOfWork(session, ADMIN, clock()), which.bodies.values())

    first = bring(directory)
    assert set(first.added) == set(directory.bodies)
    assert "430100-transport" in first.missing
    events = len(_events(sessions, "bodies_imported"))
    again = bring(directory)
    assert (again.added, again.changed) == ((), ())
    assert len(_events(sessions, "bodies_imported")) == events
    renamed = build_directory("43", names | {"430102": "新区"}, operators=["演示高速公司"])
    assert set(bring(renamed).changed) == {one.id for one in renamed.bodies.values() if "新区" in one.name_zh}
    shown = people.sign_in("root").get("/api/v1/bodies", params={"division": "4301", "kind": "transport"}).json()
    assert {item["division_code"][:4] for item in shown["items"]} == {"4301"}


@pytest.mark.parametrize("password", ["correct horse battery", "密码可以是中文的长句子吗", "Tr0ub4dor&3-x"])
def test_a_good_password_is_taken(password) -> None:
    check_new_password(password, "somebody")


def test_every_broken_rule_of_a_password_is_named() -> None:
    with pytest.raises(InvalidError) as refused:
        check_new_password("aa\u0000", "aa")
    assert len(refused.value.faults) == 4


def test_a_hash_is_checked_and_an_old_one_is_known() -> None:
    stored = hash_password(PASSWORD)
    assert is_password(PASSWORD, stored)
    assert not is_password(PASSWORD + " ", stored)
    assert not is_password(PASSWORD, None)
    assert not needs_new_hash(stored)
    assert needs_new_hash(re.sub(r"m=\d+", "m=8", stored))


@pytest.mark.parametrize(
    "body", [{"login": "x\u0000y"}, {"login": "a" * 61}, {"display_name": "\u0000"}, {"display_name": "a" * 101}]
)
def test_odd_input_is_a_fault_and_never_an_error_of_ours(admin, body) -> None:
    assert admin.post("/api/v1/accounts", json=_office("odd") | body).status_code == 422


def test_lone_surrogates_are_faults(admin) -> None:
    for field in ("login", "display_name", "password", "body_id"):
        raw = _office("odd") | {field: "SURROGATE"}
        import json

        content = json.dumps(raw).replace("SURROGATE", "abcdef\\ud800ghijkl")
        answer = admin.post("/api/v1/accounts", content=content, headers={"content-type": "application/json"})
        assert answer.status_code == 422, (field, answer.text)


def test_the_machine_itself_has_no_account_to_show(sessions, clock) -> None:
    from api.accounts.account_lists import AccountFilter, list_accounts
    from api.errors import ForbiddenError

    with pytest.raises(ForbiddenError), sessions() as session:
        list_accounts(UnitOfWork(session, SYSTEM, clock()), AccountFilter(), limit=1, offset=0)


def test_the_last_administrator_stays(admin, people, sessions) -> None:
    admin = people.sign_in("root")  # the clock has gone on
    other = admin.get("/api/v1/accounts", params={"q": "root2"}).json()["items"][0]["id"]
    own = admin.get("/api/v1/account").json()["id"]
    second = people.sign_in("root2")
    with transaction(sessions) as session:
        account = session.get(Account, uuid.UUID(own))
        account.is_active = False
    assert second.patch(f"/api/v1/accounts/{own}", json={"is_active": True}).status_code == 200
    codes: list[int] = []
    root = people.sign_in("root")
    pairs = [(root, other), (second, own)]
    threads = [
        threading.Thread(
            target=lambda client=client, who=who: codes.append(
                client.patch(f"/api/v1/accounts/{who}", json={"is_active": False}).status_code
            )
        )
        for client, who in pairs
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sessions() as session:
        active = select(func.count()).where(Account.roles.contains(["admin"]), Account.is_active)
        assert session.scalar(active) == 1
    assert 200 in codes
    with transaction(sessions) as session:
        for account in session.scalars(select(Account).where(Account.login.in_(["root", "root2"]))):
            account.is_active = True
