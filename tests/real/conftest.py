"""Real data beside the repository, ingested once; without them these tests are skipped and say so."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.run import ingest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Gives the path of a file or folder of real data; skips where there is none."""

    def path(name: str) -> Path:
        found = ROOT.parent / "shared/data" / name
        if not found.exists():
            pytest.skip(f"no real data at {found}")
        return found

    return path


@pytest.fixture(scope="session")
def notice(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives the home of a published notice, ingested from the samples that ship with the product."""
    homes: dict[str, Path] = {}

    def home(name: str) -> Path:
        if name not in homes:
            homes[name] = tmp_path_factory.mktemp(name) / "home"
            report = ingest(homes[name], [ROOT / "ingest/samples" / name])
            assert report["problems"] == []
        return homes[name]

    return home
