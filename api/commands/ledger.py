"""``dajian ledger``: verify the chain of events, sign its present end (台账链校验与锚定)."""

import datetime as dt
import sys
from pathlib import Path

import click

from api.commands.service import refuse_old_schema
from api.db.engine import session_factory, transaction
from api.errors import RequestError
from api.ledger.anchors import FILE, add_anchor, anchor_keys, read_anchors
from api.ledger.verify import Checked, verify_ledger
from api.settings import service_settings
from api.unit_of_work import SYSTEM, UnitOfWork

TAMPERED = 1
PATH = click.Path(path_type=Path)


@click.group("ledger")
def ledger_group() -> None:
    """台账链 · The ledger: verify it, anchor it."""


@ledger_group.command("verify")
@click.option("--anchors", type=PATH, help="File of anchors; a copy kept elsewhere is best. Default: our own.")
@click.option("--key", "keys", type=PATH, multiple=True, help="Public key file whose anchors are trusted too.")
@click.option("--without-anchors", is_flag=True, help="Check the chain alone, as after a restore on another machine.")
def verify_command(anchors: Path | None, keys: tuple[Path, ...], without_anchors: bool) -> None:
    """Verify every event, the chain, its head and the anchors; starts the embedded database if need be.

    Exit status 0: intact. 1: something was changed, with the first fault. 2: wrong usage.
    """
    settings = service_settings()
    refuse_old_schema()
    if anchors is not None and not anchors.is_file():
        raise RequestError([f"{anchors}: 没有这个文件 · no such file"])
    path = anchors or settings.var / FILE
    trusted = anchor_keys(settings.keys_folder, keys)
    try:
        known = None if without_anchors else read_anchors(path, trusted)
    except RequestError as error:
        click.echo(f"锚点不可信 · the anchors cannot be trusted: {error}")
        sys.exit(TAMPERED)
    with session_factory()() as session:
        checked = verify_ledger(session, known)
    click.echo("\n".join(_lines(checked)))
    if checked.fault is not None:
        sys.exit(TAMPERED)


@ledger_group.command("anchor")
def anchor_command() -> None:
    """Sign the ledger's present end into the file of anchors; the worker does so every hour."""
    settings = service_settings()
    refuse_old_schema()
    with transaction() as session:
        work = UnitOfWork(session, SYSTEM, dt.datetime.now(dt.UTC))
        anchor = add_anchor(work, settings.var, settings.keys_folder)
    if anchor is None:
        click.echo("没有新的事件 · nothing happened since the last anchor")
    else:
        click.echo(f"已锚定至第{anchor.seq}号事件 · anchored up to event {anchor.seq}: {anchor.hash}")


def _lines(checked: Checked) -> list[str]:
    if checked.fault is not None:
        fault = checked.fault
        return [
            f"台账已被改动 · the ledger was tampered with: 第{fault.seq}号事件 event {fault.seq} ({fault.kind})",
            f"  {fault.zh} · {fault.en}",
        ]
    lines = [f"台账完整 · the ledger is intact: {checked.events} 个事件 events, head {checked.head_hash}"]
    if checked.anchors == 0:
        return [*lines, "  没有锚点，不能排除整体改写 · no anchors: the whole chain could have been computed anew"]
    return [
        *lines,
        f"  {checked.anchors} 个锚点 anchors, 至第{checked.last_anchor_seq}号事件 up to {checked.last_anchor_seq}",
    ]
