"""Delivery by e-mail: the standard library's SMTP client, one connection and one transaction a message.

- The address book is asked at the moment of sending, and nothing keeps what it said.
- ``Message-ID`` is the message's own id, so a message that is sent twice is one to whoever drops repeats. ``Date`` is the
  moment of sending: mail that claims to be days old is sorted where nobody looks, or taken for spam.
- All addresses of a recipient are named before anything is sent. If one is refused for now, nothing is sent and the whole
  is tried again later, so nobody gets it twice. If one is refused for good, the others get the message, it counts as
  delivered, and a warning is logged without the address. If all are, it has failed.
- What is the fault of this message or of its recipient is permanent. What is the fault of the connection, the login or the
  sender is passing: whoever mends that has everything delivered that has waited.
- An error is raised after the handler of its cause has ended, because the cause holds addresses and what the server said.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from typing import TYPE_CHECKING, Literal

from eap_workflow.errors import InvalidValue
from eap_workflow.messages import DeliveryError
from eap_workflow.notify.addresses import check_address, is_address
from eap_workflow.notify.rendering import Rendering

if TYPE_CHECKING:
    from eap_workflow.messages import AddressBook, Message

Security = Literal["starttls", "tls", "none"]
SECURITIES: tuple[Security, ...] = ("starttls", "tls", "none")

# Seven bits, so that a message needs no extension of any server on its way.
POLICY = SMTP.clone(cte_type="7bit")

OK, WILL_FORWARD = 250, 251
PERMANENT = 500
HIGHEST_PORT = 65535

log: logging.Logger = logging.getLogger("eap_workflow.notify")


class _Failure(Exception):
    """Why a message was not sent: what is told apart inside this module, and never leaves it."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class SmtpDelivery:
    """Delivers messages by e-mail; a callable that workers may share, as each call has its own connection.

    Args:
        host: The mail server.
        port: Its port; left out, the usual one of the security.
        sender: Who sends, as an address or as ``Name <address>``; its domain is that of each Message-ID.
        address_book: What knows the addresses of a recipient now.
        security: ``starttls`` or ``tls``, or ``none`` for a server on the same machine.
        username: Who logs in; left out, nobody does.
        password: The password.
        timeout: How many seconds each answer of the server may take.
        rendering: The templates; the library's own, where none are given.
        tls: How the server's certificate is checked; by default as the machine does, with its name.

    Raises:
        InvalidValue: Something of this cannot be used; a login without TLS is among it.
    """

    def __init__(  # noqa: PLR0913 - a connection has so many settings
        self,
        host: str,
        port: int | None = None,
        *,
        sender: str,
        address_book: AddressBook,
        security: Security = "starttls",
        username: str | None = None,
        password: str | None = None,
        timeout: float = 30.0,
        rendering: Rendering | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        if security not in SECURITIES:
            raise InvalidValue("security", f"one of {', '.join(SECURITIES)} is needed")
        if (username is None) != (password is None):
            raise InvalidValue("password", "a login is a username and a password")
        for name, text in (("host", host), ("username", username), ("password", password)):
            if text is not None and not (text and text.isascii() and text.isprintable()):
                raise InvalidValue(name, "printable ASCII characters are needed")
        if port is not None and not 0 < port <= HIGHEST_PORT:
            raise InvalidValue("port", f"a number from 1 to {HIGHEST_PORT} is needed")
        if username is not None and security == "none":
            raise InvalidValue("security", "a password does not travel in the open: starttls or tls is needed")
        if not timeout > 0:
            raise InvalidValue("timeout", "a number of seconds is needed, more than 0")
        self._host = host
        self._port = port if port is not None else {"starttls": 587, "tls": 465, "none": 25}[security]
        self._sender = _sender(sender)
        self._address_book = address_book
        self._security = security
        self._login = None if username is None or password is None else (username, password)
        self._timeout = timeout
        self._rendering = Rendering() if rendering is None else rendering
        self._tls = tls

    def __repr__(self) -> str:
        return f"<SmtpDelivery by {self._security}>"

    def __call__(self, message: Message) -> None:
        """Deliver a message.

        Raises:
            DeliveryError: It was not delivered; the error says whether trying again may help.
        """
        failure = self._failure(message)
        if failure is not None:
            raise DeliveryError(failure.reason, permanent=failure.permanent)

    def _failure(self, message: Message) -> _Failure | None:
        try:
            self._deliver(message)
        except _Failure as failure:
            return _Failure(failure.reason, permanent=failure.permanent)
        except DeliveryError as error:
            return _Failure(error.reason, permanent=error.permanent)
        return None

    def _deliver(self, message: Message) -> None:
        addresses = self._addresses(message)
        content = self.compose(message, addresses).as_bytes()
        with self._connected() as server:
            self._send(server, addresses, content, message)

    def _addresses(self, message: Message) -> tuple[str, ...]:
        try:
            found = tuple(dict.fromkeys(self._address_book(message.to)))
        except LookupError:
            found = ()
        except Exception as error:
            # Whatever a caller's own book runs into, the message is not to blame.
            raise _Failure("the address book could not be asked") from error
        if not found:
            raise _Failure(f"the address book has no address of this {message.to.role}", permanent=True)
        if not all(is_address(each) for each in found):
            raise _Failure(f"the address book has no usable address of this {message.to.role}", permanent=True)
        return found

    def compose(self, message: Message, addresses: tuple[str, ...]) -> EmailMessage:
        """Make the e-mail of a message.

        Args:
            message: The message.
            addresses: Where it goes.

        Raises:
            DeliveryError: Its template cannot show it.
            InvalidValue: One of the addresses is none.
        """
        for address in addresses:
            check_address("addresses", address)
        rendered = self._rendering.render(message)
        mail = EmailMessage(policy=POLICY)
        mail["From"] = self._sender
        mail["To"] = tuple(Address(addr_spec=address) for address in addresses)
        mail["Subject"] = rendered.subject
        mail["Date"] = formatdate(usegmt=True)
        mail["Message-ID"] = f"<{message.id}@{self._sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(rendered.text)
        mail.add_alternative(rendered.html, subtype="html")
        return mail

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context() if self._tls is None and self._security != "none" else self._tls
        # Told of the sender's domain, the server learns nothing of this machine; and no resolver is waited for.
        domain, timeout = self._sender.domain, self._timeout
        try:
            if self._security == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    self._host, self._port, domain, timeout=timeout, context=context
                )
            else:
                server = smtplib.SMTP(self._host, self._port, domain, timeout=timeout)
        except ssl.SSLError as error:
            raise _Failure("no safe connection to the mail server could be made") from error
        except (OSError, smtplib.SMTPException) as error:
            raise _Failure("the mail server could not be reached") from error
        try:
            self._greet(server, context)
            yield server
            _leave(server)
        except _Failure:
            _leave(server)
            raise
        except smtplib.SMTPServerDisconnected as error:
            raise _Failure("the connection to the mail server was lost") from error
        except smtplib.SMTPException as error:
            raise _Failure("the mail server could not be understood") from error
        except OSError as error:
            raise _Failure("the connection to the mail server was lost") from error
        finally:
            server.close()

    def _greet(self, server: smtplib.SMTP, context: ssl.SSLContext | None) -> None:
        if self._security == "starttls":
            try:
                server.starttls(context=context)
            except (ssl.SSLError, smtplib.SMTPException) as error:
                raise _Failure("no safe connection to the mail server could be made") from error
        server.ehlo_or_helo_if_needed()
        if self._login is not None:
            try:
                server.login(*self._login)
            except smtplib.SMTPServerDisconnected:
                raise
            except smtplib.SMTPException as error:
                raise _Failure("the mail server refused the login") from error

    def _send(self, server: smtplib.SMTP, addresses: tuple[str, ...], content: bytes, message: Message) -> None:
        code, _ = server.mail(self._sender.addr_spec)
        if code != OK:
            raise _Failure(f"the mail server refused the sender, with {code}")
        replies = [server.rcpt(address)[0] for address in addresses]
        refused = [code for code in replies if code not in (OK, WILL_FORWARD)]
        passing = [code for code in refused if code < PERMANENT]
        if passing:
            raise _Failure(f"the mail server refused a recipient for now, with {passing[0]}")
        if len(refused) == len(addresses):
            raise _Failure(f"the mail server refused the recipient, with {refused[0]}", permanent=True)
        try:
            code, _ = server.data(content)
        except smtplib.SMTPDataError as error:
            code = error.smtp_code
        if code != OK:
            raise _Failure(f"the mail server refused the message, with {code}", permanent=code >= PERMANENT)
        if refused:
            log.warning(
                "message %s (%s): %d of %d addresses refused for good, with %d; the others have it",
                message.id,
                message.to.role,
                len(refused),
                len(addresses),
                refused[0],
            )


def _leave(server: smtplib.SMTP) -> None:
    # What was accepted is delivered, whatever becomes of the farewell.
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        log.debug("the mail server was gone before the farewell")


def _sender(given: str) -> Address:
    name, spec = parseaddr(given) if isinstance(given, str) else ("", "")
    check_address("sender", spec)
    if not name.isprintable() or given not in (spec, f"{name} <{spec}>", f'"{name}" <{spec}>'):
        raise InvalidValue(
            "sender", "an address is needed, or a name with an address as in Client services <team@example.com>"
        )
    return Address(display_name=name, addr_spec=spec)
