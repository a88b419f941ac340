"""Verifying the record of a large vote: time, memory, and whether time grows in proportion."""

import os
import shutil
import subprocess
import time

from house import RELEASE, output
from measure import Limit

SIZES = [250_000, 500_000, 1_000_000]
ROUNDS = 3
MOST_SECONDS, MOST_MEMORY = 20, 1.0
# Twice the ballots may take this much more than twice the time.
MOST_GROWTH = 1.25


def verify(record):
    """Seconds on the clock, seconds of the processors, and the most memory in GiB of one verification that must hold."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [RELEASE / "tilleul-verify", record], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    report = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"A record that holds was refused:\n{report}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20


def measure(house):
    records = {size: house.folder / f"record-{size}" for size in SIZES}
    rounds = {size: [] for size in SIZES}
    try:
        entries = {
            size: int(output([RELEASE / "Workload", "record", record, "--ballots", size]).split()[0])
            for size, record in records.items()}
        for _ in range(ROUNDS):
            for size, record in records.items():
                rounds[size].append(verify(record))
    finally:
        for record in records.values():
            shutil.rmtree(record, ignore_errors=True)
    small, _, large = SIZES
    name = f"verifying {large:,} ballots"
    seconds, work, memory = zip(*rounds[large])
    yield Limit(name, list(seconds), MOST_SECONDS, "s", f"{entries[large]:,} entries; processors {min(work):.1f} s")
    yield Limit(f"{name}: memory", list(memory), MOST_MEMORY, "GiB")
    growth = [
        (more[1] / entries[large]) / (less[1] / entries[small]) for less, more in zip(rounds[small], rounds[large])]
    yield Limit(
        f"{name}: processor time of an entry ÷ with {small:,}", growth, MOST_GROWTH, "",
        "; ".join(f"{size:,}: {min(one[1] for one in rounds[size]):.2f} s" for size in SIZES))
