"""Cards of electronic supervision (预警、黄牌、红牌): derived from what is left of the periods, never typed."""

from enum import StrEnum

from rules.service import ServiceSettings

PERCENT = 100


class Card(StrEnum):
    """How late a case is, from good to bad (绿、预警、黄牌、红牌); `unknown` where the calendar does not reach."""

    GREEN = "green"
    WARNING = "warning"
    YELLOW = "yellow"
    RED = "red"
    UNKNOWN = "unknown"

    @property
    def title_zh(self) -> str:
        """Its name in Chinese."""
        return {"green": "绿", "warning": "预警", "yellow": "黄牌", "red": "红牌", "unknown": "无法判断"}[self.value]

    @property
    def rank(self) -> int:
        """0 (green) to 3 (red); unknown comes before all, so that it never hides a card."""
        return ("unknown", "green", "warning", "yellow", "red").index(self.value) - 1


def worst(*cards: Card) -> Card:
    """The worst of some cards; green when there is none."""
    return max(cards, key=lambda card: card.rank, default=Card.GREEN)


def is_running_out(left: int, limit: int, settings: ServiceSettings) -> bool:
    """Whether so few of a limit's working days are left that a warning is due (预警)."""
    return left <= settings.warning_days or left * PERCENT <= limit * settings.warning_percent
