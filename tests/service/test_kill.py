"""Nothing is lost when processes are killed: a short form of tools/kill_harness.py."""

import os
import subprocess
import sys
from pathlib import Path

HARNESS = Path(__file__).parents[2] / "tools" / "kill_harness.py"


def test_killed_while_carriers_hand_in_nothing_is_lost() -> None:
    command = [sys.executable, str(HARNESS), "--rounds", "2", "--submissions", "12", "--clients", "4"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ.copy(), timeout=600)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "nothing was lost" in done.stdout
