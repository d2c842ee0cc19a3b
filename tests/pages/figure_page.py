"""A page of its own with a route map, findings, reasons and figures, as pages of other subjects use them."""

import datetime as dt
from typing import Any

from fastapi import FastAPI, Response
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, DictLoader

from api.cases import grounds
from api.pages.findings_shown import findings_shown, why_not_shown
from api.pages.page import Page, templates
from api.pages.route_map import route_map_data, with_map_policy
from api.reviews.banding import banded
from api.reviews.influence import bridge_influence
from api.reviews.request import ReviewRequest
from api.reviews.service import review
from data.policies import load_policy
from data.vehicles import LoadedVehicle
from maps.influence_figure import draw_influence
from maps.vehicle_drawing import draw_vehicle
from tests.service.desk import FIVE_COUNTIES, WEAK_BRIDGE, Road, heavy_vehicle, vehicle_of

ON = dt.date(2026, 6, 1)
SOURCE = """{% extends "base.html.j2" %}
{% import "figures.html.j2" as figures with context %}
{% block title %}figures{% endblock %}
{% block head %}{{ figures.map_head() }}{% endblock %}
{% block content %}<div class="wrap"><h1>figures</h1>
{% if data %}{{ figures.route_map(data, "map of routes") }}{% endif %}
<p id="picked"></p>
{% for one in drawings %}<figure class="figure-frame panel">{{ one }}</figure>{% endfor %}
{% if reasons %}{{ figures.why_not(reasons) }}{% endif %}
<h2>findings</h2>{{ figures.findings(list) }}
</div>{% endblock %}
{% block scripts %}{{ figures.map_scripts() }}{% endblock %}
"""
TRIPS: dict[str, Road] = {"weak": WEAK_BRIDGE, "long": FIVE_COUNTIES}


def vehicle_for(trip: str) -> dict[str, Any]:
    return heavy_vehicle() if trip == "weak" else vehicle_of("III")


def report_for(trip: str) -> dict[str, Any]:
    """A review on the network in use."""
    request = ReviewRequest(
        LoadedVehicle.model_validate(vehicle_for(trip)),
        load_policy(),
        ON,
        stops=(TRIPS[trip].start, TRIPS[trip].end),
        alternatives=2,
    )
    return review(grounds.current().network, request)


def bridge_drawings(report: dict[str, Any], language: str) -> list[str]:
    """Influence lines of the bridges of a report."""
    vehicle = LoadedVehicle.model_validate(report["request"]["vehicle"])
    found = [
        bridge_influence(grounds.current().network, load_policy(), vehicle, finding)
        for route in report["routes"]
        for finding in route["findings"]
    ]
    return [draw_influence(one, language=language) for one in found if one is not None]


def add_figure_page(app: FastAPI) -> None:
    """Put the page at /figures/{trip}; ?carrier=1 shows what a carrier may see, ?pick=1 lets places be picked."""
    loader = templates().loader
    assert loader is not None
    templates().loader = ChoiceLoader([loader, DictLoader({"figures_test.html.j2": SOURCE})])

    @app.get("/figures/{trip}", response_class=HTMLResponse)
    def figures_page(page: Page, trip: str, carrier: bool = False, pick: bool = False, plain: bool = False) -> Response:
        report = report_for(trip) if trip in TRIPS else {}
        told = banded(report) if carrier and report else report
        drawings: list[str] = [draw_vehicle(vehicle_for(trip), language=page.language)] if report else []
        drawings += bridge_drawings(report, page.language) if report and not carrier else []
        words = {
            "data": None if plain else route_map_data(page, told, for_carrier=carrier, pick=pick),
            "drawings": drawings,
            "reasons": why_not_shown(told, page.language, for_carrier=carrier),
            "list": findings_shown(told, page.language, for_carrier=carrier),
        }
        return with_map_policy(page.render("figures_test.html.j2", words))
