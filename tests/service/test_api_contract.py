"""The whole API, asked at random by everybody: it answers what it says it answers, and never falls over.

`DAJIAN_CONTRACT_EXAMPLES` asks for more questions an operation than the few of the ordinary run.
"""

import os
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from api.settings import ServiceSettings
from tests.service.contract_world import PEOPLE, World, demo_network

FEW = 8
EXAMPLES = int(os.environ.get("DAJIAN_CONTRACT_EXAMPLES", FEW))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
load_all_checks()


SCHEMA = schemathesis.openapi.from_dict(
    create_app(sessionmaker(class_=Session), ServiceSettings(var=Path("/nonexistent"))).openapi()
)
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}


@pytest.fixture(scope="module")
def world(app: FastAPI, sessions: sessionmaker[Session], people: Any, clock: Any) -> Iterator[World]:
    with demo_network(app.state.settings.network_folder):
        made = World(app, sessions, people, clock)
        made.settle()
        people.account("spare", "carrier", carrier_id=made.carrier_id)
        made.submit(serial="YS-0001")
        made.submit(serial="YS-0002")
        yield made


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_an_operation_answers_what_it_describes(world: World, label: str) -> None:
    operation = OPERATIONS[label]
    ids = {name: found for name, found in world.ids().items() if found}
    cases = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @settings(
        max_examples=EXAMPLES,
        derandomize=EXAMPLES == FEW,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=cases, who=st.sampled_from(PEOPLE), real=st.booleans(), place=st.integers(0, 19))
    def ask(case: Any, who: str, real: bool, place: int) -> None:
        if real:
            known = {name: ids[name][place % len(ids[name])] for name in case.path_parameters or {} if name in ids}
            case.path_parameters = {**(case.path_parameters or {}), **known}
        sent = case.as_transport_kwargs(base_url="http://testserver")
        headers = {**(sent.pop("headers", None) or {}), **world.as_(who)}
        sent.pop("cookies", None)
        if isinstance(sent.get("data"), bytes | str):
            sent["content"] = sent.pop("data")
        if sent.get("files"):
            parts = sent["files"].items() if isinstance(sent["files"], dict) else sent["files"]
            sent["files"] = [(name, _as_file(given)) for name, given in parts]
        try:
            response = world.client.request(headers=headers, **sent)
        except httpx2.InvalidURL:
            reject()  # longer than any client sends an address
        response.request.read()
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            assert response.headers["content-type"] == "application/problem+json"

    ask()


def _as_file(given: Any) -> Any:
    """A part of a form as the client takes it: made-up values of any type are sent as their text."""
    if isinstance(given, tuple):
        return tuple(_as_file(part) if place < 2 and part is not None else part for place, part in enumerate(given))
    return given if isinstance(given, bytes | str) else str(given)
