"""The wording an applicant agrees to (承诺文字): what was shown is stored with the case by version and hash."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pydantic import BaseModel, ConfigDict

from api.applications.papers import Declarations
from rules.loading import read_yaml

FILE: Final = Path(__file__).with_name("submit_wording.yaml")


class Wording(BaseModel):
    """One text to agree to (承诺书), named like the field of the form that agrees to it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    version: str
    zh: str
    en: str
    source: str
    doubt: str

    @property
    def sha256(self) -> str:
        """Hash of version and text in both languages."""
        return hashlib.sha256(f"{self.id}\n{self.version}\n{self.zh}\n{self.en}".encode()).hexdigest()


@cache
def wordings() -> Mapping[str, Wording]:
    """All texts, by id."""
    read = [Wording.model_validate(row) for row in read_yaml(FILE)["wording"]]
    return MappingProxyType({wording.id: wording for wording in read})


def agreed_to(declarations: Declarations) -> dict[str, dict[str, str]]:
    """Version and hash of every text that a form agrees to."""
    return {
        wording.id: {"version": wording.version, "sha256": wording.sha256}
        for wording in wordings().values()
        if getattr(declarations, wording.id)
    }
