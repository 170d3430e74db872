"""Packs of rules by budget year: a made-up next year's pack in a home, beside the one that ships."""

import json
import re
import shlex
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from casebook import CASES, read_case, write_ledger
from typer.testing import CliRunner

from api.cli import app
from tracer.casework.db import open_cases
from tracer.casework.look import one_alert
from tracer.casework.update import take_in
from tracer.errors import UsageError
from tracer.rules.header import parse_rule
from tracer.rules.kept import keep
from tracer.rules.load import load_rules
from tracer.rules.lock import LOCK_FILE, kept_name, read_lock, write_lock
from tracer.rules.own import adopt, revise
from tracer.rules.packs import Packs, load_packs, packs_of, read_texts, rules_of
from tracer.rules.scan import scan
from tracer.rules.spec import Rule, RuleFileError
from tracer.settings import own_queries_folder, queries_folder

NEW_YEAR_COMES = datetime(2027, 7, 1, tzinfo=UTC)
OLD_YEAR, NEW_YEAR = date(2026, 6, 30), date(2027, 6, 30)


def changed(path: Path, *pairs: tuple[str, str]) -> None:
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


@pytest.fixture
def next_year(tmp_path: Path) -> Path:
    """A folder with the pack of 2027: ZB05 counts by `slack`, ZB14 ends, ZC99 is new."""
    folder, home = tmp_path / "next", tmp_path / "nobody"
    path = revise(home, "ZB05", 2027, folder)
    changed(path, ("tolerance", "slack"))
    changed(revise(home, "ZB14", 2027, folder), ("status: in_force", "status: retired"))
    path = revise(home, "ZC02", 2027, folder)
    changed(path, ("id: ZC02", "id: ZC99"), ("version: 2.0.0", "version: 1.0.0"))
    path.rename(path.with_stem("ZC99"))
    write_lock(read_texts(folder), folder)
    return folder


@pytest.fixture
def home(tmp_path: Path, next_year: Path) -> Path:
    """A home with a ledger in which ZB05 finds PARENT, and with the pack of 2027."""
    folder = tmp_path / "home"
    write_ledger(folder, read_case(CASES / "ZB05" / "hit.yaml").ledger)
    adopt(folder, next_year)
    return folder


def zb05(result: dict[str, Any]) -> dict[str, Any]:
    return next(finding for finding in result["findings"] if finding["rule_id"] == "ZB05")


# --------------------------------------------------------------------------------- what ships


def test_all_rules_that_ship_are_the_pack_of_2026_and_hold_for_earlier_years() -> None:
    packs = load_packs()
    assert packs.years == (2026,)
    assert [packs.year_for(year) for year in (1999, 2019, 2021, 2026, 2027)] == [2026] * 5
    assert packs.rules(2026) == packs.newest == load_rules()
    assert len(packs.newest) == 74


def test_acceptance_days_are_scanned_with_the_rules_that_ship(tmp_path: Path) -> None:
    case = read_case(CASES / "ZB05" / "hit.yaml")
    write_ledger(tmp_path, case.ledger)
    found = scan(tmp_path, case.as_of)
    assert (case.as_of.year, found["pack"]) == (2019, 2026)
    assert {entry["rule_id"]: entry["sha256"] for entry in found["rules"]} == {
        rule.id: rule.sha256 for rule in load_rules().values()
    }


# ----------------------------------------------------------------------- which text is in force


def made(rule_id: str, version: str, year: int, status: str = "in_force") -> Rule:
    text = (queries_folder() / load_rules()["ZB05"].file).read_text("utf-8")
    rule = parse_rule(text, "rules/ZB/ZB05.cypher")
    return replace(rule, id=rule_id, version=version, budget_year=year, status=status, sha256=version)


def versions(packs: Packs, year: int) -> dict[str, str]:
    return {rule.id: rule.version for rule in packs.rules(year).values()}


