"""``dajian replay``: repeat a stored review and report any difference (复算)."""

import json
from pathlib import Path
from typing import Any

import click

from api.commands.output import print_json, to_json
from api.reviews.network import OpenNetwork
from api.reviews.replay import changed_ids, replay, request_of
from data.bridges.evidence import read_evidence
from data.errors import BadInputError
from data.overlays import load_overlay
from data.policies import load_policy

FILE = click.Path(path_type=Path)
DIFFERS = 1


@click.command("replay")
@click.argument("made", metavar="REVIEW", type=FILE)
@click.option("--network", "folder", required=True, type=FILE, help="Network folder the review was made on.")
@click.option("--overlay", type=FILE, multiple=True, help="Every overlay of the review; may be repeated.")
@click.option("--evidence", type=FILE, multiple=True, help="Every evidence file of the review; may be repeated.")
@click.option("--policy", type=FILE, help="Policy file (YAML). Default: the packaged one.")
@click.pass_context
def replay_command(
    context: click.Context,
    made: Path,
    folder: Path,
    overlay: tuple[Path, ...],
    evidence: tuple[Path, ...],
    policy: Path | None,
) -> None:
    """Repeat REVIEW (the output of dajian review); exit status 1 if anything comes out otherwise."""
    text, before = read_review(made)
    network = OpenNetwork.open(folder)
    settings = load_policy(policy)
    overlays = [load_overlay(path) for path in overlay]
    files = [read_evidence(path) for path in evidence]
    request = request_of(before, settings, overlays, files, source=str(made))
    changed = changed_ids(before, network, settings)
    differs = replay(before, network, request)
    is_same_text = text.strip() == to_json(before)
    if not differs and not is_same_text:
        differs = ["the file says the same, but not in the same bytes"]
    print_json({"same": not differs, "changed_ids": changed, "differences": differs})
    if differs:
        context.exit(DIFFERS)


def read_review(path: Path) -> tuple[str, dict[str, Any]]:
    """Read a stored review.

    Raises:
        BadInputError: It cannot be read or is no JSON object.
    """
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text)
    except (OSError, ValueError) as error:
        raise BadInputError(str(path), [f"cannot be read as a review: {error}"]) from error
    if not isinstance(found, dict):
        raise BadInputError(str(path), ["is no review: a JSON object was expected"])
    return text, found
