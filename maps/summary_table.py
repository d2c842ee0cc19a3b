"""A review for the terminal (终端摘要): Chinese first, a short English word after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from maps.labels import NOT_CONNECTED, class_label, format_duration, format_km, plain_text, verdict_label
from maps.ordering import sort_findings
from maps.report_view import (
    FindingLine,
    change_lines,
    clause_text,
    deadline_texts,
    finding_line,
    jurisdiction_texts,
    near_threshold_text,
)
from maps.style import verdict_style


def print_review(review: Mapping[str, Any], console: Console, *, limit: int = 12) -> None:
    """Print a review as a readable summary.

    Args:
        review: the review as the command line prints it (审查结果).
        console: where to print; words of the review are never read as markup.
        limit: how many findings of each route to show; the others are counted by outcome.
    """
    _print_head(review, console)
    for position, route in enumerate(review.get("routes") or []):
        _print_route(route, route.get("rank", position + 1), console, limit)
    if review.get("verdict") == "no_route":
        console.print(Text(NOT_CONNECTED[0]))
    why_not = review.get("why_not")
    if why_not:
        _print_why_not(review, why_not.get("blockers") or [], console, limit)
    jurisdiction = jurisdiction_texts(review.get("jurisdiction"))
    if jurisdiction:
        _print_lines("管辖 jurisdiction", ["；".join(jurisdiction)], console)


def _print_head(review: Mapping[str, Any], console: Console) -> None:
    classification = review.get("classification") or {}
    line = Text.assemble(
        _verdict_text(review.get("verdict")),
        f"   类别 class：{class_label(classification.get('class')).both}",
        f"   日期 on：{plain_text(review.get('on')) or '—'}",
    )
    console.print(line)
    _print_lines("不予许可 refusals", map(clause_text, classification.get("refusals") or []), console)
    _print_lines("临界 near", map(near_threshold_text, classification.get("near_threshold") or []), console)
    _print_lines("时限 deadlines", deadline_texts(review.get("deadlines")), console)


def _print_route(route: Mapping[str, Any], rank: object, console: Console, limit: int) -> None:
    console.print()
    title = f"路线 route {plain_text(rank)}  "
    measure = f"  {format_km(route.get('length_m'))}，{format_duration(route.get('duration_s'))}"
    console.print(Text.assemble((title, "bold"), _verdict_text(route.get("verdict")), measure))
    if route.get("phrase"):
        console.print(Text("  " + plain_text(route["phrase"]), style="dim"))
    _print_findings(sort_findings(route.get("findings") or []), console, limit)


def _print_why_not(
    review: Mapping[str, Any], blockers: Sequence[Mapping[str, Any]], console: Console, limit: int
) -> None:
    changes = [f"{'；'.join(option.changes)} ⇒ {option.verdict.both}" for option in change_lines(review)]
    if not blockers and not changes:
        return
    console.print()
    console.print(Text("受阻原因 why not", style="bold"))
    _print_findings(sort_findings(blockers), console, limit)
    _print_lines("最小调整 smallest changes", changes, console)


def _print_findings(findings: Sequence[Mapping[str, Any]], console: Console, limit: int) -> None:
    shown, rest = findings[:limit], findings[limit:]
    if shown:
        table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
        for heading in ("结论", "项目", "位置"):
            table.add_column(heading, no_wrap=True)
        for heading in ("限值", "本车", "余量"):
            table.add_column(heading, justify="right", no_wrap=True)
        table.add_column("说明", overflow="fold")
        for finding in shown:
            table.add_row(*_cells(finding, finding_line(finding)))
        console.print(table)
    if rest:
        counts = Counter(verdict_label(finding.get("outcome")).zh for finding in rest)
        words = "，".join(f"{word} {count}" for word, count in counts.items())
        console.print(Text(f"  其余 {len(rest)} 项未列出 more：{words}", style="dim"))


def _cells(finding: Mapping[str, Any], line: FindingLine) -> list[Text]:
    words = [line.structure, line.reason, *(f"条件：{condition}" for condition in line.conditions)]
    explanation = "；".join(word for word in words if word) or "—"
    return [
        Text(f"{line.style.sign} {line.outcome.zh}", style=verdict_style(finding.get("outcome")).terminal),
        Text(line.quantity.zh),
        Text(line.place or "—"),
        Text(line.limit),
        Text(line.measured),
        Text(line.margin),
        Text(f"{explanation}（依据 {line.basis.zh}）"),
    ]


def _print_lines(heading: str, lines: Iterable[str], console: Console) -> None:
    for line in lines:
        console.print(Text.assemble((f"{heading}：", "bold"), line))


def _verdict_text(verdict: object) -> Text:
    style = verdict_style(verdict)
    return Text(f"{style.sign} {verdict_label(verdict).both}", style=style.terminal)
