"""Reading forms of pages as a browser fills them in, and what a carrier knows that is asked of it."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final

from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.accounts.identify import COOKIE
from tests.service.conftest import PASSWORD

HTML: Final = {"Accept": "text/html,application/xhtml+xml"}
PDF: Final = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@dataclass
class PageForm:
    """One form of a page: where it goes, and what a browser would send."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    optional: set[str] = field(default_factory=set)

    def data(self, **changes: str) -> dict[str, list[str]]:
        """What is sent, with some fields typed."""
        found: dict[str, list[str]] = {}
        for name, value in self.fields:
            found.setdefault(name, []).append(value)
        return found | {name: [value] for name, value in changes.items()}

    def value(self, name: str) -> str:
        """What stands in a field."""
        return dict(self.fields).get(name, "")


class _Reader(HTMLParser):
    """Collects the forms; boxes that are not ticked and files not chosen are not sent."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._form: PageForm | None = None
        self._select: str | None = None
        self._is_first = False
        self._area: str | None = None
        self._label: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = PageForm(own.get("action", ""))
            self.forms.append(self._form)
        if tag == "label":
            self._label, self._text = own.get("for", ""), ""
        if self._form is None:
            return
        name = own.get("name", "")
        if tag == "input" and name:
            if own.get("type") == "file":
                self._form.files.append(name)
            elif own.get("type") not in {"checkbox", "radio"} or "checked" in own:
                self._form.fields.append((name, own.get("value", "")))
        if tag == "select":
            self._select, self._is_first = name, True
            self._form.fields.append((name, ""))
        if tag == "option" and self._select is not None and ("selected" in own or self._is_first):
            self._form.fields[-1], self._is_first = (self._select, own.get("value", "")), False
        if tag == "textarea":
            self._area, self._text = name, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "label" and self._form is not None and self._label and "选填" in self._text:
            self._form.optional.add(self._label.removeprefix("f-"))
        if tag == "select":
            self._select = None
        if tag == "textarea" and self._area is not None and self._form is not None:
            self._form.fields.append((self._area, self._text))
            self._area = None
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        self._text += data


def forms_of(page: str) -> list[PageForm]:
    """All forms of a page."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


def form_at(page: str, action: str) -> PageForm:
    """The form that goes to an address, which may be given by its end."""
    return next(form for form in forms_of(page) if form.action == action or form.action.endswith(action))


def browser_of(app: FastAPI) -> TestClient:
    """Somebody's browser without scripts."""
    return TestClient(app, raise_server_exceptions=False, headers=HTML, follow_redirects=False)


_SESSIONS: Final[dict[tuple[int, str], str]] = {}


def signed_in(app: FastAPI, login: str) -> TestClient:
    """The browser of somebody signed in; the session of an earlier test serves as long as it lasts."""
    client, key = browser_of(app), (id(app), login)
    if key in _SESSIONS:
        client.cookies.set(COOKIE, _SESSIONS[key])
        if client.get("/account").status_code == 200:
            return client
        client.cookies.clear()
    answer = client.post("/sign-in", data={"login": login, "password": PASSWORD})
    assert answer.status_code == 303, answer.text[-2000:]
    _SESSIONS[key] = client.cookies[COOKIE]
    return client


def press(client: TestClient, page: str, action: str, files: dict[str, Any] | None = None, **typed: str) -> Any:  # noqa: ANN401 - the client's answer
    """Send a form of a page, with some fields typed."""
    form = form_at(page, action)
    return client.post(form.action, data=form.data(**typed), files=files or None)


