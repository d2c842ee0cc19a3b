"""Write `docs/rules.md`, the lawyer's page, and `rules/article.schema.json` from the rule files.

Wording, number, source, code and cases stand side by side. A test fails while the committed files are stale.

    .venv/bin/python tools/make_rules_page.py [--check]
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, the folder of the script is searched, not the root

from rules.divisions import division_file  # noqa: E402
from rules.findings import QUANTITY_ZH, UNIT_ZH  # noqa: E402
from rules.loading import articles, read_yaml  # noqa: E402
from rules.model import Article, Clause, Threshold, Version  # noqa: E402
from rules.registry import code_places  # noqa: E402
from rules.settings import setting_entries  # noqa: E402

PAGE = ROOT / "docs" / "rules.md"
SCHEMA = ROOT / "rules" / "article.schema.json"
RELATIONS = {"over": "超过（>）", "at_least": "达到（≥）", "not_over": "未超过（≤）", "under": "不满（<）"}
TEXT_STATUS = {"full_text": "全文", "excerpt": "转载摘录，非公报原件", "recalled": "凭记忆概述，未见原文"}
OUTCOMES = {"met": "符合", "not_met": "不符合", "unknown": "资料不足", "not_applicable": "不适用"}
KINDS = {"truck": "货车", "train": "汽车列车", None: "车辆"}
HEAD = """\
# 规则一览（供法律人员核对）

本页由 `tools/make_rules_page.py` 从 `rules/` 的条文文件生成，请勿手工修改。
每一款项并列条文、程序所用的数、程序位置和样例。
样例中的“符合”指款项自身的条件成立（例如“超过4米”成立），不是“合格”。资料不足永远不算合格。

Generated page: wording, numbers, code and test cases of every clause side by side.
"""


def cell(text: str) -> str:
    """Text that cannot break a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A Markdown table."""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell(text) for text in row)} |"
    yield ""


def scope_words(threshold: Threshold) -> str:
    """For which vehicles a number holds, in Chinese."""
    scope = threshold.scope
    if scope is None:
        return ""
    words = [KINDS[scope.kind]]
    words += [f"{scope.axles}轴"] if scope.axles is not None else []
    words += [f"{scope.axles_at_least}轴及以上"] if scope.axles_at_least is not None else []
    words += [f"驱动轴不少于{scope.drive_axles_at_least}根"] if scope.drive_axles_at_least is not None else []
    words += [f"驱动轴不多于{scope.drive_axles_not_over}根"] if scope.drive_axles_not_over is not None else []
    return f"（{'、'.join(words)}）"


def number_words(clause: Clause) -> str:
    """All numbers of a clause."""
    words = [
        f"{QUANTITY_ZH[one.quantity]}{scope_words(one)}{RELATIONS[one.relation]}{one.value}{UNIT_ZH[one.unit]} `{name}`"
        + (f"【设定：{one.uncertain}】" if one.uncertain else "")
        for name, one in clause.thresholds.items()
    ]
    words += [f"数额 {one.value}{UNIT_ZH[one.unit]} `{name}`" for name, one in clause.amounts.items()]
    return "<br>".join(words) or "—"


def code_words(clause_id: str, clause: Clause) -> str:
    """Where a clause is carried out, or why it is not."""
    if clause.not_coded:
        return f"**未编码**：{clause.not_coded}"
    return f"`{code_places().get(clause_id, '直接比较')}`"


def case_words(clause_id: str, cases: list[dict[str, str]]) -> str:
    """The cases of a clause, as sentences with their outcome."""
    own = [case for case in cases if case["clause"] == clause_id]
    words = [f"{case['case']} → {OUTCOMES.get(case.get('outcome', ''), case.get('level', ''))}" for case in own]
    return "<br>".join(words) or "—"


def version_lines(article: Article, version: Version, cases: list[dict[str, str]]) -> Iterator[str]:
    """One version of an article."""
    until = f"至{version.in_force_until}前" if version.in_force_until else "至今"
    review = f"{version.reviewed_by}（{version.reviewed_on}）" if version.reviewed_by else "**未经法律审核**"
    yield f"### {version.in_force_from}起{until}"
    yield ""
    amended = f"，{version.amended_by}修正" if version.amended_by else ""
    yield f"- 制定：{version.enacted_by}{amended}"
    yield f"- 文本：{TEXT_STATUS[version.text_status]}；审核：{review}"
    if version.note:
        yield f"- 说明：{version.note}"
    for source in version.sources:
        yield f"- 出处 `{source.id}`：[{source.title}]({source.url})，{source.read_on}查阅"
    yield ""
    rows = []
    for key, clause in version.clauses.items():
        clause_id = f"{article.id}.{key}"
        wording = clause.text + (f"<br>【疑问：{clause.uncertain}】" if clause.uncertain else "")
        code = code_words(clause_id, clause)
        rows.append((f"`{clause_id}`", wording, number_words(clause), code, case_words(clause_id, cases)))
    yield from table(("款项", "条文", "数", "程序", "样例"), rows)


def article_lines(article: Article) -> Iterator[str]:
    """One article with all its versions."""
    stem = f"{article.instrument}/art_{int(article.id.rpartition('-')[2]):03}"
    cases = read_yaml(ROOT / "tests" / "rules" / f"{stem}.yaml")
    yield f"## {article.instrument_title} {article.number} {article.title_zh}"
    yield ""
    yield f"{article.title_en}. 条文文件 `rules/{stem}.yaml`，样例 `tests/rules/{stem}.yaml`。"
    yield ""
    for version in article.versions:
        yield from version_lines(article, version, cases)


def setting_lines() -> Iterator[str]:
    """The settings: what the law leaves open."""
    yield "## 设定（不是法律的数）"
    yield ""
    yield "条文没有写明、由本系统选定的取值，见 `rules/settings.yaml`。"
    yield ""
    rows = []
    for name, entry in setting_entries().items():
        values = entry.value if isinstance(entry.value, list) else [entry.value]
        shown = [" ".join(f"{k}={v}" for k, v in one.items()) if isinstance(one, dict) else one for one in values]
        rows.append((f"`{name}`", entry.title_zh, "<br>".join(shown), entry.doubt))
    yield from table(("名称", "含义", "取值", "疑问"), rows)


def delegation_lines() -> Iterator[str]:
    """The provinces' rules on delegation."""
    yield "## 委托办理"
    yield ""
    yield "`in_use` 写入结果；`permitted`（法规允许，是否委托待查）和 `reported`（报道）只作提示。"
    yield ""
    file = division_file()
    rows = [
        (file.provinces[one.province], one.status, f"{one.in_force_from}起", one.basis, one.text, one.source)
        for one in file.delegations
    ]
    yield from table(("省份", "状态", "日期", "依据", "内容", "出处"), rows)


def page() -> str:
    """The whole page as text."""
    lines = [HEAD]
    for article in articles().values():
        lines += article_lines(article)
    lines += [*setting_lines(), *delegation_lines()]
    return "\n".join(lines).rstrip() + "\n"


def schema() -> str:
    """The JSON schema of an article file."""
    return json.dumps(Article.model_json_schema(), ensure_ascii=False, indent=2) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write both files, or with --check name the stale ones."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is stale")
    check = parser.parse_args(arguments).check
    status = 0
    for path, text in ((PAGE, page()), (SCHEMA, schema())):
        if check:
            stale = not path.exists() or path.read_text(encoding="utf-8") != text
            status |= stale
            print(f"{path.relative_to(ROOT)}: {'stale, run tools/make_rules_page.py' if stale else 'up to date'}")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return status


if __name__ == "__main__":
    sys.exit(main())
