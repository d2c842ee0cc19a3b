"""Networks for other programs: OSMnx and networkx, GeoPandas, GeoParquet, GeoPackage (数据交换)."""

from data.exchange.frames import NetworkFrames, to_geodataframes, write_geopackage, write_geoparquet
from data.exchange.from_networkx import from_networkx
from data.exchange.to_networkx import to_networkx

__all__ = [
    "NetworkFrames",
    "from_networkx",
    "to_geodataframes",
    "to_networkx",
    "write_geopackage",
    "write_geoparquet",
]
