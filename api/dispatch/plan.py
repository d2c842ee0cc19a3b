"""The dispatch plan (分发方案): who decides, and one packet for every body that is asked, decides or is informed."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.dispatch.directory import Body, Directory, firm
from api.dispatch.errors import DispatchError
from api.dispatch.managing import ManagedStretch, manage
from api.dispatch.packet import Packet, make_packet
from api.dispatch.parts import Json, cut_findings, needs_person, ranges_of
from api.dispatch.settings import DispatchSettings, Purpose, Role, VehicleClass, default_dispatch_settings
from rules.divisions import County, is_known_code
from rules.hsr.art_036 import must_ask_police
from rules.management import RoadStretch

_RANK: Mapping[Purpose, int] = {"inform": 0, "opinion": 1, "decision": 2}


@dataclass(frozen=True, slots=True)
class DecisionItem:
    """A decision of its own beside the permit (另行决定的事项): special vehicles on city streets."""

    name: str
    body: Body
    due_working_days: int
    materials: tuple[str, ...]
    doubt: str

    def to_json(self) -> Json:
        """Plain JSON values."""
        return {
            "name": self.name,
            "body": self.body.to_json(),
            "due_working_days": self.due_working_days,
            "materials": list(self.materials),
            "doubt": self.doubt,
        }


@dataclass(frozen=True, slots=True)
class DispatchPlan:
    """Where a reviewed case goes (分发方案).

    Attributes:
        level: "county", "city", "province", "cross_province" or "unknown".
        accepts: Who accepts (受理); None at an unknown level.
        decides: Who acts: the same, or the body it is delegated to.
        delegated: Whether a delegation in use moved the decision.
        managed: Every metre of the route, under exactly one body or under none with a note (管理路段证据).
        items: Decisions of other bodies with a clock of their own.
        notes: What the window must look at, in Chinese.
        notice: Of the directory.
    """

    on: dt.date
    vehicle_class: VehicleClass
    level: str
    accepts: Body | None
    decides: Body | None
    delegated: bool
    managed: tuple[ManagedStretch, ...]
    packets: tuple[Packet, ...]
    items: tuple[DecisionItem, ...] = ()
    notes: tuple[str, ...] = ()
    notice: str = ""

    def packet_of(self, body_id: str) -> Packet | None:
        """The packet in a body's hands now; None if it has none."""
        held = (packet for packet in self.packets if packet.body.id == body_id and packet.returned_reason is None)
        return next(held, None)

    def to_json(self) -> Json:
        """Plain JSON values."""
        return {
            "on": self.on.isoformat(),
            "class": self.vehicle_class,
            "level": self.level,
            "accepts": self.accepts.to_json() if self.accepts else None,
            "decides": self.decides.to_json() if self.decides else None,
            "delegated": self.delegated,
            "managed": [entry.to_json() for entry in self.managed],
            "packets": [packet.to_json() for packet in self.packets],
            "items": [item.to_json() for item in self.items],
            "notes": list(self.notes),
            "notice": self.notice,
        }


@dataclass(slots=True)
class _Share:
    """What one body gets, while the packets are gathered."""

    body: Body
    role: Role
    purpose: Purpose
    stretches: dict[RoadStretch, None]
    sees: frozenset[str] | None = None  # quantities; None for all


def plan(
    review: Mapping[str, Any],
    stretches: Sequence[RoadStretch],
    directory: Directory,
    on: dt.date,
    settings: DispatchSettings | None = None,
) -> DispatchPlan:
    """Plan the dispatch of a reviewed case by its first route.

    Args:
        review: A review as the exchange format has it, with one route at least.
        stretches: Of that route; `managing.stretches_of(review)` reads them.
        directory: Bodies of the province.
        on: Day that decides the version of the management tables.
        settings: Other settings than those of `settings.yaml`.

    Returns:
        The plan. At level "unknown" nobody decides and nothing is sent: the notes say what the window must settle.

    Raises:
        DispatchError: The review has no route.
    """
    if not review["routes"]:
        raise DispatchError("the review has no route, so there is nothing to dispatch")
    chosen = settings or default_dispatch_settings()
    said = review["jurisdiction"]
    vehicle_class: VehicleClass = review["classification"]["class"]
    counted = frozenset(entry["code"] for entry in said["evidence"] if entry["counted"] and entry["code"])
    origin = (said["accepts"] or "")[:2]
    managed = manage(stretches, directory, origin=origin, counted=counted, on=on)
    notes = [f"{entry.stretch.enter_m}–{entry.stretch.exit_m}米：{entry.note}" for entry in managed if not entry.body]
    accepts = directory.find("transport", said["accepts"]) if said["accepts"] else None
    acting = said["delegated_to"] or said["accepts"]
    decides = directory.find("transport", acting) if acting else None
    if accepts is None or decides is None:
        notes.append(f"名录中没有{acting}的交通运输主管部门" if acting else "不能认定管辖，须由受理窗口核定后再分发")
        known = (on, vehicle_class, said["level"], accepts, decides)
        return DispatchPlan(*known, False, managed, (), (), tuple(notes), directory.notice)
    case = _Case(review, chosen, directory, managed, accepts, decides, origin)
    packets = case.packets(vehicle_class)
    notes += case.notes
    return DispatchPlan(
        on=on,
        vehicle_class=vehicle_class,
        level=said["level"],
        accepts=accepts,
        decides=decides,
        delegated=decides != accepts,
        managed=managed,
        packets=packets,
        items=items_of(packets, chosen),
        notes=tuple(notes),
        notice=directory.notice,
    )


