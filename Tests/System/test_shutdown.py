"""How the service ends, and how several servers share one city."""

import http.client
import signal
import socket
import time
from urllib.parse import urlencode

import pytest

from installation import alive, children, free_port, fresh, until, verify
from test_crash import check_receipts, drained, entries, finish, of_kind, opened
from voter import BALLOTS, Crowd, Voter


@pytest.fixture
def house():
    with fresh() as installation:
        yield installation


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_a_ballot_under_way_is_cast_before_the_server_stops(house, asked):
    vote = "stop"
    opened(house, vote)
    code, = house.codes(vote, 1)
    server = house.serve()
    voter = Voter([server.port], vote, code, BALLOTS[0])
    voter.prepare()
    body = urlencode(voter.fields).encode()
    family = [server.process.pid, house.postmaster(), *children(house.postmaster())]
    assert len(family) > 3 and all(map(alive, family))

    with socket.create_connection(("127.0.0.1", server.port), timeout=120) as connection:
        host = f"localhost:{server.port}"
        cookies = "; ".join(f"{name}={value}" for name, value in voter.cookies.items())
        connection.sendall(
            f"POST /votes/{vote}/ballot HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {cookies}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body[:20])
        until(lambda: taken(connection), "the server has read the head")
        server.process.send_signal(asked)
        time.sleep(0.7)
        assert server.process.poll() is None, "a request is under way"
        connection.sendall(body[20:])
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 303 and "/receipts/" in answer.headers["Location"]

    assert server.process.wait(120) == 0, server.log.read_text()[-2000:]
    until(lambda: not any(map(alive, family)), "no process is left")
    assert house.postmaster() is None
    assert "Fatal" not in server.log.read_text()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", server.port), timeout=2)

    server = house.serve()
    assert house.sql("SELECT count(*) FROM mark") == [["1"]]
    assert server.get(answer.headers["Location"])[0] == 200


def taken(connection: socket.socket) -> bool:
    """Whether the other end has read all that was sent: nothing waits in its queue of the kernel."""
    near, far = (f":{address[1]:04X}" for address in (connection.getpeername(), connection.getsockname()))
    for line in open("/proc/net/tcp").readlines()[1:]:
        local, remote, _, queues = line.split()[1:5]
        if local.endswith(near) and remote.endswith(far):
            return int(queues.split(":")[1], 16) == 0
    return False


def test_an_idle_browser_does_not_hold_up_the_end(house):
    server = house.serve()
    with socket.create_connection(("127.0.0.1", server.port), timeout=120) as connection:
        connection.sendall(f"GET /healthz HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(120) == 0


def test_a_port_that_is_taken_is_told_in_words(house):
    server = house.serve()
    second = house.start("serve", "--port", str(server.port))
    _, errors = second.communicate(timeout=120)
    assert second.returncode == 1
    assert str(server.port) in errors.splitlines()[-1], errors
    assert house.postmaster() and server.is_ready()


def test_two_servers_keep_one_record(house):
    """Ballots come in through both; one is killed on the way, one leaves in peace; the log is one."""
    vote = "two"
    opened(house, vote)
    codes = house.codes(vote, 80)
    first, second = house.serve(), house.serve(free_port())
    crowd = Crowd([first.port, second.port], vote, codes)
    crowd.wait(0.25)
    second.kill()
    crowd.wait(0.5)
    third = house.serve(second.port)
    crowd.wait(0.75)
    assert first.stop() == 0
    assert house.postmaster(), "the database stays as long as somebody uses it"
    assert third.is_ready()
    crowd.wait()
    first = house.serve(first.port)
    until(lambda: drained(house), "every entry has its place")
    log = entries(house, vote)
    assert len(of_kind(log, "mark.made")) == len(of_kind(log, "ballot.sealed")) == 80
    finish(house, vote)
    check_receipts(house, vote, crowd, third.port)
    for server in (first, third):
        verify(f"http://localhost:{server.port}/votes/{vote}/record")
    postmaster = house.postmaster()
    assert (first.stop(), third.stop()) == (0, 0)
    until(lambda: not alive(postmaster), "the last to leave stops the database")
