"""Casts over HTTP, and the same SQL for pgbench.

The statements are not written down a second time: a few casts are made with the database's log turned on, and the
script for pgbench is what the database saw.
"""

import re
import statistics
import time
from collections import Counter
from dataclasses import dataclass

from house import CONNECTIONS
from measure import Measure

BAR = 0.5
CAPTURED = 5
ROUNDS, WARM_UP = 5, 200
# Connections and, of each round, casts over HTTP and over SQL: a few seconds each, so that the record, which is written
# every second, is written within them. Over one connection nobody can share a transaction with anybody.
SIZES = {CONNECTIONS: (4_000, 8_000), 64: (6_400, 8_960), 1: (600, 1_200)}


def measure(house):
    """Ballots confirmed over HTTP against pgbench running the statements of a cast, at the same number of connections."""
    web, sql = Crowd(house, "over-http"), "over-sql"
    other = house.vote(sql)
    web.prepare(CAPTURED + 1 + ROUNDS * (WARM_UP + sum(casts for casts, _ in SIZES.values())))
    prepare(house, other, ROUNDS * (WARM_UP + sum(casts for _, casts in SIZES.values())))
    # Whoever confirms has just read the page before: the end of the session has been moved a moment ago.
    house.sql("UPDATE session SET last_seen_at = now() + interval '20 minutes'")
    house.sql("VACUUM ANALYZE")
    with logging(house), house.serving() as port:
        web.cast(port, 1, 1)
        captured = capture(house, lambda _: web.cast(port, 1, 1))
        script = Script(house, captured, web.vote, other)
    ours = {size: [] for size in SIZES}
    theirs = {size: [] for size in SIZES}
    for _ in range(ROUNDS):
        with house.serving() as port:
            web.cast(port, WARM_UP, CONNECTIONS)
            for size, (casts, _) in SIZES.items():
                settle(house)
                ours[size].append(web.cast(port, casts, size))
            settle(house)
            # The service stays up: it puts the entries of pgbench's ballots into their record as it did with its own.
            script.run(WARM_UP, CONNECTIONS)
            for size, (_, casts) in SIZES.items():
                settle(house)
                theirs[size].append(script.run(casts, size))
            settle(house)
    marks, receipts = web.kept("mark"), web.kept("receipt")
    others = int(house.sql(f"SELECT count(*) FROM mark WHERE vote_id = '{other}'"))
    if not marks == receipts == web.acknowledged or others != script.next:
        raise SystemExit(
            f"{web.acknowledged} casts were acknowledged, {marks} marks and {receipts} receipts are kept, "
            f"and {others} marks of pgbench.")
    for size in SIZES:
        together, half, most = (
            statistics.median(getattr(one, name) for one in ours[size]) for name in ("together", "half", "most"))
        yield Measure(
            f"casts over HTTP ÷ the same SQL, {size} connection{'s' if size > 1 else ''}",
            [one.rate for one in ours[size]], theirs[size], BAR if size == CONNECTIONS else None,
            f"{together:.1f} casts a transaction; p50 {half:.1f} ms, p99 {most:.1f} ms")


def settle(house):
    """Waits until every entry has its place in the record, and begins a round with a checkpoint."""
    for _ in range(600):
        if house.sql("SELECT NOT EXISTS (SELECT FROM record_pending)") == "t":
            house.sql("CHECKPOINT")
            return
        time.sleep(0.1)
    raise SystemExit("Entries still wait for their place in the record.")


@dataclass
class Round:
    """Casts a second, casts a transaction, and the milliseconds that half and 99 of 100 casts took at most."""

    rate: float
    together: float
    half: float
    most: float


