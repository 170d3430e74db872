"""The wheel: what it holds, and that it works where nothing else of the project is."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_it_installs_three_packages_and_their_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert top == {"tracer", "ingest", "api"}
    data = {path.relative_to(ROOT) for path in ROOT.glob("ingest/**/*") if path.suffix in (".yaml", ".csv")}
    assert {str(path) for path in data} | {
        "tracer/tables.csv",
        "tracer/graph/uses.yaml",
        "tracer/funds/catalogue.csv",
    } <= set(names)
    queries = {str(path.relative_to(ROOT / "queries")) for path in (ROOT / "queries").rglob("*.cypher")}
    assert {f"tracer/_queries/{name}" for name in queries} <= set(names)
    assert "tracer/_queries/rules.lock.json" in names


def test_the_demo_and_the_rules_work_from_it_alone(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    environment = {**os.environ, "PYTHONPATH": str(installed)}

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = run("-c", "import tracer, ingest, api; print(tracer.__file__, ingest.__file__, api.__file__)")
    assert where.count(str(installed)) == 3
    assert "漏报 0，误报 0" in run("-m", "api.cli", "--home", "home", "demo")
    run("-m", "api.cli", "rules", "check")
