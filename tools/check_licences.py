"""Refuse GPL and AGPL among the libraries needed at run time (LGPL and MPL are fine)."""

import re
import sys
from importlib import metadata

FORBIDDEN = re.compile(r"\b(AGPL|GPL|Affero|GNU General Public)\b", re.IGNORECASE)
ALLOWED = re.compile(r"LGPL|Lesser", re.IGNORECASE)


def run_time_closure(root: str) -> set[str]:
    """Names of a distribution's run-time dependencies, direct and indirect, as far as they are installed."""
    seen: set[str] = set()
    queue = [root]
    for name in queue:
        try:
            requirements = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        for requirement in requirements:
            if "extra ==" in requirement:
                continue
            match = re.match(r"[A-Za-z0-9._-]+", requirement)
            if match and match[0].lower() not in seen:
                seen.add(match[0].lower())
                queue.append(match[0])
    return seen


def licence_of(name: str) -> str:
    """What a distribution says of its licence."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    parts = [about.get("License-Expression") or "", (about.get("License") or "")[:200]]
    parts += [line for line in about.get_all("Classifier") or [] if line.startswith("License")]
    return " | ".join(part for part in parts if part)


def main() -> int:
    """Print every licence; fail on one that may not be there."""
    bad = []
    for name in sorted(run_time_closure("dajian")):
        licence = licence_of(name)
        print(f"{name:28} {licence.splitlines()[0][:90] if licence else '(not installed here)'}")
        if FORBIDDEN.search(licence) and not ALLOWED.search(licence):
            bad.append(name)
    if bad:
        print(f"not allowed at run time: {', '.join(bad)}", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
