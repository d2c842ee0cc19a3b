"""Invented reviews, one for every verdict; places and numbers are made up."""

from __future__ import annotations

import copy
from typing import Any

Review = dict[str, Any]

VERDICTS = ("passes", "conditional", "unknown", "blocked", "no_route")

_SOUTHWARD = [
    [112.982, 28.194], [112.991, 28.171], [113.012, 28.142], [113.008, 28.101], [112.978, 28.052], [112.969, 28.004],
    [112.951, 27.961], [112.942, 27.915], [112.921, 27.884], [112.911, 27.852], [112.914, 27.829],
]  # fmt: skip
_WESTWARD = [
    [112.982, 28.194], [112.941, 28.188], [112.902, 28.151], [112.871, 28.102], [112.852, 28.041], [112.858, 27.982],
    [112.872, 27.921], [112.889, 27.871], [112.914, 27.829],
]  # fmt: skip


def finding(outcome: str, quantity: str, at_m: float, **changes: object) -> dict[str, Any]:
    """A finding with ordinary values; what a test is about goes into ``changes``."""
    values: dict[str, Any] = {
        "outcome": outcome,
        "quantity": quantity,
        "limit": 5000,
        "measured": 4480,
        "margin": 520,
        "unit": "mm",
        "basis": "posted",
        "structure": None,
        "way_id": 4711,
        "at_m": at_m,
        "length_m": 40,
        "lon": None,
        "lat": None,
        "source": "osm:way/4711 maxheight",
        "reason": "限高标志 5.0 m",
        "conditions": [],
    }
    return values | changes


def _best_route(findings: list[dict[str, Any]], verdict: str) -> dict[str, Any]:
    return {
        "rank": 1,
        "verdict": verdict,
        "length_m": 46210,
        "duration_s": 5400,
        "phrase": "起点—长沙站（入）—G4京港澳高速—湘潭站（出）—S326—终点",
        "geometry": {"type": "LineString", "coordinates": copy.deepcopy(_SOUTHWARD)},
        "way_ids": [123, 456],
        "legs": [
            {"ref": None, "name": "人民路", "length_m": 5200, "enter": None, "exit": None},
            {"ref": "G4", "name": "京港澳高速", "length_m": 31000, "enter": "长沙站", "exit": "湘潭站"},
            {"ref": "S326", "name": "", "length_m": 10010, "enter": None, "exit": None},
        ],
        "divisions": [
            {"code": "430102", "name": "芙蓉区", "enter_m": 0, "length_m": 5200},
            {"code": "430111", "name": "雨花区", "enter_m": 5200, "length_m": 16000},
            {"code": "430321", "name": "湘潭县", "enter_m": 21200, "length_m": 25010},
        ],
        "findings": findings,
    }


def _second_route() -> dict[str, Any]:
    return {
        "rank": 2,
        "verdict": "unknown",
        "length_m": 52800,
        "duration_s": 7260,
        "phrase": "起点—S50长韶娄高速—G0421—终点",
        "geometry": {"type": "LineString", "coordinates": copy.deepcopy(_WESTWARD)},
        "way_ids": [789],
        "legs": [{"ref": "S50", "name": "长韶娄高速", "length_m": 52800, "enter": None, "exit": None}],
        "divisions": [{"code": "430104", "name": "岳麓区", "enter_m": 0, "length_m": 52800}],
        "findings": [
            finding(
                "unknown", "coverage", 9000, length_m=21000, limit=None, measured=98000, margin=None, unit="kg",
                basis="none", reason="该路段桥涵资料未申报完整", source="inventory coverage: none",
            ),
        ],
    }  # fmt: skip


def _passing() -> list[dict[str, Any]]:
    return [
        finding("passes", "height", 8200, limit=5500, margin=1020, reason="限高标志 5.5 m"),
        finding(
            "passes", "bridge_effect", 14800, limit=1.1, measured=1.048, margin=0.052, unit="ratio", basis="inventory",
            structure={"id": "G4-0123", "name": "浏阳河大桥", "kind": "bridge"}, length_m=320,
            reason="控制截面 M+，第 2 跨", source="桥梁台账 2025",
        ),
        finding(
            "passes", "axle_load", 41000, limit=20000, measured=16500, margin=3500, unit="kg",
            reason="限轴重标志 20 t", source="osm:way/456 maxaxleload",
        ),
    ]  # fmt: skip


