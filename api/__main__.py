"""``python -m api``: the command line, for processes that start themselves again."""

from api.cli import main

main()
