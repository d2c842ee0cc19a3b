"""Supervision and statistics (督查与统计): what runs out, who held what, figures, draws, ratings of the service."""
