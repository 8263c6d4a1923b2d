"""A real mail server on this machine: what it was sent, and how it answers to which address.

An address that begins with ``gone`` is refused for good, one that begins with ``busy`` for now.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from attrs import define, field

HOST = "localhost"
USERNAME, PASSWORD = "worker", "correct-horse"


@define
class Mailbox:
    """What a mail server received.

    Attributes:
        port: Where it listens.
        received: Each message, as it came, with the addresses that it was for.
        commands: What it was asked for, by name, in order.
        replies: What it answers instead of yes, by command.
        hang_up_after: The command after which it is gone without an answer.
    """

    port: int = 0
    received: list[tuple[bytes, tuple[str, ...]]] = field(factory=list)
    commands: list[str] = field(factory=list)
    replies: dict[str, str] = field(factory=dict)
    hang_up_after: str = ""

    @property
    def mails(self) -> list[EmailMessage]:
        """Each message, read by the standard library."""
        return [message_from_bytes(content, EmailMessage, policy=policy.default) for content, _ in self.received]

    def reply(self, server: SMTP, command: str, otherwise: str) -> str:
        """Answer a command."""
        self.commands.append(command)
        if command == self.hang_up_after:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return self.replies.get(command, otherwise)

    # The hooks that aiosmtpd calls, by these names.

    async def handle_EHLO(  # noqa: N802
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Note the name of the client."""
        session.host_name = hostname
        self.commands.append(f"EHLO {hostname}")
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a sender."""
        answer = self.reply(server, "MAIL", "250 OK")
        envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or refuse it by name."""
        if address.startswith("gone"):
            return self.reply(server, "RCPT", f"550 5.1.1 {address} is unknown here")
        if address.startswith("busy"):
            return self.reply(server, "RCPT", f"450 4.2.0 {address} is greylisted")
        envelope.rcpt_tos.append(address)
        return self.reply(server, "RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message."""
        answer = self.reply(server, "DATA", "250 OK")
        if answer.startswith("250"):
            assert isinstance(envelope.original_content, bytes)
            self.received.append((envelope.original_content, tuple(envelope.rcpt_tos)))
        return answer


def authority() -> trustme.CA:
    """An authority of these tests alone, which nothing else trusts."""
    return trustme.CA()


def trusting(ca: trustme.CA) -> ssl.SSLContext:
    """What a client needs that trusts an authority."""
    context = ssl.create_default_context()
    ca.configure_trust(context)
    return context


@contextmanager
def mail_server(ca: trustme.CA | None = None, *, at_once: bool = False, login: bool = False) -> Iterator[Mailbox]:
    """Run a mail server.

    Args:
        ca: Who vouches for its certificate; None for a server without TLS.
        at_once: Whether it speaks TLS from the first byte, and not only when it is asked to.
        login: Whether it takes messages from those who have logged in alone.
    """
    mailbox = Mailbox()
    context = None
    if ca is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        ca.issue_cert(HOST).configure_cert(context)
    options: dict[str, Any] = {"hostname": "mail.example.com", "ident": "tests"}
    if context is not None and not at_once:
        options |= {"tls_context": context, "require_starttls": True}
    if login:
        options |= {"auth_required": True, "auth_require_tls": not at_once, "authenticator": _authenticate}
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start() -> asyncio.Server:
        return await loop.create_server(
            lambda: SMTP(mailbox, loop=loop, **options), "127.0.0.1", 0, ssl=context if at_once else None
        )

    async def stop() -> None:
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield mailbox
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
    known = isinstance(data, LoginPassword) and (data.login, data.password) == (USERNAME.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)
