"""`make bench`: every measure beside its baseline, in one run on one machine, as a ratio.

Figures of two machines, or of two hours on one machine, cannot be compared; a ratio of two rounds that follow each
other can. Each measure therefore takes turns with its baseline in short rounds, and the median of the rounds' ratios is
held against the bar.
"""

import re
import statistics
import sys
import time
import traceback

import casting
import consultations
import counting
import proposals
import roll
import tally
import verification
import walks
from house import CONNECTIONS, POSTGRES, House, output
from measure import Measure, table

SELECT_ROUNDS, SELECTS = 5, 40_000
PAGE_ROUNDS, PAGE_SECONDS = 5, 2
BARS = {"select": 0.6, "page": 0.15, "greedy_votes": 20, "mes_cost_add1u": 100, "mes_card_add1u": 100}


def client(house):
    """Selects through our client against pgbench on the same table."""
    output([POSTGRES / "pgbench", "-i", "-q", "-s", "10", house.url])
    ours, theirs = [], []
    for _ in range(SELECT_ROUNDS):
        ours.append(float(house.bench("select", house.url, "--connections", CONNECTIONS)))
        theirs.append(house.pgbench("-S", "-t", SELECTS // CONNECTIONS))
    house.sql("DROP TABLE pgbench_accounts, pgbench_branches, pgbench_history, pgbench_tellers")
    yield Measure("selects ÷ pgbench -S", ours, theirs, BARS["select"])


def wrk(port, path, *headers):
    """Requests per second and the 99th percentile of their time in milliseconds."""
    text = output([
        "wrk", "-t", "1", "-c", CONNECTIONS, "-d", f"{PAGE_SECONDS}s", "--latency",
        *(word for header in headers for word in ("-H", header)), f"http://127.0.0.1:{port}{path}"])
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"{path} was not answered:\n{text}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()
    return rate, float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def page(house):
    """The page of a vote with a hundred projects against the plain-text route of the same service."""
    house.vote("hundred")
    with house.serving() as port:
        wrk(port, "/votes/hundred")
        for name, headers in (("", ()), (", gzip", ("Accept-Encoding: gzip",))):
            pages, plains = [], []
            for _ in range(PAGE_ROUNDS):
                pages.append(wrk(port, "/votes/hundred", *headers))
                plains.append(wrk(port, "/healthz", *headers))
            slow, quick = (statistics.median(late for _, late in rounds) for rounds in (pages, plains))
            yield Measure(
                f"vote page of 100 projects{name} ÷ /healthz", [rate for rate, _ in pages], [rate for rate, _ in plains],
                BARS["page"], f"p99 {slow:.2f} ms, {quick:.2f} ms")


def count(_):
    """Counts against pabutools."""
    python = counting.environment()
    if python is None:
        print("pabutools cannot be installed: counting is left out.", file=sys.stderr)
        return
    for rule in counting.RULES:
        for path in counting.elections():
            ours, theirs = counting.measure(rule, path, python)
            yield Measure(f"{rule} ÷ pabutools", ours, theirs, BARS[rule], path.stem)


PARTS = {
    "client": client, "casting": casting.measure, "page": page, "counting": count,
    "verification": verification.measure, "tally": tally.measure, "roll": roll.measure, "proposals": proposals.measure,
    "walks": walks.measure, "consultations": consultations.measure}


def run(name, part):
    """The measures of one part in an installation of its own; what goes wrong in it leaves the other parts alone."""
    start = time.monotonic()
    measures = []
    try:
        with House() as house:
            for measure in part(house):
                measures.append(measure)
                print(f"  {measure}", file=sys.stderr, flush=True)
        failure = None
    except (Exception, SystemExit) as error:
        failure = str(error) if isinstance(error, SystemExit) else traceback.format_exc()
        print(f"  failed: {failure}", file=sys.stderr, flush=True)
    print(f"  {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    return measures, failure


def main():
    names = sys.argv[1:] or list(PARTS)
    if unknown := [name for name in names if name not in PARTS]:
        raise SystemExit(f"There is no part {unknown[0]}; there are {', '.join(PARTS)}.")
    measures, failed = [], []
    for place, name in enumerate(names, 1):
        print(f"{name} ({place} of {len(names)})", file=sys.stderr, flush=True)
        found, failure = run(name, PARTS[name])
        measures += found
        if failure:
            failed.append(name)
    print(table(measures))
    missed = [measure.name for measure in measures if not measure.is_met]
    for name in missed:
        print(f"Not met: {name}")
    for name in failed:
        print(f"Failed: {name}")
    return 1 if missed or failed else 0


if __name__ == "__main__":
    sys.exit(main())
