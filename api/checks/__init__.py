"""Machine comparison (机器比对): 5 groups, 21 items, each with its evidence and what follows from it."""

from api.checks.compare import compare
from api.checks.records import (
    Answer,
    CargoDeclaration,
    CarrierRecord,
    PermitRecord,
    PersonRecord,
    Restriction,
    VehicleRecord,
)
from api.checks.register import InMemoryRegister, Register
from api.checks.results import Comparison, Evidence, ItemResult
from api.checks.stages import StageOutcome, stages

__all__ = [
    "Answer",
    "CargoDeclaration",
    "CarrierRecord",
    "Comparison",
    "Evidence",
    "InMemoryRegister",
    "ItemResult",
    "PermitRecord",
    "PersonRecord",
    "Register",
    "Restriction",
    "StageOutcome",
    "VehicleRecord",
    "compare",
    "stages",
]
