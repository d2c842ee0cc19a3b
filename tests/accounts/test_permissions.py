"""Every role with every action, in every relation, against a matrix written by hand."""

from itertools import combinations
from pathlib import Path

import pytest

from api.accounts.permissions import (
    ACTION_TITLES,
    RELATIONS,
    Action,
    Allowed,
    Denied,
    Relation,
    Role,
    Scope,
    decide,
    read_permissions,
    roles_for,
    scopes_for,
)
from rules.errors import RuleFileError

LETTERS = {
    "o": "own",
    "s": "self",
    "b": "body",
    "u": "superior",
    "p": "part",
    "t": "structure",
    "v": "province",
    "a": "all",
}
# What a letter asks of the relation: all of these together.
ASKS = {
    "o": {"is_own_carrier"},
    "s": {"is_self"},
    "b": {"is_deciding_body"},
    "u": {"is_superior_body"},
    "p": {"has_packet"},
    "t": {"is_structure_owner"},
    "v": {"same_province", "is_province_level"},
    "a": set(),
}


def read_matrix() -> dict[tuple[str, str], str]:
    lines = (Path(__file__).parent / "permission_matrix.txt").read_text(encoding="utf-8").splitlines()
    _, *roles = next(line for line in lines if line.startswith("action ")).split()
    rows = [line.split() for line in lines if line and not line.startswith(("#", "action "))]
    assert all(len(row) == len(roles) + 1 for row in rows), [row[0] for row in rows if len(row) != len(roles) + 1]
    return {(row[0], role): letters.strip(".") for row in rows for role, letters in zip(roles, row[1:], strict=True)}


MATRIX = read_matrix()
# No relation, each alone, each pair, all.
SITUATIONS = [frozenset(chosen) for size in (0, 1, 2, len(RELATIONS)) for chosen in combinations(RELATIONS, size)]


def test_matrix_and_words_are_the_same_size() -> None:
    assert {action for action, _ in MATRIX} == {action.value for action in Action}
    assert {role for _, role in MATRIX} == {role.value for role in Role}


@pytest.mark.parametrize("role", Role, ids=str)
@pytest.mark.parametrize("action", Action, ids=str)
def test_every_role_with_every_action(role: Role, action: Action) -> None:
    letters = MATRIX[action.value, role.value] + MATRIX[action.value, "public"]
    for situation in SITUATIONS:
        answer = decide({role}, action, Relation(**dict.fromkeys(situation, True)))
        expected = any(ASKS[letter] <= situation for letter in letters)
        assert isinstance(answer, Allowed) is expected, (role, action, sorted(situation), answer)
        if isinstance(answer, Denied):
            assert ACTION_TITLES[action].zh in answer.reason_zh
            assert ACTION_TITLES[action].en in answer.reason_en
    assert scopes_for({role}, action) == {Scope(LETTERS[letter]) for letter in letters}


@pytest.mark.parametrize("action", Action, ids=str)
def test_nobody_signed_in_may_only_what_is_public(action: Action) -> None:
    everything = Relation(**dict.fromkeys(RELATIONS, True))
    assert isinstance(decide((), action, everything), Allowed) is bool(MATRIX[action.value, "public"])


@pytest.mark.parametrize("action", Action, ids=str)
def test_roles_of_an_action(action: Action) -> None:
    assert {role.value for role in roles_for(action)} == {
        role for (name, role), letters in MATRIX.items() if name == action.value and letters
    }


def test_several_roles_add_up_and_name_the_one_that_permits() -> None:
    answer = decide({Role.APPROVER, Role.REVIEWER}, Action.RECOMMEND, Relation(is_deciding_body=True))
    assert answer == Allowed(Role.REVIEWER, Scope.BODY)


def test_denial_tells_a_wrong_role_from_a_wrong_thing() -> None:
    wrong_role = decide({Role.CARRIER}, Action.READ_CAPACITY, Relation(is_own_carrier=True))
    wrong_case = decide({Role.CARRIER}, Action.READ_CASE, Relation(is_deciding_body=True))
    assert isinstance(wrong_role, Denied)
    assert isinstance(wrong_case, Denied)
    assert "承运人" in wrong_role.reason_zh
    assert "范围" in wrong_case.reason_zh


def test_a_person_who_decides_does_not_administer() -> None:
    """The administrator of accounts may neither decide nor read cases; nobody else may change settings."""
    assert roles_for(Action.WRITE_SETTINGS) == (Role.ADMIN,)
    for action in (Action.APPROVE, Action.REFUSE, Action.READ_CASE, Action.READ_CAPACITY):
        assert Role.ADMIN not in roles_for(action)


def test_broken_table_names_every_fault(tmp_path: Path) -> None:
    path = tmp_path / "permissions.yaml"
    path.write_text("submit: {zh: 提交, carrier: mine, driver: own}\nfly: {zh: 飞, en: Fly}\n", encoding="utf-8")
    with pytest.raises(RuleFileError) as fault:
        read_permissions(path)
    for words in ("'fly' is not known", "'withdraw' is missing", "title 'en'", "scope 'mine'", "role 'driver'"):
        assert words in str(fault.value)
