"""A wrongly sent packet goes on to the right body in one action (错发退回、改派)."""

from collections.abc import Sequence
from dataclasses import replace

from api.dispatch.directory import Body
from api.dispatch.errors import DispatchError
from api.dispatch.packet import Packet, make_packet
from api.dispatch.parts import Json
from api.dispatch.plan import DispatchPlan, items_of
from api.dispatch.settings import DispatchSettings, Purpose, Role, default_dispatch_settings


def redispatch(
    plan: DispatchPlan, packet: Packet, correct_body: Body, reason: str, settings: DispatchSettings | None = None
) -> DispatchPlan:
    """Return a packet and send its part to the right body.

    The returned packet stays in the plan with the reason; what the right body holds already is joined with it. Who held
    the part how long follows from the events of the case, not from here.

    Args:
        plan: As it is now.
        packet: One that its body holds.
        correct_body: Who manages the part in truth.
        reason: In the words of the body that returns it.
        settings: Other settings than those of `settings.yaml`.

    Returns:
        The new plan; the old one stays as it was.

    Raises:
        DispatchError: The packet is not held in this plan, decides the case, goes to the same body, or no reason is
            given.
    """
    if packet not in plan.packets or packet.returned_reason is not None:
        raise DispatchError(f"packet {packet.id}: is not held in this plan")
    if packet.role == "decides":
        raise DispatchError(f"packet {packet.id}: the deciding body follows from the route; correct the route instead")
    if correct_body == packet.body:
        raise DispatchError(f"packet {packet.id}: {correct_body.name_zh} holds it already")
    if not reason.strip():
        raise DispatchError(f"packet {packet.id}: a reason is needed")
    chosen = settings or default_dispatch_settings()
    held = plan.packet_of(correct_body.id)
    moved = _moved(packet, correct_body, held, chosen)
    packets = [other for other in plan.packets if other is not held]
    place = packets.index(packet)
    packets[place : place + 1] = [replace(packet, returned_reason=reason.strip()), moved]
    managed = tuple(
        replace(entry, body=correct_body, rule=None, note=f"由{packet.body.name_zh}退回改派：{reason.strip()}")
        if entry.body == packet.body
        else entry
        for entry in plan.managed
    )
    return replace(plan, packets=tuple(packets), managed=managed, items=items_of(packets, chosen))


def _moved(packet: Packet, body: Body, held: Packet | None, settings: DispatchSettings) -> Packet:
    """The packet for the right body, joined with what it holds."""
    parts = [packet] if held is None else [held, packet]
    role, purpose = _task(packet, body)
    if held is not None and held.purpose == "decision":
        role, purpose = held.role, held.purpose
    stretches = sorted({one for part in parts for one in part.stretches}, key=lambda one: one.enter_m)
    due = settings.due_working_days(role, purpose, packet.vehicle_class)
    moved = make_packet(body, role, purpose, packet.vehicle_class, stretches, _joined(parts), due)
    return replace(moved, sent_on_from=packet.body)


def _task(packet: Packet, body: Body) -> tuple[Role, Purpose]:
    """What the right body does with it: a city-road body decides on streets, a manager gives an opinion."""
    if packet.role not in {"manager", "city_road"}:
        return packet.role, packet.purpose
    if body.kind == "city_road":
        return "city_road", "decision"
    return "manager", "inform" if packet.purpose == "inform" else "opinion"


def _joined(parts: Sequence[Packet]) -> list[Json]:
    found: list[Json] = []
    for part in parts:
        found += [finding for finding in part.findings if finding not in found]
    return sorted(found, key=lambda finding: int(finding["at_m"]))
