"""The command line: exit statuses, messages that name file and field, and nothing half-written."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from api import cli
from api.commands import values
from data.policies import DEFAULT_POLICY
from tests.api.asking import END, REPO, START, Networks, heavy_json, line_json, map_file, vehicle_json, write_json

FROM_TO = ("--from", "{},{}".format(*START), "--to", "{},{}".format(*END))
NEVER_SEEN = "Traceback"


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def answer(self) -> dict[str, Any]:
        return dict(json.loads(self.out))


Run = Callable[..., Ran]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    def run(*arguments: object) -> Ran:
        capfdbinary.readouterr()
        status = cli.run([str(argument) for argument in arguments])
        out, err = (stream.decode("utf-8") for stream in capfdbinary.readouterr())
        assert NEVER_SEEN not in err
        return Ran(status, out, err)

    return run


@pytest.fixture(scope="module")
def folder(networks: Networks) -> Path:
    return networks.folder("helsinki")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write_json(tmp_path / "vehicle.json", vehicle_json())


def review(folder: Path, vehicle: Path) -> tuple[object, ...]:
    return ("review", "--network", folder, "--vehicle", vehicle)


def refused(ran: Ran, *named: str) -> None:
    """Bad input: status 2, nothing on stdout, everything named on stderr."""
    assert (ran.status, ran.out) == (2, ""), ran.err
    assert "internal error" not in ran.err
    assert [name for name in named if name not in ran.err] == [], ran.err


def test_a_review_is_json_in_utf8_that_ends_with_a_line(run: Run, folder: Path, good: Path) -> None:
    ran = run(*review(folder, good), *FROM_TO, "--on", "2026-11-23")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.endswith("}\n")
    assert ran.answer["on"] == "2026-11-23"
    assert ran.answer["routes"][0]["phrase"].startswith("起点—")


def test_two_processes_write_the_same_bytes(folder: Path, good: Path) -> None:
    command = [sys.executable, "-c", "from api.cli import main; main()", *map(str, review(folder, good)), *FROM_TO]
    command += ["--on", "2026-11-23", "--alternatives", "3"]

    def write(seed: str) -> subprocess.CompletedProcess[bytes]:
        env = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C", "PYTHONPATH": str(REPO)}
        return subprocess.run(command, capture_output=True, check=True, cwd=good.parent, env=env)

    first, second = write("1"), write("2")
    assert first.stdout == second.stdout
    assert b"" == first.stderr == second.stderr
    assert len(json.loads(first.stdout)["routes"]) > 1


def test_a_route_file_in_each_form_is_reviewed(run: Run, folder: Path, good: Path, tmp_path: Path) -> None:
    ways = run(*review(folder, good), *FROM_TO).answer["routes"][0]
    line = line_json(ways["geometry"]["coordinates"])
    feature = {"type": "Feature", "properties": {}, "geometry": line}
    for form in (line, feature, {"type": "FeatureCollection", "features": [feature]}):
        ran = run(*review(folder, good), "--route", write_json(tmp_path / "line.geojson", form))
        assert ran.answer["routes"][0]["way_ids"] == ways["way_ids"]


VEHICLE_FAULTS = {
    "missing": ({"height_mm": ...}, "height_mm: is missing"),
    "text": ({"width_mm": "2550"}, "width_mm: "),
    "metres": ({"height_mm": 4}, "metres"),
    "float": ({"length_mm": 16500.5}, "length_mm: "),
    "sum": ({"gross_mass_kg": 55_000}, "add up to 49000 kg"),
    "unknown field": ({"colour": "red"}, "colour: "),
}


@pytest.mark.parametrize("case", VEHICLE_FAULTS)
@pytest.mark.parametrize("command", ["classify", "review"])
def test_a_wrong_vehicle_is_refused(run: Run, folder: Path, tmp_path: Path, command: str, case: str) -> None:
    change, named = VEHICLE_FAULTS[case]
    content = {key: value for key, value in (vehicle_json() | change).items() if value is not ...}
    path = write_json(tmp_path / "lorry.json", content)
    ran = run("classify", path) if command == "classify" else run(*review(folder, path), *FROM_TO)
    refused(ran, "lorry.json", named)


def test_a_vehicle_with_nan_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "lorry.json"
    path.write_text(json.dumps(vehicle_json(height_mm=float("nan"))))
    refused(run("classify", path), "lorry.json", "NaN")


@pytest.mark.parametrize("name", ["absent.json", "."])
def test_a_vehicle_that_is_no_file_is_refused(run: Run, tmp_path: Path, name: str) -> None:
    refused(run("classify", tmp_path / name), str(tmp_path / name))


def test_faults_of_all_files_are_told_at_once(run: Run, tmp_path: Path) -> None:
    lorry = write_json(tmp_path / "lorry.json", vehicle_json(height_mm=4, width_mm="wide"))
    overlay = write_json(tmp_path / "closures.geojson", {"type": "FeatureCollection", "features": [{}]})
    (tmp_path / "policy.yaml").write_text("title: x\n")
    route = write_json(tmp_path / "line.geojson", {"type": "Point", "coordinates": [1, 2]})
    files = ("--overlay", overlay, "--policy", tmp_path / "policy.yaml", "--route", route)
    ran = run(*review(tmp_path / "absent", lorry), *files)
    refused(ran, "height_mm", "width_mm", "closures.geojson", "policy.yaml: height", "line.geojson", "absent")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((), "--from"),
        (("--from", "24.9,60.1"), "--to"),
        (("--to", "24.9,60.1"), "--from"),
        (("--route", "x.geojson", "--via", "24.9,60.1"), "--via"),
        (("--route", "x.geojson", *FROM_TO), "--route"),
        ((*FROM_TO, "--alternatives", "0"), "--alternatives"),
        ((*FROM_TO, "--alternatives", "99"), "--alternatives"),
        ((*FROM_TO, "--alternatives", "two"), "--alternatives"),
        ((*FROM_TO, "--on", "garbage"), "garbage"),
        ((*FROM_TO, "--on", "2026-02-30"), "2026-02-30"),
        ((*FROM_TO, "--on", ""), "--on"),
        ((*FROM_TO, "--on", "2026-11-22T25:00"), "--on"),
        ((*FROM_TO, "--from", "24.9;60.1"), "24.9;60.1"),
        ((*FROM_TO, "--from", "nan,60.1"), "nan"),
        ((*FROM_TO, "--from", "24.9"), "24.9"),
        ((*FROM_TO, "--from", "60.16,112.9"), "latitude"),
        ((*FROM_TO, "--snap-m", "-1"), "--snap-m"),
        ((*FROM_TO, "--snap-m", "nan"), "nan"),
        ((*FROM_TO, "--match-m", "0"), "--match-m"),
        ((*FROM_TO, "--colour", "red"), "--colour"),
        ((*FROM_TO, *("--via", "24.94,60.17") * 24), "--via"),
    ],
)
def test_wrong_usage_is_refused(run: Run, folder: Path, good: Path, arguments: tuple[str, ...], named: str) -> None:
    refused(run(*review(folder, good), *arguments), named)


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00"])
def test_a_time_that_does_not_exist_in_china_is_refused(run: Run, folder: Path, good: Path, text: str) -> None:
    refused(run(*review(folder, good), *FROM_TO, "--on", text), "--on")


@pytest.mark.parametrize(
    ("text", "echoed"),
    [
        ("2026-11-22", "2026-11-22"),
        ("2026-11-22T08:30", "2026-11-22T08:30:00"),
        ("2026-11-22 08:30", "2026-11-22T08:30:00"),
        ("2026-11-22T00:30Z", "2026-11-22T08:30:00"),
        ("20261122", "2026-11-22"),
    ],
)
def test_a_date_stays_a_date_and_a_time_is_local(run: Run, folder: Path, good: Path, text: str, echoed: str) -> None:
    ran = run(*review(folder, good), *FROM_TO, "--on", text)
    assert ran.status == 2 or ran.answer["on"] == echoed
    assert ran.status == 0 or text == "20261122"  # a form that may be refused but not be taken for midnight


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_the_first_and_last_day_are_days(run: Run, folder: Path, good: Path, tmp_path: Path, day: str) -> None:
    item = {"id": "x", "closed": True, "hours": "07:00-09:00", "from": "2026-11-20T08:00", "way_ids": [1]}
    overlay = write_json(
        tmp_path / "o.geojson",
        {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": item, "geometry": None}]},
    )
    ran = run(*review(folder, good), *FROM_TO, "--on", day, "--overlay", overlay)
    assert ran.status == 0
    assert ran.answer["classification"]["class"] in {"none", "unknown"}


def test_points_far_from_every_road_are_refused_with_the_distance(run: Run, folder: Path, good: Path) -> None:
    ran = run(*review(folder, good), "--from", "24.9,59.9", "--to", "60.17,24.94", "--via", "25.4,60.1")
    refused(ran, "from: ", "to: ", "via 1: ")
    assert re.search(r"24\.9,59\.9 lies (2[0-9]{4}|3[0-9]{4}) m", ran.err)


def test_a_line_that_follows_no_road_is_refused(run: Run, folder: Path, good: Path, tmp_path: Path) -> None:
    sea = write_json(tmp_path / "sea.geojson", line_json([(24.9, 59.9), (24.91, 59.9)]))
    refused(run(*review(folder, good), "--route", sea), "route", " m ")


@pytest.mark.parametrize("name", ["absent", ".", "vehicle.json"])
def test_a_folder_that_is_no_network_is_refused(run: Run, good: Path, name: str) -> None:
    for arguments in ((*review(good.parent / name, good), *FROM_TO), ("network", "describe", good.parent / name)):
        refused(run(*arguments), str(good.parent / name))


@pytest.fixture
def damaged(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "damaged"))


def cut_a_column(network: Path) -> None:
    column = network / "columns" / "arcs.flags.npy"
    column.write_bytes(column.read_bytes()[:500])


def empty_a_column(network: Path) -> None:
    (network / "columns" / "arcs.flags.npy").write_bytes(b"")


def lose_a_column(network: Path) -> None:
    (network / "columns" / "limits.value.npy").unlink()


def shorten_a_column(network: Path) -> None:
    column = network / "columns" / "arcs.flags.npy"
    np.save(column, np.load(column)[:-1])


def retype_a_column(network: Path) -> None:
    column = network / "columns" / "arcs.flags.npy"
    np.save(column, np.load(column).astype(np.float64))


def change_the_format(network: Path) -> None:
    manifest = json.loads((network / "manifest.json").read_text())
    write_json(network / "manifest.json", manifest | {"format": 99})


def empty_the_manifest(network: Path) -> None:
    write_json(network / "manifest.json", {"format": 1})


def garble_the_manifest(network: Path) -> None:
    (network / "manifest.json").write_text('{"format": 1, ')


DAMAGES = [
    *(cut_a_column, empty_a_column, lose_a_column, shorten_a_column, retype_a_column),
    *(change_the_format, empty_the_manifest, garble_the_manifest),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_network_is_refused(run: Run, damaged: Path, good: Path, damage: Callable[[Path], None]) -> None:
    damage(damaged)
    refused(run(*review(damaged, good), *FROM_TO), str(damaged))
    refused(run("network", "describe", damaged), str(damaged))


def test_an_internal_error_is_one_line_and_status_1(run: Run, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.delenv("DAJIAN_DEBUG", raising=False)
    monkeypatch.setattr("api.commands.classify.classify", fail)
    ran = run("classify", good)
    assert (ran.status, ran.out) == (1, "")
    assert len(ran.err.splitlines()) == 1
    assert "ZeroDivisionError: by nothing" in ran.err


def test_an_interrupt_is_not_an_answer(run: Run, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("api.commands.classify.classify", stop)
    assert run("classify", good).status not in {0, 2}


@pytest.mark.parametrize("arguments", [("--help",), ("review", "-h"), ("network", "build", "--help"), ("--version",)])
def test_help_and_version_are_answers(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out


@pytest.mark.parametrize("arguments", [("fly",), ("network", "fly"), ("classify",), ("classify", "--colour", "x")])
def test_an_unknown_command_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    refused(run(*arguments))


# network build


def broken_sources(tmp_path: Path) -> dict[str, Path]:
    whole = map_file("helsinki").read_bytes()
    contents = {
        "truncated.osm.pbf": whole[: len(whole) // 2],
        "empty.osm.pbf": b"",
        "picture.osm.pbf": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "text.osm": b"<html></html>",
        "roadless.osm": b'<osm version="0.6"></osm>',
        "cut.osm.gz": b"\x1f\x8b\x08\x00",
        "map.shp": whole,
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder.osm.pbf").mkdir()
    return {name: tmp_path / name for name in [*contents, "folder.osm.pbf", "absent.osm.pbf"]}


def test_a_file_that_is_no_map_is_refused_and_nothing_is_written(run: Run, tmp_path: Path, folder: Path) -> None:
    out = tmp_path / "out"
    earlier = Path(shutil.copytree(folder, tmp_path / "earlier"))
    before = {path: path.read_bytes() for path in earlier.rglob("*") if path.is_file()}
    for name, path in broken_sources(tmp_path).items():
        inside = sorted(tmp_path.iterdir())
        for target in (out, earlier):
            refused(run("network", "build", path, "--out", target), name)
        assert sorted(tmp_path.iterdir()) == inside
    assert {path: path.read_bytes() for path in earlier.rglob("*") if path.is_file()} == before


def test_faults_of_all_sources_and_the_policy_are_told_at_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("title: x\n")
    sources = (tmp_path / "a.osm.pbf", tmp_path / "b.osm.pbf")
    ran = run("network", "build", *sources, "--out", tmp_path / "out", "--policy", tmp_path / "policy.yaml")
    refused(ran, "a.osm.pbf", "b.osm.pbf", "policy.yaml")


def test_a_folder_of_other_things_is_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear")
    refused(run("network", "build", map_file("helsinki"), "--out", tmp_path / "home"), "home")
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["letter.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_place_that_cannot_be_written_is_refused(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    for out, named in ((file, file), (file / "inside", file), (Path("/proc/network"), Path("/proc"))):
        refused(run("network", "build", map_file("helsinki"), "--out", out), str(named))
    assert file.read_text() == "x"


def test_a_built_network_is_described(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "network"
    ran = run("network", "build", map_file("helsinki"), "--out", out)
    assert (ran.status, ran.out) == (0, "")
    assert (out / "build_report.json").exists()
    described = run("network", "describe", out).answer
    assert described["network_id"].startswith("sha256:")
    assert described["licence"] == "ODbL-1.0"
    assert described["counts"]["arcs"] > 1000
    # Built again over it, the same: the id says what is in it.
    assert run("network", "build", map_file("helsinki"), "--out", out).status == 0
    assert run("network", "describe", out).answer == described


# policy and overlay


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("legal_mm: 4000", "legal_mm: four", "height.legal_mm"),
        ("legal_mm: 4000", "legal_mn: 4000", "legal_mn"),
        ("FORESTRY: CONDITIONAL", "FORESTRY: MAYBE", "access.FORESTRY"),
        ("  FORESTRY: CONDITIONAL\n", "", "FORESTRY"),
        ("title:", "title: [", "policy.yaml"),
    ],
)
def test_a_wrong_policy_is_refused(
    run: Run, folder: Path, good: Path, tmp_path: Path, old: str, new: str, named: str
) -> None:
    policy = tmp_path / "policy.yaml"
    text = DEFAULT_POLICY.read_text(encoding="utf-8")
    assert old in text
    policy.write_text(text.replace(old, new, 1), encoding="utf-8")
    refused(run(*review(folder, good), *FROM_TO, "--policy", policy), "policy.yaml", named)


def test_the_policy_decides_and_is_named(run: Run, folder: Path, tmp_path: Path) -> None:
    tall = write_json(tmp_path / "tall.json", vehicle_json(height_mm=4400))
    policy = tmp_path / "policy.yaml"
    text = DEFAULT_POLICY.read_text(encoding="utf-8").replace("open_road_passes_mm: 4500", "open_road_passes_mm: 4300")
    policy.write_text(text, encoding="utf-8")
    usual = run(*review(folder, tall), *FROM_TO).answer
    strict = run(*review(folder, tall), *FROM_TO, "--policy", policy).answer
    assert usual["policy_id"] != strict["policy_id"]
    assert (usual["verdict"], strict["verdict"]) == ("passes", "conditional")


@pytest.mark.parametrize(
    ("properties", "named"),
    [
        ({"id": "x"}, "feature 1"),
        ({"id": "x", "closed": True}, "feature 1"),
        ({"closed": True, "way_ids": [1]}, "id"),
        ({"id": "x", "closed": "yes", "way_ids": [1]}, "closed"),
        ({"id": "x", "height_mm": 4.2, "way_ids": [1]}, "height_mm"),
        ({"id": "x", "closed": True, "way_ids": [1], "from": "tomorrow"}, "from"),
        ({"id": "x", "closed": True, "way_ids": [1], "hours": "in the morning"}, "hours"),
        ({"id": "x", "closed": True, "way_ids": [1], "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_overlay_is_refused(
    run: Run, folder: Path, good: Path, tmp_path: Path, properties: dict[str, Any], named: str
) -> None:
    feature = {"type": "Feature", "properties": properties, "geometry": None}
    path = write_json(tmp_path / "closures.geojson", {"type": "FeatureCollection", "features": [feature]})
    refused(run(*review(folder, good), *FROM_TO, "--overlay", path), "closures.geojson", named)


def test_the_same_overlay_twice_is_refused(run: Run, folder: Path, good: Path, tmp_path: Path) -> None:
    feature = {"type": "Feature", "properties": {"id": "x", "closed": True, "way_ids": [1]}, "geometry": None}
    path = write_json(tmp_path / "closures.geojson", {"type": "FeatureCollection", "features": [feature]})
    refused(run(*review(folder, good), *FROM_TO, "--overlay", path, "--overlay", path), "'x'")


# html


def test_a_map_that_cannot_be_written_is_refused(run: Run, folder: Path, good: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    inside = sorted(tmp_path.iterdir())
    for place in (tmp_path / "taken", good / "map.html", Path("/proc/none/map.html")):
        refused(run(*review(folder, good), *FROM_TO, "--html", place), str(place))
    assert sorted(tmp_path.iterdir()) == inside


def test_a_refused_review_writes_no_map(run: Run, folder: Path, good: Path, tmp_path: Path) -> None:
    place = tmp_path / "new" / "map.html"
    refused(run(*review(folder, good), "--from", "24.9,59.9", "--to", "24.94,60.17", "--html", place))
    assert not place.parent.exists()


LOADS = re.compile(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import|\bimport\s*\(""")