def items_of(packets: Iterable[Packet], settings: DispatchSettings) -> tuple[DecisionItem, ...]:
    """The decisions of their own that packets ask for; a returned packet asks for none."""
    days, materials = settings.city_street_working_days, settings.city_street_materials
    doubt = "期限和材料为设定，见分发设定 city_street_working_days、city_street_materials"
    return tuple(
        DecisionItem(settings.city_street_item, packet.body, days, materials, doubt)
        for packet in packets
        if packet.role == "city_road" and packet.returned_reason is None
    )


class _Case:
    """Gathers the share of every body, then makes the packets."""

    def __init__(
        self,
        review: Mapping[str, Any],
        settings: DispatchSettings,
        directory: Directory,
        managed: Sequence[ManagedStretch],
        accepts: Body,
        decides: Body,
        origin: str,
    ) -> None:
        self.notes: list[str] = []
        self._route = review["routes"][0]
        self._settings, self._directory = settings, directory
        self._managed, self._origin = managed, origin
        self._accepts, self._decides = accepts, decides
        self._shares: dict[str, _Share] = {}

    def packets(self, vehicle_class: VehicleClass) -> tuple[Packet, ...]:
        """All packets, the deciding body's first, then in travel order."""
        self._add(self._decides, "decides", "decision", ())
        for entry in self._managed:
            self._add_managers(entry)
        self._add_police(vehicle_class)
        self._add_crossed()
        return tuple(self._make(share, vehicle_class) for share in self._shares.values())

    def _add(self, body: Body, role: Role, purpose: Purpose, stretches: Iterable[RoadStretch]) -> _Share:
        share = self._shares.setdefault(body.id, _Share(body, role, purpose, {}))
        if _RANK[purpose] > _RANK[share.purpose]:
            share.role, share.purpose = role, purpose
        share.stretches.update(dict.fromkeys(stretches))
        return share

    def _add_managers(self, entry: ManagedStretch) -> None:
        stretch, body = entry.stretch, entry.body
        if body is None:
            return
        is_own_province = entry.rule is not None
        if body.kind == "city_road":
            self._add(body, "city_road", "decision", [stretch])
        elif is_own_province:
            self._add(body, "manager", "opinion", [stretch])
        else:
            self._add(body, "along_route_province", "decision", [stretch])
            return
        if stretch.operator:
            self._add(self._operator(stretch.operator), "toll_operator", "opinion", [stretch])
        elif stretch.owner:
            self._add_maintainer(stretch, body)

    def _operator(self, name: str) -> Body:
        made = firm("toll_operator", name)
        if made.id not in self._directory.bodies:
            note = f"名录中没有“{name}”，请核对单位后再发送"
            self.notes += [] if note in self.notes else [note]
        return made

    def _add_maintainer(self, stretch: RoadStretch, manager: Body) -> None:
        """管养单位 of the road table: the managing body itself, another office, or one that works for it."""
        named = self._directory.by_name.get(stretch.owner)
        if named is not None and named != manager:
            note = f"{stretch.number}路段明细表所载管养单位为{named.name_zh}，按管理分工为{manager.name_zh}，请核对"
            self.notes += [] if note in self.notes else [note]
        elif named is None and self._settings.maintainers != "none":
            self._add(firm("maintainer", stretch.owner), "maintainer", self._settings.maintainers, [stretch])

    def _add_police(self, vehicle_class: VehicleClass) -> None:
        if not must_ask_police(vehicle_class, self._settings.rules.police_classes):
            return
        code = self._accepts.division_code or ""
        body = self._directory.find("police", code)
        if body is None:
            self.notes.append(f"名录中没有{code}的公安机关交通管理部门")
            return
        own = [entry.stretch for entry in self._managed if (entry.division or "").startswith(self._origin)]
        self._add(body, "police", "opinion", own).sees = frozenset(self._settings.police_quantities)

    def _add_crossed(self) -> None:
        """Transport departments of crossed units that manage nothing of the route are informed (抄告)."""
        crossed: dict[str, dict[RoadStretch, None]] = {}
        for entry in self._managed:
            if not is_known_code(entry.division) or not (entry.division or "").startswith(self._origin):
                continue
            county = County(entry.division or "", "")
            is_above_city = self._accepts.level == "province"
            for code in ([county.city] if is_above_city else []) + [county.code]:
                crossed.setdefault(code, {})[entry.stretch] = None
        for code, stretches in crossed.items():
            body = self._directory.find("transport", code)
            if body is None:
                self.notes.append(f"名录中没有{code}的交通运输主管部门，未抄告")
            elif body.id not in self._shares:
                self._add(body, "crossed_division", "inform", stretches)

    def _make(self, share: _Share, vehicle_class: VehicleClass) -> Packet:
        stretches = sorted(share.stretches, key=lambda stretch: stretch.enter_m)
        findings = cut_findings(self._route["findings"], ranges_of(stretches), self._route["length_m"])
        if share.sees is not None:
            findings = tuple(finding for finding in findings if finding["quantity"] in share.sees)
        purpose = share.purpose
        is_quiet = not any(map(needs_person, findings))
        if purpose == "opinion" and is_quiet and self._settings.asks_only_if_needed(vehicle_class):
            purpose = "inform"
        due = self._settings.due_working_days(share.role, purpose, vehicle_class)
        return make_packet(share.body, share.role, purpose, vehicle_class, stretches, findings, due)
