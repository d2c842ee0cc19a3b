"""Endpoints of drafts and of handing in (草稿与提交接口)."""

import uuid
from typing import Annotated, Any, Final, Self

from fastapi import APIRouter, Body, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.applications.drafts import (
    Saved,
    create_draft,
    delete_draft,
    earlier_content,
    earlier_contents,
    find_draft,
    list_drafts,
    pick_into_draft,
    replace_draft,
)
from api.applications.drafts_origins import draft_from_archive, draft_from_case, draft_from_what_if
from api.applications.endpoints_answers import (
    CaseAnswer,
    DraftAnswer,
    DraftList,
    DraftRow,
    KeptAnswer,
    KeptList,
    KeptRow,
    WordingAnswer,
    WordingList,
)
from api.applications.endpoints_example import EXAMPLE_FORM
from api.applications.endpoints_version import ReadVersion
from api.applications.fields import Name
from api.applications.form import ApplicationForm
from api.applications.submit import submit_draft
from api.applications.submit_wording import wordings
from api.db.tables import Draft
from api.errors import StaleError
from api.http.dependencies import Paging, Work, tag
from api.http.problems import problem
from api.unit_of_work import UnitOfWork

router = APIRouter(prefix="/api/v1", tags=["drafts 草稿"])
_STALE: Final = 412
_CREATED: Final = 201
_FORM_DESCRIPTION: Final = (
    "申请表，按所填原样保存，未填完也可以；字段见 GET /api/v1/application-form/schema。"
    "The form exactly as typed, complete or not; its fields: GET /api/v1/application-form/schema."
)
Content = Annotated[dict[str, Any], Field(description=_FORM_DESCRIPTION, examples=[EXAMPLE_FORM])]
Ids = Annotated[list[uuid.UUID], Field(min_length=1, max_length=60, description="存档资料编号 ids of archived items")]


class NewDraft(BaseModel):
    """What a draft begins with: at most one of the four (草稿来源，至多一项；都不填为空白草稿)."""

    model_config = ConfigDict(extra="forbid")
    title: Annotated[Name | None, Field(description="名称；缺省取货物和起讫地 / name")] = None
    content: Content | None = None
    archive_items: Ids | None = None
    case_id: Annotated[uuid.UUID | None, Field(description="复制的办件 / case to copy")] = None
    what_if_id: Annotated[uuid.UUID | None, Field(description="事先试算 / question asked before")] = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        given = (self.content, self.archive_items, self.case_id, self.what_if_id)
        if sum(one is not None for one in given) > 1:
            raise ValueError("at most one of content, archive_items, case_id, what_if_id (只能填一项来源)")
        return self


class DraftContent(BaseModel):
    """A draft's new content (草稿内容)."""

    model_config = ConfigDict(extra="forbid")
    title: Annotated[Name | None, Field(description="名称；缺省取货物和起讫地 / name")] = None
    content: Content


class Picking(BaseModel):
    """Archived things to put into a draft (调用存档)."""

    model_config = ConfigDict(extra="forbid")
    items: Ids


class Handing(BaseModel):
    """What the applicant was shown before handing in (提交时所示承诺)."""

    model_config = ConfigDict(extra="forbid")
    wording_sha256: Annotated[
        str | None,
        Field(
            pattern="^[0-9a-f]{64}$",
            description="所示“真实性承诺”文字的 sha256；文字已更新的，拒绝提交 / hash of the declaration shown",
        ),
    ] = None


@router.post("/drafts", status_code=201, summary="新建草稿 begin a draft")
def post_draft(work: Work, response: Response, new: Annotated[NewDraft, Body()]) -> DraftAnswer:
    """新建草稿：空白、给定内容、调用存档资料、复制办件或者沿用试算。Begin a draft, from one of several origins."""
    draft = _begin(work, new)
    if new.title:
        draft.title = new.title
        work.session.flush()
    tag(response, draft.version)
    return DraftAnswer.of(work, draft)


@router.get("/drafts", summary="草稿列表 list drafts")
def get_drafts(
    work: Work,
    paging: Paging,
    submitted: Annotated[bool | None, Query(description="只列已提交或未提交的 / only handed in, or only not")] = None,
) -> DraftList:
    """本企业的草稿，最近保存的在前。Drafts of the carrier, the last saved first."""
    found, total = list_drafts(work, submitted=submitted, limit=paging.limit, offset=paging.offset)
    return DraftList(items=[DraftRow.of(one) for one in found], total=total)


@router.get("/drafts/{draft_id}", summary="查看草稿 read a draft")
def get_draft(work: Work, response: Response, draft_id: uuid.UUID) -> DraftAnswer:
    """草稿内容，和现在提交会被指出的全部问题。The content, with every fault that handing it in now would meet."""
    draft = find_draft(work, draft_id)
    tag(response, draft.version)
    return DraftAnswer.of(work, draft)