@pytest.fixture(scope="module")
def page(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("page")
    heavy = write_json(root / "heavy.json", heavy_json())
    place = root / "map.html"
    arguments = [*review(folder, heavy), *FROM_TO, "--on", "2026-11-23", "--html", place]
    assert cli.run([str(argument) for argument in arguments]) == 0
    return place


def test_the_map_loads_nothing_from_elsewhere(page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    without_links = re.sub(r"<a\s[^>]*>", "", html)  # a reader may follow a link; the page itself fetches nothing
    assert LOADS.findall(without_links) == []
    assert "© OpenStreetMap contributors" in html


def test_the_map_is_drawn_without_a_network(page: Path, tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium: the map was not opened in a browser")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    flags += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    flags += ["--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={tmp_path}"]
    flags += ["--enable-logging=stderr", "--virtual-time-budget=4000", "--dump-dom"]
    done = subprocess.run([browser, *flags, page.as_uri()], capture_output=True, check=True, timeout=120)
    dom, log = done.stdout.decode(), done.stderr.decode(errors="replace")
    assert "leaflet-interactive" in dom  # lines are drawn
    assert "<path" in dom or "<canvas" in dom
    assert [line for line in log.splitlines() if "CONSOLE" in line and "rror" in line] == []


# classify


def test_a_vehicle_is_classified(run: Run, tmp_path: Path) -> None:
    answer = run("classify", write_json(tmp_path / "heavy.json", heavy_json()), "--on", "2026-11-22").answer
    assert answer["class"] in {"II", "III"}
    assert {"class", "findings", "refusals", "near_threshold"} <= set(answer)
    assert all(finding["wording"] for finding in answer["findings"])
    assert answer["on"] == "2026-11-22"


def test_a_legal_vehicle_has_no_class(run: Run, good: Path) -> None:
    answer = run("classify", good, "--on", "2026-11-22").answer
    assert (answer["class"], answer["refusals"]) == ("none", [])


def test_before_the_law_the_class_is_unknown(run: Run, good: Path, folder: Path) -> None:
    answer = run("classify", good, "--on", "2010-01-01").answer
    assert answer["class"] == "unknown"
    assert answer["notes"]
    reviewed = run(*review(folder, good), *FROM_TO, "--on", "2010-01-01").answer
    assert reviewed["classification"] == answer
    assert reviewed["verdict"] != "passes"  # which mass was legal is not known


def test_a_class_is_asked_for_a_day(run: Run, good: Path) -> None:
    refused(run("classify", good, "--on", "2026-11-22T08:00"), "--on")


def test_without_a_date_it_is_today_in_china(run: Run, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class LateInUtc(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "LateInUtc":  # noqa: ANN401
            moment = datetime(2026, 12, 31, 20, tzinfo=ZoneInfo("UTC"))
            return cls.fromtimestamp(moment.timestamp(), tz)

    now = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    shown = date.fromisoformat(run("classify", good).answer["on"])
    assert now - timedelta(days=1) <= shown <= now + timedelta(days=1)
    monkeypatch.setattr(values.dt, "datetime", LateInUtc)
    assert values.today() == date(2027, 1, 1)
