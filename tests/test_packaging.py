"""The five package names are ours alone, and imports go one way."""

import subprocess
import sys
import tomllib
from importlib import metadata, util
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("routing", "rules", "data", "api", "maps")


def project() -> dict[str, object]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return dict(tomllib.load(file)["project"])


@pytest.mark.parametrize("name", PACKAGES)
def test_no_other_distribution_provides_our_package_names(name: str) -> None:
    providers = set(metadata.packages_distributions().get(name, ()))
    assert providers <= {"dajian"}, f"{providers - {'dajian'}} would be imported instead of ours or overwrite it"


@pytest.mark.parametrize("name", PACKAGES)
def test_imports_find_our_packages(name: str) -> None:
    spec = util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).parent == ROOT / name


def test_a_stray_upload_is_refused() -> None:
    assert "Private :: Do Not Upload" in project()["classifiers"]  # type: ignore[operator]


def test_the_command_exists() -> None:
    assert project()["scripts"] == {"dajian": "api.cli:main"}


def test_every_package_says_that_it_is_typed() -> None:
    assert [name for name in PACKAGES if not (ROOT / name / "py.typed").exists()] == []


def test_imports_go_one_way() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