def test_a_pack_has_of_each_rule_the_newest_text_that_is_not_of_a_later_year() -> None:
    packs = packs_of(
        [
            made("ZB05", "1.0.0", 2024),
            made("ZB05", "1.0.10", 2024),
            made("ZB05", "1.0.9", 2024),
            made("ZB05", "2.0.0", 2026),
            made("ZB05", "2.0.1", 2024),
            made("ZB06", "1.0.0", 2025),
            made("ZB06", "1.1.0", 2026, "draft"),
            made("ZB07", "3.0.0", 2028, "draft"),
        ]
    )
    assert packs.years == (2024, 2025, 2026)
    assert versions(packs, packs.year_for(2020)) == {"ZB05": "2.0.1"}
    assert versions(packs, 2025) == {"ZB05": "2.0.1", "ZB06": "1.0.0"}
    assert versions(packs, packs.year_for(2030)) == {"ZB05": "2.0.0", "ZB06": "1.0.0"}
    assert packs.rules(2026, ["zb05@1.0.0"])["ZB05"].version == "1.0.0"
    with pytest.raises(
        UsageError, match=r"ZB05 has no version 9\.9\.9; it has: 1\.0\.0, 1\.0\.9, 1\.0\.10, 2\.0\.0"
    ):
        packs.rules(2026, ["ZB05@9.9.9"])
    with pytest.raises(UsageError, match="no pack of 2030; there are 2024, 2025, 2026"):
        packs.check_year(2030)


def test_alerts_are_known_by_identity_so_it_stays_the_same_in_all_versions() -> None:
    other = replace(made("ZB05", "2.0.0", 2027), identity=("subject", "holder"))
    with pytest.raises(RuleFileError, match="give the new rule an id of its own"):
        packs_of([made("ZB05", "1.0.0", 2026), other])


# ------------------------------------------------------------------- scans of an old and a new year


def test_an_old_year_is_scanned_with_the_old_text_and_a_new_one_with_the_new(home: Path) -> None:
    old, new = scan(home, OLD_YEAR), scan(home, NEW_YEAR)
    assert (old["pack"], new["pack"], scan(home, date(2019, 6, 30))["pack"]) == (2026, 2027, 2026)
    assert scan(home, date(2031, 1, 1))["pack"] == 2027
    packs = load_packs(home)
    for result, version, parameters in (
        (old, "1.0.0", {"tolerance": 0}),
        (new, "2.0.0", {"slack": 0}),
    ):
        finding = zb05(result)
        assert finding["rule_version"] == version
        assert finding["parameters"] == parameters
        assert finding["rule_sha256"] == packs.text("ZB05", version).sha256
        assert finding["pack"] == result["pack"]
    assert zb05(old)["rule_sha256"] != zb05(new)["rule_sha256"]


def test_a_locality_cannot_change_the_level_of_a_rule(tmp_path: Path) -> None:
    folder, home = tmp_path / "mine", tmp_path / "home"
    path = revise(home, "ZB05", 2026, folder)
    changed(path, ("opens: red", "opens: yellow"), ("THEN 'red'", "THEN 'yellow'"))
    write_lock(read_texts(folder), folder)
    with pytest.raises(RuleFileError, match=r"article 20\): it is red, not yellow"):
        adopt(home, folder)
    assert not own_queries_folder(home).exists()
    # Nor by putting the file where adopted texts lie.
    shutil.copytree(folder, own_queries_folder(home))
    with pytest.raises(RuleFileError, match="article 20"):
        load_packs(home)


def test_rules_that_a_pack_ends_or_adds_count_only_there(home: Path) -> None:
    def rules(result: dict[str, Any]) -> set[str]:
        return {entry["rule_id"] for entry in result["rules"]}

    old, new = scan(home, OLD_YEAR), scan(home, NEW_YEAR)
    assert rules(old) - rules(new) == {"ZB14"}
    assert rules(new) - rules(old) == {"ZC99"}
    assert (old["retired"], new["retired"]) == ([], ["ZB14"])


def test_a_pack_or_a_version_can_be_asked_for(home: Path) -> None:
    assert zb05(scan(home, NEW_YEAR, pack=2026))["rule_version"] == "1.0.0"
    assert zb05(scan(home, NEW_YEAR, ["ZB05@1.0.0"]))["rule_version"] == "1.0.0"
    assert zb05(scan(home, OLD_YEAR, pack=2027))["rule_version"] == "2.0.0"
    with pytest.raises(UsageError, match="no pack of 2019; there are 2026, 2027"):
        scan(home, OLD_YEAR, pack=2019)


def run(home: Path, *arguments: str) -> Any:
    result = CliRunner().invoke(app, ["--home", str(home), *arguments])
    assert result.exit_code == 0, result.stderr
    return result


