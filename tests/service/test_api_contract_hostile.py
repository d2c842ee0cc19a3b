"""Nasty input at every operation: it is refused cleanly, by everybody's account, and nothing falls over."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from api.settings import ServiceSettings
from tests.service.contract_world import World, demo_network

DESCRIBED = create_app(sessionmaker(class_=Session), ServiceSettings(var=Path("/nonexistent"))).openapi()
OPERATIONS = {
    f"{method.upper()} {path}": (method.upper(), path, operation)
    for path, methods in DESCRIBED["paths"].items()
    for method, operation in methods.items()
}
WHO = ("public", "carrier", "reviewer", "admin", "service")
SEGMENTS = (
    "%00", "a%00b", "%ED%A0%80", "%FF%FE", "..%2F..%2Fetc%2Fpasswd", "%2E%2E", "0", "-1", "9" * 40, "NaN", "1e999",
    "00000000-0000-0000-0000-000000000000", "00000000000000000000000000000000", "{}", "%E2%80%AE", "x" * 3000,
    "'%20OR%201=1", "%F0%9F%9A%9B", "transport%3A430000", "43",
)  # fmt: skip
QUERIES = ("limit=99999999999999999999", "limit=-1", "offset=1e9", "offset=9223372036854775808", "q=%00", "q=%ED%A0%80",
           "state=%00", "body_id=%00", "since=0000-00-00", "until=9999-12-31", "since=0001-01-01", "case_id=x", "=&&==",
           "limit=1&limit=2", "card=blue")  # fmt: skip
DEEP = "[" * 50_000 + "]" * 50_000
BODIES: tuple[tuple[bytes, str], ...] = (
    (b"", "application/json"),
    (b"null", "application/json"),
    (b"[]", "application/json"),
    (b"{}", "application/json"),
    (b"{", "application/json"),
    (b"\xff\xfe\x00", "application/json"),
    (b'{"a": "\\u0000"}', "application/json"),
    (b'{"text": "\\ud800"}', "application/json"),
    (b'{"a": NaN}', "application/json"),
    (b'{"a": 1' + b"0" * 5000 + b"}", "application/json"),
    (DEEP.encode(), "application/json"),
    (b'{"content": ' + DEEP.encode() + b"}", "application/json"),
    (b"<x/>", "application/xml"),
    (b"a=1&b=2", "application/x-www-form-urlencoded"),
    (b"--x\r\n", "multipart/form-data; boundary=x"),
    (b"--x", "multipart/form-data"),
    (b"x", ""),
    (b"x", "application/json; charset=no-such-charset"),
)
EVIL = ("a\x00b", "\ud800", "x" * 100_000, "9" * 400, "../../etc/passwd", "\u202e", "😀" * 200)


@pytest.fixture(scope="module")
def world(app: FastAPI, sessions: sessionmaker[Session], people: Any, clock: Any) -> Iterator[World]:
    with demo_network(app.state.settings.network_folder):
        made = World(app, sessions, people, clock)
        made.settle()
        made.submit()
        yield made


def refused(response: Any, about: str) -> None:
    assert response.status_code < 500, f"{about}: {response.status_code} {response.text[:300]}"
    if response.status_code >= 400:
        assert response.headers["content-type"] == "application/problem+json", about
        assert {"type", "title", "status", "detail", "detail_en"} <= set(response.json()), about


@pytest.mark.parametrize("label", [label for label, (_, path, _) in OPERATIONS.items() if "{" in path])
def test_strange_paths_are_refused(world: World, label: str) -> None:
    method, path, _ = OPERATIONS[label]
    headers = {who: world.as_(who) for who in WHO[1:]}
    for number, segment in enumerate(SEGMENTS):
        who = WHO[1 + number % len(headers)]
        parts = [segment if part.startswith("{") else part for part in path.split("/")]
        body = {"json": {}} if method in {"POST", "PUT", "PATCH"} else {}
        response = world.client.request(method, "/".join(parts), headers=headers[who], **body)
        refused(response, f"{who} {method} {'/'.join(parts)[:120]}")


@pytest.mark.parametrize("label", [label for label, (method, _, _) in OPERATIONS.items() if method == "GET"])
def test_strange_queries_are_refused(world: World, label: str) -> None:
    method, path, _ = OPERATIONS[label]
    known = {name: found[0] for name, found in world.ids().items() if found}
    real = "/".join(known.get(part[1:-1], "43") if part.startswith("{") else part for part in path.split("/"))
    headers = {who: world.as_(who) for who in ("carrier", "supervisor", "reviewer")}
    for number, query in enumerate(QUERIES):
        who = tuple(headers)[number % len(headers)]
        refused(world.client.request(method, f"{real}?{query}", headers=headers[who]), f"{who} {real}?{query}")


@pytest.mark.parametrize(
    "label", [label for label, (_, _, operation) in OPERATIONS.items() if "requestBody" in operation]
)
def test_strange_bodies_are_refused(world: World, label: str) -> None:
    method, path, _ = OPERATIONS[label]
    known = {name: found[0] for name, found in world.ids().items() if found}
    real = "/".join(known.get(part[1:-1], "43") if part.startswith("{") else part for part in path.split("/"))
    sessions = {who: world.as_(who) for who in WHO}
    for number, (body, media_type) in enumerate(BODIES):
        who = WHO[number % len(WHO)]
        headers = sessions[who] | ({"Content-Type": media_type} if media_type else {})
        refused(world.client.request(method, real, headers=headers, content=body), f"{who} {label} {body[:60]!r}")


@pytest.mark.parametrize(
    "label", [label for label, (_, _, operation) in OPERATIONS.items() if "requestBody" in operation]
)
def test_strange_texts_in_every_field_are_refused_or_kept(world: World, label: str) -> None:
    method, path, operation = OPERATIONS[label]
    schema = operation["requestBody"]["content"].get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    fields = DESCRIBED["components"]["schemas"].get(name, {}).get("properties", {})
    known = {key: found[0] for key, found in world.ids().items() if found}
    real = "/".join(known.get(part[1:-1], "43") if part.startswith("{") else part for part in path.split("/"))
    sessions = {who: world.as_(who) for who in ("carrier", "admin", "reviewer")}
    for evil in EVIL:
        text = json.dumps(dict.fromkeys(fields, evil)).encode()
        for who, headers in sessions.items():
            sent = headers | {"Content-Type": "application/json"}
            refused(world.client.request(method, real, headers=sent, content=text), f"{who} {label} {evil[:20]!r}")


def test_headers_and_methods_that_make_no_sense(world: World) -> None:
    for header, value in (
        ("If-Match", "x"), ("If-Match", '"' + "9" * 50 + '"'), ("Authorization", "Bearer"), ("Accept", "\x80"),
        ("Authorization", "Bearer x\xff"), ("Cookie", "dajian_session=\xff\xfe"), ("X-Request-Id", "\xff" * 100),
        ("Content-Length", "-5"), ("Range", "bytes=x"),
    ):  # fmt: skip
        raw = {header: value.encode("latin-1")}
        refused(world.client.get("/api/v1/session", headers=raw), f"{header}: {value!r}")
        refused(world.client.post("/api/v1/session", headers=raw, json={}), f"{header}: {value!r}")
    for method in ("TRACE", "OPTIONS", "PROPFIND", "PATCH"):
        refused(world.client.request(method, "/api/v1/cases"), method)
    refused(world.client.get("/api/v1/cases/../../etc/passwd"), "path")
    refused(world.client.get("//api/v1//cases"), "slashes")
