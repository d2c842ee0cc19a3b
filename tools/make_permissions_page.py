"""Write the generated parts of `docs/accounts.md`: the table of roles and actions, and the settings of a province.

What people wrote between the marks of the page stays. A test fails while the committed page is stale.

    .venv/bin/python tools/make_permissions_page.py [--check]
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, the folder of the script is searched, not the root

from api.accounts.permissions import ACTION_TITLES, PERMISSIONS, Action  # noqa: E402
from api.accounts.roles import ROLE_ZH, Role, Scope  # noqa: E402
from api.provinces.declared import declarations  # noqa: E402
from api.provinces.overrides import file_default, file_words  # noqa: E402

PAGE = ROOT / "docs" / "accounts.md"
SCOPE_ZH = {
    Scope.OWN: "本企业",
    Scope.SELF: "本账户",
    Scope.BODY: "本单位办理",
    Scope.SUPERIOR: "下级办理",
    Scope.PART: "本单位部分",
    Scope.STRUCTURE: "本单位构造物",
    Scope.PROVINCE: "本省（省级）",
    Scope.ALL: "全部",
}


def cell(text: str) -> str:
    """Text that cannot break a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def permission_lines() -> Iterator[str]:
    """Actions down, roles across; an empty cell is denied."""
    yield f"| 操作 action | {' | '.join(ROLE_ZH[role] for role in Role)} |"
    yield f"|{' --- |' * (len(Role) + 1)}"
    for action in Action:
        title = ACTION_TITLES[action]
        scopes = [
            "、".join(SCOPE_ZH[scope] for scope in Scope if scope in PERMISSIONS[role].get(action, ())) for role in Role
        ]
        yield f"| {cell(title.zh)} {cell(title.en)} `{action}` | {' | '.join(scopes)} |"


def setting_lines() -> Iterator[str]:
    """Every setting with its default and doubt."""
    yield "| 名称 name | 含义 meaning | 缺省 default | 疑问 doubt |"
    yield "| --- | --- | --- | --- |"
    for name, one in declarations().items():
        overrides = one.type == "overrides"
        title, doubt = file_words(name) if overrides else (one.title_zh, one.doubt)
        default = file_default(name) if overrides else one.default_value
        yield f"| `{name}` | {cell(title)} | `{cell(str(default))}` | {cell(doubt)} |"


PARTS = {"permissions": permission_lines, "settings": setting_lines}


def page(text: str) -> str:
    """The page with its generated parts made anew."""
    for name, lines in PARTS.items():
        start, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
        before, _, rest = text.partition(start)
        _, mark, after = rest.partition(end)
        if not mark:
            sys.exit(f"{PAGE}: the marks of {name} are gone")
        text = before + start + "\n" + "\n".join(lines()) + "\n\n" + end + after
    return text


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or with --check say whether it is stale."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page is stale")
    is_check = parser.parse_args(arguments).check
    there = PAGE.read_text(encoding="utf-8")
    made = page(there)
    if not is_check:
        PAGE.write_text(made, encoding="utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)}")
        return 0
    is_stale = there != made
    print(f"{PAGE.relative_to(ROOT)}: {'stale, run tools/make_permissions_page.py' if is_stale else 'up to date'}")
    return int(is_stale)


if __name__ == "__main__":
    sys.exit(main())
