"""Bridges under the actual axle train (桥梁荷载效应比较): influence lines, design loads, ratios, tables."""
