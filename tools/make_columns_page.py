"""Write `docs/columns.md`: every column of a network folder and every code that stands in one, from the declarations.

Run `.venv/bin/python tools/make_columns_page.py`; with `--check` nothing is written.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import Field, fields
from enum import IntEnum
from pathlib import Path
from typing import Any, get_type_hints

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, the folder of the script is searched, not the root

from routing import columns  # noqa: E402
from routing.graph import RoadGraph  # noqa: E402

PAGE = ROOT / "docs" / "columns.md"
HEAD = """\
# Columns of a network

Made by `tools/make_columns_page.py` from `routing/graph.py` and `routing/columns.py`; not edited by hand.

A network folder holds one array file `columns/<table>.<column>.npy` a row of these tables. *unknown* is how a column
says "not known"; an empty cell means that it always knows. *rows* is the table whose rows the column runs along if not
its own; `+1` marks an offsets column: the entries of row `x` are `first[x] .. first[x + 1] - 1`. Columns marked 文字
hold rows of `strings`.
"""
CODES_HEAD = """\
## Codes

Numbers on disk. A number is never given a second meaning.
"""


def cell(text: str) -> str:
    """Text that cannot break a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def summary(subject: type) -> str:
    """First sentence of a docstring."""
    return (subject.__doc__ or "").strip().splitlines()[0]


def column_line(column: Field[Any]) -> str:
    """One column as a row of the page."""
    meta = column.metadata
    parts = (f"`{column.name}`", str(meta["dtype"]), meta["unit"], meta["unknown"], meta["per"], meta["zh"])
    return f"| {' | '.join(cell(part) for part in parts)} |"


def table_lines(name: str, table: type) -> Iterator[str]:
    """One table of the network."""
    yield f"## {name}"
    yield ""
    yield summary(table)
    yield ""
    yield "| column | dtype | unit | unknown | rows | 中文 |"
    yield "|---|---|---|---|---|---|"
    yield from (column_line(column) for column in fields(table))
    yield ""


def code_lines() -> Iterator[str]:
    """Every enumeration that stands in a column."""
    yield CODES_HEAD
    yield "| codes | what | values |"
    yield "|---|---|---|"
    for name, codes in vars(columns).items():
        # IntFlag is no IntEnum; both hold integers.
        if isinstance(codes, type) and issubclass(codes, int) and codes.__module__ == columns.__name__:
            members: Iterator[Any] = iter(codes) if issubclass(codes, IntEnum) else iter(codes.__members__.values())
            values = ", ".join(f"{int(member)} {member.name}" for member in members)
            yield f"| `{name}` | {cell(summary(codes))} | {cell(values)} |"


def page() -> str:
    """The whole page as text."""
    tables = {name: hint for name, hint in get_type_hints(RoadGraph).items() if hint is not str}
    lines = [HEAD]
    for name, table in tables.items():
        lines += table_lines(name, table)
    return "\n".join([*lines, *code_lines()]).rstrip() + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or with --check say whether it is stale."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page is stale")
    if not parser.parse_args(arguments).check:
        PAGE.write_text(page(), encoding="utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)}")
        return 0
    is_stale = not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page()
    print(f"{PAGE.relative_to(ROOT)}: {'stale, run tools/make_columns_page.py' if is_stale else 'up to date'}")
    return int(is_stale)


if __name__ == "__main__":
    sys.exit(main())
