"""A network as tables for GeoPandas and QGIS: nodes, arcs, structures."""

import os
import tempfile
from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from data.exchange.conventions import CRS, LIMIT_TAGS, strictest
from routing.columns import Access, ArcFlag, RoadClass, StructureKind, TechnicalGrade, WidthBasis
from routing.graph import NO_INCLINE, RoadGraph

_CODES: Final[dict[str, type[IntEnum]]] = {
    "road_class": RoadClass,
    "technical_grade": TechnicalGrade,
    "access": Access,
    "width_basis": WidthBasis,
}
_TEXTS: Final = ("ref", "name", "surface", "smoothness")
_ALWAYS_KNOWN: Final = ("tail", "head", "length_mm", "is_reversed", "layer")
_UNKNOWN_IS: Final = {
    "way_id": 0,
    "lanes": 0,
    "lane_width_mm": 0,
    "carriageway_mm": 0,
    "maxspeed_kmh": 0,
    "incline_permille": NO_INCLINE,
    "county_code": 0,
    "border_county_code": 0,
}
_FLAGS: Final = tuple(flag for flag in ArcFlag)


class NetworkFrames(NamedTuple):
    """Tables in EPSG:4326; lengths in mm, masses in kg, a missing number is missing.

    Attributes:
        nodes: ``node``, ``source_id``, point.
        arcs: ``arc``, the arc columns with words for codes, flags as words, the smallest limit of each kind that
            always holds (``max_height_mm`` … ``max_axle_group_kg``), line in travel order.
        structures: ``structure``, ``key``, ``kind``, ``name``, ``way_id``, point.
    """

    nodes: gpd.GeoDataFrame
    arcs: gpd.GeoDataFrame
    structures: gpd.GeoDataFrame


def to_geodataframes(graph: RoadGraph) -> NetworkFrames:
    """Make the three tables; each carries the notice of the source in ``attrs["attribution"]``."""
    nodes = {"node": np.arange(graph.node_count), "source_id": _known(graph.nodes.source_id, 0)}
    table, texts = graph.structures, graph.strings
    structures = {
        "structure": np.arange(len(table.kind)),
        "key": [texts[int(text)] for text in table.key],
        "kind": [StructureKind(int(kind)).label for kind in table.kind],
        "name": [texts[int(text)] for text in table.name],
        "way_id": _known(table.way_id, 0),
    }
    return NetworkFrames(
        _frame(graph, nodes, shapely.points(graph.nodes.lon_deg, graph.nodes.lat_deg)),
        _frame(graph, _arc_columns(graph), _lines(graph)),
        _frame(graph, structures, shapely.points(table.lon_deg, table.lat_deg)),
    )


def write_geoparquet(graph: RoadGraph, folder: Path) -> list[Path]:
    """Write ``nodes.parquet``, ``arcs.parquet`` and ``structures.parquet``; each appears whole or not at all.

    Returns:
        The files.

    Raises:
        OSError: The folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, frame in to_geodataframes(graph)._asdict().items():
        files.append(folder / f"{name}.parquet")
        _write_whole(files[-1], frame.to_parquet)
    return files


def write_geopackage(graph: RoadGraph, path: Path) -> None:
    """Write one GeoPackage with the layers nodes, arcs and structures; it appears whole or not at all.

    Raises:
        OSError: The place cannot be written to.
    """
    frames = to_geodataframes(graph)
    shapes = {"nodes": "Point", "arcs": "LineString", "structures": "Point"}
    about = {"attribution": graph.attribution}

    def write(staged: Path) -> None:
        for name, frame in frames._asdict().items():
            mode = "a" if staged.exists() else "w"
            more: dict[str, Any] = {"geometry_type": shapes[name], "layer_metadata": about}
            frame.to_file(staged, layer=name, driver="GPKG", mode=mode, engine="pyogrio", **more)

    path.parent.mkdir(parents=True, exist_ok=True)
    _write_whole(path, write)


def _write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside the place and move there, so that nobody ever sees half a file."""
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as staging:
        staged = Path(staging) / path.name
        write(staged)
        os.replace(staged, path)  # noqa: PTH105  Path.replace says the same less loudly


def _arc_columns(graph: RoadGraph) -> dict[str, Any]:
    arcs = graph.arcs
    texts = [graph.strings[row] for row in range(len(graph.strings))]
    columns: dict[str, Any] = {"arc": np.arange(graph.arc_count)}
    columns |= {name: getattr(arcs, name) for name in _ALWAYS_KNOWN}
    columns |= {name: _known(getattr(arcs, name), unknown) for name, unknown in _UNKNOWN_IS.items()}
    columns |= {name: [texts[row] for row in getattr(arcs, name)] for name in _TEXTS}
    for name, code in _CODES.items():
        words = {int(member): member.name.lower() for member in code}
        columns[name] = [words[value] for value in getattr(arcs, name).tolist()]
    columns["flags"] = [_flag_words(value) for value in arcs.flags.tolist()]
    columns["coverage"] = arcs.coverage
    for quantity in LIMIT_TAGS:
        values = strictest(graph, quantity)
        unit = "kg" if "mass" in quantity.label or "axle" in quantity.label else "mm"
        column = [values.get(arc) for arc in range(graph.arc_count)]
        columns[f"max_{quantity.label}_{unit}"] = pd.array(column, dtype="Int32")
    return columns


def _flag_words(value: int) -> str:
    return ";".join(str(flag.name).lower() for flag in _FLAGS if value & flag)


def _known(values: npt.NDArray[np.integer], unknown: int) -> Any:  # noqa: ANN401
    """Integers with the code for "not known" missing."""
    return pd.arrays.IntegerArray(np.array(values, np.int64), np.asarray(values == unknown))


def _lines(graph: RoadGraph) -> Sequence[Any]:
    return [shapely.LineString(np.column_stack(graph.arc_points(arc))) for arc in range(graph.arc_count)]


def _frame(graph: RoadGraph, columns: dict[str, Any], shapes: Any) -> gpd.GeoDataFrame:  # noqa: ANN401
    frame = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(list(shapes), crs=CRS), crs=CRS)
    frame.attrs["attribution"] = graph.attribution
    return frame
