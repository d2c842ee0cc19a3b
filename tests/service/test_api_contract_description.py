"""The description of the API: stable unique names, words in both languages, every parameter and fault described."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from api.http.openapi import PREFIX
from api.settings import ServiceSettings

DESCRIBED = create_app(sessionmaker(class_=Session), ServiceSettings(var=Path("/nonexistent"))).openapi()
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DESCRIBED["paths"].items()
    for method, operation in methods.items()
}
PARAMETERS = [
    (label, parameter) for label, operation in OPERATIONS.items() for parameter in operation.get("parameters", ())
]
HAN, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{2}")
DOCS = Path(__file__).parents[2] / "docs"
CALL = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/[^`?]*?)(?:\?[^`]*)?`")
EXAMPLE = re.compile(r"^(GET|POST|PUT|PATCH|DELETE) (/\S+)$", re.MULTILINE)


def test_operations_have_names_of_their_own_made_of_method_and_path() -> None:
    ids = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(ids)) == len(ids)
    for label, operation in OPERATIONS.items():
        method, _, path = label.partition(" ")
        words = [method.lower(), *re.findall(r"[A-Za-z0-9]+", path.removeprefix(PREFIX))]
        assert operation["operationId"] == "_".join(words)


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_is_described_in_both_languages(label: str) -> None:
    operation = OPERATIONS[label]
    assert operation["tags"]
    for words in (*operation["tags"], operation["summary"]):
        assert HAN.search(words), words
        assert LATIN.search(words), words
    assert operation["description"]


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_says_how_it_can_fail(label: str) -> None:
    operation = OPERATIONS[label]
    faults = {status: said for status, said in operation["responses"].items() if int(status) >= 400}
    assert "503" in faults
    if label.partition(" ")[2].startswith(PREFIX):
        assert {"401", "403", "404", "429"} <= set(faults)
    if operation.get("parameters") or "requestBody" in operation:
        assert "422" in faults
    for said in faults.values():
        assert said["content"]["application/problem+json"]["schema"]["$ref"].endswith("/Problem")
    assert any(int(status) < 400 for status in operation["responses"])


def test_lists_are_pages_with_a_total() -> None:
    paged = [label for label, operation in OPERATIONS.items() if {"limit", "offset"} <= _names(operation)]
    assert len(paged) > 10
    for label in paged:
        schema = OPERATIONS[label]["responses"]["200"]["content"]["application/json"]["schema"]
        listed = DESCRIBED["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        assert {"items", "total"} <= set(listed["properties"]), label
    for label, parameter in PARAMETERS:
        if parameter["name"] in {"limit", "offset"}:
            assert parameter.get("description"), label
            assert {"minimum", "maximum"} <= set(parameter["schema"]), label


@pytest.mark.parametrize("router", ["supervision 督查统计", "exchange 跨省交换"])
def test_parameters_of_these_endpoints_are_described(router: str) -> None:
    silent = [
        (label, parameter["name"])
        for label, parameter in PARAMETERS
        if router in OPERATIONS[label]["tags"] and parameter["in"] != "header" and not parameter.get("description")
    ]
    assert silent == []


def _names(operation: dict[str, Any]) -> set[str]:
    return {parameter["name"] for parameter in operation.get("parameters", ())}


@pytest.mark.parametrize("page", ["api.md", "requirements.md", "dispatch.md"])
def test_every_call_that_a_page_names_exists(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    known = {(label.partition(" ")[0], _shape(label.partition(" ")[2])) for label in OPERATIONS}
    known.add(("GET", "/openapi.json"))
    strange = [
        (method, path)
        for method, path in (*CALL.findall(text), *EXAMPLE.findall(text))
        if "…" not in path and (method, _shape(path)) not in known
    ]
    assert strange == []


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path.removeprefix(PREFIX))