class Crowd:
    """Voters of a vote, each one step before the end, who cast over HTTP one after the other."""

    def __init__(self, house, slug):
        self.house, self.slug = house, slug
        self.vote = house.vote(slug)
        self.voters = house.folder / "voters"
        self.next = self.acknowledged = 0

    def prepare(self, count):
        self.house.tilleul(
            "votes", "codes", self.slug, "--count", count, "--output", self.house.folder / "codes.csv")
        self.voters.write_text(
            self.house.bench("voters", self.house.url, self.house.folder / "data" / "secret", self.slug))

    def cast(self, port, count, connections):
        before = self.kept("mark", "DISTINCT xmin::text")
        rate, accepted, half, most = self.house.bench(
            "cast", port, self.slug, self.voters, "--first", self.next, "--count", count, "--connections",
            connections).split()
        self.next += count
        self.acknowledged += int(accepted)
        if int(accepted) != count:
            raise SystemExit(f"Only {accepted} of {count} casts were acknowledged.")
        transactions = self.kept("mark", "DISTINCT xmin::text") - before
        return Round(float(rate), count / transactions, float(half), float(most))

    def kept(self, table, what="*"):
        return int(self.house.sql(f"SELECT count({what}) FROM {table} WHERE vote_id = '{self.vote}'"))


class Voter:
    """What stands for the voter in the statements: SQL expressions of pgbench's variable `voter`."""

    session = "('00000000-0000-7000-8000-' || lpad(to_hex(:voter::bigint), 12, '0'))::uuid"
    person = "('00000000-0000-7000-9000-' || lpad(to_hex(:voter::bigint), 12, '0'))::uuid"
    session_hash = "sha256(int8send(:voter::bigint))"
    receipt_hash = "sha256(int8send(- :voter::bigint))"
    mark = "md5(:voter::text)::uuid"
    credential = "decode(md5('credential' || :voter::text), 'hex')"


def prepare(house, vote, count):
    """As many voters for pgbench as there are for HTTP: the same rows, found by numbers."""
    def of(expression):
        return expression.replace(":voter", "voter")

    house.sql(f"""
        INSERT INTO person (id) SELECT {of(Voter.person)} FROM generate_series(1, {count}) AS voter;
        INSERT INTO session (id, token_hash, vote_id, person_id, device, expires_at)
        SELECT {of(Voter.session)}, {of(Voter.session_hash)}, '{vote}', {of(Voter.person)}, '',
               now() + interval '30 minutes'
        FROM generate_series(1, {count}) AS voter;
        INSERT INTO basket (session_id, vote_id, sealed)
        SELECT {of(Voter.session)}, '{vote}', (SELECT sealed FROM basket LIMIT 1)
        FROM generate_series(1, {count}) AS voter;
        """)


def statements(log):
    """The statements of a piece of the log: (transaction, text, parameters)."""
    found = []
    for entry in re.split(r"^bench ", log, flags=re.MULTILINE)[1:]:
        entry = entry.rstrip("\n").replace("\n\t", "\n")
        if match := re.match(r"(\S*) LOG:  execute [^:]+: (.*)", entry, re.DOTALL):
            found.append([match[1], match[2], []])
        elif (match := re.match(r"\S* DETAIL:  [Pp]arameters: (.*)", entry, re.DOTALL)) and found:
            values = re.finditer(r"\$\d+ = (?:'((?:[^']|'')*)'|NULL)", match[1])
            found[-1][2] = [value[1] and value[1].replace("''", "'") for value in values]
    return found


def capture(house, cast):
    """What the database sees of one cast, as most of a few casts show it: housekeeping may fall into one of them."""
    log = house.folder / "postgres" / "log"
    seen = []
    for number in range(CAPTURED):
        start = log.stat().st_size
        cast(number)
        with open(log, encoding="utf-8") as file:
            file.seek(start)
            seen.append(statements(file.read()))
    shape, times = Counter(tuple(text for _, text, _ in one) for one in seen).most_common(1)[0]
    if times <= CAPTURED // 2 or not any("INSERT INTO mark" in text for text in shape):
        raise SystemExit(f"The casts do not look alike to the database: {[len(one) for one in seen]} statements.")
    return next(one for one in seen if tuple(text for _, text, _ in one) == shape)


