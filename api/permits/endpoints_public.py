"""Endpoints that anybody may use (公众核验接口)."""

import base64
import json
from typing import Annotated, Final

from fastapi import APIRouter, Depends, File, Form, Path, UploadFile

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.errors import FieldFault, InvalidError, TooLargeError
from api.http.dependencies import Work
from api.permits import signing
from api.permits.public_service import public_permit, verify_evidence
from api.permits.public_throttle import limit_strangers
from api.permits.revocation_service import newest_list
from api.permits.shapes import KeyOut, PublicPermit, RevocationListOut, VerificationOut, public_out

router = APIRouter(prefix="/public", tags=["public 公众"])
_LIMITED: Final = [Depends(limit_strangers)]
_LARGEST_BYTES: Final = 10_000_000
_LONGEST_TEXT: Final = 5_000
Number = Annotated[str, Path(pattern=r"^[0-9A-Z-]{6,24}$", description="许可证号 number of the permit")]


@router.get("/permits/{number}", dependencies=_LIMITED, summary="通行证核对 minimal facts of a permit")
def get_public_permit(work: Work, number: Number) -> PublicPermit:
    """Status, dates and masked plates."""
    return public_out(public_permit(work, number), work.today)


@router.post("/verify", dependencies=_LIMITED, summary="核验通行证 verify a permit")
def post_verify(
    work: Work,
    text: Annotated[str | None, Form(max_length=_LONGEST_TEXT, description="二维码文本 text of the QR code")] = None,
    file: Annotated[UploadFile | None, File(description="通行证 PDF the permit as a PDF")] = None,
) -> VerificationOut:
    """Verify the text of a QR code or the PDF against what holds at this moment."""
    if (text is None) == (file is None):
        raise InvalidError([FieldFault("text", "请提供二维码文本或文件之一", "send either the text or the file")])
    evidence: str | bytes = text or ""
    if file is not None:
        evidence = file.file.read(_LARGEST_BYTES + 1)
        if len(evidence) > _LARGEST_BYTES:
            raise TooLargeError("文件超过10 MB", "larger than 10 MB")
    checked = verify_evidence(work, evidence)
    said = json.loads(json.dumps(checked.verification.to_json()))  # tuples become lists
    wanted = ("outcome", "outcome_zh", "reasons", "reasons_en", "signed_by", "pages", "fields", "content")
    return VerificationOut(**{name: said[name] for name in wanted}, known_here=checked.known, checked_at=work.now)


@router.get("/revocations", summary="失效名单 the signed revocation list")
def get_revocations(work: Work) -> RevocationListOut:
    """The list handed out last, with its age; `content_base64` is the file that verifies without a network."""
    row = newest_list(work)
    return RevocationListOut(
        list_number=row.list_number,
        issued_at=row.issued_at,
        next_update=row.next_update,
        age_s=int((work.now - row.issued_at).total_seconds()),
        entries=row.entries,
        content_base64=base64.b64encode(row.content).decode(),
    )


@router.get("/keys", summary="公钥 public keys")
def get_keys(work: Work) -> list[KeyOut]:
    """Keys that permits and lists of this office are verified with."""
    authorise(work.actor, Action.VERIFY_PERMIT)
    return [KeyOut(key_id=key.key_id.hex(), **key.model_dump()) for key in signing.current().trusted()]
