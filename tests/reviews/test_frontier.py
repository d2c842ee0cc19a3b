"""The clearance frontier: against asking about every pair, as a table and as a picture."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from api.commands.frontier import frontier_command
from api.commands.replay import replay_command
from api.commands.review import review_command
from api.reviews.frontiers import frontier
from api.reviews.network import OpenNetwork
from api.reviews.request import ReviewRequest
from maps.frontier_plot import plot_frontier
from routing.columns import Quantity
from tests.api.asking import DAY, POLICY, Json, Networks, ask, vehicle, vehicle_json, write_json
from tests.api.streets import EAST, ENDS, WEST, limited, streets
from tests.graphs import Limit

HEIGHTS, WIDTHS, MASSES = (4000, 4300, 4700), (2500, 3100, 3600), (30_000, 45_000, 60_000)
LOADED = vehicle(height_mm=3000, width_mm=2400)


def curve(found: Json, name: str, verdict: str = "conditional") -> list[tuple[int, int]]:
    (one,) = [c for c in found["curves"] if (c["name"], c["verdict"]) == (name, verdict)]
    return [(point["x"], point["y"]) for point in one["points"]]


def ask_frontier(network: OpenNetwork) -> Json:
    return frontier(network, ReviewRequest(vehicle=LOADED, policy=POLICY, on=DAY, stops=(WEST, EAST)))


def passes(network: OpenNetwork, verdicts: Sequence[str], **changes: int) -> bool:
    return ask(network, vehicle(**({"height_mm": 3000, "width_mm": 2400} | changes)), WEST, EAST)["verdict"] in verdicts


@given(
    st.dictionaries(
        st.sampled_from(sorted(ENDS)), st.tuples(st.sampled_from(HEIGHTS), st.sampled_from(WIDTHS)), max_size=7
    )
)
@settings(max_examples=12, deadline=None)
def test_every_corner_passes_and_nothing_beyond_does(limits: dict[int, tuple[int, int]]) -> None:
    rows = {
        way: limited(Limit(Quantity.HEIGHT, value=height, source="h"), Limit(Quantity.WIDTH, value=width, source="w"))
        for way, (height, width) in limits.items()
    }
    network = streets(rows, without=())
    corners = curve(ask_frontier(network), "height_by_width")
    good = ("passes", "conditional")
    assert corners == sorted(corners)
    for width, height in corners:
        assert passes(network, good, width_mm=width, height_mm=height)
    for width in (*WIDTHS, 7000):
        for height in (*HEIGHTS, 5000):
            inside = any(width <= x and height <= y for x, y in corners)
            assert passes(network, good, width_mm=width, height_mm=height) is inside


def test_masses_fall_as_heights_grow() -> None:
    rows = {
        11: limited(Limit(Quantity.HEIGHT, value=4000, source="h")),
        14: limited(Limit(Quantity.GROSS_MASS, value=30_000, source="m")),
    }
    corners = curve(ask_frontier(streets(rows)), "mass_by_height")
    assert corners[-1][1] == 30_000
    assert corners[0][0] == 4000
    assert corners[0][1] > 30_000


def run(command: object, *arguments: object) -> str:
    result = CliRunner().invoke(command, [str(one) for one in arguments], standalone_mode=False)  # type: ignore[arg-type]
    if result.exception is not None:
        raise result.exception
    return result.stdout


def test_the_command_writes_a_table_and_the_same_picture_every_time(networks: Networks, tmp_path: Path) -> None:
    loaded = write_json(tmp_path / "v.json", vehicle_json())
    files = [tmp_path / name for name in ("a.png", "a.svg", "b.png", "b.svg")]
    base = ["--network", networks.folder("helsinki"), "--vehicle", loaded, "--on", "2026-11-23"]
    base += ["--from", "24.9375,60.1672", "--to", "24.9492,60.1765"]
    plots = [part for path in files for part in ("--plot", path)]
    found = json.loads(run(frontier_command, *base, *plots))
    assert {one["name"] for one in found["curves"]} == {"height_by_width", "mass_by_height"}
    assert all(one["points"] for one in found["curves"])
    assert files[0].read_bytes() == files[2].read_bytes()
    assert files[1].read_bytes() == files[3].read_bytes()
    assert files[0].read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in files[1].read_bytes()
    assert plot_frontier(found, kind="svg") == files[1].read_bytes()


def test_a_plot_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Exception, match=r"a \.png or \.svg file is wanted"):
        run(frontier_command, "--network", "x", "--vehicle", "y", "--from", "1,1", "--to", "2,2", "--plot", "p.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_stored_review_is_replayed_from_its_file(
    networks: Networks, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    loaded = write_json(tmp_path / "v.json", vehicle_json(height_mm=4800))
    folder = networks.folder("helsinki")
    base = ["--network", folder, "--vehicle", loaded, "--on", "2026-11-23", "--variant", "no_expressway"]
    base += ["--from", "24.9375,60.1672", "--to", "24.9492,60.1765"]
    made = tmp_path / "review.json"
    made.write_text(run(review_command, *base), encoding="utf-8")
    assert json.loads(run(replay_command, made, "--network", folder))["same"] is True
    made.write_text(made.read_text(encoding="utf-8").replace('"rank": 1', '"rank": 7', 1), encoding="utf-8")
    result = CliRunner().invoke(replay_command, [str(made), "--network", str(folder)])
    assert result.exit_code == 1
    assert "routes[0].rank" in result.stdout
    capfdbinary.readouterr()
