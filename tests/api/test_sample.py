"""What `make run` does."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.api.asking import REPO, map_file
from tests.api.review_format import faults_of


def test_the_sample_writes_three_reviews_a_network_and_their_maps(tmp_path: Path) -> None:
    map_file("helsinki")
    env = {**os.environ, "DAJIAN_VAR": str(tmp_path / "var"), "PYTHONPATH": str(REPO)}
    command = [sys.executable, "-m", "api.sample", "--once"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=False, timeout=300)
    assert (done.returncode, done.stderr) == (0, b"")
    reports = tmp_path / "var" / "reports"
    written = sorted(path.name for path in reports.iterdir())
    vehicles = ["excavator_class_2", "generator_class_3", "semitrailer_legal"]
    stems = [f"{network}{vehicle}" for network in ("", "demo_") for vehicle in vehicles]
    assert written == sorted(f"{stem}{ending}" for stem in stems for ending in (".html", ".json"))
    assert [path.name for path in tmp_path.iterdir()] == ["var"]
    for stem in stems:
        answer = json.loads((reports / f"{stem}.json").read_text(encoding="utf-8"))
        assert faults_of(answer) == []
        assert stem.removeprefix("demo_") in (reports / f"{stem}.html").read_text(encoding="utf-8")
        assert stem in done.stdout.decode()
    classes = [json.loads((reports / f"{stem}.json").read_text())["classification"]["class"] for stem in stems]
    assert classes == ["II", "III", "none"] * 2
