"""A real mail server on loopback, which stores what it gets and plays the faults of real servers."""

import asyncio
import email
import email.policy
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal, Self, get_args

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support import ports
from tests.support.certificate import Certificate

#: connect421 hangs up at once, greet_hang says nothing, refuse has no listener, data_drop breaks off in the
#: middle of a letter, data_hang never confirms one, data_lost keeps the letter and hangs up unconfirmed.
Fault = Literal[
    "connect421", "greet_hang", "refuse",
    "auth535", "mail451", "rcpt450", "rcpt550", "data452", "data554", "data_drop", "data_hang", "data_lost",
]  # fmt: skip
FAULTS: tuple[Fault, ...] = get_args(Fault)

_ANSWERS = {
    "mail451": "451 4.3.0 try later",
    "rcpt450": "450 4.2.1 greylisted",
    "rcpt550": "550 5.1.1 no such user",
    "data452": "452 4.2.2 over quota",
    "data554": "554 5.6.0 rejected",
}


@dataclass(frozen=True)
class Letter:
    """One letter as it arrived, byte for byte."""

    sender: str | None
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)
    over_tls: bool
    signed_in: bool

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)


class SmtpTrap:
    """A mail server between `start` and `stop`, or within a `with` block.

    A test may change `fault` while it runs, except for the three that concern connecting.
    """

    def __init__(
        self,
        *,
        starttls: Certificate | None = None,
        tls: Certificate | None = None,
        login: tuple[str, str] | None = None,
        fault: Fault | None = None,
    ) -> None:
        self.fault = fault
        self.letters: list[Letter] = []
        self.logins: list[bool] = []
        self.recipients_asked: list[str] = []
        self.port = 0
        self._starttls = _context(starttls)
        self._tls = _context(tls)
        self._login = login
        self._changed = threading.Condition()
        self._stop: Callable[[], None] = lambda: None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen. A second start uses the port of the first, as a restarted server does."""
        if self.fault == "refuse":
            self.port = self.port or ports.free()
        elif self.fault in ("connect421", "greet_hang"):
            rude = _RudeListener(self.port, b"421 4.3.2 closing\r\n" if self.fault == "connect421" else None)
            self.port, self._stop = rude.port, rude.stop
        else:
            controller = _Controller(self, self._tls)
            controller.start()
            self.port, self._stop = controller.port, controller.stop

    def stop(self) -> None:
        self._stop()
        self._stop = lambda: None

    def wait_for(self, count: int, seconds: float = 20, about: str = "") -> list[Letter]:
        """Wait until there are so many letters with this subject, and return them; fail when the time is over."""

        def found() -> list[Letter]:
            return [letter for letter in self.letters if about in letter.message["Subject"]]

        with self._changed:
            enough = self._changed.wait_for(lambda: len(found()) >= count, timeout=seconds)
        assert enough, f"{len(found())} of {count} letters arrived within {seconds} seconds"
        return found()

    def sign_in(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        accepted = (
            isinstance(data, LoginPassword)
            and self._login == (data.login.decode(), data.password.decode())
            and self.fault != "auth535"
        )
        self.logins.append(accepted)
        return AuthResult(success=accepted, handled=False)

    def keep(self, session: Session, envelope: Envelope) -> None:
        letter = Letter(
            sender=envelope.mail_from,
            recipients=tuple(envelope.rcpt_tos),
            raw=bytes(envelope.original_content or b""),
            over_tls=self._tls is not None or session.ssl is not None,
            signed_in=bool(session.authenticated),
        )
        with self._changed:
            self.letters.append(letter)
            self._changed.notify_all()

    def server(self, handler: object) -> SMTP:
        options: dict[str, object] = {"hostname": "trap", "timeout": 30}
        if self._starttls:
            options |= {"tls_context": self._starttls, "require_starttls": True}
        if self._login:
            options |= {"authenticator": self.sign_in, "auth_required": True}
        server = _Server(self, handler, **options)
        # aiosmtpd does not see that a connection was encrypted from its first byte.
        server._auth_require_tls = self._starttls is not None
        return server


class _Handler:
    """Answers the commands; aiosmtpd looks its methods up by name."""

    def __init__(self, trap: SmtpTrap) -> None:
        self._trap = trap

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._trap.fault == "mail451":
            return _ANSWERS["mail451"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self._trap.recipients_asked.append(address)
        if self._trap.fault in ("rcpt450", "rcpt550"):
            return _ANSWERS[self._trap.fault]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self._trap.fault
        if fault in ("data452", "data554"):
            return _ANSWERS[fault]
        if fault == "data_hang":
            await asyncio.sleep(3600)
        self._trap.keep(session, envelope)
        if fault == "data_lost":
            _hang_up(server)
        return "250 OK queued"


class _Server(SMTP):
    """aiosmtpd's server, which can hang up in the middle of a letter."""

    def __init__(self, trap: SmtpTrap, handler: object, **options: object) -> None:
        super().__init__(handler, **options)  # type: ignore[arg-type] # options are told apart by `SmtpTrap.server`
        self._trap = trap

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self._trap.fault != "data_drop":
            await super().smtp_DATA(arg)
            return
        await self.push("354 go on")
        await self._reader.readline()
        _hang_up(self)


class _Controller(Controller):
    """Runs the server in a thread, on a port of the system's choice the first time."""

    def __init__(self, trap: SmtpTrap, tls: ssl.SSLContext | None) -> None:
        super().__init__(_Handler(trap), hostname="127.0.0.1", port=trap.port, ready_timeout=10, ssl_context=tls)
        self._trap = trap

    def factory(self) -> SMTP:
        return self._trap.server(self.handler)

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class _RudeListener:
    """Accepts connections, and sends one line or nothing."""

    def __init__(self, port: int, word: bytes | None) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self._word = word
        self._taken: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self.port: int = self._listener.getsockname()[1]
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if self._word is None:
                self._taken.append(connection)
            else:
                connection.sendall(self._word)
                connection.close()

    def stop(self) -> None:
        # Closing alone would leave the thread in accept().
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for connection in self._taken:
            connection.close()


def _hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()


def _context(certificate: Certificate | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file, certificate.key_file)
    return context
