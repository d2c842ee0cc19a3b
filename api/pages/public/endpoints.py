"""The pages for everybody (公众页面): guide, published rules, check of a permit, statistics."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from starlette.datastructures import UploadFile

from api.errors import TooLargeError
from api.pages.page import FormPage, Page, PageContext
from api.pages.public.guide_shown import guide_of
from api.pages.public.province import setting_of
from api.pages.public.rules_shown import rules_of
from api.pages.public.statistics_shown import figures_of
from api.pages.public.verify_shown import LONGEST_TEXT, Answer, by_evidence, by_number, is_code, is_number
from api.permits.public_throttle import limit_strangers

router = APIRouter(include_in_schema=False)
_LARGEST_BYTES: Final = 10_000_000
Province = Annotated[str, Query(max_length=2)]
Day = Annotated[str, Query(max_length=10)]
Number = Annotated[str, Query(max_length=LONGEST_TEXT)]


@router.get("/guide")
def guide_page(page: Page, province: Province = "", on: Day = "") -> Response:
    """The guide in one picture."""
    setting = setting_of(page, province, on)
    return page.render(
        "public_guide.html.j2", {"setting": setting, "guide": guide_of(page.work, setting, page.language)}
    )


@router.get("/review-rules")
def rules_page(page: Page, province: Province = "", on: Day = "") -> Response:
    """The published review rules."""
    setting = setting_of(page, province, on)
    return page.render(
        "public_rules.html.j2", {"setting": setting, "rules": rules_of(page.work, setting, page.language)}
    )


@router.get("/statistics")
def statistics_page(page: Page, province: Province = "") -> Response:
    """Published figures."""
    setting = setting_of(page, province, "")
    words = {"setting": setting, "figures": figures_of(page.work, setting.province, page.language)}
    return page.render("public_statistics.html.j2", words)


@router.get("/verify")
def verify_page(page: Page, number: Number = "") -> Response:
    """The form, and the answer for a number."""
    asked = number.strip().upper()
    if not asked:
        return _verify(page)
    if is_code(asked):
        return _answered_code(page, asked)
    if not is_number(asked):
        return _verify(page, number=number.strip(), number_fault=page.t("public.number_fault"), status=422)
    limit_strangers(page.request, page.work)
    return _verify(page, number=asked, answer=by_number(page.work, asked, page.language))


@router.post("/verify")
def post_verify(page: FormPage) -> Response:
    """The answer for the text of a QR code, or for a file."""
    text, file = page.field("code"), _file_in(page)
    if file:
        limit_strangers(page.request, page.work)
        return _verify(page, answer=by_evidence(page.work, file, page.language))
    if not text:
        return _verify(page, code_fault=page.t("public.code_fault"), status=422)
    return _answered_code(page, text[:LONGEST_TEXT])


def _file_in(page: PageContext) -> bytes:
    """The bytes of the file that was sent; empty without one.

    Raises:
        TooLargeError: It is larger than any permit.
    """
    file = page.form.get("file")
    if not isinstance(file, UploadFile):
        return b""
    with file.file:
        content = file.file.read(_LARGEST_BYTES + 1)
    if len(content) > _LARGEST_BYTES:
        raise TooLargeError("文件超过10 MB", "larger than 10 MB")
    return content


def _answered_code(page: PageContext, text: str) -> Response:
    limit_strangers(page.request, page.work)
    return _verify(page, code=text, answer=by_evidence(page.work, text, page.language))


def _verify(
    page: PageContext,
    *,
    answer: Answer | None = None,
    number: str = "",
    number_fault: str | None = None,
    code: str = "",
    code_fault: str | None = None,
    status: int = 200,
) -> Response:
    words = {"answer": answer, "number": number, "number_fault": number_fault, "code": code, "code_fault": code_fault}
    return page.render("public_verify.html.j2", words, status=status)
