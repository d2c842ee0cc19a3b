"""``dajian batch-review``: review many applications (批量审查), a stream of rows in and a Parquet file out.

`review_row` is a plain map over rows: what a row answers depends on nothing but the row, the network, the policy and
the default day. Finished pieces are kept beside the output until all are there, so a run that was killed goes on where
it was.
"""

import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.parquet as pq

from api.commands.output import print_json, to_json, write_whole
from api.commands.progress import terminal_bars
from api.commands.values import DateOrTime, LonLat, today
from api.errors import RequestError
from api.reviews.classes import keep_classes
from api.reviews.network import OpenNetwork
from api.reviews.request import MAX_STOPS, Line, ReviewRequest
from api.reviews.service import review
from data.errors import BadInputError, DataError
from data.policies import load_policy
from data.routes import read_route_line
from data.vehicles import LoadedVehicle, parse_vehicle
from routing.errors import RoutingError
from routing.policy import Policy
from rules.errors import RulesError
from rules.identity import rules_id

FILE = click.Path(path_type=Path)
ROWS_A_PIECE = 100
GIVE_BACK = ("MALLOC_MMAP_THRESHOLD_", "1000000")
"""glibc then gives large arrays back when they are freed; 40 MB a process at a million junctions."""
FIELDS = {"id", "vehicle", "from", "to", "via", "on", "route"}
SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("id", pa.string()),
        ("verdict", pa.string()),
        ("class", pa.string()),
        ("length_m", pa.int64()),
        ("duration_s", pa.int64()),
        ("phrase", pa.string()),
        ("review", pa.string()),
        ("error", pa.string()),
    ]
)
Row = dict[str, Any]
Piece = list[tuple[int, object]]


@click.command("batch-review")
@click.argument("applications", type=FILE)
@click.option("--network", "folder", required=True, type=FILE, help="Network folder.")
@click.option("--out", required=True, type=FILE, help="Parquet file to be written.")
@click.option("--processes", type=click.IntRange(1, 256), default=1, show_default=True)
@click.option("--policy", type=FILE, help="Policy file (YAML). Default: the packaged one.")
@click.option("--on", type=DateOrTime(), help="Day or time of travel of rows that name none. Default: today in China.")
@click.option(
    "--advice/--no-advice",
    default=True,
    show_default=True,
    help="Say of refused rows what change of the load would help; without it a year of cases is done sooner.",
)
def batch_review_command(
    applications: Path,
    folder: Path,
    out: Path,
    processes: int,
    policy: Path | None,
    on: dt.date | None,
    *,
    advice: bool,
) -> None:
    """Review every row of APPLICATIONS (JSONL or Parquet); a row with a fault gets an error, the rest go on.

    A row is {id, vehicle, from, to, via?, on?} or {id, vehicle, route}. Run again after an interruption, it goes on.
    """
    work = BatchWork(folder, policy, on or today(), is_advised=advice)
    network, count = work.opened()[0], _count(applications)
    pieces = Pieces.of(out, _job(applications, work, network.graph.network_id), is_day_given=on is not None)
    work = replace(work, on=DateOrTime().convert(pieces.job["on"], None, None))
    with terminal_bars() as bars:
        bar = bars.add_task("reviewing", total=count)
        for n, rows in _reviewed(work, _todo(applications, pieces, lambda done: bars.advance(bar, done)), processes):
            pieces.write(n, rows)
            bars.advance(bar, len(rows))
    print_json({"out": str(out), **pieces.join()})


@dataclass(frozen=True, slots=True)
class BatchWork:
    """What every row is reviewed with; small, so that a process can be handed it.

    Attributes:
        folder: Of the network.
        policy: File, None for the packaged policy.
        on: Day of rows that name none.
        is_advised: Whether refused rows say what change of the load would help.
    """

    folder: Path
    policy: Path | None
    on: dt.date
    is_advised: bool = True

    def opened(self) -> tuple[OpenNetwork, Policy]:
        """The network and the policy, opened once a process."""
        return _opened(self.folder, self.policy)


@cache
def _opened(folder: Path, policy: Path | None) -> tuple[OpenNetwork, Policy]:
    return OpenNetwork.open(folder), load_policy(policy)


@cache
def _keep_classes(work: BatchWork) -> None:
    network, policy = work.opened()
    keep_classes(network, policy, on=work.on)


