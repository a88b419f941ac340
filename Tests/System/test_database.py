"""Where the database may be: another server by TCP and TLS, away for a while, below /root, and nobody's but ours."""

import http.client
import os
import shutil
import stat
import tempfile
from pathlib import Path

import pytest

from database import PASSWORD, DatabaseServer
from installation import TILLEUL, Installation, alive, fresh, until, verify
from test_crash import finish, opened
from voter import BALLOTS, Voter


@pytest.fixture
def elsewhere():
    database = DatabaseServer()
    yield database
    database.remove()


@pytest.fixture
def house(elsewhere):
    installation = Installation(database=elsewhere.url)
    installation.run("migrate")
    yield installation
    installation.remove()


def ask(port: int, path: str, language: str = "fr", cookie: str = "") -> tuple[int, dict, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("GET", path, headers={
            "Host": f"localhost:{port}", "Accept-Language": language, "Cookie": cookie})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def test_another_server_by_tcp_and_tls(house, elsewhere):
    vote = "far"
    opened(house, vote)
    code, = house.codes(vote, 1)
    server = house.serve()
    voter = Voter([server.port], vote, code, BALLOTS[0])
    voter.vote_at_once()
    connections = elsewhere.psql(
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'tilleul'")
    assert connections and all(row == ["t"] for row in connections)
    assert PASSWORD not in server.log.read_text()
    assert not (house.data / "postgres").exists()
    finish(house, vote)
    verify(f"http://localhost:{server.port}/votes/{vote}/record")


def test_a_server_whose_certificate_is_another_one_is_not_trusted(house, elsewhere):
    house.environment["DATABASE_URL"] = elsewhere.url.replace("@localhost:", "@127.0.0.1:")
    refused = house.run("votes", "list", status=1)
    assert "127.0.0.1" in refused.stderr and PASSWORD not in refused.stderr


def test_a_database_that_is_away_is_told_calmly_and_found_again(house, elsewhere):
    vote = "away"
    opened(house, vote)
    code, = house.codes(vote, 1)
    server = house.serve()
    voter = Voter([server.port], vote, code, BALLOTS[0])
    voter.prepare()

    elsewhere.stop()
    cookie = "; ".join(f"{name}={value}" for name, value in voter.cookies.items())
    for language, words in (("fr", "indisponible"), ("en", "unavailable"), ("de", "nicht verfügbar")):
        status, headers, page = ask(server.port, f"/votes/{vote}/ballot", language, cookie)
        assert status == 503 and headers["Retry-After"] == "30", (status, page[:300])
        assert words in page and f'lang="{language}"' in page
    assert voter.send("POST", f"/votes/{vote}/ballot", voter.fields)[0] == 503
    status, headers, words = ask(server.port, "/readyz")
    assert (status, words) == (503, "not ready: the database does not answer\n")
    assert ask(server.port, "/healthz")[0] == 200

    elsewhere.start()
    until(server.is_ready, "the service finds its database again")
    # The very form that was refused a moment ago.
    status, location, _ = voter.ask("POST", f"/votes/{vote}/ballot", voter.fields)
    assert status == 303 and "/receipts/" in location
    assert house.sql("SELECT count(*) FROM mark") == [["1"]]
    assert server.process.poll() is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a folder that the database's user may not enter")
def test_below_a_folder_that_the_database_may_not_enter():
    closed = Path(tempfile.mkdtemp(prefix="tilleul-closed-"))
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    house = Installation()
    house.data = closed / "data"
    place = None
    try:
        house.run("migrate")
        place = (house.data / "postgres").resolve()
        assert place.parent == Path("/var/lib/tilleul")
        server = house.serve()
        assert house.sql("SELECT count(*) FROM process") == [["0"]]
        assert server.stop() == 0
        assert house.postmaster() is None
        # Once more: the link is followed, nothing is made anew.
        house.run("votes", "list")
        assert (house.data / "postgres").resolve() == place
    finally:
        house.remove()
        shutil.rmtree(closed)
        if place and place.parent == Path("/var/lib/tilleul"):
            shutil.rmtree(place)


def readable_by_others(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in path.parents) and path.stat().st_mode & 0o005 == 0o005


@pytest.mark.skipif(os.geteuid() != 0, reason="the whole suite runs without root already")
@pytest.mark.skipif(not readable_by_others(Path(TILLEUL).resolve()), reason="the program lies where nobody may enter")
def test_without_root_everything_is_ones_own():
    with fresh(migrated=False) as house:
        shutil.chown(house.folder, "nobody")
        house.user = "nobody"
        house.run("migrate")
        server = house.serve()
        postmaster = house.postmaster()
        assert Path(f"/proc/{postmaster}").owner() == "nobody"
        assert (house.data / "secret").owner() == "nobody"
        assert house.sql("SELECT count(*) FROM process") == [["0"]]
        assert server.stop() == 0
        until(lambda: not alive(postmaster), "the database has stopped")
