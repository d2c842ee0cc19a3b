"""A packet (分发件): one body's own part of a case, with a drafted opinion and a due date of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.dispatch.directory import Body
from api.dispatch.drafting import Draft, draft
from api.dispatch.parts import Json, structures_in
from api.dispatch.settings import Purpose, Role, VehicleClass
from rules.management import RoadStretch


@dataclass(frozen=True, slots=True)
class Packet:
    """What one body gets (分发件).

    Attributes:
        role: Why it gets it.
        purpose: "opinion" 征求意见, "decision" 作出决定, "inform" 抄告.
        stretches: Its part of the route.
        findings: Of its part only, cut at the ends.
        structures: Structures of its part that need a person.
        draft: The drafted opinion.
        due_working_days: For the answer; None where none is due, or no period is known.
        returned_reason: Why the body sent it back (错发退回); None while it holds it.
        sent_on_from: Body that it was wrongly sent to before.
    """

    body: Body
    role: Role
    purpose: Purpose
    vehicle_class: VehicleClass
    stretches: tuple[RoadStretch, ...]
    findings: tuple[Json, ...]
    structures: tuple[Json, ...]
    draft: Draft
    due_working_days: int | None
    returned_reason: str | None = None
    sent_on_from: Body | None = None

    @property
    def id(self) -> str:
        """Stable within a plan: a body holds one packet at most."""
        return self.body.id

    @property
    def length_m(self) -> int:
        """Length of its part."""
        return sum(stretch.length_m for stretch in self.stretches)

    def to_json(self) -> Json:
        """Plain JSON values."""
        return {
            "id": self.id,
            "body": self.body.to_json(),
            "role": self.role,
            "purpose": self.purpose,
            "class": self.vehicle_class,
            "evidence": [{"code": stretch.code} | stretch.to_json() for stretch in self.stretches],
            "length_m": self.length_m,
            "findings": list(self.findings),
            "structures": list(self.structures),
            "draft": self.draft.to_json(),
            "due_working_days": self.due_working_days,
            "returned_reason": self.returned_reason,
            "sent_on_from": self.sent_on_from.id if self.sent_on_from else None,
        }


def make_packet(
    body: Body,
    role: Role,
    purpose: Purpose,
    vehicle_class: VehicleClass,
    stretches: Sequence[RoadStretch],
    findings: Sequence[Json],
    due_working_days: int | None,
) -> Packet:
    """Make a packet with its draft; a packet that informs holds no findings and is never due."""
    if purpose == "inform":
        findings, due_working_days = (), None
    return Packet(
        body=body,
        role=role,
        purpose=purpose,
        vehicle_class=vehicle_class,
        stretches=tuple(stretches),
        findings=tuple(findings),
        structures=structures_in(findings),
        draft=draft(body.name_zh, purpose, vehicle_class, stretches, findings),
        due_working_days=due_working_days,
    )