def review_row(work: BatchWork, number: int, raw: object) -> Row:
    """Review one row; whatever is wrong with it stands in the answer.

    Args:
        work: What rows are reviewed with.
        number: The row's place in the input, from 0.
        raw: The row, or the text of its line.

    Returns:
        A row of the output.
    """
    answer: Row = dict.fromkeys(SCHEMA.names)
    answer["row"] = number
    try:
        row = _parsed(raw)
        answer["id"] = None if row.get("id") is None else str(row["id"])
        network, policy = work.opened()
        request = request_of(row, policy, work.on)
        if not work.is_advised:
            request = replace(request, reasons=request.reasons.without_advice())
        return answer | _told(review(network, request))
    except (DataError, RequestError, RoutingError, RulesError, click.UsageError) as error:
        return answer | {"error": str(error)}
    except Exception as error:  # noqa: BLE001 - one row never stops the rest
        return answer | {"error": f"internal error: {type(error).__name__}: {error}"}


def request_of(row: Mapping[str, Any], policy: Policy, on: dt.date) -> ReviewRequest:
    """Read a row.

    Raises:
        RequestError: Every fault of it, by field.
    """
    faults = [f"{name}: is not a field of an application" for name in sorted(set(row) - FIELDS)]
    faults += [f"{name}: is missing" for name in ("id", "vehicle") if row.get(name) is None]
    has_line = row.get("route") is not None
    stops = [name for name in ("from", "to") if row.get(name) is not None]
    if has_line and (stops or row.get("via")):
        faults.append("route: is reviewed as it is: leave out from, to and via")
    if not has_line:
        faults += [f"{name}: is missing" for name in ("from", "to") if name not in stops]
    if faults:
        raise RequestError(faults)
    day = DateOrTime().convert(row["on"], None, None) if row.get("on") is not None else on
    vehicle = _vehicle_of(row["vehicle"])
    if has_line:
        return ReviewRequest(vehicle=vehicle, policy=policy, on=day, line=_line_of(row["route"]))
    via = row.get("via") or []
    if not isinstance(via, list) or len(via) + 2 > MAX_STOPS:
        raise RequestError([f"via: must be a list of at most {MAX_STOPS - 2} points"])
    return ReviewRequest(
        vehicle=vehicle, policy=policy, on=day, stops=tuple(_point_of(p) for p in (row["from"], *via, row["to"]))
    )


def _parsed(raw: object) -> Row:
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise RequestError([f"is not JSON: {error}"]) from error
    if not isinstance(raw, dict):
        raise RequestError(["is not a JSON object"])
    return raw


def _vehicle_of(given: object) -> LoadedVehicle:
    """A vehicle as an object or as JSON text; a column of Parquet has nulls where an optional field is absent."""
    text = given if isinstance(given, str) else json.dumps(_without_nulls(given), ensure_ascii=False)
    return parse_vehicle(text, source="vehicle")


def _without_nulls(given: object) -> object:
    if isinstance(given, dict):
        return {name: _without_nulls(value) for name, value in given.items() if value is not None or name == "trailer"}
    return [_without_nulls(value) for value in given] if isinstance(given, list) else given


def _point_of(given: object) -> tuple[float, float]:
    """A point as [lon, lat] or as text LON,LAT."""
    text = ",".join(map(str, given)) if isinstance(given, list) else given
    return LonLat().convert(text, None, None)


def _line_of(given: object) -> Line:
    """A GeoJSON line, checked as a file of one is."""
    with tempfile.NamedTemporaryFile("w", suffix=".geojson", encoding="utf-8") as file:
        file.write(given if isinstance(given, str) else json.dumps(given))
        file.flush()
        try:
            return Line(*read_route_line(Path(file.name)))
        except BadInputError as error:
            raise RequestError([f"route: {fault}" for fault in error.faults]) from error


def _told(answer: Mapping[str, Any]) -> Row:
    best = answer["routes"][0] if answer["routes"] else {}
    columns = {name: best.get(name) for name in ("length_m", "duration_s", "phrase")}
    told = {"verdict": answer["verdict"], "class": answer["classification"]["class"], "review": to_json(answer)}
    return {**columns, **told}


def _pieces(applications: Path) -> Iterator[Piece]:
    """The rows of the input, numbered, a piece at a time."""
    rows = enumerate(_rows(applications))
    while piece := list(islice(rows, ROWS_A_PIECE)):
        yield piece


def _todo(applications: Path, pieces: "Pieces", skipped: Callable[[int], None]) -> Iterator[tuple[int, Piece]]:
    """Pieces that an earlier run has not finished; of the others it is told how many rows they have."""
    for n, piece in enumerate(_pieces(applications)):
        if pieces.path(n).exists():
            skipped(len(piece))
        else:
            yield n, piece


def _count(applications: Path) -> int:
    """How many rows there are; a file that cannot be read is refused before anything is written."""
    return sum(1 for _ in _rows(applications))


