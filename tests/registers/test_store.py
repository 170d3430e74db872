"""What a home holds of registers: versions, whole lines, removal, one writer."""

import fcntl
import json
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tracer.errors import DataRefusedError, UsageError
from tracer.registers.store import Import, Provenance, Registers, registers_digest

SAID: dict[str, Any] = {
    "purpose": "核对发放对象",
    "basis": "社会救助暂行办法第五十八条",
    "office": "县民政局",
    "imported_by": "王某",
}
PERSON = "52272319800101001X"


def dead(*people: str) -> pa.Table:
    rows = {"person_id": people, "died_on": [date(2019, 1, 15)] * len(people)}
    table = pa.table(rows, schema=pa.schema([("person_id", pa.string()), ("died_on", pa.date32())]))
    where = {
        "_file": [0] * len(people),
        "_sheet": [None] * len(people),
        "_row": list(range(2, 2 + len(people))),
    }
    types = {"_file": pa.int32(), "_sheet": pa.string(), "_row": pa.int64()}
    for name, values in where.items():
        table = table.append_column(name, pa.array(values, types[name]))
    return table


def add(home: Path, as_of: str, *people: str, **more: Any) -> Import | None:
    registers = Registers(home)
    said = Provenance(**SAID | more, as_of=date.fromisoformat(as_of))
    files = [{"file": "deaths.csv", "sha256": "0" * 64}]
    counts = {"rows": len(people), "accepted": len(people)}
    known = registers.named("deaths")
    return registers.add(known, dead(*people), said, "2019-07-01T00:00:00+00:00", files, counts)


def test_an_import_is_recorded_with_all_that_was_said_and_read_back(tmp_path: Path) -> None:
    added = add(tmp_path, "2019-05-31", PERSON, since=date(2018, 1, 1), keep_until=date(2020, 12, 31))
    (found,) = Registers(tmp_path).imports
    assert found == added
    row = found.as_row()
    assert {name: row[name] for name in SAID} == SAID
    assert (row["as_of"], row["since"], row["keep_until"]) == ("2019-05-31", "2018-01-01", "2020-12-31")
    rows = Registers(tmp_path).rows(found)
    assert rows["person_id"].to_pylist() == [PERSON]
    assert (tmp_path / "registers" / "rows" / "1.parquet").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", SAID)
def test_nothing_may_be_left_unsaid(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--"):
        add(tmp_path, "2019-05-31", PERSON, **{name: "  "})
    assert not (tmp_path / "registers").exists()


def test_days_may_not_contradict_one_another(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--since"):
        add(tmp_path, "2019-05-31", PERSON, since=date(2019, 6, 1))
    with pytest.raises(UsageError, match="--keep-until"):
        add(tmp_path, "2019-05-31", PERSON, keep_until=date(2019, 5, 30))


def test_the_same_again_is_not_stored_and_another_of_the_day_replaces(tmp_path: Path) -> None:
    assert add(tmp_path, "2019-05-31", PERSON)
    assert add(tmp_path, "2019-05-31", PERSON) is None
    assert add(tmp_path, "2019-05-31", PERSON, "522723198001010028")
    assert [one.number for one in Registers(tmp_path).seen(None)] == [1, 2]


def test_a_look_sees_what_is_not_dated_later_and_may_still_be_used(tmp_path: Path) -> None:
    add(tmp_path, "2019-05-31", PERSON, keep_until=date(2019, 6, 30))
    registers = Registers(tmp_path)
    seen = {day: len(registers.seen(date.fromisoformat(day))) for day in ("2019-05-30", "2019-05-31")}
    assert seen == {"2019-05-30": 0, "2019-05-31": 1}
    assert registers.missing("RHD1", date(2019, 6, 30)) == []
    assert registers.missing("RHD1", date(2019, 7, 1)) == ["deaths"]
    assert registers.expired(date(2019, 6, 30)) == []
    assert registers.expired(date(2019, 7, 1)) == [1]


def test_removed_rows_are_gone_and_the_record_stays(tmp_path: Path) -> None:
    add(tmp_path, "2019-05-31", PERSON)
    before = registers_digest(tmp_path)
    registers = Registers(tmp_path)
    (gone,) = registers.remove([1], "李某", "期限已到", "2019-08-01T00:00:00+00:00")
    assert gone.number == 1
    assert not list((tmp_path / "registers" / "rows").iterdir())
    (kept,) = Registers(tmp_path).imports
    assert kept.removed == {"by": "李某", "reason": "期限已到", "at": "2019-08-01T00:00:00+00:00"}
    assert PERSON not in (tmp_path / "registers" / "log.jsonl").read_text("utf-8")
    assert (before != "", registers_digest(tmp_path)) == (True, "")
    assert Registers(tmp_path).rules == {"RHD1"}, "its rule stays in play, and is not evaluable"
    assert Registers(tmp_path).missing("RHD1", date(2020, 1, 1)) == ["deaths"]
    with pytest.raises(UsageError, match="1"):
        registers.remove([1], "李某", "再次", "2019-08-01T00:00:00+00:00")
    with pytest.raises(UsageError, match="--reason"):
        registers.remove([2], "李某", " ", "2019-08-01T00:00:00+00:00")
    assert add(tmp_path, "2019-05-31", PERSON), "what was removed may come again"


def test_what_a_killed_writer_left_does_not_count_and_goes(tmp_path: Path) -> None:
    add(tmp_path, "2019-05-31", PERSON)
    folder = tmp_path / "registers"
    (folder / "rows" / "2.parquet").write_bytes(b"half")
    with (folder / "log.jsonl").open("a") as log:
        log.write('{"number": 2, "regis')
    assert [one.number for one in Registers(tmp_path).imports] == [1]
    added = add(tmp_path, "2019-06-30", PERSON)
    assert added
    assert added.number == 2
    lines = (folder / "log.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["number"] for line in lines] == [1, 2]
    assert len(Registers(tmp_path).rows(added)) == 1


def test_one_process_writes_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "registers").mkdir(parents=True)
    with (tmp_path / "registers" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(DataRefusedError, match="another process"):
            add(tmp_path, "2019-05-31", PERSON)
    assert Registers(tmp_path).imports == ()


def test_a_home_without_registers_has_no_trace_of_them(tmp_path: Path) -> None:
    registers = Registers(tmp_path)
    assert (registers.imports, registers.rules, registers.missing("RHD1", None)) == ((), frozenset(), [])
    assert registers_digest(tmp_path) == ""
    assert not list(tmp_path.iterdir())
