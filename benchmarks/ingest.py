"""Rows per second of a whole ingest of a payments CSV, ledger included, beside a bare `pandas.read_csv`.

Run: python -m benchmarks.ingest [--size 1000000]. Prints one JSON object.
"""

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from ingest.run import ingest

HEADER = (
    "支付凭证号,付款人名称,付款账户,支付金额,支付时间,用途,结算方式,支付方式,收款人名称,收款人账户,"
    "指标编号,项目编号,合同编号,受益人身份证号,受益人姓名,补贴项目,所属期,原凭证号\n"
)


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


def read_with_pandas(path: Path) -> int:
    """What a script would do: read as text, parse amounts and dates, count what is missing; returns fen."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    amounts = pd.to_numeric(frame["支付金额"])
    pd.to_datetime(frame["支付时间"])
    if (frame["支付凭证号"] == "").any() or frame["支付凭证号"].duplicated().any():
        raise ValueError("missing or repeated voucher numbers")
    return int((amounts * 100).round().sum())


def timed(work: Callable[[], int]) -> tuple[int, float, float]:
    """The result, its seconds, and its processor seconds, which hold on a busy machine too."""
    start, start_cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - start, time.process_time() - start_cpu


def ingested(home: Path, path: Path) -> int:
    report = ingest(home, [path])
    if report["problems"]:
        raise ValueError(report["problems"][0]["problem"])
    fen: int = report["batches"][0]["sums"]["amount"]
    return fen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    rows = parser.parse_args().size
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "payments.csv"
        total = write_payments(path, rows)
        ours, seconds, cpu = timed(lambda: ingested(Path(folder) / "home", path))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        theirs, peer, peer_cpu = timed(lambda: read_with_pandas(path))
        if not total == ours == theirs:
            raise ValueError(f"sums differ: written {total}, ingested {ours}, pandas {theirs}")
        result = {
            "rows": rows,
            "file_mb": round(path.stat().st_size / 2**20),
            "ingest_seconds": round(seconds, 2),
            "ingest_cpu_seconds": round(cpu, 2),
            "ingest_rows_per_second": round(rows / seconds),
            "ingest_peak_mb": round(memory),
            "pandas_seconds": round(peer, 2),
            "pandas_cpu_seconds": round(peer_cpu, 2),
            "pandas_rows_per_second": round(rows / peer),
            "ratio": round(peer / seconds, 2),
        }
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
