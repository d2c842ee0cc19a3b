"""Endpoints of the archive (档案库接口)."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.applications.archive import ArchiveFilter, add_item, edit_item, find_item, list_archive, remove_item
from api.applications.archive_pieces import Kind
from api.applications.drafts_kept import list_kept
from api.applications.endpoints_answers import ArchiveAnswer, ArchiveList, KeptAnswer, KeptContents
from api.applications.endpoints_example import EXAMPLE_FORM
from api.applications.endpoints_version import ReadVersion
from api.applications.fields import Name
from api.http.dependencies import Paging, Work, tag

router = APIRouter(prefix="/api/v1/archive", tags=["archive 档案库"])
_DESCRIPTION = "申请表中相应部分的内容 / content of that part of the form"
Content = Annotated[dict[str, Any], Field(description=_DESCRIPTION, examples=[EXAMPLE_FORM["tractor"]])]


class NewItem(BaseModel):
    """Something to archive by hand (手工存档)."""

    model_config = ConfigDict(extra="forbid")
    kind: Annotated[Kind, Field(description="种类 / kind", examples=["tractor"])]
    content: Content


class ItemContent(BaseModel):
    """New content of an archived thing (存档内容)."""

    model_config = ConfigDict(extra="forbid")
    content: Content


@router.get("", summary="存档资料列表 list the archive")
def get_archive(
    work: Work,
    paging: Paging,
    kind: Annotated[Kind | None, Query(description="只列一种 / only one kind")] = None,
    text: Annotated[Name | None, Query(description="名称含有 / label contains")] = None,
) -> ArchiveList:
    """本企业历次申请自动存档的资料，最近用过的在前。What earlier applications left, the last used first."""
    found, total = list_archive(work, ArchiveFilter(kind, text), limit=paging.limit, offset=paging.offset)
    return ArchiveList(items=[ArchiveAnswer.of(one) for one in found], total=total)


@router.post("", status_code=201, summary="手工存档 archive by hand")
def post_item(work: Work, response: Response, new: NewItem) -> ArchiveAnswer:
    """手工存入一项资料；内容须合乎申请表。Archive something by hand, as the form takes it."""
    item = add_item(work, new.kind, new.content)
    tag(response, item.version)
    return ArchiveAnswer.of(item)


@router.get("/{item_id}", summary="查看存档资料 read an archived thing")
def get_item(work: Work, response: Response, item_id: uuid.UUID) -> ArchiveAnswer:
    """一项存档资料。One archived thing."""
    item = find_item(work, item_id)
    tag(response, item.version)
    return ArchiveAnswer.of(item)


@router.put("/{item_id}", summary="修改存档资料 change an archived thing")
def put_item(
    work: Work, response: Response, item_id: uuid.UUID, version: ReadVersion, new: ItemContent
) -> ArchiveAnswer:
    """修改存档资料，须带 If-Match；已提交的办件不受影响。Change it; cases handed in are not touched."""
    item = edit_item(work, item_id, new.content, version)
    tag(response, item.version)
    return ArchiveAnswer.of(item)


@router.delete("/{item_id}", status_code=204, summary="移除存档资料 remove an archived thing")
def delete_item(work: Work, item_id: uuid.UUID) -> None:
    """移除存档资料。Take it out of the archive."""
    remove_item(work, item_id)


@router.get("/{item_id}/earlier", summary="历次内容 earlier contents")
def get_item_earlier(work: Work, item_id: uuid.UUID) -> KeptContents:
    """修改前的内容，保留最近 20 份。What it held before, the last 20."""
    item = find_item(work, item_id)
    found = [KeptAnswer.of(kept) for kept in list_kept(work, item.id)]
    return KeptContents(items=found, total=len(found))
