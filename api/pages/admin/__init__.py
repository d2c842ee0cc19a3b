"""The administrator's pages (系统管理)."""