@pytest.mark.parametrize("day", [OLD_YEAR, NEW_YEAR])
def test_the_printed_command_gives_the_finding_again_also_when_a_later_version_is_there(
    home: Path, tmp_path: Path, day: date
) -> None:
    # Arrange: the finding, and the command that its page prints.
    found = scan(home, day)
    number = found["findings"].index(zb05(found)) + 1
    page = run(home, "export", "html", "--finding", str(number), "--as-of", str(day), "-o", "-").stdout
    text = unescape(re.search(r"<pre>(.*)</pre>", page, re.DOTALL)[1])
    line = next(line for line in text.splitlines() if line.startswith("重做  "))
    command = shlex.split(line.removeprefix("重做  "))
    # Act: a correction of both years' texts is taken over, then the command is run.
    for year in (2026, 2027):
        folder = tmp_path / f"correction-{year}"
        changed(revise(home, "ZB05", year, folder), ("AS amount_fen", "+ 0 AS amount_fen"))
        write_lock(read_texts(folder), folder)
        adopt(home, folder)
    again = run(home, *command[command.index("scan") :], "--format", "json")
    # Assert
    assert zb05(scan(home, day))["rule_version"] == {OLD_YEAR: "1.0.1", NEW_YEAR: "2.0.1"}[day]
    assert json.loads(again.stdout)["findings"] == [zb05(found)]


def test_the_output_says_which_pack_was_used(home: Path) -> None:
    assert "按 2026 年规则包\n" in run(home, "scan", "--as-of", "2026-06-30").stdout
    said = run(home, "--lang", "en", "scan", "--as-of", "2019-06-30").stdout
    assert "Pack of rules: 2026 (there is none of 2019, so the nearest is used)" in said
    said = run(home, "scan", "--as-of", "2019-06-30", "--pack", "2027", "--format", "csv").stderr
    assert "按 2027 年规则包\n" in said
    assert (
        "v1.0.0" in run(home, "export", "html", "--finding", "1", "--as-of", "2026-06-30", "-o", "-").stdout
    )


def test_rules_are_listed_shown_and_printed_by_pack(home: Path, tmp_path: Path) -> None:
    def listed(*arguments: str) -> dict[str, str]:
        answer = json.loads(run(home, "rules", "list", *arguments, "--format", "json").stdout)
        return {row["rule_id"]: row["version"] for row in answer["rules"]}

    assert (listed()["ZB05"], listed("--pack", "2026")["ZB05"]) == ("2.0.0", "1.0.0")
    assert "ZC99" not in listed("--pack", "2026")
    assert "slack" in run(home, "rules", "show", "ZB05").stdout
    assert "tolerance" in run(home, "rules", "show", "ZB05", "--pack", "2026").stdout
    assert "tolerance" in run(home, "rules", "show", "ZB05@1.0.0").stdout
    form = str(tmp_path / "form.xlsx")
    run(home, "rules", "form", "--pack", "2026", "-o", form)
    rows = json.loads(run(home, "rules", "read-form", form, "--format", "json").stdout)["rows"]
    assert [row["rule_id"] for row in rows if row["differs"]] == ["ZB05"]
    rows = json.loads(run(home, "rules", "read-form", form, "--pack", "2026", "--format", "json").stdout)[
        "rows"
    ]
    assert not any(row["differs"] for row in rows)


# --------------------------------------------------------------------------------------- parameters


def test_a_parameter_that_another_pack_does_not_know_is_named(home: Path) -> None:
    assert scan(home, OLD_YEAR, settings=["ZB05.tolerance=1"])
    with pytest.raises(UsageError, match=r"rule ZB05 2\.0\.0 has no parameter tolerance; it has: slack"):
        scan(home, NEW_YEAR, settings=["ZB05.tolerance=1"])
    with pytest.raises(UsageError, match="there is no rule ZC99"):
        scan(home, OLD_YEAR, settings=["ZC99.n=1"])


def test_a_value_kept_for_every_pack_stops_the_one_that_lacks_it_and_one_can_be_kept_for_a_pack(
    home: Path,
) -> None:
    old, new = load_packs(home).rules(2026), load_packs(home).rules(2027)
    keep(home, old, ["ZB05.tolerance=9.99"])
    with pytest.raises(
        UsageError, match=r"no parameter tolerance.*pack of 2027.*rules set --pack YEAR ZB05.tol"
    ):
        scan(home, NEW_YEAR)
    keep(home, old, ["ZB05.tolerance="])
    keep(home, old, ["ZB05.tolerance=9.99"], pack=2026)
    keep(home, new, ["ZB05.slack=1"], pack=2027)
    assert zb05(scan(home, OLD_YEAR))["parameters"] == {"tolerance": 9.99}
    assert zb05(scan(home, NEW_YEAR))["parameters"] == {"slack": 1}
    listed = run(home, "rules", "set", "--format", "json")
    assert [entry["pack"] for entry in json.loads(listed.stdout)["kept"]] == ["2027", "2026"]


# ------------------------------------------------------------------------------------------- alerts


