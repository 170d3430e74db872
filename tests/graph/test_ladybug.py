"""The Ladybug file: a build that is cut off or refused leaves the old one, and damage is never an answer."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import ladybug
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from graph_folders import random_folder, read, write

from tracer.errors import DataRefusedError, UsageError
from tracer.graph import content, open_store
from tracer.graph.base import AnswerDamaged, QueryFailed, StoreExhausted, StoreUnavailable
from tracer.graph.content import TABLES
from tracer.graph.ladybug import LadybugStore, build_file, schema

ROOT = Path(__file__).parents[2]
BY_NAME = {table.file: table for table in TABLES}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return random_folder(tmp_path / "in", 5)


def digest(path: Path) -> str:
    with LadybugStore(path) as store:
        return store.digest()


def test_a_published_file_stands_alone_and_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "graphs" / "v1-linked-all.lbug"
    build_file(folder, target)
    with LadybugStore(target) as store:
        store.counts()
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert target.stat().st_mode & 0o777 == 0o444


def test_a_new_build_replaces_the_old_one_that_readers_keep(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "g.lbug"
    build_file(folder, target)
    other = random_folder(tmp_path / "other", 6)
    with LadybugStore(target) as reader:
        before = reader.counts()
        build_file(other, target)
        assert reader.counts() == before
        assert reader.digest() == content.folder_digest(folder)
    assert digest(target) == content.folder_digest(other)


def test_building_again_gives_the_same_content(folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        build_file(folder, tmp_path / name)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


def test_columns_may_come_in_any_order_and_width(folder: Path, tmp_path: Path) -> None:
    expected = content.folder_digest(folder)
    for name in (
        "SPLIT_TO.Indicator.Indicator.parquet",
        "Transfer.parquet",
        "FUNDS.Transfer.Transfer.parquet",
    ):
        rows = pq.read_table(folder / name)
        turned = rows.select(random.Random(3).sample(rows.column_names, rows.num_columns))
        for i, field in enumerate(turned.schema):
            if pa.types.is_string(field.type):
                turned = turned.set_column(i, field.name, turned.column(i).dictionary_encode())
            elif field.name in ("to_key", "day") and all(
                abs(v or 0) < 2**31 for v in turned.column(i).to_pylist()
            ):
                turned = turned.set_column(i, field.name, turned.column(i).cast(pa.int32()))
        pq.write_table(turned, folder / name)
    assert content.folder_digest(folder) == expected
    build_file(folder, tmp_path / "g.lbug")
    assert digest(tmp_path / "g.lbug") == expected


@pytest.mark.parametrize(
    "name", ["Fund.parquet", "SENT.Account.Transfer.parquet", "BORN_AT.Piece.Account.parquet"]
)
def test_what_does_not_fit_is_refused_and_the_old_file_stays(name: str, folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "g.lbug"
    build_file(folder, target)
    old = target.read_bytes()
    rows = read(folder, BY_NAME[name])
    bad = {**rows[0]} if name == "Fund.parquet" else {**rows[0], "to_key": 4_111_111_111_111_111}
    write(folder, BY_NAME[name], [*rows, bad])
    with pytest.raises(DataRefusedError) as refusal:
        build_file(folder, target)
    assert "4111111111111111" not in str(refusal.value), "a key may be a person's number"
    assert target.read_bytes() == old
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [target.name]


BUILD = "import sys; from pathlib import Path; from tracer.graph.ladybug import build_file; " \
    "print('ready', flush=True); build_file(Path(sys.argv[1]), Path(sys.argv[2]))"  # fmt: skip


@pytest.mark.parametrize("moment", [0.0, 0.15, 0.4])
def test_a_build_that_is_killed_leaves_the_old_file(moment: float, folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "graphs" / "g.lbug"
    build_file(folder, target)
    old = target.read_bytes()
    other = random_folder(tmp_path / "other", 6, nodes=200)
    command = [sys.executable, "-c", BUILD, str(other), str(target)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)
    assert child.stdout is not None
    child.stdout.readline()
    while not list(target.parent.glob(".*.draft")):
        assert child.poll() is None
        time.sleep(0.001)
    time.sleep(moment)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL, "the build was over before it was killed"
    assert target.read_bytes() == old
    assert list(target.parent.glob(".*.draft*")), "something was under way"
    build_file(other, target)
    assert [path.name for path in target.parent.iterdir()] == [target.name], "leftovers are cleared"
    assert digest(target) == content.folder_digest(other)


def test_drafts_of_a_living_process_are_left_alone(folder: Path, tmp_path: Path) -> None:
    living = tmp_path / f".g.lbug.{os.getppid()}.0a1b2c3d.draft"
    living.write_bytes(b"under way")
    build_file(folder, tmp_path / "g.lbug")
    assert living.exists()


def test_damage_is_an_error_and_never_an_answer(folder: Path, tmp_path: Path) -> None:
    good = tmp_path / "g.lbug"
    build_file(folder, good)
    whole = good.read_bytes()
    damaged = {
        "empty": b"",
        "text": b"not a graph" * 1000,
        "cut": whole[: len(whole) // 3],
        "head": b"\0" * 4096 + whole[4096:],
        "directory of pages": whole[:8192],
    }
    for name, data in damaged.items():
        path = tmp_path / f"{name}.lbug"
        path.write_bytes(data)
        path.chmod(0o444)
        with pytest.raises((StoreUnavailable, QueryFailed)) as raised, LadybugStore(path) as store:
            store.digest()
        assert path.read_bytes() == data, name
        assert name in str(raised.value) or isinstance(raised.value, QueryFailed)


def test_a_file_of_another_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    build_file(folder, tmp_path / "g.lbug")
    monkeypatch.setattr(content, "model_digest", lambda: "another")
    with pytest.raises(StoreUnavailable, match="图模型版本不同"):
        open_store(tmp_path / "g.lbug")


def test_an_exhausted_pool_is_an_error_and_the_store_goes_on(folder: Path, tmp_path: Path) -> None:
    build_file(folder, tmp_path / "g.lbug")
    with LadybugStore(tmp_path / "g.lbug", pool_bytes=32 * 2**20) as store:
        for _ in range(2):
            with pytest.raises(StoreExhausted):
                store.run("UNWIND range(1, 3000000) AS n RETURN n AS n1, collect(n * 7) AS l ORDER BY n1")
            assert store.run("MATCH (f:Fund) RETURN count(*) AS n") == [{"n": 12}]


@pytest.mark.parametrize("times", [1, 2])
def test_damaged_text_is_asked_for_once_more_and_never_an_answer(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    build_file(folder, tmp_path / "g.lbug")
    answers, left = ladybug.QueryResult.get_all, times

    def damaged(result: ladybug.QueryResult) -> list[object]:
        nonlocal left
        if left:
            left -= 1
            b"\xe5".decode()
        return list(answers(result))

    with LadybugStore(tmp_path / "g.lbug") as store:
        monkeypatch.setattr(ladybug.QueryResult, "get_all", damaged)
        if times == 1:
            assert store.run("MATCH (f:Fund) RETURN count(*) AS n") == [{"n": 12}]
        else:
            with pytest.raises(AnswerDamaged):
                store.run("MATCH (f:Fund) RETURN count(*) AS n")


def test_a_closed_store_says_so(folder: Path, tmp_path: Path) -> None:
    build_file(folder, tmp_path / "g.lbug")
    store = LadybugStore(tmp_path / "g.lbug")
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        store.run("RETURN 1 AS n")


def test_a_folder_with_little_in_it_is_a_graph(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    build_file(tmp_path / "in", tmp_path / "g.lbug")
    with LadybugStore(tmp_path / "g.lbug") as store:
        assert set(store.counts().values()) == {0}
        assert store.digest() == content.folder_digest(tmp_path / "in")
        assert store.run("MATCH (t:Transfer) RETURN t.key AS k") == []


def test_a_path_with_quotes_and_spaces_works(folder: Path, tmp_path: Path) -> None:
    odd = tmp_path / 'it\'s a "县" folder'
    folder.rename(odd)
    build_file(odd, odd.parent / "g's.lbug")
    assert digest(odd.parent / "g's.lbug") == content.folder_digest(odd)


def test_the_schema_is_made_of_the_model() -> None:
    text = "\n".join(schema())
    assert "CREATE REL TABLE `REMAINS_AT` (FROM `Piece` TO `Indicator`, FROM `Piece` TO `Account`)" in text
    assert text.count("CREATE NODE TABLE") == 1 + sum(1 for table in TABLES if not table.ends)


@pytest.mark.parametrize(
    "text",
    [
        f"RETURN {'(' * 3000}1{')' * 3000} AS n",
        f"RETURN {'NOT ' * 3000}true AS t",
        f"RETURN {'CASE WHEN true THEN ' * 30}1{' END' * 30} AS n",
        f"RETURN {'- ' * 3000}1 AS n",
        f"RETURN {'1 + ' * 9000}1 AS n",
        f"RETURN '{'x' * 70000}' AS t",
    ],
)
def test_text_that_would_end_or_hang_the_process_is_refused(text: str, folder: Path, tmp_path: Path) -> None:
    build_file(folder, tmp_path / "g.lbug")
    with LadybugStore(tmp_path / "g.lbug") as store, pytest.raises(UsageError):
        store.run(text)
