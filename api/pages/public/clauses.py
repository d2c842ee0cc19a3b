"""Clauses by their names (条文的称呼): 规定第十五条第一款第三项, and how well their wording is known."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from api.pages.language import Language, catalogue, say
from rules.loading import ClauseInForce, articles, find_clause, split_clause_id

_DIGITS: Final = "零一二三四五六七八九"
_TEN: Final = 10


@dataclass(frozen=True, slots=True)
class ClauseShown:
    """A clause as a page names it.

    Attributes:
        name: Instrument, article, paragraph and item.
        text: Its wording in Chinese; empty where it is not in `rules/`.
        status: How well the wording is known, in words.
        doubt: What is uncertain, in Chinese; empty where nothing is.
    """

    name: str
    text: str
    status: str
    doubt: str


def clause_name(clause_id: str, language: Language) -> str:
    """The name of a clause, whether its wording is in `rules/` or not."""
    article_id, key = split_clause_id(clause_id)
    law, _, article = article_id.partition("-")
    law_key = f"public.law_{law}"
    title = say(language, law_key) if law_key in catalogue() else law
    parts = key.split(".") if key else []
    if language == "en":
        return f"{title} art. {article}" + "".join(f"({part})" for part in parts)
    units = zip(parts, ("款", "项", "目"), strict=False)
    return f"{title}第{in_chinese(int(article))}条" + "".join(f"第{in_chinese(int(n))}{unit}" for n, unit in units)


def clause_shown(clause_id: str, on: dt.date, language: Language) -> ClauseShown:
    """A clause as it reads on a day; without wording where it was not in force or is not in `rules/`."""
    name = clause_name(clause_id, language)
    found = find_clause(clause_id, on) if split_clause_id(clause_id)[0] in articles() else None
    if found is None:
        return ClauseShown(name, "", say(language, "public.text_missing"), "")
    return ClauseShown(name, found.clause.text, _status(found, language), found.clause.uncertain or "")


def in_chinese(number: int) -> str:
    """A number from 1 to 99 in Chinese.

    >>> in_chinese(3), in_chinese(10), in_chinese(17), in_chinese(62), in_chinese(80)
    ('三', '十', '十七', '六十二', '八十')
    """
    tens, ones = divmod(number, _TEN)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def _status(found: ClauseInForce, language: Language) -> str:
    status = found.version.text_status
    keys = {"full_text": "public.text_full", "excerpt": "public.text_excerpt", "recalled": "public.text_recalled"}
    return say(language, keys[status])
