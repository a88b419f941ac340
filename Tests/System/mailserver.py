"""A mail server for the tests: keeps what it is given, asks who sends, encrypts, refuses, and goes away when told."""

import asyncio
import email
import ssl
import subprocess
import threading
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = "tilleul", "ten small words"


def certificate(folder: Path, host: str = "localhost") -> tuple[Path, Path]:
    """A certificate that signs itself, and its key."""
    key, file = folder / f"{host}.key", folder / f"{host}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={host}",
         "-addext", f"subjectAltName=DNS:{host}", "-keyout", key, "-out", file], check=True, capture_output=True)
    return file, key


class MailServer:
    """Listens at a port while it runs. `security` is starttls, tls or none, as in the settings."""

    def __init__(self, folder: Path, port: int, security: str = "starttls"):
        self.port, self.security = port, security
        self.file, key = certificate(folder)
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(self.file, key)
        self.letters: list[email.message.Message] = []
        self.refused: set[str] = set()
        # Set: letters are taken. Not set: a letter that has come waits for its answer.
        self.answers = threading.Event()
        self.answers.set()
        self.waiting = threading.Event()
        self.controller: Controller | None = None

    # What aiosmtpd asks.

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return f"550 5.1.1 <{address}> does not live here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        while not self.answers.is_set():
            self.waiting.set()
            await asyncio.sleep(0.02)
        letter = email.message_from_bytes(envelope.content)
        letter["X-Envelope"] = f"{envelope.mail_from} {','.join(envelope.rcpt_tos)}"
        self.letters.append(letter)
        return "250 taken"

    def authenticate(self, server, session, envelope, mechanism, data):
        known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=False)

    def start(self) -> "MailServer":
        post = self

        class Encrypting(Controller):
            def factory(self):
                secure = post.security != "none"
                return SMTP(
                    post, hostname="localhost", authenticator=post.authenticate, auth_required=secure,
                    require_starttls=post.security == "starttls", auth_require_tls=post.security == "starttls",
                    tls_context=post.context if post.security == "starttls" else None)

        self.controller = Encrypting(
            self, hostname="127.0.0.1", port=self.port,
            ssl_context=self.context if self.security == "tls" else None)
        self.controller.start()
        return self

    def stop(self) -> None:
        if self.controller:
            self.controller.stop()
            self.controller = None

    def settings(self, **others: str) -> dict[str, str]:
        """What the service needs to know of it."""
        known = {"HOST": "localhost", "PORT": str(self.port), "SECURITY": self.security, "CA_FILE": str(self.file)}
        if self.security != "none":
            known |= {"USER": USER, "PASSWORD": PASSWORD}
        return {f"TILLEUL_SMTP_{name}": value for name, value in (known | others).items() if value}
