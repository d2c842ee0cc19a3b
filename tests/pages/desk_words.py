"""Families of keys of the desk: prefix and the values that may follow."""

from typing import Final

from api.accounts.permissions import Action
from api.cases.states import Phase, Task
from api.pages.desk.act_fields import KINDS, ORDER
from api.pages.desk.bridge_endpoints import EFFECTS
from api.pages.desk.queue_endpoints import CLASSES, VERDICTS, WHOSE
from api.pages.desk.words import BADGES
from api.pages.language import catalogue
from api.permits.checks_due import REASON_ZH
from api.supervision.matters import Kind
from rules.cards import Card

_CATALOGUE: Final = frozenset(catalogue())


def _those_with_words(prefix: str, values: set[str]) -> set[str]:
    """Values that have words of their own; the others keep a name that is told elsewhere."""
    return {value for value in values if prefix + value in _CATALOGUE}


_FIELDS: Final = {*ORDER, *(f"{name}_{action.value}" for name in ORDER for action in Action)}
_SETTLED: Final = {"overridden", "surveyed", "calculated", "reinforced"}
_OPINIONS: Final = {"agree", "agree_with_conditions", "object"}
_EVENTS: Final = {key.removeprefix("desk.event_") for key in _CATALOGUE if key.startswith("desk.event_")}
_OF_ACTIONS: Final = {action.value for action in Action}
assert KINDS.keys() <= set(ORDER)
assert not _EVENTS & _OF_ACTIONS - {"check_again"}, "an action is called as the table of permissions calls it"
assert _those_with_words("desk.field_", set(ORDER)) == set(ORDER), "every field has a label"
DESK_FAMILIES: Final = {
    "desk.whose_": set(WHOSE),
    "desk.card_": set(Card),
    "desk.class_": set(CLASSES),
    "desk.verdict_": {*(set(VERDICTS) - BADGES), "none"},
    "desk.task_": set(Task),
    "desk.phase_": set(Phase) - {Phase.PERMIT},
    "desk.quantity_": {"tridem", "route"},
    "desk.load_": {"all", "height", "width", "length", "gross_mass", "axle_load"},
    "desk.settled_": _SETTLED,
    "desk.packet_": {*_OPINIONS, "open", "answered", "returned", "informed", "cancelled"},
    "desk.purpose_": {"opinion", "decision", "inform"},
    "desk.item_": {"agrees_verified", "agrees_declared", "unknown", "differs", "not_applicable"},
    "desk.evidence_": {key.removeprefix("desk.evidence_") for key in _CATALOGUE if key.startswith("desk.evidence_")},
    "desk.outcome_": {"agrees", "differs", "unknown"},
    "desk.stage_": {"not_accepted", "correction", "to_follow", "refusals", "to_verify"},
    "desk.decides_": {"highway", "city_road", "temporary_plate"},
    "desk.decision_": {"pending", "recommended", "approved", "refused"},
    "desk.recommend_": {"approve", "refuse"},
    "desk.event_": _EVENTS,
    "desk.field_": _those_with_words("desk.field_", _FIELDS),
    "desk.hint_": _those_with_words("desk.hint_", _FIELDS),
    "desk.body_kind_": {
        *("transport", "highway_centre", "expressway_authority"),
        *("city_road", "police", "toll_operator", "maintainer"),
    },
    "desk.crossing_": {"normal", "controlled"},
    "desk.effect_": set(EFFECTS.values()),
    "desk.edge_": {"lower", "higher", "at", "days"},
    "desk.check_": set(REASON_ZH),
    "desk.check_state_": {"open", "agrees", "change_needed", "differs", "cancelled"},
    "desk.checks_": {"open", "done", "all"},
    "desk.head_": {
        *("clock", "case", "load", "verdict", "state", "holder", "departs", "why", "act"),
        *("height", "width", "length", "gross", "axles", "same_road"),
    },
    "desk.section_": {"findings", "routes", "load", "items", "papers", "packets", "history", "earlier"},
    "dashboard.kind_": set(Kind),
    "dashboard.by_": {"state", "class", "verdict"},
    "dashboard.draw_": {"case", "value", "drawn", "inspectors"},
    "dashboard.head_": {
        *("week", "submitted", "ended", "cases", "office", "median", "opinions", "median_opinion", "wrong"),
        *("structure", "affected", "blocked", "unknown", "conditional", "grade", "number", "kind"),
    },
}
