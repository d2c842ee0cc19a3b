"""Read what is settled of bridges already (桥梁既有结论): corridors, special calculations, load tests, surveys.

YAML or JSON, checked wholly; docs/bridges.md describes the file.
"""

import hashlib
import json
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from data.bridges.evidence_model import Calculation, Corridor, Section
from data.errors import BadInputError
from data.vehicles import LoadedVehicle, read_vehicle


class _EvidenceFile(Section):
    corridors: tuple[Corridor, ...] = ()
    calculations: tuple[Calculation, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file of settled answers (既有结论文件).

    Attributes:
        evidence_id: Hash "sha256:…" of the values, not of comments and order of keys.
        corridors: Evaluated corridors (已评估通道).
        calculations: Special calculations, load tests and surveys.
    """

    evidence_id: str
    corridors: tuple[Corridor, ...]
    calculations: tuple[Calculation, ...]

    @property
    def entries(self) -> tuple[Corridor | Calculation, ...]:
        """All entries, corridors first."""
        return (*self.corridors, *self.calculations)


def read_evidence(path: Path) -> Evidence:
    """Read and check a file of settled answers.

    Args:
        path: YAML, or JSON by the name `.json`. A vehicle may be `{file: vehicle.json}`, beside the file.

    Raises:
        BadInputError: Naming entry and field of every fault, all at once.
    """
    raw = _read_tree(path)
    unread = _fill_in_vehicles(raw, path.parent)
    faults = [fault for found in unread.values() for fault in found]
    parsed = None
    try:
        parsed = _EvidenceFile.model_validate(raw)
    except ValidationError as error:
        said = {("calculations", number, "vehicle") for number in unread}
        faults += [_sentence(raw, dict(fault)) for fault in error.errors() if tuple(fault["loc"][:3]) not in said]
    faults += _repeated_ids(raw)
    if parsed is None or faults:
        raise BadInputError(str(path), faults)
    if not parsed.corridors and not parsed.calculations:
        raise BadInputError(str(path), ["has neither corridors nor calculations"])
    values = json.dumps(parsed.model_dump(mode="json"), sort_keys=True)
    digest = hashlib.sha256(values.encode()).hexdigest()
    return Evidence(f"sha256:{digest}", parsed.corridors, parsed.calculations)


def ids_told_twice(files: Sequence[Evidence]) -> list[str]:
    """Name every id that stands in more than one file: a review must say which answer it used."""
    names = [entry.id for file in files for entry in file.entries]
    return [f"evidence: id {name!r} stands in several files" for name in sorted(set(names)) if names.count(name) > 1]


def _read_tree(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Read the file with every scalar as a text, so that `NO` is no boolean and 1e3 no mass; pydantic converts."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".json":
            return json.loads(text, parse_int=str, parse_float=str, object_pairs_hook=_unique)
        return yaml.load(text, Loader=_UniqueKeys)  # noqa: S506 - a BaseLoader makes nothing but texts, lists, tables
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        kind = "JSON" if path.suffix.lower() == ".json" else "YAML"
        raise BadInputError(str(path), [f"cannot be read as {kind}: {error}"]) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"{', '.join(repeated)} stands twice")
    return dict(pairs)


class _UniqueKeys(yaml.BaseLoader):
    """Refuses a key that stands twice in one table: YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        names = [str(key.value) for key, _ in node.value]
        for n, (key, _) in enumerate(node.value):
            if names[n] in names[:n]:
                raise yaml.constructor.ConstructorError(None, None, f"{names[n]} stands twice", key.start_mark)
        return super().construct_mapping(node, deep)


def _entries(raw: object, table: str) -> list[dict[str, Any]]:
    rows = raw.get(table) if isinstance(raw, dict) else None
    return [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else []


def _fill_in_vehicles(raw: object, folder: Path) -> dict[int, list[str]]:
    """Put the axles of a vehicle file in the place of its name; faults by entry of those that cannot be read."""
    unread: dict[int, list[str]] = {}
    for number, entry in enumerate(_entries(raw, "calculations")):
        vehicle = entry.get("vehicle")
        if not isinstance(vehicle, dict) or list(vehicle) != ["file"] or not isinstance(vehicle["file"], str):
            continue
        try:
            entry["vehicle"] = _plain(read_vehicle(folder / vehicle["file"]))
        except BadInputError as error:
            place = f"{_place(raw, 'calculations', number)}.vehicle: {vehicle['file']}"
            unread[number] = [f"{place}: {fault}" for fault in error.faults]
    return unread


def _plain(vehicle: LoadedVehicle) -> dict[str, Any]:
    axles = [
        {"load_kg": str(axle.load_kg), "spacing_mm": str(axle.spacing_mm), "files": str(axle.files)}
        for axle in vehicle.axles
    ]
    return {"axles": axles, "gross_mass_kg": str(vehicle.gross_mass_kg)}


def _repeated_ids(raw: object) -> list[str]:
    """Name every id that two entries of a file have."""
    seen: dict[str, str] = {}
    faults: list[str] = []
    for table in ("corridors", "calculations"):
        for number, entry in enumerate(_entries(raw, table)):
            name = entry.get("id")
            if isinstance(name, str) and name in seen:
                faults.append(f"{table}.{number} ({name}).id: is that of {seen[name]} too")
            elif isinstance(name, str):
                seen[name] = f"{table}.{number}"
    return faults


def _place(raw: object, table: str, number: int) -> str:
    rows = _entries(raw, table)
    name = rows[number].get("id") if number < len(rows) else None
    return f"{table}.{number} ({name})" if isinstance(name, str) and name else f"{table}.{number}"


def _sentence(raw: object, fault: dict[str, Any]) -> str:
    """One error of pydantic as a sentence: entry and field first."""
    loc: Sequence[Any] = fault["loc"]
    text = str(fault["msg"]).removeprefix("Value error, ")
    text = "is not a field of the format" if fault["type"] == "extra_forbidden" else text
    text = "is missing" if fault["type"] == "missing" else text
    is_entry = len(loc) > 1 and isinstance(loc[1], int)
    head = [_place(raw, loc[0], loc[1])] if is_entry else [str(part) for part in loc[:1]] or ["file"]
    rest = [str(part) for part in (loc[2:] if is_entry else loc[1:])]
    joint = "." if is_entry and fault["type"] == "value_error" and re.match(r"[a-z_.0-9]+: ", text) else ": "
    return f"{'.'.join([*head, *rest])}{joint}{text}"