def _conditional() -> list[dict[str, Any]]:
    return [
        finding(
            "conditional", "height", 12345, basis="assumed", length_m=60, lon=112.9995, lat=28.0884,
            structure={"id": "w-8801", "name": "跨线天桥 K12", "kind": "overpass"}, way_id=8801,
            reason="未设限高标志，按高速公路设计净空推定", conditions=["通行前现场复核净空"],
            source="osm:way/8801 bridge above, no maxheight",
        ),
        finding(
            "conditional", "width", 12345, limit=3750, measured=3300, margin=450, basis="assumed", length_m=60,
            lon=112.9995, lat=28.0884, reason="占用一条半车道", conditions=["前后护送车辆", "限速 40 km/h"],
            source="osm:way/8801 lanes=2",
        ),
        finding(
            "conditional", "bridge_effect", 30500, limit=1.1, measured=1.163, margin=-0.063, unit="ratio",
            basis="inventory", structure={"id": "G4-0188", "name": "涟水大桥", "kind": "bridge"}, length_m=1800,
            reason="车辆效应超过设计荷载效应，须单独居中缓行", conditions=["桥上单车居中", "不超过 5 km/h，禁止制动"],
            source="桥梁台账 2025",
        ),
    ]  # fmt: skip


def _unknown() -> list[dict[str, Any]]:
    return [
        finding(
            "unknown", "coverage", 37000, length_m=9210, limit=None, measured=98000, margin=None, unit="kg",
            basis="none", reason="S326 桥涵资料未申报完整", source="inventory coverage: none",
        ),
    ]  # fmt: skip


def _blocked() -> list[dict[str, Any]]:
    return [
        finding(
            "blocked", "height", 38200, limit=4200, measured=4480, margin=-280, length_m=35,
            structure={"id": "r-77", "name": "京广铁路跨线桥", "kind": "bridge"},
            reason="限高标志 4.2 m", source="osm:way/9902 maxheight=4.2",
        ),
        finding(
            "blocked", "closure", 33400, length_m=2600, limit=None, measured=None, margin=None, unit=None,
            basis="posted", reason="路面大修封闭至 2026-12-31", source="overlay:roadworks-17",
        ),
    ]  # fmt: skip


def _classification() -> dict[str, Any]:
    return {
        "class": "II",
        "findings": [
            {
                "clause": "ord62-15.2", "explanation": "车货总质量属二类",
                "measured": 98000, "threshold": 100000, "unit": "kg",
            },
        ],
        "refusals": [],
        "near_threshold": [
            {
                "quantity": "height", "value": 4480, "edge": 4500, "next_class": "III", "distance": 20, "unit": "mm",
                "reason": "装载误差可能改变类别",
            },
        ],
    }  # fmt: skip


def _changes() -> list[dict[str, Any]]:
    return [
        {"changes": [{"quantity": "height", "from": 4480, "to": 4200, "unit": "mm"}], "verdict": "conditional"},
        {
            "changes": [
                {"quantity": "height", "from": 4480, "to": 4350, "unit": "mm"},
                {"quantity": "gross_mass", "from": 98000, "to": 90000, "unit": "kg"},
            ],
            "verdict": "unknown",
        },
    ]


def sample_review(verdict: str) -> Review:
    """A fresh review with the given verdict."""
    findings = {
        "passes": _passing(),
        "conditional": _passing() + _conditional(),
        "unknown": _passing() + _conditional() + _unknown(),
        "blocked": _passing() + _conditional() + _unknown() + _blocked(),
        "no_route": [],
    }[verdict]
    routes = [] if verdict == "no_route" else [_best_route(findings, verdict)]
    if verdict == "conditional":
        routes.append(_second_route())
    why_not: dict[str, Any] | None = None
    if verdict == "unknown":
        why_not = {"blockers": _unknown(), "smallest_changes": []}
    if verdict == "blocked":
        why_not = {"blockers": _blocked(), "smallest_changes": _changes()}
    if verdict == "no_route":
        why_not = {"blockers": [], "smallest_changes": []}
    return {
        "verdict": verdict,
        "classification": _classification(),
        "routes": routes,
        "why_not": why_not,
        "jurisdiction": {
            "level": "city",
            "accepts": "430100",
            "co_review": [{"body": "湘潭县公路部门", "code": "430321", "role": "county_highway"}],
        },
        "network_id": "sha256:5f0c6b1de27a94f1c2",
        "rules_id": "sha256:a19be04477d0c35512",
        "policy_id": "sha256:0d2f88e1b6aa7143cc",
        "overlay_ids": ["roadworks-17"] if verdict == "blocked" else [],
        "on": "2026-11-22",
    }


def sample_backdrop() -> dict[str, Any]:
    """A few invented roads around the routes."""
    lines = [
        [[112.80, 28.19], [112.90, 28.20], [112.982, 28.194], [113.08, 28.22]],
        [[113.06, 28.25], [113.05, 28.10], [113.02, 27.95], [113.03, 27.80]],
        [[112.80, 27.93], [112.872, 27.921], [112.942, 27.915], [113.06, 27.90]],
        [[112.79, 28.06], [112.852, 28.041], [112.978, 28.052], [113.07, 28.04]],
    ]
    features = [
        {"type": "Feature", "properties": {"name": "x"}, "geometry": {"type": "LineString", "coordinates": line}}
        for line in lines
    ]
    return {"type": "FeatureCollection", "features": features}