def test_a_finding_of_a_new_pack_is_the_same_alert_with_the_text_that_opened_it(home: Path) -> None:
    with open_cases(home) as cases:
        for day in (OLD_YEAR, NEW_YEAR):
            found = scan(home, day, ["ZB05"])
            taken = take_in(cases, found, rules_of(home, found), NEW_YEAR_COMES)
            changes = (taken.opened, taken.turned, taken.cleared, taken.noted)
            assert changes == ((1, 0, 0, 0) if day == OLD_YEAR else (0, 0, 0, 0))
        with cases.read() as connection:
            alert = one_alert(connection, 1)
    assert alert is not None
    # The evidence is the same, so the alert stands as it was opened and cites the text that opened it.
    assert (alert.state, alert.is_found) == ("red", True)
    assert alert.finding is not None
    assert (alert.finding["rule_version"], alert.finding["pack"]) == ("1.0.0", 2026)


# ------------------------------------------------------------------------------ texts stay as they were


def test_a_tampered_old_text_is_refused(home: Path) -> None:
    path = own_queries_folder(home) / kept_name("ZB05", "2.0.0")
    good = path.read_text("utf-8")
    path.write_text(good.replace("split_fen >", "split_fen >="), "utf-8")
    with pytest.raises(RuleFileError, match=r"ZB05@2\.0\.0\.cypher: ZB05: .*the text changed"):
        scan(home, OLD_YEAR)
    path.unlink()
    with pytest.raises(RuleFileError, match=r"put it back as rules/ZB/ZB05@2\.0\.0\.cypher"):
        scan(home, OLD_YEAR)
    path.write_text(good, "utf-8")
    assert scan(home, NEW_YEAR)["pack"] == 2027


def test_a_version_that_is_begun_keeps_the_old_text_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "queries"
    shutil.copytree(queries_folder(), folder)
    old = load_rules()["ZB05"]
    home = tmp_path / "home"
    path = revise(home, "zb05", 2026, folder)
    assert path == folder / "rules" / "ZB" / "ZB05.cypher"
    with pytest.raises(RuleFileError, match="is begun and not locked yet"):
        revise(home, "ZB05", 2026, folder)
    write_lock(read_texts(folder), folder)
    revise(home, "ZB05", 2027, folder)
    write_lock(read_texts(folder), folder)
    texts = {rule.version: rule for rule in load_packs(folder=folder).texts["ZB05"]}
    major, minor, patch = map(int, old.version.split("."))
    assert list(texts) == [old.version, f"{major}.{minor}.{patch + 1}", f"{major + 1}.0.0"]
    assert texts[old.version].sha256 == old.sha256
    assert texts[f"{major + 1}.0.0"].budget_year == 2027
    # A kept text that is changed is refused, by the loader and by the lock.
    kept = folder / kept_name("ZB05", old.version)
    changed(kept, ("AS amount_fen", "+ 1 AS amount_fen"))
    with pytest.raises(RuleFileError, match="put it back"):
        load_packs(folder=folder)
    with pytest.raises(RuleFileError, match=f"raise the version of ZB05 {old.version}"):
        write_lock(read_texts(folder), folder)


def test_taking_over_checks_everything_first_and_twice_changes_nothing(
    home: Path, next_year: Path, tmp_path: Path
) -> None:
    own = own_queries_folder(home)
    locked = read_lock(own)
    assert {(rule_id, version) for rule_id, texts in locked.items() for version in texts} == {
        ("ZB05", "2.0.0"), ("ZB14", "2.0.0"), ("ZC99", "1.0.0")
    }  # fmt: skip
    assert adopt(home, next_year) == []
    # Another text of a known version, a text that is not that of the folder's lock, and a query that writes.
    path = next_year / "rules" / "ZB" / "ZB05.cypher"
    changed(path, ("AS amount_fen", "+ 0 AS amount_fen"))
    with pytest.raises(RuleFileError, match="the text changed"):
        adopt(home, next_year)
    (next_year / LOCK_FILE).unlink()
    with pytest.raises(RuleFileError, match="another text of version"):
        adopt(home, next_year)
    changed(path, ("MATCH (i:Indicator)", "CREATE (x:Indicator) WITH 1 AS one MATCH (i:Indicator)"))
    with pytest.raises(RuleFileError):
        adopt(home, next_year)
    assert read_lock(own) == locked
    assert json.loads(run(home, "rules", "check", "--format", "json").stdout) == {"ok": True, "rules": 75}
    with pytest.raises(UsageError, match="no folder `rules`"):
        adopt(home, tmp_path / "none")
