"""A PostgreSQL server that is not the service's own: reached by TCP, encrypted, with a password, stopped and started."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from installation import free_port
from mailserver import certificate

PASSWORD = "a word for the database"


def programs() -> Path:
    """The folder of initdb and pg_ctl: the newest version of Debian's packages."""
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))


class DatabaseServer:
    """A cluster of its own below /tmp. Root has it run by `postgres` or `nobody`, as PostgreSQL wants it."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="tilleul-database-"))
        self.port = free_port()
        self.owner = None
        if os.geteuid() == 0:
            names = {entry.pw_name for entry in pwd.getpwall()}
            self.owner = next(name for name in ("postgres", "nobody") if name in names)
        secret = self.folder / "secret"
        secret.write_text(PASSWORD)
        self.file, key = certificate(self.folder)
        self.give(self.folder, secret, key, self.file)
        key.chmod(0o600)
        self.run("initdb", "-D", self.folder / "data", "-U", "tilleul", "--pwfile", secret, "-A", "scram-sha-256",
                 "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync")
        settings = (
            f"port = {self.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nfsync = off\n"
            f"ssl = on\nssl_cert_file = '{self.file}'\nssl_key_file = '{key}'\n")
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.write(settings)
        # Nobody comes in without encryption.
        (self.folder / "data" / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
        self.start()
        self.psql("CREATE DATABASE city", database="postgres")

    def give(self, *paths: Path) -> None:
        for path in paths:
            if self.owner:
                shutil.chown(path, self.owner)

    def run(self, program: str, *arguments) -> None:
        done = subprocess.run(
            [programs() / program, *map(str, arguments)], cwd=self.folder, user=self.owner, capture_output=True,
            text=True, extra_groups=[] if self.owner else None)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        self.run("pg_ctl", "start", "-w", "-D", self.folder / "data", "-l", self.folder / "log")

    def stop(self, mode: str = "fast") -> None:
        self.run("pg_ctl", "stop", "-w", "-m", mode, "-D", self.folder / "data")

    @property
    def url(self) -> str:
        """The address, which trusts this server's certificate and no other."""
        password = PASSWORD.replace(" ", "%20")
        return (f"postgresql://tilleul:{password}@localhost:{self.port}/city"
                f"?sslmode=verify-full&sslrootcert={self.file}")

    def psql(self, statement: str, database: str = "city") -> list[list[str]]:
        done = subprocess.run(
            ["psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement,
             "-d", self.url.replace("/city?", f"/{database}?")], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return [line.split("|") for line in done.stdout.splitlines()]

    def remove(self) -> None:
        try:
            self.stop("immediate")
        except AssertionError:
            # It was stopped already.
            pass
        shutil.rmtree(self.folder)
