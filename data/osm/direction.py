"""Directions along a way as it is drawn (沿绘制方向、逆绘制方向)."""

from typing import Literal

Direction = Literal["both", "forward", "backward"]
