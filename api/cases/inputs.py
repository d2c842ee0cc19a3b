"""What is sent with an action on a case (办理操作的内容)."""

import uuid
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^[^\x00]*$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000, pattern=r"^[^\x00]*$")]


class ActionInput(BaseModel):
    """What an action needs beside itself; each action reads its own part and ignores nothing silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: Text = Field("", description="理由 reason")
    notice_text: Text = Field("", description="文书正文（没有上传文件时）wording of the document")
    attachment_id: uuid.UUID | None = Field(None, description="文书附件 the document as a file")
    officers: list[uuid.UUID] = Field(default_factory=list, max_length=10, description="核实人员账号 officers")
    items: list[Word] = Field(default_factory=list, max_length=200, description="补正内容或理由条款 items or clauses")
    answers: dict[Word, Text] = Field(default_factory=dict, max_length=200, description="逐项答复 answers by item")
    finding: Word = Field("", description="改判的审查意见 the finding overridden")
    basis: Word = Field("", description="停表事由 ground of the pause")
    ground: Word = Field("", description="法定事由 legal ground")
    body_id: Word = Field("", description="单位 body the action speaks of")
    packet_id: uuid.UUID | None = Field(None, description="分发件 packet the action speaks of")
    opinion: Literal["", "agree", "agree_with_conditions", "object"] = Field("", description="意见 opinion")
    conditions: list[Text] = Field(default_factory=list, max_length=50, description="通行条件 conditions")
    recommendation: Literal["", "approve", "refuse"] = Field("", description="审查建议 what is recommended")
    waived: bool = Field(default=False, description="放弃陈述申辩 the statement is waived")
    task: Literal["", "survey", "special_calculation", "reroute", "reinforcement", "statement"] = Field(
        "", description="放弃的审查事项 the task given up"
    )
    form: dict[str, Any] | None = Field(None, description="更正或变更后的申请表 the form, corrected or changed")


class AnswerInput(BaseModel):
    """What a body answers (答复): an opinion, or its decision."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opinion: Literal["agree", "agree_with_conditions", "object"] = Field(description="意见 opinion")
    reason: Text = Field(description="理由 reason")
    conditions: list[Text] = Field(default_factory=list, max_length=50, description="通行条件 conditions")
    attachment_id: uuid.UUID | None = Field(None, description="文书附件 the document as a file")