class logging:
    """While it lasts, new sessions of the service's role write statements and parameters to the server's log."""

    def __init__(self, house):
        self.house = house

    def __enter__(self):
        self.house.sql("ALTER SYSTEM SET log_line_prefix = 'bench %v '")
        self.house.sql("SELECT pg_reload_conf()")
        for name, value in (("log_statement", "'all'"), ("log_parameter_max_length", "-1"),
                            ("log_error_verbosity", "'default'")):
            self.house.sql(f"ALTER ROLE tilleul SET {name} = {value}")

    def __exit__(self, *_):
        self.house.sql("ALTER ROLE tilleul RESET ALL")
        self.house.sql("ALTER SYSTEM RESET log_line_prefix")
        self.house.sql("SELECT pg_reload_conf()")


def lock_key(vote):
    """The key of the advisory lock of a vote: the last eight bytes of its identity."""
    return int.from_bytes(bytes.fromhex(vote.replace("-", ""))[8:], "big", signed=True)


class Script:
    """A script for pgbench made of captured statements, with another vote and other voters."""

    def __init__(self, house, captured, vote, other):
        self.house = house
        self.votes = {vote: other, str(lock_key(vote)): str(lock_key(other))}
        self.constants = {}
        self.next = 0
        lines = [r"\set n :n + 1", r"\set voter :first + :client_id * :share + :n"]
        for place, (transaction, text, values) in enumerate(captured):
            opens = self._shares(captured, place, place + 1) and not self._shares(captured, place, place - 1)
            closes = self._shares(captured, place, place - 1) and not self._shares(captured, place, place + 1)
            if opens:
                lines.append(r"\startpipeline")
            expressions = [self._expression(value) for value in values]
            lines.append(re.sub(r"\$(\d+)", lambda match: expressions[int(match[1]) - 1], text) + ";")
            if closes:
                lines.append(r"\endpipeline")
        self.path = house.folder / "cast.sql"
        self.path.write_text("\n".join(lines) + "\n")

    @staticmethod
    def _shares(captured, place, other):
        return 0 <= other < len(captured) and captured[place][0] == captured[other][0]

    def _expression(self, value):
        """The voter's own values are computed from the number; everything else travels as it did."""
        if not value:
            return "NULL" if value is None else "''"
        if value in self.votes:
            other = self.votes[value]
            return self._constant(other, "uuid" if "-" in other[1:] else "bigint")
        if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value):
            for table, expression in (
                    ("session", Voter.session), ("person", Voter.person), ("mark", Voter.mark)):
                if self._exists(f"{table} WHERE id = '{value}'"):
                    return expression
            raise SystemExit(f"A cast names something that is neither voter nor mark: {value}")
        if value.startswith("\\x"):
            for condition, expression in (
                    ("session WHERE token_hash", Voter.session_hash), ("receipt WHERE token_hash", Voter.receipt_hash),
                    ("mark WHERE credential", Voter.credential)):
                if self._exists(f"{condition} = '{value}'"):
                    return expression
            return self._constant(value, "bytea")
        if value.startswith("{"):
            # The elements are written plainly, or in quotation marks with backslashes doubled.
            elements = re.findall(r'"((?:[^"\\]|\\.)*)"|([^{},"]+)', value)
            values = [re.sub(r"\\(.)", r"\1", quoted) or plain for quoted, plain in elements]
            return f"ARRAY[{', '.join(self._expression(one) for one in values)}]"
        if re.fullmatch(r"-?\d+", value):
            return self._constant(value, "bigint")
        return self._constant(value, "float8" if re.fullmatch(r"-?\d+\.\d+", value) else "text")

    def _exists(self, condition):
        return self.house.sql(f"SELECT EXISTS (SELECT FROM {condition})") == "t"

    def _constant(self, value, kind):
        name = self.constants.setdefault(value, f"c{len(self.constants)}")
        return f":{name}::{kind}"

    def run(self, count, clients):
        """Transactions per second of the next `count` voters."""
        share = count // clients
        defines = [f"-D{name}={value}" for value, name in self.constants.items()]
        rate = self.house.pgbench(
            "-f", self.path, "-t", share, "-D", f"first={self.next}", "-D", f"share={share}", "-Dn=0", *defines,
            clients=clients)
        self.next += share * clients
        return rate
