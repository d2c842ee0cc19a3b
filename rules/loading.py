"""Reading the YAML files (读取条文): strings only, then checked and converted by the model."""

import datetime as dt
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import ValidationError

from rules.errors import RuleFileError, UnknownClauseError
from rules.model import Article, Clause, Version

RULES_FOLDER = Path(__file__).parent


class _StringLoader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """BaseLoader keeps every scalar a string (no `1.10` = 1.1, no `on` = True); here keys may not repeat either.

    Written in C where PyYAML has that: a process reads all articles before its first answer.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Refuse a key written twice: plain YAML would drop the first clause silently."""
        keys = [key.value for key, _ in node.value]
        repeated = sorted({key for key in keys if keys.count(key) > 1})
        if repeated:
            raise yaml.constructor.ConstructorError(None, None, f"repeated keys {repeated}", node.start_mark)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - the models give it its type
    """The content of a YAML file with every scalar as a string."""
    try:
        # The loader is a BaseLoader, which builds nothing but strings, lists and dicts.
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_StringLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise RuleFileError(f"{path.name}: {error}") from error


def load_article(path: Path) -> Article:
    """One article file; a broken one is reported with all its faults at once."""
    try:
        return Article.model_validate(read_yaml(path))
    except ValidationError as error:
        raise RuleFileError(f"{path.parent.name}/{path.name}: {error}") from error


@cache
def articles() -> Mapping[str, Article]:
    """All articles by id, in the order of instrument and number (全部条文)."""
    found = [load_article(path) for path in sorted(RULES_FOLDER.glob("*/art_*.yaml"))]
    return MappingProxyType({article.id: article for article in found})


@dataclass(frozen=True, slots=True)
class ClauseInForce:
    """A clause as it reads on one day (当日有效的款项)."""

    id: str
    article: Article
    version: Version
    clause: Clause
    on: dt.date

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the wording was read."""
        return tuple(source.url for source in self.version.sources)


def split_clause_id(clause_id: str) -> tuple[str, str]:
    """`ord62-3.1.8` is article `ord62-3`, paragraph 1, item 8 (条、款、项)."""
    article_id, _, key = clause_id.partition(".")
    return article_id, key


def find_clause(clause_id: str, on: dt.date) -> ClauseInForce | None:
    """The clause as in force on a day; None when it was not in force then.

    Raises:
        UnknownClauseError: No version of any article holds this id.
    """
    article_id, key = split_clause_id(clause_id)
    article = articles().get(article_id)
    if article is None or not any(key in version.clauses for version in article.versions):
        raise UnknownClauseError(clause_id)
    version = article.find_version(on)
    if version is None or key not in version.clauses:
        return None
    return ClauseInForce(clause_id, article, version, version.clauses[key], on)


def list_clause_ids() -> tuple[str, ...]:
    """Ids of all clauses of all versions, in file order."""
    ids = (f"{a.id}.{key}" for a in articles().values() for version in a.versions for key in version.clauses)
    return tuple(dict.fromkeys(ids))


def list_version_dates() -> tuple[dt.date, ...]:
    """Every day on which some version begins or ends (版本起止日), sorted."""
    versions = [version for article in articles().values() for version in article.versions]
    dates = {v.in_force_from for v in versions} | {v.in_force_until for v in versions if v.in_force_until}
    return tuple(sorted(dates))
