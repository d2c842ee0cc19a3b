"""The permit as a PDF file (通行证文书): the same contents give the same bytes."""

import datetime as dt
from dataclasses import dataclass

from api.permits.content import PermitContent, canonical_json
from api.permits.fonts import close_fonts
from api.permits.keys import SigningKey
from api.permits.map_figure import MapBackdrop
from api.permits.pdf_annex import set_annex
from api.permits.pdf_driver_card import set_driver_card
from api.permits.pdf_first_page import TITLE, set_first_page
from api.permits.pdf_seal import seal_pdf
from api.permits.pdf_sheet import Sheet
from api.permits.record import record_of
from api.permits.signed import sign_record
from api.permits.wording import STATUS

CHINA = dt.timezone(dt.timedelta(hours=8))
WATERMARK = "演示  无效"
NO_BACKDROP = MapBackdrop()
RECORD_NAME, CONTENT_NAME = "permit-record.txt", "permit.json"


@dataclass(frozen=True, slots=True)
class IssuedPermit:
    """A permit signed and set (已签发的通行证): the text of its QR code and its sealed PDF."""

    record_text: str
    pdf: bytes


def issue(content: PermitContent, key: SigningKey, *, backdrop: MapBackdrop = NO_BACKDROP) -> IssuedPermit:
    """Sign the record of a permit, set its PDF and seal it.

    Raises:
        RecordTooLargeError: More than a readable QR code holds.
    """
    text = sign_record(record_of(content, key.key_id), key)
    return IssuedPermit(text, seal_pdf(render_pdf(content, text, backdrop=backdrop), key))


def render_pdf(content: PermitContent, record_text: str, *, backdrop: MapBackdrop = NO_BACKDROP) -> bytes:
    """Set the pages: all fields with the QR code, annex, driver's card; record and contents are attached."""
    status = STATUS[content.status]
    banner = "" if content.status == "valid" else _banner(content)
    foot = f"{TITLE.zh} {content.number} 第 {content.sequence} 版 · {status.zh}"
    sheet = Sheet(foot=foot, watermark=WATERMARK if content.is_demo else "", banner=banner)
    try:
        _set_pages(sheet, content, record_text, backdrop)
        return bytes(sheet.output())
    finally:
        close_fonts(sheet)


def _set_pages(sheet: Sheet, content: PermitContent, record_text: str, backdrop: MapBackdrop) -> None:
    sheet.set_creation_date(dt.datetime.combine(content.issuer.issued_on, dt.time(), CHINA))
    sheet.set_title(f"{TITLE.zh} {content.number}")
    sheet.set_author(content.issuer.name)
    sheet.set_lang("zh-CN")
    sheet.set_keywords(record_text)
    set_first_page(sheet, content, record_text)
    set_annex(sheet, content, backdrop)
    set_driver_card(sheet, content)
    sheet.embed_file(bytes=record_text.encode(), basename=RECORD_NAME, mime_type="text/plain")
    sheet.embed_file(bytes=canonical_json(content), basename=CONTENT_NAME, mime_type="application/json", compress=True)


def _banner(content: PermitContent) -> str:
    words = STATUS[content.status]
    what = "起运前现场核查一致并换发后方可起运" if content.status == "awaiting_check" else "不得据此通行"
    return f"{words.zh} · {what} · {words.en}"