# What a carrier knows, by the field that asks for it: which fact, and its value. One fact may be asked once only.
FACTS: Final[dict[str, tuple[str, str]]] = {
    "name": ("name of the firm", "首次申请运输有限公司"),
    "credit_code": ("credit code", "91430000MA4L00001"),
    "carrier.name": ("name of the firm", "首次申请运输有限公司"),
    "carrier.uscc": ("credit code", "91430000MA4L00001"),
    "display_name": ("name of the agent", "首办经办人"),
    "agent.name": ("name of the agent", "首办经办人"),
    "carrier.contact": ("name of the agent", "首办经办人"),
    "login": ("login", "first-timer"),
    "password": ("password", PASSWORD),
    "agent.id_number": ("identity of the agent", "11010519491231002X"),
    "agent.mobile": ("mobile of the agent", "13800000011"),
    "carrier.mobile": ("mobile of the agent", "13800000011"),
    "carrier.licence_number": ("licence number", "430100000777"),
    "carrier.licence_from": ("licence from", "2024-02-01"),
    "carrier.licence_until": ("licence until", "2029-01-31"),
    "carrier.licence_scope": ("licence scope", "道路普通货物运输，大型物件运输"),
    "carrier.address": ("address of the firm", "湖南省长沙市演示路7号"),
    "carrier.legal_representative": ("legal representative", "演示法人甲"),
    "cargo.name": ("cargo", "变压器"),
    "cargo.mass_kg": ("mass of the cargo", "33000"),
    "whole.gross_mass_kg": ("mass of the cargo", "57000"),
    "cargo.length_mm": ("length of the cargo", "9010"),
    "cargo.width_mm": ("width of the cargo", "3190"),
    "cargo.height_mm": ("height of the cargo", "2950"),
    "whole.kind": ("kind of vehicle", "train"),
    "whole.trailer": ("kind of trailer", "flatbed"),
    "whole.indivisible": ("indivisible", "yes"),
    "whole.length_mm": ("overall length", "18500"),
    "whole.width_mm": ("overall width", "3200"),
    "whole.height_mm": ("overall height", "4150"),
    "axles.loads": ("axle loads", "7+2*10+3*10"),
    "axles.spacings": ("axle spacings", "3.3-1.35-7-1.31-1.31"),
    "axles.tractor": ("axles of the tractor", "3"),
    "axles.tyres": ("tyres", "2+2*4+3*8"),
    "axles.drive": ("drive axles", "2,3"),
    "tractor.axle_count": ("axles of the tractor", "3"),
    "tractor.tyre_count": ("tyres", "10"),
    "trailer.axle_count": ("axle loads", "3"),
    "trailer.tyre_count": ("tyres", "24"),
    "tractor.plate": ("plate of the tractor", "湘A77701"),
    "tractor.model": ("model of the tractor", "演示牌6×4"),
    "tractor.kerb_mass_kg": ("kerb mass of the tractor", "9000"),
    "tractor.length_mm": ("length of the tractor", "7000"),
    "tractor.width_mm": ("width of the tractor", "2500"),
    "tractor.height_mm": ("height of the tractor", "3600"),
    "trailer.plate": ("plate of the trailer", "湘A7701挂"),
    "trailer.model": ("model of the trailer", "演示牌低平板"),
    "trailer.kerb_mass_kg": ("kerb mass of the trailer", "15000"),
    "trailer.length_mm": ("length of the trailer", "13500"),
    "trailer.width_mm": ("width of the trailer", "3000"),
    "trailer.height_mm": ("height of the trailer", "1200"),
    "drivers.0.name": ("name of the driver", "演示驾驶员甲"),
    "drivers.0.id_number": ("identity of the driver", "360426199101010071"),
    "drivers.0.mobile": ("mobile of the driver", "13900000012"),
    "trip.start_date": ("first day", "2026-12-07"),
    "trip.end_date": ("last day", "2026-12-09"),
    "trip.origin.name": ("origin", "甲厂"),
    "trip.origin.at": ("place of the origin", "113.18679, 27.91577"),
    "trip.destination.name": ("destination", "乙站"),
    "trip.destination.at": ("place of the destination", "113.20884, 27.87086"),
}
PLACES: Final = ("trip.origin.at", "trip.destination.at")  # not asked where the map knows the name


def token_of(page: str) -> str:
    """The form token of a page."""
    found = re.search(r'name="csrf_token" value="([^"]*)"', page)
    assert found
    return found[1]
