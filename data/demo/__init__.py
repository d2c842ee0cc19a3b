"""A synthetic province (合成省域): reproducible roads, bridges and traps over real county borders."""

from data.demo.applications import generate_applications
from data.demo.province import DemoFiles, generate

__all__ = ["DemoFiles", "generate", "generate_applications"]
