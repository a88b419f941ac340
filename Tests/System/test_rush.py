"""A rush: hundreds of people confirm at once. Their casts share transactions, and nothing else."""

import time

import pytest

from installation import fresh, until
from test_crash import check_receipts, drained, entries, finish, opened
from voter import Crowd, Voter

CONNECTIONS = 100


@pytest.fixture
def house():
    with fresh() as installation:
        yield installation


def everybody_prepared(house, vote: str, count: int) -> Crowd:
    """As many people as that, each one click before the end."""
    crowd = Crowd([house.port], vote, house.codes(vote, count), lines=8, act=Voter.prepare)
    crowd.wait()
    return crowd


def check_order(house, vote: str) -> None:
    """In the record the mark of each ballot stands before it."""
    marked = set()
    for entry in entries(house, vote):
        if entry["kind"] == "mark.made":
            marked.add(entry["credential"])
        elif entry["kind"] == "ballot.sealed":
            assert entry["credential"] in marked


def test_five_hundred_confirm_over_a_hundred_connections(house):
    vote = "rush"
    opened(house, vote)
    server = house.serve()
    crowd = everybody_prepared(house, vote, 500)
    crowd.begin(CONNECTIONS, Voter.cast)
    crowd.wait()
    kept = house.sql("SELECT count(*), count(DISTINCT person_id), count(DISTINCT xmin::text) < count(*) FROM mark")
    assert kept == [["500", "500", "t"]], "everybody once, and not each in a transaction of their own"
    assert house.sql("SELECT count(*) FROM receipt") == [["500"]]
    assert house.sql("SELECT count(*) FROM basket") == [["0"]], "a basket is empty once its ballot is cast"
    for voter in crowd.voters[::50]:
        voter.cast_again()
    until(lambda: drained(house), "every entry has its place")
    check_order(house, vote)
    finish(house, vote)
    check_receipts(house, vote, crowd, server.port)


def test_a_rush_outlives_kills_of_the_server_and_of_its_database(house):
    vote = "storm"
    opened(house, vote)
    server = house.serve()
    crowd = everybody_prepared(house, vote, 300)
    crowd.begin(CONNECTIONS, Voter.cast)

    def kept() -> int:
        return int(house.sql("SELECT count(*) FROM mark")[0][0])

    until(lambda: kept() >= 40, "the first ballots")
    server.kill()
    time.sleep(0.2)
    server = house.serve()
    until(lambda: kept() >= 150, "half of the ballots")
    house.kill_database()
    until(house.postmaster, "the server starts its database again")
    crowd.wait()
    assert house.sql("SELECT count(*), count(DISTINCT person_id) FROM mark") == [["300", "300"]]
    until(lambda: drained(house), "every entry has its place")
    check_order(house, vote)
    finish(house, vote)
    check_receipts(house, vote, crowd, server.port)
