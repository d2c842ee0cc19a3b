"""The law as dated wording, numbers and logic (法规): see `rules/README.md`.

The function `jurisdiction` is taken from `rules.jurisdiction`: re-exported here it would hide its own module.
"""

from rules.calendar import add_working_days, is_working_day
from rules.identity import rules_id
from rules.jurisdiction import DivisionPassage, Jurisdiction
from rules.review import Classification, Deadline, classify, deadline, gross_mass_limit_kg
from rules.vehicle import AxleFacts, VehicleFacts

__all__ = [
    "AxleFacts",
    "Classification",
    "Deadline",
    "DivisionPassage",
    "Jurisdiction",
    "VehicleFacts",
    "add_working_days",
    "classify",
    "deadline",
    "gross_mass_limit_kg",
    "is_working_day",
    "rules_id",
]
