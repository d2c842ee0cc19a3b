"""Migrations of the schema (数据库结构版本)."""
