"""``dajian database``: back up and restore (数据库备份与恢复)."""

import datetime as dt
from pathlib import Path

import click

from api.db.backup import back_up
from api.db.engine import database_url
from api.db.restore import restore
from api.errors import RequestError
from api.ledger.anchors import set_aside
from api.settings import service_settings

FILE = click.Path(path_type=Path)


@click.group("database")
def database_group() -> None:
    """数据库 · The database: back it up, restore it."""


@database_group.command("backup")
@click.argument("file", type=FILE)
@click.option("--attachments", is_flag=True, help="Put the attachments' bytes into the file too.")
def backup_command(file: Path, attachments: bool) -> None:
    """Write a backup of the running service's database into FILE; nothing needs to be stopped."""
    settings = service_settings()
    folder = settings.attachments_folder if attachments else None
    manifest = back_up(database_url(), file, now=dt.datetime.now(dt.UTC), attachments=folder)
    click.echo(
        f"已备份 · backed up: {file}，台账至第{manifest.ledger_seq}号事件 ledger up to event {manifest.ledger_seq}"
    )
    if attachments:
        click.echo(f"  含附件 attachments included: {manifest.attachments}")
    else:
        click.echo(f"  不含附件，请另行备份 · not included, copy it too: {settings.attachments_folder}")
    click.echo(f"  不含签名密钥，请另行保管 · never included, keep a copy in a safe place: {settings.keys_folder}")
    click.echo(f"  不含台账锚点，请另存于他处 · never included, keep copies elsewhere: {settings.var / 'ledger'}")


@database_group.command("restore")
@click.argument("file", type=FILE)
@click.option("--replace", is_flag=True, help="Replace a database with content; it is kept under another name.")
def restore_command(file: Path, replace: bool) -> None:
    """Restore FILE. Stop `dajian serve` and `dajian worker` first; nothing is changed unless everything is right."""
    settings = service_settings()
    if not file.is_file():
        raise RequestError([f"{file}: 没有这个文件 · no such file"])
    now = dt.datetime.now(dt.UTC)
    done = restore(database_url(), file, now=now, replace=replace, attachments=settings.attachments_folder)
    seq = done.manifest.ledger_seq
    click.echo(
        f"已恢复 · restored: {done.manifest.made_at:%Y-%m-%d %H:%M} UTC 的备份，台账至第{seq}号事件 ledger up to {seq}"
    )
    click.echo(f"  新放入的附件 attachments brought in: {done.attachments}")
    if done.kept_as:
        click.echo(f"  原数据库保留为 · the earlier database is kept as: {done.kept_as}")
    if aside := set_aside(settings.var, done.last_event, now):
        click.echo(f"  其后的锚点另存于 · anchors made after the backup are kept in: {aside}")
