"""Pages of an office's own road data (本辖区数据)."""
