"""Write `rules/working_days.yaml` from the `chinesecalendar` package (a development dependency).

Run each November, when the State Council has published the plan of the next year and the package has
taken it up; compare the new year with the published notice before committing it.

    .venv/bin/python tools/make_calendar.py [--check]
"""

import argparse
import datetime as dt
import sys
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

import chinese_calendar

TARGET = Path(__file__).parent.parent / "rules" / "working_days.yaml"
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}
ONE_DAY = dt.timedelta(days=1)


def runs(days: list[tuple[dt.date, str]]) -> list[tuple[str, dt.date, dt.date]]:
    """Join neighbouring days of one holiday: name, first day, last day."""
    keyed = groupby(enumerate(sorted(days)), key=lambda item: (item[1][1], item[1][0] - ONE_DAY * item[0]))
    found = []
    for (name, _), group in keyed:
        dates = [day for _, (day, _) in group]
        found.append((NAMES[name], dates[0], dates[-1]))
    return found


def render() -> str:
    """The whole file as text."""
    lines = [
        "# 工作日历：国务院办公厅每年公布的放假和调休安排。由 tools/make_calendar.py 生成，可以手工订正；",
        "# 每年11月公布次年安排后导入，并与公布的通知核对。没有列出的日期按周一至周五工作、周六周日休息。",
        f"source: chinesecalendar {version('chinesecalendar')}（PyPI），未与各年通知原文逐一核对",
        "years:",
    ]
    years = sorted({day.year for day in chinese_calendar.holidays})
    for year in years:
        off = [(day, str(name)) for day, name in chinese_calendar.holidays.items() if day.year == year]
        work = sorted(day for day in chinese_calendar.workdays if day.year == year)
        lines += [f'  "{year}":', "    holidays:"]
        lines += [f"      - {{name: {name}, first: {first}, last: {last}}}" for name, first, last in runs(off)]
        lines.append(f"    working_weekends: [{', '.join(day.isoformat() for day in work)}]")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the file, or with --check report whether it is what the package says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file differs")
    arguments = parser.parse_args()
    text = render()
    if arguments.check:
        same = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text
        print(f"{TARGET.name}: {'up to date' if same else 'differs from the package'}")
        return 0 if same else 1
    TARGET.write_text(text, encoding="utf-8")
    print(f"wrote {TARGET.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
