"""Closures, temporary limits and bans that hold for a time, laid over a network without rebuilding it (临时管制)."""

from data.overlays.applying import OverlayRows, apply_overlays
from data.overlays.model import Overlay, OverlayItem
from data.overlays.reading import load_overlay

__all__ = ["Overlay", "OverlayItem", "OverlayRows", "apply_overlays", "load_overlay"]
