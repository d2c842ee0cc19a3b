"""One of many within a transaction (保存点): what fails leaves no trace, and the rest goes on."""

from collections.abc import Callable

from api.unit_of_work import UnitOfWork


def attempt(work: UnitOfWork, step: Callable[[], object]) -> None:
    """Do a step in a savepoint; whatever it raises, its rows and its events are gone.

    Raises:
        Exception: Whatever the step raises.
    """
    # Events wait in the session until the commit; those of a step that failed must not get into the ledger.
    before = {name: list(value) if isinstance(value, list) else value for name, value in work.session.info.items()}
    try:
        with work.session.begin_nested():
            step()
    except Exception:
        work.session.info.clear()
        work.session.info.update(before)
        raise
