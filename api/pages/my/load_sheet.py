"""The consignor's statement typed on a page (填报《大型不可解体物品调运单》): what the permit says is not asked."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from starlette.datastructures import FormData

from api.db.tables import Permit
from api.permits.shapes import read_strictly
from api.permits.sheets import HaulageSheet

# Name, whether it is needed.
LOAD_SHEET: Final = (
    ("number", True),
    ("consignor", True),
    ("consignor_code", True),
    ("consignor_contact", True),
    ("maker", True),
    ("contract", False),
    ("drawing", False),
    ("loading_place", True),
    ("consignee", True),
    ("unloading_place", True),
    ("planned_on", True),
)


def sheet_values(permit: Permit, form: Mapping[str, Any], typed: Mapping[str, str]) -> dict[str, str]:
    """What stands in the fields at first: what the application and the permit say."""
    known = {
        "consignor": form["cargo"].get("shipper") or "",
        "drawing": form["cargo"].get("drawing_number") or "",
        "loading_place": permit.content["route"]["start"],
        "unloading_place": permit.content["route"]["end"],
        "planned_on": permit.valid_from.isoformat(),
    }
    return {name: typed.get(f"sheet.{name}", known.get(name, "")) for name, _ in LOAD_SHEET}


def read_load_sheet(form: FormData, permit: Permit, today: dt.date) -> HaulageSheet:
    """The statement: typed fields, with the cargo, plates and carrier of the permit.

    Raises:
        InvalidError: Every fault.
    """
    typed = {name: str(form.get(f"sheet.{name}", "")).strip() for name, _ in LOAD_SHEET}
    raw: dict[str, Any] = {name: text for name, text in typed.items() if text}
    content = permit.content
    raw |= {
        "permit_number": permit.number,
        "carrier": content["holder"]["name"],
        "plates": list(permit.plates),
        "cargo": {name: value for name, value in content["cargo"].items() if value is not None},
        "stated_true": "sheet.stated_true" in form,
        "sealed": "sheet.sealed" in form,
    }
    raw.setdefault("planned_on", today.isoformat())
    return read_strictly(HaulageSheet, raw)
