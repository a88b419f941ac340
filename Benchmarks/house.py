"""One installation below a temporary folder: its database, its commands and its service. Everything started is stopped."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RELEASE = Path(os.environ.get("TILLEUL_RELEASE") or ROOT / ".build" / "release")
POSTGRES = Path("/usr/lib/postgresql/15/bin")
CONNECTIONS = 8


def output(command, **options):
    """The standard output of a program that must succeed."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=900, **options)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command[:3]))} … failed:\n{done.stderr.strip()[-2000:]}")
    return done.stdout


def stop(process, patience=30):
    """Asks a child to end and waits for it."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class House:
    """A durable private PostgreSQL and a data directory, gone at the end."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="tilleul-bench-"))
        # Run as root, the database belongs to another user, who has to get through.
        self.folder.chmod(0o755)
        self.cluster = subprocess.Popen(
            [RELEASE / "Bench", "cluster", self.folder / "postgres"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        self.url = self.cluster.stdout.readline().strip()
        if not self.url:
            raise SystemExit("The database does not start.")
        self.operator_url = self.url.replace("//tilleul@", "//postgres@")
        self.environment = {
            **os.environ, "DATABASE_URL": self.url, "TILLEUL_DATABASE_CONNECTIONS": str(CONNECTIONS),
            "TILLEUL_RESOURCES": str(ROOT)}
        self.tilleul("migrate")
        return self

    def __exit__(self, *_):
        # The cluster ends when its standard input does.
        self.cluster.stdin.close()
        try:
            self.cluster.wait(60)
        except subprocess.TimeoutExpired:
            self.cluster.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def tilleul(self, *words):
        """Runs a command of the service."""
        return output(
            [RELEASE / "tilleul", *words, "--data-dir", self.folder / "data"], env=self.environment, cwd=ROOT)

    def bench(self, *words):
        """Runs a part of the measurement that needs the service's own code."""
        return output([RELEASE / "Bench", *words])

    def sql(self, text):
        """Runs statements as the database's operator and returns the cells of the answer, one row a line."""
        return output([
            POSTGRES / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text, self.operator_url]).strip()

    def pgbench(self, *words, clients=CONNECTIONS):
        """Transactions per second of one run of pgbench."""
        text = output([POSTGRES / "pgbench", "-n", "-M", "prepared", "-c", clients, "-j", "1", *words, self.url])
        if "number of failed transactions: 0 " not in text:
            raise SystemExit(f"pgbench had failures:\n{text}")
        return next(float(line.split()[2]) for line in text.splitlines() if line.startswith("tps = "))

    @contextlib.contextmanager
    def serving(self):
        """The service on a free port of the loopback address."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with open(self.folder / "serve.log", "a") as log:
            process = subprocess.Popen(
                [RELEASE / "tilleul", "serve", "--data-dir", self.folder / "data", "--port", str(port)],
                env=self.environment, cwd=ROOT, stdout=log, stderr=log)
        self.process = process.pid
        try:
            for _ in range(300):
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                        break
                except OSError:
                    if process.poll() is not None:
                        raise SystemExit((self.folder / "serve.log").read_text()[-2000:])
                    time.sleep(0.05)
            else:
                raise SystemExit("The service does not start.")
            yield port
        finally:
            stop(process)

    def vote(self, slug, projects=100):
        """An open vote with made-up projects, approval ballots of one to ten."""
        path = self.folder / f"{slug}.pb"
        path.write_text(pabulib(projects))
        passphrase = self.folder / "passphrase"
        passphrase.write_text("a bench has nothing to hide")
        passphrase.chmod(0o600)
        self.tilleul("votes", "import", path, "--process", "bench", "--slug", slug, "--rule", "greedy_votes")
        self.tilleul("votes", "open", slug, "--passphrase-file", passphrase)
        return self.sql(f"SELECT id FROM vote WHERE slug = '{slug}'")


def pabulib(projects):
    """A Pabulib file with projects of usual length in eight districts, and no ballots."""
    meta = {
        "description": "A vote to measure", "country": "France", "unit": "Tilleul", "instance": "2026",
        "num_projects": projects, "num_votes": 0, "budget": 1_000_000, "vote_type": "approval", "rule": "greedy",
        "min_length": 1, "max_length": 10, "language": "fr", "currency": "EUR"}
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in meta.items())]
    lines += ["PROJECTS", "project_id;cost;votes;name;subunit;category"]
    for number in range(1, projects + 1):
        name = f"Planter des arbres et poser des bancs le long de la rue numéro {number}"
        lines.append(f"{number};{5_000 + 1_970 * number};0;{name};Quartier {number % 8 + 1};nature")
    return "\n".join([*lines, "VOTES", "voter_id;vote", ""])
