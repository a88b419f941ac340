"""kill -9 of the server and of its database at any moment: what was acknowledged is there once, and the record holds."""

import hashlib
import json
import os
import random
import re
import signal
import subprocess
import time

import pytest

from installation import TOULOUSE, Installation, expected, fresh, until, verify
from voter import Crowd, Voter


@pytest.fixture
def house():
    with fresh() as installation:
        yield installation


def opened(house: Installation, vote: str) -> None:
    house.import_toulouse(vote)
    house.act("open", vote)


def entries(house: Installation, vote: str) -> list[dict]:
    """The record of a vote, after a look at the whole of its stored log: no gap, no double place, the right root."""
    rows = house.sql("SELECT index, encode(entry, 'hex') FROM record_entry JOIN vote ON vote.id = vote_id"
                     f" WHERE slug = '{vote}' ORDER BY index")
    assert [int(index) for index, _ in rows] == list(range(len(rows)))
    raw = [bytes.fromhex(entry) for _, entry in rows]
    checkpoints = house.sql("SELECT size, encode(root, 'hex') FROM record_checkpoint JOIN vote ON vote.id = vote_id"
                            f" WHERE slug = '{vote}' ORDER BY size")
    assert int(checkpoints[-1][0]) == len(raw)
    leaves = [hashlib.sha256(b"\0" + entry).digest() for entry in raw]
    for size, told in random.sample(checkpoints, min(8, len(checkpoints))) + [checkpoints[-1]]:
        assert root(leaves[:int(size)]).hex() == told, f"the root of the checkpoint of size {size}"
    return [json.loads(entry) for entry in raw]


