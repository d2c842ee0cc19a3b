"""Photos of a check sheet (照片): taken in as attachments, carried on by their ids from step to step."""

import uuid
from dataclasses import dataclass
from typing import Final, get_args

from starlette.datastructures import FormData, UploadFile

from api.applications.attachments import add_attachment
from api.applications.storage import LocalStorage
from api.errors import FieldFault, InvalidError, MediaTypeError, TooLargeError
from api.pages.page import PageContext
from api.permits.checks_service import PhotoSent
from api.permits.sheets import PhotoKind

KINDS: Final[tuple[PhotoKind, ...]] = get_args(PhotoKind)
MOST: Final = 40
_MEGABYTE: Final = 1_000_000
_PICTURES: Final = ("image/jpeg", "image/png")


@dataclass(frozen=True, slots=True)
class Photos:
    """The photos of a form: those taken in before and now, and what is wrong with others."""

    sent: tuple[PhotoSent, ...]
    faults: tuple[FieldFault, ...]

    @property
    def carried(self) -> list[str]:
        """As hidden fields carry them on."""
        return [f"{photo.kind}:{photo.attachment_id}" for photo in self.sent]


def take_photos(page: PageContext) -> Photos:
    """Take in the files of a form beside the photos it names already; one refused is a fault of its field."""
    sent = list(_carried(page.form))
    faults: list[FieldFault] = []
    for kind in KINDS:
        for file in page.form.getlist(f"photo_{kind}"):
            if not isinstance(file, UploadFile):
                continue
            try:
                with file.file:
                    sent += [PhotoSent(kind, _taken(page, file))] if file.filename else []
            except InvalidError as error:
                faults += [FieldFault(f"photo_{kind}", one.message_zh, one.message_en) for one in error.faults]
            except (MediaTypeError, TooLargeError) as error:
                faults.append(FieldFault(f"photo_{kind}", error.message_zh, error.message_en))
    if len(sent) > MOST:
        faults.append(FieldFault("photos", f"最多{MOST}张照片", f"at most {MOST} photos"))
    return Photos(tuple(dict.fromkeys(sent))[:MOST], tuple(faults))


def _carried(form: FormData) -> list[PhotoSent]:
    found = []
    for text in form.getlist("photo"):
        kind, _, raw = str(text).partition(":")
        known = next((one for one in KINDS if one == kind), None)
        try:
            attachment_id = uuid.UUID(raw)
        except ValueError:
            continue
        if known is not None:
            found.append(PhotoSent(known, attachment_id))
    return found


def _taken(page: PageContext, file: UploadFile) -> uuid.UUID:
    settings = page.request.app.state.settings
    storage = LocalStorage(settings.attachments_folder)
    largest = settings.upload_mb * _MEGABYTE
    attachment = add_attachment(page.work, storage, file.file, file.filename, largest_bytes=largest)
    if attachment.media_type not in _PICTURES:
        raise MediaTypeError("照片须为 JPEG 或 PNG", "a photo is JPEG or PNG")
    return attachment.id
