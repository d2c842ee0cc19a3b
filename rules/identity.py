"""Identity of the rule set (规则版本号): a hash over all rule files and the logic beside them."""

import hashlib
import json
from functools import cache
from pathlib import Path

from rules.loading import RULES_FOLDER, read_yaml


def _content(path: Path) -> str:
    """YAML by meaning (comments and layout do not count), Python by text with one kind of line end."""
    if path.suffix == ".yaml":
        return json.dumps(read_yaml(path), ensure_ascii=False, sort_keys=True)
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


def hash_folder(folder: Path) -> str:
    """`sha256:` and the hash over every YAML and Python file of a folder, by relative path."""
    digest = hashlib.sha256()
    files = [path for suffix in ("yaml", "py") for path in folder.rglob(f"*.{suffix}")]
    for path in sorted(files, key=lambda file: file.relative_to(folder).as_posix()):
        digest.update(json.dumps([path.relative_to(folder).as_posix(), _content(path)]).encode())
    return f"sha256:{digest.hexdigest()}"


@cache
def rules_id() -> str:
    """Identity of wording, numbers, settings, calendar and logic; stored with every review."""
    return hash_folder(RULES_FOLDER)