def root(leaves: list[bytes]) -> bytes:
    """RFC 6962: the tree of the largest power of two below the size, and the rest."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root(leaves[:split]) + root(leaves[split:])).digest()


def of_kind(log: list[dict], kind: str) -> list[dict]:
    return [entry for entry in log if entry["kind"] == kind]


def drained(house: Installation) -> bool:
    return house.sql("SELECT count(*) FROM record_pending") == [["0"]]


def finish(house: Installation, vote: str) -> None:
    for verb in ("close", "count", "publish"):
        house.act(verb, vote)


def check_receipts(house: Installation, vote: str, crowd: Crowd, port: int) -> None:
    """Every acknowledged ballot is in the record once, and opened once with the choices that were made."""
    assert len({voter.receipt for voter in crowd.voters}) == len(crowd.voters)
    notes = [voter.read() for voter in crowd.voters]
    log = entries(house, vote)
    marks = [entry["credential"] for entry in of_kind(log, "mark.made")]
    sealed = [(entry["credential"], entry["envelope"]) for entry in of_kind(log, "ballot.sealed")]
    assert len(marks) == len(set(marks)) == len(sealed) == len(set(sealed)) == len(crowd.voters)
    by_tracker = {entry["tracker"]: entry["choices"] for entry in of_kind(log, "ballot.opened")}
    assert len(by_tracker) == len(of_kind(log, "ballot.opened")) == len(crowd.voters)
    promised = set()
    for voter, note in zip(crowd.voters, notes):
        matches = [entry for entry in sealed if entry[0] in note and entry[1] in note]
        assert len(matches) == 1, note
        promised.add(matches[0])
        tracker = re.search(r"\b[0-9A-Z]{4}(-[0-9A-Z]{4}){3}\b", note)[0]
        assert {str(key): str(value) for key, value in by_tracker[tracker].items()} == voter.choices
    assert promised == set(sealed)
    address = f"http://localhost:{port}/votes/{vote}/record"
    verify(address)
    for number in (0, len(notes) // 2, len(notes) - 1):
        receipt = house.folder / "receipt.txt"
        receipt.write_text(notes[number])
        verify(address, "--receipt", receipt)


def test_ballots_outlive_the_server_and_its_database(house):
    vote = "crash"
    opened(house, vote)
    codes = house.codes(vote, 150)
    server = house.serve()
    crowd = Crowd([house.port], vote, codes)

    crowd.wait(0.12)
    server.kill()
    assert house.postmaster(), "the database outlives a server that was killed"
    server = house.serve()

    crowd.wait(0.3)
    house.kill_database()
    until(house.postmaster, "the server starts its database again")
    server.wait()

    crowd.wait(0.5)
    # One connection's process: PostgreSQL then throws every other one out and recovers by itself.
    backend = int(house.sql("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
                            " AND pid <> pg_backend_pid() LIMIT 1")[0][0])
    os.kill(backend, signal.SIGKILL)

    crowd.wait(0.7)
    server.kill()
    house.kill_database()
    server = house.serve()

    crowd.wait()
    for voter in crowd.voters[::5]:
        voter.cast_again()
    marks = house.sql("SELECT count(*), count(DISTINCT person_id) FROM mark")
    assert marks == [["150", "150"]]
    until(lambda: drained(house), "every entry has its place")
    finish(house, vote)
    check_receipts(house, vote, crowd, server.port)


def test_an_interrupted_replay_casts_each_ballot_once(house):
    vote = "replay"
    opened(house, vote)
    server = house.serve()

    def replay_until(count: int) -> subprocess.Popen:
        process = house.start("votes", "replay", vote, TOULOUSE)
        until(lambda: int(house.sql("SELECT count(*) FROM mark")[0][0]) >= count, f"{count} ballots")
        return process

    process = replay_until(150)
    process.kill()
    process.communicate()
    process = replay_until(500)
    house.kill_database()
    # The server has started it again, and the replay has told what happened or gone on.
    output, errors = process.communicate(timeout=300)
    assert process.returncode in (0, 1), errors
    server.wait()
    kept = int(house.sql("SELECT count(*) FROM mark")[0][0])
    assert kept >= 500
    process = replay_until(min(kept + 300, 1494))
    process.kill()
    process.communicate()
    server.kill()
    server = house.serve()

    answer = house.run("votes", "replay", vote, TOULOUSE)
    assert "1494 ballots are cast, 0 were not valid." in answer.stdout
    assert house.sql("SELECT count(*), count(DISTINCT person_id), count(DISTINCT credential) FROM mark") == [["1494"] * 3]
    assert house.sql("SELECT count(*) FROM sealed_ballot") == [["1494"]]
    finish(house, vote)
    log = entries(house, vote)
    for kind in ("mark.made", "ballot.sealed", "ballot.opened"):
        assert len(of_kind(log, kind)) == 1494, kind
    status, result = server.get(f"/votes/{vote}/record/result.json")
    assert status == 200 and json.loads(result)["winners"] == expected("greedy_votes", "lexico")
    verify(f"http://localhost:{server.port}/votes/{vote}/record")


def test_closing_counting_and_publishing_start_again_after_a_kill(house):
    """The same open vote, cloned: ended once in peace, then ended with kills at random moments; the same bytes."""
    vote = "acts"
    opened(house, vote)
    house.run("votes", "replay", vote, TOULOUSE)
    server = house.serve()
    chance = random.Random(2019)
    main, results = house.database, []
    for round in range(5):
        name = f"round{round}"
        until(lambda: cloned(main, name), "a clone of the database")
        house.environment["DATABASE_URL"] = main.replace("/tilleul?", f"/{name}?")
        for verb in ("close", "count", "publish"):
            for _ in range(4 if round else 0):
                process = house.start(*house.arguments(verb, vote))
                time.sleep(chance.uniform(0.02, 1.5 if verb == "count" else 0.4))
                process.kill()
                process.communicate()
            house.act(verb, vote)
        results.append(house.sql("SELECT encode(result, 'hex') FROM vote_count")[0][0])
        log = entries(house, vote)
        assert [len(of_kind(log, kind)) for kind in (
            "vote.opened", "mark.made", "ballot.sealed", "vote.closed", "ballot.opened", "result.published"
        )] == [1, 1494, 1494, 1, 1494, 1]
        acts = [act for act, in house.sql("SELECT act FROM act")]
        assert [acts.count(act) for act in ("vote_closed_early", "vote_counted", "result_published")] == [1, 1, 1]
        assert drained(house)
        del house.environment["DATABASE_URL"]
    assert len(set(results)) == 1, "the same record gives the same bytes"
    assert json.loads(bytes.fromhex(results[0]))["winners"] == expected("greedy_votes", "lexico")
    assert server.process.poll() is None


def cloned(main: str, name: str) -> bool:
    """Makes a clone; nobody may be in the database meanwhile, not even the server."""
    for statement in ("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'tilleul'",
                      f"CREATE DATABASE {name} TEMPLATE tilleul"):
        done = subprocess.run(
            ["psql", "-X", "-q", "-d", main.replace("/tilleul?", "/postgres?"), "-c", statement], capture_output=True)
    return done.returncode == 0


def test_the_demonstration_goes_on_where_it_was_killed():
    with fresh(migrated=False) as house:
        chance = random.Random(2026)
        for longest in (4, 6, 8, 10):
            process = house.start("demo")
            time.sleep(chance.uniform(0.5, longest))
            process.kill()
            process.communicate()
        told = house.run("demo").stdout
        server = house.serve()
        assert house.sql("SELECT count(*) FROM process") == [["4"]]
        assert house.sql("SELECT slug, (SELECT count(*) FROM mark WHERE vote_id = vote.id) FROM vote ORDER BY slug") == [
            ["budget-2026", "0"], ["idees-2025", "60"], ["idees-2027", "0"], ["mentions", "60"], ["partout-2026", "0"], ["toulouse-2019", "1494"]]
        assert house.sql("SELECT count(DISTINCT title), count(*) FROM proposal") == [["42", "42"]]
        verify(f"http://localhost:{server.port}/votes/toulouse-2019/record")
        voter = Voter([server.port], "budget-2026", re.search(r"^ +(\S{4}-\S{4}-\S{4})$", told, re.MULTILINE)[1], {})
        voter.enter()
        visitor = Voter([server.port], "", "", {})
        _, token = visitor.form("/sign-in")
        status, location, _ = visitor.ask("POST", "/sign-in", [
            ("token", token), ("email", "audit@demonstration.example"),
            ("password", re.search(r"password (\S+)", told)[1])])
        assert status == 303, "the password that is told is the one of the accounts"
