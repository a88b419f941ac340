"""Residents who vote over HTTP, page by page, and do not give up when the service goes away under them."""

import html
import http.client
import re
import threading
import time
from urllib.parse import urlencode

from installation import TOULOUSE

# Ballots that real people cast in Toulouse: project and points.
BALLOTS = [
    dict(zip(fields[1].split(","), fields[2].split(",")))
    for fields in (line.split(";") for line in TOULOUSE.read_text().split("VOTES\n")[1].splitlines()[1:])
]


class Voter:
    """Somebody with a voting code. Each step is asked for again until the service answers it."""

    def __init__(self, ports: list[int], vote: str, code: str, choices: dict[str, str]):
        self.ports, self.vote, self.code, self.choices = ports, vote, code, choices
        self.cookies: dict[str, str] = {}
        self.nonce = self.receipt = None
        self.tries = 0

    def send(self, method: str, path: str, fields: list[tuple[str, str]] | None = None, host: int | None = None):
        """One request, once: status, address to go on to, and page."""
        port = host or self.ports[self.tries % len(self.ports)]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            headers = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}",
                       "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            body = None
            if fields is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
                body = urlencode(fields)
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, value = header.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location"), page

    def ask(self, method: str, path: str, fields=None, seconds: float = 300):
        """A request, again and again until the service answers it with something else than its own failure."""
        end = time.monotonic() + seconds
        while True:
            try:
                status, location, page = self.send(method, path, fields)
                if status < 500:
                    return status, location, page
                failure = f"{status}"
            except (OSError, http.client.HTTPException) as error:
                failure = repr(error)
            self.tries += 1
            assert time.monotonic() < end, f"{method} {path}: {failure}"
            time.sleep(0.1)

    def form(self, path: str) -> tuple[str, str]:
        """A page with a form, and the form's token."""
        status, _, page = self.ask("GET", path)
        assert status == 200, (path, status, page[:500])
        return page, field(page, "token")

    def enter(self) -> None:
        path = f"/votes/{self.vote}/code"
        _, token = self.form(path)
        while True:
            status, location, page = self.ask("POST", path, [("token", token), ("code", self.code)])
            # An answer that was lost had let us in all the same, and the cookie with it: we come in again.
            if status == 303 and location == f"/votes/{self.vote}/ballot":
                return
            assert status in (303, 422), (status, location, page[:500])
            time.sleep(0.2)
            _, token = self.form(path)

    def prepare(self) -> None:
        """Comes in, chooses and checks: what is left is to confirm."""
        self.enter()
        base = f"/votes/{self.vote}/ballot"
        page, token = self.form(base)
        shown = re.findall(r'name="shown" value="(\d+)"', page)
        assert len(shown) == 30
        fields = [("token", token), ("review", "1"), *(("shown", number) for number in shown)]
        fields += [(f"choice-{number}", self.choices.get(number, "")) for number in shown]
        status, location, page = self.ask("POST", f"{base}/draft", fields)
        assert (status, location) == (303, f"{base}/review"), (status, location)
        page, token = self.form(f"{base}/review")
        self.nonce = field(page, "nonce")
        self.fields = [("token", token), ("nonce", self.nonce)]

    def cast(self) -> str:
        """Confirms what was prepared; returns the address of the receipt once its page has opened."""
        status, location, page = self.ask("POST", f"/votes/{self.vote}/ballot", self.fields)
        assert status == 303 and f"/votes/{self.vote}/receipts/" in location, (status, location, page[:800])
        self.receipt = location
        self.read()
        return location

    def vote_at_once(self) -> None:
        """Everything from the code to the receipt."""
        self.prepare()
        self.cast()

    def read(self) -> str:
        """The receipt as a text, after its page was seen."""
        assert self.ask("GET", self.receipt)[0] == 200
        status, _, note = self.ask("GET", f"{self.receipt}/text")
        assert status == 200
        return note

    def cast_again(self) -> None:
        """The very form that was sent already: a second click, or a browser that tries again."""
        status, location, _ = self.ask("POST", f"/votes/{self.vote}/ballot", self.fields)
        assert (status, location) == (303, self.receipt)


def field(page: str, name: str) -> str:
    return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


class Crowd:
    """Voters who come one after the other in a few lines at once."""

    def __init__(self, ports: list[int], vote: str, codes: list[str], lines: int = 4, act=Voter.vote_at_once):
        self.voters = [Voter(ports, vote, code, BALLOTS[number]) for number, code in enumerate(codes)]
        for number, voter in enumerate(self.voters):
            voter.tries = number
        self.begin(lines, act)

    def begin(self, lines: int, act) -> None:
        """Everybody does this, in so many lines."""
        self.waiting = list(reversed(self.voters))
        self.done: list[Voter] = []
        self.failures: list[BaseException] = []
        for _ in range(lines):
            threading.Thread(target=self.line, args=[act], daemon=True).start()

    def line(self, act) -> None:
        while not self.failures:
            try:
                voter = self.waiting.pop()
            except IndexError:
                return
            try:
                act(voter)
                self.done.append(voter)
            except BaseException as error:
                self.failures.append(error)

    def wait(self, share: float = 1) -> None:
        """Waits until this share of the voters has a receipt."""
        end = time.monotonic() + 600
        while len(self.done) < share * len(self.voters) and not self.failures:
            assert time.monotonic() < end, f"{len(self.done)} of {len(self.voters)} have voted"
            time.sleep(0.02)
        if self.failures:
            raise self.failures[0]
