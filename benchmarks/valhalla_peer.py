"""Valhalla's truck costing on the same map file (对照); stands alone, because its wheels want another Python.

    python3.12 benchmarks/valhalla_peer.py MAP.osm.pbf TILES < questions.json > answers.json

A question is {"lon": [..], "lat": [..], "height": m, "width": m, "length": m, "weight": t, "axle_load": t}.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    """Build tiles if there are none, ask every question three times, print the middle time and what was found."""
    import valhalla

    source, tiles = Path(sys.argv[1]), Path(sys.argv[2])
    config = tiles / "config.json"
    if not config.exists():
        (tiles / "tiles").mkdir(parents=True, exist_ok=True)
        made = valhalla.get_config(tile_dir=str(tiles / "tiles"), tile_extract="", verbose=False)
        config.write_text(json.dumps(made))
        builder = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
        subprocess.run([builder, "-c", config, source], check=True, capture_output=True)
    actor = valhalla.Actor(str(config))
    answers = [ask(actor, question) for question in json.load(sys.stdin)]
    json.dump({"version": valhalla.__version__, "answers": answers}, sys.stdout)


def ask(actor: Any, question: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - no types in that package
    """One question; its warnings say which numbers it set back."""
    truck = {name: question[name] for name in ("height", "width", "length", "weight", "axle_load")}
    asked = {
        "locations": [{"lon": lon, "lat": lat} for lon, lat in zip(question["lon"], question["lat"], strict=True)],
        "costing": "truck",
        "costing_options": {"truck": truck},
        "directions_type": "none",
    }
    seconds, found = [], {}
    for _ in range(3):
        start = time.perf_counter()
        try:
            found = actor.route(asked)
        except RuntimeError as error:
            found = {"error": str(error)}
        seconds.append(time.perf_counter() - start)
    warnings = [warning.get("text", "") for warning in found.get("warnings", [])] if isinstance(found, dict) else []
    return {"seconds": sorted(seconds)[1], "error": found.get("error"), "warnings": warnings}


if __name__ == "__main__":
    main()
