"""Write `docs/lifecycle.md`: states, transitions, permissions and periods, from the tables the service runs on.

.venv/bin/python tools/make_lifecycle_page.py [--check]
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, the folder of the script is searched, not the root

from api.accounts.permissions import ACTION_TITLES, PERMISSIONS  # noqa: E402
from api.accounts.roles import ROLE_ZH, Action, Role  # noqa: E402
from api.cases.needs import RULES  # noqa: E402
from api.cases.states import STATES, Phase  # noqa: E402
from api.cases.table import TRANSITIONS, Transition  # noqa: E402
from rules.service import service_entries  # noqa: E402

PAGE = ROOT / "docs" / "lifecycle.md"
CLOCK_ZH = {"not_started": "未起算", "running": "计时", "paused": "停表", "stopped": "停止"}
SCOPE_ZH = {
    "own": "本企业",
    "self": "本账户",
    "body": "本单位",
    "superior": "下级单位",
    "part": "本单位部分",
    "structure": "本单位构造物",
    "province": "本省",
    "all": "全部",
}
HEAD = """\
# 办件流程、权限和期限（供业务人员核对）

本页由 `tools/make_lifecycle_page.py` 从程序所用的表生成，请勿手工修改：流程 `api/cases/table.py`，
权限 `api/accounts/permissions.yaml`，期限和设定 `rules/service.yaml`。法定的决定期限见 [rules.md](rules.md)。

Generated page: states, transitions, who may do what, and the periods beside those of the law.
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


def diagram() -> Iterator[str]:
    """The changes of state as a Mermaid diagram; arrows between the same two states are joined."""
    arrows: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for row in TRANSITIONS:
        for state in STATES:
            if state in row.from_states and row.to_state not in {None, state}:
                arrows[state.value, str(row.to_state)].append(row.title_zh)
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield from (f'    state "{facts.title_zh}" as {state.value}' for state, facts in STATES.items())
    yield "    [*] --> draft"
    yield from (f"    {start} --> {end} : {'、'.join(names)}" for (start, end), names in arrows.items())
    yield from (f"    {state.value} --> [*]" for state, facts in STATES.items() if facts.final)
    yield "```"
    yield ""


def state_lines() -> Iterator[str]:
    """All states by phase."""
    rows = [
        (phase.title_zh, f"{facts.title_zh} `{state.value}`", facts.title_en, CLOCK_ZH[facts.clock.value])
        for phase in Phase
        for state, facts in STATES.items()
        if facts.phase is phase
    ]
    yield from table(("环节", "状态", "State", "决定期限"), rows)


def effect_words(row: Transition) -> str:
    """Where an action leads."""
    words = [STATES[row.to_state].title_zh] if row.to_state else ["不变"]
    words += [f"开始{row.opens.title_zh}"] if row.opens else []
    words += [f"结束{row.closes.title_zh}"] if row.closes else []
    return "，".join(words)


def transition_lines() -> Iterator[str]:
    """All transitions with roles, conditions and basis."""
    rows = [
        (
            f"{row.title_zh} `{row.action.value}`",
            "、".join(facts.title_zh for state, facts in STATES.items() if state in row.from_states),
            effect_words(row),
            "、".join(ROLE_ZH[role] for role in row.roles),
            "<br>".join(f"{RULES[need].zh} `{need.value}`" for need in row.needs) or "—",
            row.clause,
        )
        for row in TRANSITIONS
    ]
    yield "条件一栏写的是条件不满足时给出的理由。"
    yield ""
    yield from table(("操作", "可在状态", "结果", "角色", "条件", "依据"), rows)


def permission_words(role: Role, action: Action) -> str:
    """Scopes of one role for one action."""
    scopes = PERMISSIONS[role].get(action, frozenset())
    return "、".join(words for scope, words in SCOPE_ZH.items() if scope in set(map(str, scopes)))


def permission_lines() -> Iterator[str]:
    """Every action with every role that may do it."""
    rows = [
        (
            f"{title.zh} `{action.value}`",
            "；".join(f"{ROLE_ZH[role]}（{words}）" for role in Role if (words := permission_words(role, action))),
        )
        for action, title in ACTION_TITLES.items()
    ]
    yield "没有列出的角色一律不可以。公众可以做的，任何人都可以做。"
    yield ""
    yield from table(("操作", "角色（范围）"), rows)


def setting_lines() -> Iterator[str]:
    """The periods and settings of the procedure, with source and doubt."""
    rows = []
    for name, entry in service_entries().items():
        values = entry.value if isinstance(entry.value, dict) else {"": entry.value}
        shown = [
            f"{key} {'，'.join(value.values()) if isinstance(value, dict) else value}".strip()
            for key, value in values.items()
        ]
        rows.append((f"`{name}`", entry.title_zh, "<br>".join(shown), entry.source, entry.doubt))
    yield from table(("名称", "含义", "取值", "出处", "疑问"), rows)


def page() -> str:
    """The whole page as text."""
    lines = [HEAD, "## 状态", "", *diagram(), *state_lines(), "## 流程", "", *transition_lines()]
    lines += ["## 权限", "", *permission_lines(), "## 期限和设定", "", *setting_lines()]
    return "\n".join(lines).rstrip() + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or with --check say whether it is stale."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page is stale")
    text = page()
    if parser.parse_args(arguments).check:
        stale = not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text
        print(f"{PAGE.relative_to(ROOT)}: {'stale, run tools/make_lifecycle_page.py' if stale else 'up to date'}")
        return int(stale)
    PAGE.write_text(text, encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
