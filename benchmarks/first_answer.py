"""A process of its own until its first answer (首个答复): start, open a network, review one legal vehicle, print.

    python benchmarks/first_answer.py NETWORK

Times are CPU seconds of this process and seconds since it began; memory is what it wrote itself, what of files nobody
else has mapped, and all that is resident.
"""

import datetime as dt
import json
import sys
import time
from pathlib import Path

ON = dt.date(2026, 11, 23)
BEGAN = time.perf_counter()


def main() -> None:
    """Answer once, then tell."""
    import numpy as np

    from api.reviews.network import OpenNetwork
    from api.reviews.request import ReviewRequest
    from api.reviews.service import review
    from benchmarks.trips import LEADS_NOWHERE, VEHICLES
    from data.policies import load_policy

    network = OpenNetwork.open(Path(sys.argv[1]))
    usable = np.flatnonzero((network.graph.arcs.flags & LEADS_NOWHERE) == 0)
    lines = [network.graph.arc_points(int(usable[len(usable) * part // 8])) for part in (1, 6)]
    stops = tuple((float(lon[0]), float(lat[0])) for lon, lat in lines)
    answer = review(network, ReviewRequest(VEHICLES["legal 49 t"], load_policy(), ON, stops))
    rollup = Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").splitlines()[1:]
    kb = {line.split(":")[0]: int(line.split()[1]) for line in rollup}
    print(
        json.dumps(
            {
                "verdict": answer["verdict"],
                "seconds": time.perf_counter() - BEGAN,
                "cpu_s": time.process_time(),
                **{name: kb[name] / 1e3 for name in ("Private_Dirty", "Private_Clean", "Rss")},
            }
        )
    )


if __name__ == "__main__":
    main()
