"""`make bench`: every measure beside its baseline, in one run on one machine, as a ratio.

Figures of two machines, or of two hours on one machine, cannot be compared; a ratio of two rounds that follow each
other can. Each measure therefore takes turns with its baseline in short rounds, and the median of the rounds' ratios is
held against the bar.
"""

import re
import statistics
import sys
import time

import casting
import counting
import roll
import tally
import verification
from house import CONNECTIONS, POSTGRES, House, output
from measure import Measure

SELECT_ROUNDS, SELECTS = 5, 40_000
# Rounds of a few seconds each, so that the record, which is written every second, is written within them.
CAST_ROUNDS, CASTS, SQL_CASTS, CASTS_TO_WARM_UP = 5, 4_000, 8_000, 200
PAGE_ROUNDS, PAGE_SECONDS = 5, 2
BARS = {"select": 0.6, "cast": 0.5, "page": 0.15, "greedy_votes": 20, "mes_cost_add1u": 100, "mes_card_add1u": 100}


def client(house):
    """Selects through our client against pgbench on the same table."""
    output([POSTGRES / "pgbench", "-i", "-q", "-s", "10", house.url])
    ours, theirs = [], []
    for _ in range(SELECT_ROUNDS):
        ours.append(float(house.bench("select", house.url, "--connections", CONNECTIONS)))
        theirs.append(house.pgbench("-S", "-t", SELECTS // CONNECTIONS))
    house.sql("DROP TABLE pgbench_accounts, pgbench_branches, pgbench_history, pgbench_tellers")
    yield Measure("selects ÷ pgbench -S", ours, theirs, BARS["select"])


def settle(house):
    """Waits until every entry has its place in the record, and begins a round with a checkpoint."""
    for _ in range(600):
        if house.sql("SELECT NOT EXISTS (SELECT FROM record_pending)") == "t":
            house.sql("CHECKPOINT")
            return
        time.sleep(0.1)
    raise SystemExit("Entries still wait for their place in the record.")


def cast(house):
    """Ballots confirmed over HTTP against pgbench running the statements of a cast."""
    slug, other = "over-http", "over-sql"
    vote, other_vote = house.vote(slug), house.vote(other)
    count = casting.CAPTURED + 1 + CAST_ROUNDS * (CASTS + CASTS_TO_WARM_UP)
    house.tilleul("votes", "codes", slug, "--count", count, "--output", house.folder / "codes.csv")
    voters = house.folder / "voters"
    voters.write_text(house.bench("voters", house.url, house.folder / "data" / "secret", slug))
    casting.prepare(house, other_vote, CAST_ROUNDS * (SQL_CASTS + CASTS_TO_WARM_UP))
    # Whoever confirms has just read the page before: the end of the session has been moved a moment ago.
    house.sql("UPDATE session SET last_seen_at = now() + interval '20 minutes'")
    house.sql("VACUUM ANALYZE")

    acknowledged = next_voter = 0

    def casts(port, count, connections=CONNECTIONS):
        nonlocal acknowledged, next_voter
        rate, accepted = house.bench(
            "cast", port, slug, voters, "--first", next_voter, "--count", count, "--connections", connections).split()
        acknowledged += int(accepted)
        next_voter += count
        if int(accepted) != count:
            raise SystemExit(f"Only {accepted} of {count} casts were acknowledged.")
        return float(rate)

    with casting.logging(house), house.serving() as port:
        casts(port, 1, connections=1)
        captured = casting.capture(house, lambda _: casts(port, 1, connections=1))
        script = casting.Script(house, captured, vote, other_vote)
    ours, theirs = [], []
    for place in range(CAST_ROUNDS):
        first = place * (SQL_CASTS + CASTS_TO_WARM_UP)
        with house.serving() as port:
            casts(port, CASTS_TO_WARM_UP)
            settle(house)
            ours.append(casts(port, CASTS))
            settle(house)
            # The service stays up: it puts the entries of pgbench's ballots into their record as it did with its own.
            script.run(first, CASTS_TO_WARM_UP, CONNECTIONS)
            settle(house)
            theirs.append(script.run(first + CASTS_TO_WARM_UP, SQL_CASTS, CONNECTIONS))
            settle(house)
    marks, receipts = (
        int(house.sql(f"SELECT count(*) FROM {table} WHERE vote_id = '{vote}'")) for table in ("mark", "receipt"))
    others = int(house.sql(f"SELECT count(*) FROM mark WHERE vote_id = '{other_vote}'"))
    if not marks == receipts == acknowledged or others != CAST_ROUNDS * (SQL_CASTS + CASTS_TO_WARM_UP):
        raise SystemExit(
            f"{acknowledged} casts were acknowledged, {marks} marks and {receipts} receipts are kept, "
            f"and {others} marks of pgbench.")
    yield Measure(
        "casts over HTTP ÷ the same SQL", ours, theirs, BARS["cast"],
        f"{len(captured)} statements; {acknowledged:,} acknowledged = marks = receipts")


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
    "client": client, "casting": cast, "page": page, "counting": count, "verification": verification.measure,
    "tally": tally.measure, "roll": roll.measure}


def main():
    names = sys.argv[1:] or list(PARTS)
    if unknown := [name for name in names if name not in PARTS]:
        raise SystemExit(f"There is no part {unknown[0]}; there are {', '.join(PARTS)}.")
    measures = []
    with House() as house:
        for name in names:
            print(f"Measuring: {name} …", file=sys.stderr, flush=True)
            measures += PARTS[name](house)
    rows = [["measure", "per second", "baseline", "ratio", "rounds", "bar", "", ""], *(one.cells for one in measures)]
    widths = [max(len(row[column]) for row in rows) for column in range(8)]
    for row in rows:
        print("  ".join(
            cell.rjust(width) if 1 <= place <= 5 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths))).rstrip())
    return 0 if all(one.is_met for one in measures) else 1


sys.exit(main())
