"""Casting over HTTP against pgbench running the same statements.

The statements are not written down a second time: a few casts are made with the database's log turned on, and the
script for pgbench is what the database saw.
"""

import re
from collections import Counter

CAPTURED = 5


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
        lines = [r"\set n :n + 1", r"\set voter :first + :client_id * :share + :n"]
        self.shape = []
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
            return self._constant(value, "bytea[]" if "\\\\x" in value else "text[]")
        if re.fullmatch(r"-?\d+", value):
            return self._constant(value, "bigint")
        return self._constant(value, "float8" if re.fullmatch(r"-?\d+\.\d+", value) else "text")

    def _exists(self, condition):
        return self.house.sql(f"SELECT EXISTS (SELECT FROM {condition})") == "t"

    def _constant(self, value, kind):
        name = self.constants.setdefault(value, f"c{len(self.constants)}")
        return f":{name}::{kind}"

    def run(self, first, count, clients):
        """Transactions per second; voters `first` up to `first + count` are used."""
        share = count // clients
        defines = [f"-D{name}={value}" for value, name in self.constants.items()]
        return self.house.pgbench(
            "-f", self.path, "-t", share, "-D", f"first={first}", "-D", f"share={share}", "-Dn=0", *defines)
