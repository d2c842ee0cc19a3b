"""What messages are about (消息主题)."""

from typing import Final

CASE_TOPICS: Final = "case."
TOPICS: Final = (
    "permit.issued",
    "permit.changed",
    "permit.ended",
    "check.agreed",
    "sheet.filed",
    "passage.recorded",
)
_EVERYTHING: Final = "*"


def is_topic(pattern: str) -> bool:
    """Whether a webhook can ask for it: a topic, all topics of a subject such as `case.*`, or `*`."""
    subject = pattern.removesuffix("*")
    if pattern != subject and (subject in {"", CASE_TOPICS} or any(t.startswith(subject) for t in TOPICS)):
        return subject == "" or subject.endswith(".")
    name = pattern.removeprefix(CASE_TOPICS)
    is_case = pattern.startswith(CASE_TOPICS) and name.isascii() and name.replace("_", "").isalnum() and name.islower()
    return pattern in TOPICS or is_case


def fits(topic: str, pattern: str) -> bool:
    """Whether a message of a topic goes to who asked for a pattern."""
    return topic.startswith(pattern[:-1]) if pattern.endswith(_EVERYTHING) else topic == pattern
