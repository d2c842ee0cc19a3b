"""Families of keys of the carrier's pages: prefix and the values that may follow."""

from typing import Final, get_args

from api.applications.archive_pieces import Kind
from api.applications.many import Mode
from api.cases.states import State
from api.pages.language import catalogue
from api.pages.my.archive import _COUNTS
from api.pages.my.asked import KINDS
from api.pages.my.case_shown import _STEPS, TOLD_EVENTS
from api.pages.my.cases import DONE, FILTERS
from api.pages.my.drafts import _NOTES
from api.pages.my.form_fields import CHOICES, LABELS, SECTIONS
from api.pages.my.load_sheet import LOAD_SHEET
from api.pages.my.permits import DONE as PERMIT_DONE
from api.pages.my.permits import Which
from api.pages.my.revise import ACTIONS
from api.permits.checks_service import TaskState

_COUNTED: Final = {field.label for fields in _COUNTS.values() for field in fields}
_HINTED: Final = {key.removeprefix("my.h_") for key in catalogue() if key.startswith("my.h_")}
assert LABELS >= _HINTED, _HINTED - LABELS
MY_FAMILIES: Final = {
    "my.f_": {*LABELS, *_COUNTED, "truthful"},
    "my.h_": _HINTED,
    "my.c_": CHOICES,
    "my.section_": {*SECTIONS},
    "my.group_": {
        "more",
        "whole",
        "tractor",
        "trailer",
        "driver",
        "plan",
        "return",
        "escort_vehicle",
        "escort_person",
        "escort_text",
        "wanted",
    },
    "my.kind_": {kind.value for kind in Kind},
    "my.draft_": {"replaced", "refused"},
    "my.note_": {*_NOTES},
    "my.class_": {"none", "I", "II", "III", "unknown"},
    "my.tab_": {"overview", "cases", "permits", "drafts", "archive", "many"},
    "my.ask_": {*KINDS},
    "my.ask_text_": {*KINDS},
    "my.trip_due_": {"announced", "under_way"},
    "my.trip_": {"announced", "under_way", "ended", "cancelled"},
    "my.direction_": {"outward", "empty_return"},
    "my.which_": {*FILTERS},
    "my.cases_none_": {*FILTERS},
    "my.permits_": {*get_args(Which)},
    "my.step_": {step.value for step in _STEPS},
    "my.state_": {state.value for state in State},
    "my.now_": {state.value for state in State},
    "my.item_": {"highway", "city_road", "temporary_plate"},
    "my.decided_": {"approved", "refused"},
    "my.opinion_": {"open", "answered", "returned", "informed"},
    "my.event_": {*TOLD_EVENTS},
    "my.done_": {*DONE},
    "my.permit_done_": {*PERMIT_DONE},
    "my.revise_": {*ACTIONS},
    "my.revise_lead_": {*ACTIONS},
    "my.revise_do_": {*ACTIONS},
    "my.check_": {*get_args(TaskState)},
    "my.sheet_": {name for name, _ in LOAD_SHEET},
    "my.many_mode_": {mode.value for mode in Mode},
    "my.many_result_": {mode.value for mode in Mode},
}
