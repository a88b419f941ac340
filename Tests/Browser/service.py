"""A running Tilleul for the browser tests: the built program on a fresh data directory with the demonstration city."""

import csv
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIXTURE = ROOT / "Tests" / "Fixtures" / "pabulib" / "France_Toulouse_2019.pb"

# The people of the demonstration, by what they are here for.
PEOPLE = {
    "resident": "habitant",
    "agent": "agent",
    "examiner": "examen",
    "officer": "responsable",
    "second": "responsable2",
    "entry_a": "saisie-a",
    "entry_b": "saisie-b",
    "adjudicator": "arbitrage",
    "poller": "bureau",
    "auditor": "audit",
    "administrator": "administration",
    "note_taker": "carnet",
}


def program() -> str:
    """The built `tilleul`: TILLEUL_BIN, or the newest one below .build."""
    if path := os.environ.get("TILLEUL_BIN"):
        return path
    built = [path for kind in ("release", "debug") if (path := ROOT / ".build" / kind / "tilleul").exists()]
    if not built:
        raise SystemExit("Build the program first (make build), or name it in TILLEUL_BIN.")
    return str(max(built, key=lambda path: path.stat().st_mtime))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Service:
    """The demonstration city, served until `stop`."""

    def __init__(self, folder: Path):
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment["TILLEUL_PUBLIC_URL"] = self.url
        self.environment = environment
        self.run("demo", "--data-dir", str(self.data))
        self.process = subprocess.Popen(
            [program(), "serve", "--data-dir", str(self.data), "--host", "127.0.0.1", "--port", str(self.port)],
            cwd=ROOT, env=environment, stdout=self.log.open("w"), stderr=subprocess.STDOUT)
        self.wait()

    def run(self, *arguments: str) -> str:
        """Runs a subcommand of the program and returns what it prints."""
        done = subprocess.run(
            [program(), *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, f"tilleul {' '.join(arguments)}: {done.stderr or done.stdout}"
        return done.stdout

    def wait(self, seconds: int = 300) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, f"the server stopped:\n{self.log.read_text()[-4000:]}"
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=30) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise AssertionError(f"the server is not ready after {seconds} s:\n{self.log.read_text()[-4000:]}")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(120)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.sweep()

    def sweep(self) -> None:
        """Takes away the database that root's server has put where its user may enter, and what still runs of it."""
        place = (self.data / "postgres").resolve()
        if place.parent != Path("/var/lib/tilleul") or not place.is_dir():
            return
        try:
            postmaster = int((place / "postmaster.pid").read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            postmaster = None
        if postmaster and Path(f"/proc/{postmaster}/cwd").resolve() == place:
            os.kill(postmaster, signal.SIGINT)
            end = time.monotonic() + 30
            while Path(f"/proc/{postmaster}").exists() and time.monotonic() < end:
                time.sleep(0.1)
        shutil.rmtree(place)

    def codes(self, vote: str, count: int) -> list[str]:
        """Fresh one-time voting codes for a vote."""
        rows = list(csv.reader(io.StringIO(self.run(
            "votes", "codes", vote, "--count", str(count), "--data-dir", str(self.data)))))
        column = rows[0].index("code") if "code" in rows[0] else len(rows[0]) - 1
        return [row[column] for row in rows[1:] if row]

    def sign_in(self, who: str) -> tuple[str, str]:
        """E-mail address and password of one of the demonstration's people."""
        told = (self.data / "demonstration.txt").read_text()
        password = re.search(r"password (\S+)", told)[1]
        return f"{PEOPLE[who]}@demonstration.example", password
