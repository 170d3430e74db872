"""Commands that messages and errors suggest: they carry the home of the run, so that they can be copied."""

import re
import shlex
from pathlib import Path

import pytest
from conftest import Run
from typer.testing import CliRunner

from api.choices import Choices
from api.cli import app
from tracer.messages import TEXTS, Language

COMMAND = re.compile(r"(?<!\{)\bfundtrail (?!\{)[a-z]")
"""A command of ours that begins without the options of the run."""


@pytest.mark.parametrize("key", TEXTS)
def test_no_text_names_a_command_without_its_home(key: str) -> None:
    assert not any(COMMAND.search(text) for text in TEXTS[key])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_text_with_a_command_has_the_home_and_language_of_the_run(lang: Language) -> None:
    front = "fundtrail --home 'my home'" + (" --lang en" if lang == "en" else "")
    chosen = Choices(Path("my home"), None, "table", lang)
    named = [key for key, (zh, _) in TEXTS.items() if "{fundtrail}" in zh]
    assert "calendar_gap" in named
    for key in named:
        gaps = {gap: 1 for gap in re.findall(r"{(\w+)", TEXTS[key][0]) if gap != "fundtrail"}
        assert front in chosen.say(key, **gaps)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_calendar_hint_of_a_scan_can_be_copied(run: Run, home: Path, lang: str) -> None:
    said = run("scan", "--as-of", "2022-01-01", "--rule", "ZB01", "--lang", lang).stdout
    line = next(line for line in said.splitlines() if " calendar 2019" in line)
    command = shlex.split(line[line.index("fundtrail") :])
    assert command[1:3] == ["--home", str(home)]
    result = CliRunner().invoke(app, [*command[1:], "--dry-run"])
    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ("explain 999 --as-of 2022-01-01", "scan"),
        ("explain ZB05/NOTHING --as-of 2022-01-01", "scan --rule ZB05"),
        ("explain FT999999", "alerts list"),
        ("rules show ZZ99", "rules list"),
        ("scan --as-of 2022-01-01 --set ZZ99.x=1", "rules list"),
        ("funds adopt nothing --valid-from 2019-01-01", "funds list"),
    ],
)
def test_an_error_names_commands_with_the_home(run: Run, home: Path, arguments: str, command: str) -> None:
    result = run(*arguments.split())
    assert result.exit_code == 2
    assert result.stderr.count(f"fundtrail --home {home} {command}") == 2
    assert not COMMAND.search(result.stderr)


def test_a_home_without_data_says_which_home_to_fill(tmp_path: Path) -> None:
    home = tmp_path / "none"
    result = CliRunner().invoke(app, ["--home", str(home), "trace", "x", "--direction", "forward"])
    assert f"fundtrail --home {home} ingest" in result.stderr
    assert not COMMAND.search(result.stderr)


def test_a_scan_ends_with_explain_and_alerts(run: Run, home: Path) -> None:
    said = run("scan", "--as-of", "2022-01-01").stdout
    front = f"fundtrail --home {home}"
    assert f"{front} explain 1 --as-of 2022-01-01" in said
    assert f"{front} alerts update --as-of 2022-01-01" in said
