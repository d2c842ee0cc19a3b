"""What is written about the software is true of it: symbols, commands, libraries, generated pages, links."""

import importlib
import importlib.util
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import click
import pytest

from routing.graph import Arcs, Table

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
ROOT_PAGES = ("README.md", "README.zh-CN.md", "CONTRIBUTING.md", "CHANGELOG.md")
PAGES = sorted([*(ROOT / name for name in ROOT_PAGES), *DOCS.rglob("*.md"), *ROOT.glob("[a-z]*/README.md")])
GENERATED = ("make_columns_page", "make_lifecycle_page", "make_permissions_page", "make_rules_page")
COMMAND = ".venv/bin/dajian "
CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:home|root|Users|work|tmp|mnt|opt|srv)/|[A-Z]:\\")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def table_rows(page: Path) -> list[list[str]]:
    """Cells of every row of every table, without head and rule."""
    lines = [line for line in read(page).splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rules = {n for n, row in enumerate(rows) if set("".join(row)) <= set("-: ")}
    return [row for n, row in enumerate(rows) if n not in rules and n + 1 not in rules]


def has_symbol(name: str) -> bool:
    """Whether a dotted name leads from a module to something in it; fields of classes count."""
    parts = name.split(".")
    found: object = importlib.import_module(parts[0])
    for n, part in enumerate(parts[1:], start=2):
        declared = {**getattr(found, "__dataclass_fields__", {}), **getattr(found, "model_fields", {})}
        if hasattr(found, part):
            found = getattr(found, part)
        elif part in declared:
            found = declared[part]
        elif isinstance(found, ModuleType) and importlib.util.find_spec(".".join(parts[:n])):
            found = importlib.import_module(".".join(parts[:n]))
        else:
            return False
    return True


def vocabulary() -> list[tuple[str, str, str]]:
    return [(row[0], row[1], symbol) for row in table_rows(DOCS / "vocabulary.md") for symbol in CODE.findall(row[2])]


@pytest.mark.parametrize(("english", "chinese", "symbol"), vocabulary(), ids=lambda value: value)
def test_every_symbol_of_the_vocabulary_exists(english: str, chinese: str, symbol: str) -> None:
    assert english
    assert CHINESE.search(chinese)
    assert has_symbol(symbol)


def test_the_vocabulary_is_long_enough_and_names_nothing_twice() -> None:
    english = [row[0] for row in table_rows(DOCS / "vocabulary.md")]
    assert len(english) >= 60
    assert sorted(english) == sorted(set(english))


def test_a_wrong_symbol_is_noticed() -> None:
    assert has_symbol("routing.graph.Arcs.length_mm")
    assert has_symbol("rules.model.Clause.thresholds")
    assert not has_symbol("routing.graph.Arcs.length_cm")
    assert not has_symbol("routing.no_such_module")


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for word in command.list_commands(context):
            child = command.get_command(context, word)
            assert child is not None
            yield from commands(child, f"{name} {word}")
    else:
        yield name, command


def test_every_command_and_option_is_documented() -> None:
    from api.cli import cli

    text = "\n".join(read(page) for page in PAGES)
    found = dict(commands(cli, "dajian"))
    assert found
    missing = [name for name in found if f"`{name}" not in text]
    for name, command in found.items():
        options = (option for one in command.params for option in one.opts if option.startswith("--"))
        missing += [f"{name} {option}" for option in options if not re.search(rf"(?<![\w-]){option}(?![\w-])", text)]
    assert missing == []


def shown_commands(page: Path) -> list[str]:
    """Command lines of the code blocks, without what a shell does with the output."""
    lines = read(page).replace("\\\n", " ").splitlines()
    found = [line.removeprefix(COMMAND) for line in lines if line.startswith(COMMAND)]
    return [" ".join(line.partition(" > ")[0].split()) for line in found]


def test_both_readmes_show_the_same_commands() -> None:
    commands_shown = shown_commands(ROOT / "README.md")
    assert len(commands_shown) == 6
    assert commands_shown == shown_commands(ROOT / "README.zh-CN.md")


@pytest.mark.parametrize("line", shown_commands(ROOT / "README.md"))
def test_commands_of_the_readme_are_understood(line: str) -> None:
    from api.cli import cli

    words = shlex.split(line)
    name = max((name for name in dict(commands(cli, "")) if f" {line} ".startswith(f"{name} ")), key=len)
    command = dict(commands(cli, ""))[name]
    context = command.make_context(name, words[len(name.split()) :])
    vehicle = context.params.get("vehicle")
    assert vehicle is None or (ROOT / vehicle).exists()


@pytest.mark.parametrize("tool", GENERATED)
def test_generated_pages_are_not_stale(tool: str) -> None:
    spec = importlib.util.spec_from_file_location(tool, ROOT / "tools" / f"{tool}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.main(["--check"]) == 0, f"run tools/{tool}.py"


def targets(page: Path) -> list[Path]:
    """Files of this repository that a page links to."""
    links = [link.partition("#")[0] for link in LINK.findall(read(page))]
    return [(page.parent / link).resolve() for link in links if link and "://" not in link]


def test_every_link_leads_somewhere() -> None:
    dead = [f"{page.relative_to(ROOT)}: {target}" for page in PAGES for target in targets(page) if not target.exists()]
    assert dead == []


def test_every_file_under_docs_is_linked_from_the_readme_or_the_index() -> None:
    linked = {target for page in (ROOT / "README.md", DOCS / "index.md") for target in targets(page)}
    files = {path for path in DOCS.rglob("*") if path.is_file() and not path.name.startswith(".")}
    assert sorted(str(path.relative_to(ROOT)) for path in files - linked - {DOCS / "index.md"}) == []


def test_both_readmes_have_the_same_sections() -> None:
    levels = [
        [line.split(" ")[0] for line in read(ROOT / name).splitlines() if re.match(r"#+ ", line)]
        for name in ("README.md", "README.zh-CN.md")
    ]
    assert levels[0] == levels[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_path_of_one_machine(page: Path) -> None:
    assert MACHINE_PATH.findall(read(page)) == []


def test_every_library_is_explained() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = [re.split(r"[<>=!~\[; ]", requirement)[0].lower() for requirement in wanted]
    explained = {name.lower() for row in table_rows(DOCS / "libraries.md") for name in CODE.findall(row[0])}
    assert sorted(set(names) - explained) == []
    assert sorted(explained - set(names)) == []


@pytest.mark.parametrize("table", Table.__args__, ids=lambda table: table.__name__)
def test_every_column_has_a_chinese_term(table: type) -> None:
    columns = fields(table)
    assert columns
    assert [column.name for column in columns if not CHINESE.search(column.metadata["zh"])] == []


def test_arc_columns_are_on_the_generated_page() -> None:
    page = read(DOCS / "columns.md")
    assert [column.name for column in fields(Arcs) if f"| `{column.name}` |" not in page] == []


def test_decisions_are_short_and_complete() -> None:
    faults = []
    for page in sorted((DOCS / "adr").glob("*.md")):
        text = read(page)
        heads = re.findall(r"^## (\w+)", text, re.MULTILINE)
        if len(text.splitlines()) > 40 or heads != ["Context", "Decision", "Consequences", "Alternatives"]:
            faults.append(page.name)
    assert faults == []