@router.put("/drafts/{draft_id}", summary="保存草稿 save a draft", response_model=DraftAnswer)
def put_draft(
    work: Work, response: Response, draft_id: uuid.UUID, version: ReadVersion, new: DraftContent
) -> DraftAnswer | JSONResponse:
    """保存草稿。

    须带 If-Match：所读版本已被另一页面更新的，答 412，`current` 为现有内容，所填内容另存于 `kept_id`，不会丢失。
    Needs If-Match; a save over an older version is answered by 412 with the present content, and is kept aside.
    """
    saved = replace_draft(work, draft_id, new.content, version=version, title=new.title)
    return _saved(work, response, saved)


@router.post("/drafts/{draft_id}/pick", summary="调用存档资料 pick archived things", response_model=DraftAnswer)
def post_pick(
    work: Work, response: Response, draft_id: uuid.UUID, version: ReadVersion, picking: Picking
) -> DraftAnswer | JSONResponse:
    """把存档资料填入草稿；驾驶员和材料为增加，其余为替换。须带 If-Match。Put archived things in their places."""
    return _saved(work, response, pick_into_draft(work, draft_id, picking.items, version=version))


@router.delete("/drafts/{draft_id}", status_code=204, summary="删除草稿 delete a draft")
def remove_draft(work: Work, draft_id: uuid.UUID) -> None:
    """删除未提交的草稿。Delete a draft that has not been handed in."""
    delete_draft(work, draft_id)


@router.get("/drafts/{draft_id}/earlier", summary="历次内容 earlier contents")
def get_earlier(work: Work, draft_id: uuid.UUID) -> KeptList:
    """被替换的和因版本冲突未存入的内容，各保留最近 20 份。Contents replaced or refused, the last 20 of each."""
    found = earlier_contents(work, draft_id)
    return KeptList(items=[KeptRow.of(one) for one in found], total=len(found))


@router.get("/drafts/{draft_id}/earlier/{kept_id}", summary="一份历史内容 one earlier content")
def get_earlier_content(work: Work, draft_id: uuid.UUID, kept_id: uuid.UUID) -> KeptAnswer:
    """一份历史内容的全文。One of them in full."""
    return KeptAnswer.of(earlier_content(work, draft_id, kept_id))


@router.post(
    "/drafts/{draft_id}/submit",
    status_code=201,
    summary="提交申请 hand in",
    responses={200: {"description": "此前已提交，答同一办件 handed in before: the same case", "model": CaseAnswer}},
)
def post_submit(work: Work, response: Response, draft_id: uuid.UUID, handing: Handing | None = None) -> CaseAnswer:
    """提交草稿为办件并排队机器审查；重复提交答同一办件。Hand in; a repeat answers with the same case."""
    submitted = submit_draft(work, draft_id, shown=handing.wording_sha256 if handing else None)
    response.status_code = _CREATED if submitted.is_new else 200
    response.headers["Location"] = f"/api/v1/cases/{submitted.case.id}"
    return CaseAnswer.of(submitted.case)


@router.get("/application-form/schema", summary="申请表字段 fields of the form")
def get_schema() -> dict[str, Any]:
    """申请表的 JSON Schema，附示例。JSON Schema of the form, with an example."""
    return {**ApplicationForm.model_json_schema(), "examples": [EXAMPLE_FORM]}


@router.get("/application-form/wording", summary="承诺文字 declarations")
def get_wording() -> WordingList:
    """提交前须阅读的承诺文字及其版本。The texts to agree to, with version and hash."""
    found = [WordingAnswer.of(one) for one in wordings().values()]
    return WordingList(items=found, total=len(found))


def _begin(work: UnitOfWork, new: NewDraft) -> Draft:
    if new.archive_items is not None:
        return draft_from_archive(work, new.archive_items)
    if new.case_id is not None:
        return draft_from_case(work, new.case_id)
    if new.what_if_id is not None:
        return draft_from_what_if(work, new.what_if_id)
    return create_draft(work, new.content or {}, origin={"kind": "typed"})


def _saved(work: UnitOfWork, response: Response, saved: Saved) -> DraftAnswer | JSONResponse:
    """A refusal is an answer and no fault: what it kept aside has to be committed."""
    answer = DraftAnswer.of(work, saved.draft)
    if saved.refused is None:
        tag(response, saved.draft.version)
        return answer
    stale = StaleError()
    headers = {"ETag": f'"{saved.draft.version}"'}
    more = {"current": answer.model_dump(mode="json"), "kept_id": str(saved.refused.id)}
    return problem(_STALE, "stale", stale.message_zh, stale.message_en, headers=headers, **more)
