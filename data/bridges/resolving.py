"""From a register's words to a design load with numbers (设计荷载取用)."""

from dataclasses import dataclass, replace

from data.bridges.design_loads import find_design_load
from data.bridges.notation import TRUCK_EDITION, LoadNote, read_design_load
from routing.bridges.design_loads import DesignLoad


@dataclass(frozen=True, slots=True)
class ResolvedLoad:
    """A design load as read, and its numbers if there are any.

    Attributes:
        load: None if the text cannot be read or no file has numbers for it.
        name: Canonical name, None if not readable.
        edition: Edition used, None if not readable.
        trailer: Check load of the class: as written, else as the standard pairs it.
        notes: What should be known about the reading.
    """

    load: DesignLoad | None
    name: str | None
    edition: str | None
    trailer: str | None
    notes: tuple[LoadNote, ...]


def resolve_design_load(text: str, standard: str) -> ResolvedLoad:
    """Read a design load text and find its numbers.

    Args:
        text: As the register writes it.
        standard: Edition for highway loads (公路-I/II级), "2015" or "2004".
    """
    found = read_design_load(text)
    if found.name is None:
        return ResolvedLoad(None, None, None, None, found.notes)
    edition = found.edition or standard
    load = find_design_load(found.name, edition)
    if load is None:
        return ResolvedLoad(None, found.name, edition, found.trailer, (*found.notes, LoadNote.NO_NUMBERS))
    if found.trailer is None:
        paired = load.check_load.name if load.check_load else None
        notes = (*found.notes, LoadNote.TRAILER_PAIRED) if paired else found.notes
        return ResolvedLoad(load, found.name, edition, paired, notes)
    check = find_design_load(found.trailer, TRUCK_EDITION)
    notes = found.notes if check else (*found.notes, LoadNote.TRAILER_WITHOUT_NUMBERS)
    return ResolvedLoad(replace(load, check_load=check), found.name, edition, found.trailer, notes)
