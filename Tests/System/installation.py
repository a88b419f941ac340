"""An installation of Tilleul of its own: a data directory, the built program on it, and psql to look behind it."""

import csv
import http.client
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests" / "Fixtures" / "pabulib"
TOULOUSE = FIXTURES / "France_Toulouse_2019.pb"
PASSPHRASE = "seven quiet lime trees"


def built(name: str, variable: str) -> str:
    """A built program: the one the variable names, or the newest below .build."""
    if path := os.environ.get(variable):
        return path
    found = [path for kind in ("release", "debug") if (path := ROOT / ".build" / kind / name).exists()]
    if not found:
        raise SystemExit(f"Build {name} first (make build), or name it in {variable}.")
    return str(max(found, key=lambda path: path.stat().st_mtime))


TILLEUL = built("tilleul", "TILLEUL_BIN")
VERIFY = built("tilleul-verify", "TILLEUL_VERIFY")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def alive(process: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(process: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except FileNotFoundError:
        return []


def until(condition, what: str, seconds: float = 180):
    """Waits for the condition and returns its value. Machines may be slow: the end is for what never comes."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"not in {seconds} s: {what}")


class Installation:
    """A data directory below /tmp, where the user who runs the private database can enter, until `remove`.

    `database` names a database of its own in the cluster of another installation, reached with DATABASE_URL.
    """

    def __init__(self, database: str | None = None):
        self.folder = Path(tempfile.mkdtemp(prefix="tilleul-"))
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.passphrase = self.folder / "passphrase"
        self.passphrase.write_text(PASSPHRASE + "\n")
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = {name: value for name, value in os.environ.items()
                            if name != "DATABASE_URL" and not name.startswith("TILLEUL_")}
        self.environment["TILLEUL_PUBLIC_URL"] = self.url
        if database:
            self.environment["DATABASE_URL"] = database
        self.servers: list[Server] = []
        # Who runs the program; nobody else than we do unless a test says so.
        self.user: str | None = None

    def start(self, *arguments: str, **options) -> subprocess.Popen:
        """Starts a subcommand that needs the data directory."""
        return subprocess.Popen(
            [TILLEUL, *map(str, arguments), "--data-dir", str(self.data)], cwd=ROOT, env=self.environment,
            user=self.user, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            **options)

    def run(self, *arguments: str, status: int = 0) -> subprocess.CompletedProcess:
        """Runs a subcommand that needs the data directory, and expects its exit status."""
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=300)
        told = f"tilleul {' '.join(map(str, arguments))}: {process.returncode}\n{output}\n{errors}"
        assert process.returncode == status, told
        if status:
            assert_plain(errors)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def act(self, verb: str, vote: str, status: int = 0) -> subprocess.CompletedProcess:
        """An act on a vote, with the passphrase where it needs one."""
        return self.run(*self.arguments(verb, vote), status=status)

    def arguments(self, verb: str, vote: str) -> list[str]:
        secret = ["--passphrase-file", str(self.passphrase)] if verb in ("open", "count") else []
        return ["votes", verb, vote, *secret]

    def import_toulouse(self, vote: str) -> None:
        self.run("votes", "import", TOULOUSE, "--process", "budget", "--slug", vote, "--rule", "greedy_votes",
                 "--tie", "lexico")

    def codes(self, vote: str, count: int) -> list[str]:
        answer = self.run("votes", "codes", vote, "--count", str(count)).stdout
        return [row["code"] for row in csv.DictReader(io.StringIO(answer))]

    def serve(self, port: int | None = None) -> "Server":
        server = Server(self, port or self.port)
        self.servers.append(server)
        server.wait()
        return server

    # The private database, seen from outside.

    @property
    def database(self) -> str:
        """The address of the installation's database."""
        if url := self.environment.get("DATABASE_URL"):
            return url
        return f"postgresql://tilleul@/tilleul?host={self.data / 'postgres' / 'run'}"

    def sql(self, statement: str) -> list[list[str]]:
        """The rows of a statement; the database must run."""
        done = subprocess.run(["psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.database,
                               "-c", statement], capture_output=True, text=True, timeout=180)
        assert done.returncode == 0, done.stderr
        return [line.split("|") for line in done.stdout.splitlines()]

    def postmaster(self) -> int | None:
        """The main process of the private database, while it runs."""
        try:
            process = int((self.data / "postgres" / "data" / "postmaster.pid").read_text().split("\n")[0])
        except (FileNotFoundError, ValueError):
            return None
        return process if alive(process) else None

    def kill_database(self) -> None:
        """kill -9 of every process of the private database, as in a power cut."""
        postmaster = self.postmaster()
        assert postmaster, "the database does not run"
        family = [postmaster, *children(postmaster)]
        for process in family:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        until(lambda: not any(map(alive, family)), "the database is dead")

    def remove(self) -> None:
        for server in self.servers:
            server.stop()
        if postmaster := self.postmaster():
            os.kill(postmaster, signal.SIGINT)
            until(lambda: not alive(postmaster), "the database has stopped")
        shutil.rmtree(self.folder)


@contextmanager
def fresh(migrated: bool = True):
    """An installation that is gone at the end, however it comes."""
    installation = Installation()
    try:
        if migrated:
            installation.run("migrate")
        yield installation
    finally:
        installation.remove()


class Server:
    """`tilleul serve` on an installation."""

    def __init__(self, installation: Installation, port: int):
        self.port = port
        self.log = installation.folder / f"server-{port}.log"
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [TILLEUL, "serve", "--migrate", "--data-dir", str(installation.data), "--port", str(port)], cwd=ROOT,
                env=installation.environment, user=installation.user, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT)

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers={"Host": f"localhost:{self.port}"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def is_ready(self) -> bool:
        assert self.process.poll() is None, f"the server stopped:\n{self.log.read_text()[-4000:]}"
        try:
            return self.get("/readyz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def wait(self) -> None:
        until(self.is_ready, "the server is ready")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Asks it to stop, and returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(120)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode


def assert_plain(errors: str) -> None:
    """What went wrong is told to a person: in sentences, with no trace of the program's inside."""
    assert errors.strip(), "refused without a word"
    for trace in ("Fatal error", "Swift/", ".swift:", "Error(", "Optional(", "Stack", "0x", "PostgresError", "sqlState"):
        assert trace not in errors, errors


def verify(*arguments: str, status: int = 0) -> str:
    """What `tilleul-verify` says, after it ended as expected."""
    done = subprocess.run([VERIFY, *map(str, arguments)], capture_output=True, text=True, timeout=300)
    assert done.returncode == status, f"tilleul-verify {arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def expected(rule: str, tie: str) -> list[str]:
    """The projects that others' programs select in Toulouse 2019, sorted as text."""
    told = json.loads((FIXTURES / "France_Toulouse_2019.expected.json").read_text())
    return sorted(next(result["order"] for result in told["results"]
                       if (result["rule"], result["tie"]) == (rule, tie)))


def toulouse_counts() -> dict[str, tuple[int, int]]:
    """Votes and score of each project, as the file tells them."""
    lines = TOULOUSE.read_text().splitlines()
    head = lines.index("PROJECTS") + 1
    rows = csv.DictReader(lines[head:lines.index("VOTES")], delimiter=";")
    return {row["project_id"]: (int(row["votes"]), int(row["score"])) for row in rows}