def _rows(applications: Path) -> Iterator[object]:
    """Rows in file order: texts of lines, or records of a Parquet file."""
    try:
        if applications.suffix == ".parquet":
            with pq.ParquetFile(applications) as table:
                for batch in table.iter_batches(ROWS_A_PIECE):
                    yield from batch.to_pylist()
        else:
            with applications.open(encoding="utf-8-sig", errors="replace") as lines:
                yield from (line for line in lines if line.strip())
    except (OSError, pa.ArrowInvalid) as error:
        raise BadInputError(str(applications), [f"cannot be read: {error}"]) from error


def _reviewed(work: BatchWork, pieces: Iterator[tuple[int, Piece]], processes: int) -> Iterator[tuple[int, list[Row]]]:
    """Review pieces, as many at once as there are processes; they come back in the order they are finished first."""
    if processes == 1:
        yield from ((n, review_piece(work, piece)) for n, piece in pieces)
        return
    waiting: list[tuple[int, Future[list[Row]]]] = []
    with ProcessPoolExecutor(processes, _context()) as pool:
        try:
            for n, piece in pieces:
                waiting.append((n, pool.submit(review_piece, work, piece)))
                if len(waiting) > 2 * processes:
                    first, done = waiting.pop(0)
                    yield first, done.result()
            yield from ((n, done.result()) for n, done in waiting)
        except BrokenProcessPool:
            raise RequestError(
                ["a process was killed, perhaps for want of memory; run the command again to go on"]
            ) from None


def _context() -> BaseContext:
    """Processes forked from one that has imported everything and done nothing else; new ones where that cannot be."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    os.environ.setdefault(*GIVE_BACK)
    context = get_context("forkserver")
    context.set_forkserver_preload(["api.reviews.warmed"])
    return context


def review_piece(work: BatchWork, piece: Piece) -> list[Row]:
    """`review_row` for every row of a piece; with many rows it pays to customise class vehicles first."""
    if len(piece) == ROWS_A_PIECE:
        _keep_classes(work)
    return [review_row(work, number, raw) for number, raw in piece]


def _job(applications: Path, work: BatchWork, network_id: str) -> dict[str, str]:
    """What must be the same for a run to go on where another stopped."""
    try:
        with applications.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadInputError(str(applications), [f"cannot be read: {error.strerror or error}"]) from error
    policy_id = work.opened()[1].policy_id
    ids = {"network_id": network_id, "policy_id": policy_id, "rules_id": rules_id()}
    given = {} if work.is_advised else {"advice": "none"}
    return {"applications": f"sha256:{digest}", **ids, "on": work.on.isoformat(), **given}


@dataclass(frozen=True, slots=True)
class Pieces:
    """Finished pieces of the output, in a folder beside it until all are there."""

    out: Path
    folder: Path
    job: dict[str, str]

    @classmethod
    def of(cls, out: Path, job: dict[str, str], *, is_day_given: bool) -> "Pieces":
        """Begin, or go on with what an interrupted run of the same job left; its default day then holds on.

        Raises:
            RequestError: What lies there belongs to another job.
        """
        folder = out.with_name(f"{out.name}.parts")
        told = folder / "job.json"
        if told.exists():
            before: dict[str, str] = json.loads(told.read_text(encoding="utf-8"))
            names = sorted({*job, *before})
            changed = [name for name in names if before.get(name) != job.get(name) and (name != "on" or is_day_given)]
            if changed:
                reason = f"was left by a run with another {', '.join(changed)}"
                raise RequestError([f"{folder} {reason}: remove it, or write to another file"])
            return cls(out, folder, before)
        write_whole(told, to_json(job))
        return cls(out, folder, job)

    def path(self, number: int) -> Path:
        """File of one piece."""
        return self.folder / f"{number:08d}.parquet"

    def write(self, number: int, rows: list[Row]) -> None:
        """Write one piece, whole or not at all."""
        draft = self.path(number).with_suffix(".draft")
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), draft)
        draft.replace(self.path(number))

    def join(self) -> dict[str, Any]:
        """Put the pieces together, remove them, and count."""
        draft = self.out.with_name(f".{self.out.name}.draft")
        verdicts: Counter[str] = Counter()
        with pq.ParquetWriter(draft, SCHEMA) as writer:
            for path in sorted(self.folder.glob("*.parquet")):
                table = pq.read_table(path)
                writer.write_table(table)
                verdicts.update(verdict or "error" for verdict in table["verdict"].to_pylist())
        draft.replace(self.out)
        shutil.rmtree(self.folder)
        errors = verdicts.pop("error", 0)
        return {"rows": verdicts.total() + errors, "errors": errors, "verdicts": dict(sorted(verdicts.items()))}
