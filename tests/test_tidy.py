"""The house rules that a machine can check."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = subprocess.run(
    ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.split("\n")
CODE = [name for name in FILES if name.endswith(".py") and name.split("/")[0] in ("tracer", "ingest", "api")]
TEXT = [
    name
    for name in FILES
    if name.endswith((".py", ".md", ".yaml", ".yml", ".toml", ".cypher", ".csv", ".txt"))
]


@pytest.mark.parametrize("name", CODE)
def test_files_and_functions_are_short(name: str) -> None:
    source = (ROOT / name).read_text("utf-8")
    assert source.count("\n") <= 420, f"{name} has {source.count(chr(10))} lines"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= 90, f"{name}: {node.name} has {lines} lines"


@pytest.mark.parametrize("name", CODE)
def test_nothing_is_caught_wholesale_and_the_clock_is_an_argument(name: str) -> None:
    for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else ""
            assert caught not in ("", "Exception", "BaseException"), f"{name}:{node.lineno}"
        if isinstance(node, ast.Call):
            assert ast.unparse(node.func) not in ("date.today", "datetime.today"), f"{name}:{node.lineno}"


def test_no_machine_paths_and_no_registry_hosts() -> None:
    forbidden = re.compile(r"/(?:work|root|home/[a-z]+)/|pypi\.org|pythonhosted|repo1?\.maven")
    for name in TEXT:
        if name != "tests/test_tidy.py" and (ROOT / name).exists():
            found = forbidden.search((ROOT / name).read_text("utf-8"))
            assert not found, f"{name}: {found and found.group()}"


@pytest.mark.parametrize("name", [name for name in CODE if name.startswith("tracer/flow/")])
def test_tuples_for_compiled_code_have_no_methods(name: str) -> None:
    """Numba keeps their classes to the end of the process, and a method keeps all that its module imports."""
    for node in ast.parse((ROOT / name).read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef) and "NamedTuple" in map(ast.unparse, node.bases):
            assert not [part for part in node.body if isinstance(part, ast.FunctionDef)], node.name
