"""A whole ingest of payments, ledger included, beside pandas reading and checking the same file.

Run: python -m benchmarks.ingest [--size 1000000] [--xlsx-size 200000]. Prints one JSON object per file: a CSV
file, and a workbook, which pandas reads with openpyxl. Each is read in a process of its own, so that its
peak memory is its own; `ratio` is the time of pandas over ours.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import xlsxwriter

from ingest.guarded import close_readers
from ingest.run import ingest

HEADER = (
    "支付凭证号,付款人名称,付款账户,支付金额,支付时间,用途,结算方式,支付方式,收款人名称,收款人账户,"
    "指标编号,项目编号,合同编号,受益人身份证号,受益人姓名,补贴项目,所属期,原凭证号\n"
)
AMOUNT = 3
"""Column of the amount, from 0."""


def write_payments(path: Path, rows: int, seed: int = 3) -> int:
    """Write invented payments as a finance system exports them; returns their sum in fen."""
    rng = random.Random(seed)
    total = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for n in range(rows):
            fen = rng.randint(1, 10_000_000)
            total += fen
            day = f"20{rng.randint(18, 20)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
            clock = f"{rng.randint(8, 17):02d}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d}"
            person = rng.randint(0, 200_000)
            cells = (
                f"PZ{n:09d},某县财政局{person % 40},6210{person % 40:015d},{fen // 100}.{fen % 100:02d}",
                f"{day} {clock},产业到户补助{person % 300},转账,财政直接支付,村民{person},6228{person:015d}",
                f"ZB{n % 5000:06d},XM{n % 2000:05d},,2201221980{person:08d},村民{person},产业补助,{day[:7]},",
            )
            file.write(",".join(cells) + "\n")
    return total


def write_workbook(path: Path, csv: Path) -> None:
    """The same payments as a workbook, amounts as numbers, all else as text."""
    with (
        xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book,
        csv.open(encoding="utf-8") as lines,
    ):
        sheet = book.add_worksheet("支付")
        for row, line in enumerate(lines):
            for column, text in enumerate(line.rstrip("\n").split(",")):
                if row and column == AMOUNT:
                    sheet.write_number(row, column, float(text))
                elif text:
                    sheet.write_string(row, column, text)


def read_with_pandas(path: Path) -> int:
    """What a script would do: read as text, parse amounts and dates, count what is missing; returns fen."""
    if path.suffix == ".csv":
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    else:
        frame = pd.read_excel(path, dtype=str, keep_default_na=False, engine="openpyxl")
    amounts = pd.to_numeric(frame["支付金额"])
    pd.to_datetime(frame["支付时间"])
    if (frame["支付凭证号"] == "").any() or frame["支付凭证号"].duplicated().any():
        raise ValueError("missing or repeated voucher numbers")
    return int((amounts * 100).round().sum())


def ingested(path: Path) -> int:
    """Fen that a whole ingest accepts into a new home."""
    with tempfile.TemporaryDirectory() as home:
        report = ingest(home, [path])
    if report["problems"]:
        raise ValueError(report["problems"][0]["problem"])
    fen: int = report["batches"][0]["sums"]["amount"]
    return fen


def measured(reader: str, path: Path) -> dict[str, float]:
    """Run one reader in a process of its own: fen, seconds, processor seconds and peak memory in MB."""
    command = [sys.executable, "-m", "benchmarks.ingest", "--read", reader, str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def read_once(reader: str, path: Path) -> None:
    """What `measured` runs; the memory is that of this process and, for workbooks, of the one that reads."""
    start = time.perf_counter()
    fen = ingested(path) if reader == "ingest" else read_with_pandas(path)
    seconds = time.perf_counter() - start
    close_readers()
    own, reading = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu = own.ru_utime + own.ru_stime + reading.ru_utime + reading.ru_stime
    peak_mb = (own.ru_maxrss + (reading.ru_maxrss if path.suffix != ".csv" else 0)) / 1024
    print(json.dumps({"fen": fen, "seconds": seconds, "cpu_seconds": cpu, "peak_mb": peak_mb}))


def compared(path: Path, rows: int, total: int) -> dict[str, object]:
    """Both readers on one file, and what they took."""
    ours, theirs = measured("ingest", path), measured("pandas", path)
    if not total == ours["fen"] == theirs["fen"]:
        raise ValueError(f"sums differ: written {total}, ingested {ours['fen']}, pandas {theirs['fen']}")
    result: dict[str, object] = {
        "file": path.name,
        "rows": rows,
        "file_mb": round(path.stat().st_size / 2**20),
    }
    for name, figures in (("ingest", ours), ("pandas", theirs)):
        result |= {
            f"{name}_seconds": round(figures["seconds"], 2),
            f"{name}_cpu_seconds": round(figures["cpu_seconds"], 2),
            f"{name}_rows_per_second": round(rows / figures["seconds"]),
            f"{name}_peak_mb": round(figures["peak_mb"]),
        }
    return result | {"ratio": round(theirs["seconds"] / ours["seconds"], 2)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--xlsx-size", type=int, default=200_000)
    parser.add_argument("--read", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read:
        read_once(given.read[0], Path(given.read[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, rows in (("payments.csv", given.size), ("payments.xlsx", given.xlsx_size)):
            written = Path(folder) / f"{Path(name).suffix[1:]}-{rows}.csv"
            total = write_payments(written, rows)
            path = Path(folder) / name
            if path.suffix == ".xlsx":
                write_workbook(path, written)
            else:
                written.rename(path)
            print(json.dumps(compared(path, rows, total), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
