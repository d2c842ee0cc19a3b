import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from rules.errors import RuleFileError, UnknownClauseError
from rules.findings import check_clause
from rules.identity import hash_folder, rules_id
from rules.loading import RULES_FOLDER, articles, find_clause, list_clause_ids, load_article, read_yaml
from rules.model import Article, Clause
from rules.registry import code_places
from rules.settings import default_settings, setting_entries

ROOT = Path(__file__).parents[2]  # of the checkout, also when the rules come from the wheel
MEASURED = {"height", "width", "length", "gross_mass"}
CLAUSES = [
    pytest.param(f"{article.id}.{key}", clause, id=f"{article.id}.{key}-{version.in_force_from}")
    for article in articles().values()
    for version in article.versions
    for key, clause in version.clauses.items()
]


@pytest.mark.parametrize(("clause_id", "clause"), CLAUSES)
def test_every_clause_is_compared_or_coded_or_says_why_not(clause_id: str, clause: Clause) -> None:
    compared = any(threshold.quantity in MEASURED for threshold in clause.thresholds.values())
    coded = clause_id in code_places()
    assert (compared or coded) != (clause.not_coded is not None)


def test_all_code_belongs_to_a_clause() -> None:
    assert set(code_places()) <= set(list_clause_ids())


def test_every_file_is_named_after_its_article() -> None:
    for path in RULES_FOLDER.glob("*/art_*.yaml"):
        number = int(path.stem.removeprefix("art_"))
        assert load_article(path).id == f"{path.parent.name}-{number}"
        assert load_article(path).instrument == path.parent.name


def test_every_source_has_a_page_and_a_day() -> None:
    for article in articles().values():
        for version in article.versions:
            for source in version.sources:
                assert source.url.startswith("http")
                assert version.in_force_from <= source.read_on


def test_no_wording_is_called_full_without_a_source_of_the_whole() -> None:
    statuses = {article.instrument: {v.text_status for v in article.versions} for article in articles().values()}
    assert statuses == {"ord62": {"excerpt"}, "hsr": {"full_text"}}


def test_unknown_clause_is_a_fault() -> None:
    with pytest.raises(UnknownClauseError, match=r"ord62-3\.1\.9"):
        find_clause("ord62-3.1.9", dt.date(2026, 1, 1))


def test_clause_before_its_version_is_none() -> None:
    assert find_clause("ord62-3.1.1", dt.date(2016, 9, 20)) is None


def test_check_works_without_importing_the_review() -> None:
    # In a fresh process nobody has imported art_017: its code must be found all the same.
    program = (
        "import datetime as dt\n"
        "from rules.findings import check_clause\n"
        "from rules.vehicle import AxleFacts, VehicleFacts\n"
        "axle = AxleFacts(13001, 0, 4, 'truck', True)\n"
        "vehicle = VehicleFacts('truck', None, 1, 1, 1, 1, (axle, axle), True)\n"
        "print([f.outcome for f in check_clause('ord62-17.1.1', vehicle, on=dt.date(2026, 1, 1))])\n"
    )
    environment = os.environ | {"PYTHONPATH": str(RULES_FOLDER.parent)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['met', 'met']"
    assert check_clause.__module__ == "rules.findings"


def article_with(tmp_path: Path, **changes: object) -> Path:
    raw = read_yaml(RULES_FOLDER / "ord62" / "art_015.yaml") | changes
    path = tmp_path / "art_015.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return path


def test_overlapping_versions_are_a_fault(tmp_path: Path) -> None:
    version = read_yaml(RULES_FOLDER / "ord62" / "art_015.yaml")["versions"][0]
    with pytest.raises(RuleFileError, match="overlaps"):
        load_article(article_with(tmp_path, versions=[version, version | {"in_force_from": "2021-01-01"}]))


def test_following_versions_are_chosen_by_date(tmp_path: Path) -> None:
    version = read_yaml(RULES_FOLDER / "ord62" / "art_015.yaml")["versions"][0]
    first, second = version | {"in_force_until": "2021-01-01"}, version | {"in_force_from": "2021-01-01"}
    article = load_article(article_with(tmp_path, versions=[first, second]))
    assert article.find_version(dt.date(2020, 12, 31)) == article.versions[0]
    assert article.find_version(dt.date(2021, 1, 1)) == article.versions[1]


def test_misspelt_key_and_half_millimetre_are_faults(tmp_path: Path) -> None:
    version = read_yaml(RULES_FOLDER / "ord62" / "art_015.yaml")["versions"][0]
    version["clauses"]["1.1"]["thresholds"]["height"] = {"quantity": "height", "relaton": "over", "value": "2.55"}
    with pytest.raises(RuleFileError) as caught:
        load_article(article_with(tmp_path, versions=[version]))
    assert "relaton" in str(caught.value)
    assert "integer" in str(caught.value)


def test_repeated_key_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "art_001.yaml"
    path.write_text('clauses: {"1.1": a, "1.1": b}\n', encoding="utf-8")
    with pytest.raises(RuleFileError, match="repeated keys"):
        read_yaml(path)


def test_settings_have_a_doubt_each_and_bands_lead_to_real_edges() -> None:
    assert all(entry.doubt and entry.title_zh for entry in setting_entries().values())
    for name, entry in setting_entries().items():
        assert not entry.options or entry.value in entry.options, name
    for band in default_settings().near_threshold:
        clause_id, _, threshold = band.edge.partition("/")
        if threshold:
            clause = find_clause(clause_id, dt.date(2026, 1, 1))
            assert clause is not None
            assert clause.clause.thresholds[threshold].quantity == band.quantity


def test_schema_file_is_that_of_the_model() -> None:
    assert json.loads((RULES_FOLDER / "article.schema.json").read_text("utf-8")) == Article.model_json_schema()


@pytest.mark.parametrize("tool", ["make_rules_page.py", "make_calendar.py"])
def test_generated_files_are_not_stale(tool: str) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / tool, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_rules_id_changes_with_number_logic_and_setting_but_not_with_comments(tmp_path: Path) -> None:
    assert rules_id() == hash_folder(RULES_FOLDER)
    copy = tmp_path / "rules"
    shutil.copytree(RULES_FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert hash_folder(copy) == rules_id()
    seen = {rules_id()}
    for name, old, new in (
        ("ord62/art_003.yaml", "value: 4000,", "value: 4001,"),
        ("ord62/art_017.py", "-(-stated //", "(stated //"),
        ("settings.yaml", "value: 1800", "value: 1700"),
    ):
        path = copy / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        seen.add(hash_folder(copy))
        path.write_text(text, encoding="utf-8")
    assert len(seen) == 4
    with (copy / "settings.yaml").open("a", encoding="utf-8") as file:
        file.write("# a comment\n")
    assert hash_folder(copy) == rules_id()
