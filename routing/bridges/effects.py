"""The load effects that are compared (荷载效应)."""

from enum import IntEnum


class Effect(IntEnum):
    """What is compared between vehicle and design load (效应类别); the unit is kN·m for moments, else kN."""

    SAGGING = 0  # 正弯矩
    HOGGING = 1  # 负弯矩
    SHEAR = 2  # 剪力
    REACTION = 3  # 支反力
    UPLIFT = 4  # 上拔力（负反力）

    @property
    def label(self) -> str:
        """The name used in answers."""
        return _LABELS[self]


_LABELS = {
    Effect.SAGGING: "M+",
    Effect.HOGGING: "M-",
    Effect.SHEAR: "V",
    Effect.REACTION: "R",
    Effect.UPLIFT: "R-",
}
