"""``dajian permit``: verify a permit without a network, hand out the public key (通行证离线核验)."""

import datetime as dt
from pathlib import Path

import click

from api.commands.output import print_json, write_whole
from api.commands.values import CHINA, DateOrTime, Day
from api.errors import RequestError
from api.permits.keys import load_or_create_key, read_trusted_key, trusted_keys
from api.permits.record import PermitRecord, Size
from api.permits.revocations import load_revocation_list
from api.permits.signed import PREFIX
from api.permits.verify import Verification, verify
from api.permits.verify_wording import OUTCOME
from api.permits.wording import CLASS, CONDITION, STATUS
from api.settings import var_folder

FILE = click.Path(path_type=Path)


@click.group("permit")
def permit_group() -> None:
    """通行证 · Permits: verify offline, hand out the public key."""


@permit_group.command("verify")
@click.argument("evidence", metavar="FILE-OR-TEXT")
@click.option("--key", "keys", type=FILE, multiple=True, help="Public key file to trust; may be repeated.")
@click.option("--revocations", type=FILE, help="Revocation list. Without one the answer says that none was asked.")
@click.option("--on", type=DateOrTime(), help="Day or time the answer is for. Default: now in China.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON.")
def verify_command(
    evidence: str, keys: tuple[Path, ...], revocations: Path | None, on: dt.date | None, as_json: bool
) -> None:
    """Verify a permit without a network: the QR code's text, a file with it, or the permit's PDF.

    Without --key the keys of this installation are trusted. Genuine, revoked, expired, tampered are all answers; only
    what holds no permit at all is a fault.
    """
    trusted = tuple(read_trusted_key(file) for file in keys) if keys else trusted_keys(key_folder())
    if not trusted:
        raise RequestError([f"no public key to trust: give --key, or put key files into {key_folder() / 'trusted'}"])
    moment = on or dt.datetime.now(CHINA).replace(tzinfo=None, second=0, microsecond=0)
    listed = load_revocation_list(revocations, trusted) if revocations else None
    answer = verify(_read(evidence), trusted, revocations=listed, on=moment)
    if answer.outcome == "unreadable":
        raise RequestError([f"{reason.zh} · {reason.en}" for reason in answer.reasons])
    if as_json:
        print_json({**answer.to_json(), "on": moment.isoformat()})
    else:
        click.echo("\n".join(_lines(answer)))


@permit_group.command("public-key")
@click.option("--holder", required=True, help="Body that signs with this key.")
@click.option("--valid-from", type=Day(), help="First day on which its signatures are trusted.")
@click.option("--valid-until", type=Day(), help="Last such day.")
@click.option("--out", type=FILE, help="Write a file instead of printing.")
def public_key_command(holder: str, valid_from: dt.date | None, valid_until: dt.date | None, out: Path | None) -> None:
    """Print the public key of this installation, for all who verify; the private key is made on first use."""
    key = load_or_create_key(key_folder()).trusted(holder, valid_from=valid_from, valid_until=valid_until)
    if out is None:
        click.echo(key.to_json())
    else:
        write_whole(out, key.to_json() + "\n")


def key_folder() -> Path:
    """Where this installation keeps its keys (密钥目录)."""
    return var_folder() / "keys"


def _read(evidence: str) -> str | bytes:
    """The bytes of a file, or the text itself where it holds a record."""
    if PREFIX in evidence:
        return evidence
    try:
        return Path(evidence).read_bytes()
    except (OSError, ValueError) as error:
        raise RequestError([f"{evidence[:80]}: neither a file nor a permit record ({PREFIX}…): {error}"]) from error


def _lines(answer: Verification) -> list[str]:
    words = OUTCOME[answer.outcome]
    lines = [f"{words.zh} · {words.en}"]
    lines += [f"  - {reason.zh} · {reason.en}" for reason in answer.reasons]
    if answer.record is None:
        return lines
    lines += [f"  {name}: {value}" for name, value in _fields(answer.record)]
    if answer.content is not None:
        lines.append(f"  承运单位 carrier: {answer.content.holder.name}")
        lines.append(f"  货物 cargo: {answer.content.cargo.name}")
        lines.append(f"  通行线路 route: {answer.content.route.phrase}")
    issued = answer.list_issued_at
    lines.append(f"  撤销清单 revocation list: {f'{issued:%Y-%m-%d %H:%M}' if issued else '未提供 none'}")
    return [*lines, f"  签发 signed by: {answer.holder}"]


def _fields(record: PermitRecord) -> list[tuple[str, str]]:
    empty = [("空车返程 empty return", _size(record.empty_return))] if record.empty_return else []
    codes = "、".join(CONDITION[code].zh for code in record.condition_codes)
    return [
        ("许可证号 number", f"{record.number} ({record.sequence})"),
        ("状态 status", f"{STATUS[record.status].zh} {CLASS[record.vehicle_class].zh}"),
        ("有效期 validity", f"{record.valid_from} – {record.valid_until}, {record.trips} 次 trips"),
        ("号牌 plates", " ".join(record.plates)),
        ("外廓与质量 size and mass", _size(record.size)),
        *empty,
        ("轴荷 axle loads kg", " ".join(map(str, record.axle_loads_kg))),
        ("收费站 toll stations", f"{record.entry[1] or '—'} → {record.exit[1] or '—'}"),
        ("条件 conditions", codes or "—"),
        ("发证机关代码 issuer", f"{record.issuer_code}, {record.issued_on}"),
    ]


def _size(size: Size) -> str:
    return f"长 {size.length_mm} × 宽 {size.width_mm} × 高 {size.height_mm} mm, {size.gross_mass_kg} kg"
