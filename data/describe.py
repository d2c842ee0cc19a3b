"""Describe a network folder (路网概况): what is in it, how much of it is known, whose data it is."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from data.build_report import count_network, share_limits
from routing.columns import RoadClass
from routing.graph import RoadGraph
from routing.storage import load, read_manifest

REPORT = "build_report.json"


def describe_network(folder: Path) -> dict[str, Any]:
    """Describe a network, after comparing every file with its hash.

    Returns:
        JSON-able facts: id, sources, licence, counts, limits coverage, road classes, counties, extent.

    Raises:
        SnapshotError: Not a network folder, or a damaged one.
    """
    manifest = read_manifest(folder)
    graph = load(folder, verify=True)
    about = manifest["about"]
    return {
        "network_id": graph.network_id,
        "format": manifest["format"],
        "sources": about.get("sources", []),
        "licence": about.get("licence"),
        "attribution": graph.attribution,
        "extent": _extent(graph),
        "counts": count_network(graph),
        "limits": share_limits(graph),
        "road_classes_km": _lengths_by_class(graph),
        "counties": sorted({int(code) for code in np.unique(graph.arcs.county_code)} - {0}),
        "border_crossings": len(graph.border_crossings.arc),
        "not_understood": _count_in_report(folder, "not_understood"),
        "rejected": _count_in_report(folder, "rejected"),
    }


def _extent(graph: RoadGraph) -> list[float] | None:
    lon, lat = graph.geometries.lon_deg, graph.geometries.lat_deg
    if not len(lon):
        return None
    return [round(float(edge), 7) for edge in (lon.min(), lat.min(), lon.max(), lat.max())]


def _lengths_by_class(graph: RoadGraph) -> dict[str, float]:
    """Kilometres of arcs by class; a two-way road counts in both directions."""
    metres = np.bincount(graph.arcs.road_class, weights=graph.arcs.length_mm / 1000, minlength=len(RoadClass))
    return {code.name.lower(): round(float(metres[code]) / 1000, 1) for code in RoadClass if metres[code] > 0}


def _count_in_report(folder: Path, key: str) -> int | None:
    """Entries of one list of the build report, None for a network that has no report."""
    try:
        report = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return sum(int(entry.get("count", 1)) for entry in report.get(key, []))
