"""The sample that ``make run`` shows: three loaded vehicles on a small real network."""

from pathlib import Path

VEHICLES = Path(__file__).parent / "vehicles"
