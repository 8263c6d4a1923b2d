"""Delivery to a real mail server: what arrives, what is refused and how, and what nobody gets to see."""

from __future__ import annotations

import base64
import logging
import quopri
import re
import socket
import ssl
import threading
import traceback
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import trustme

from eap_workflow.errors import InvalidValue
from eap_workflow.messages import DeliveryError, Message, MessageKind, Recipient, message_id
from eap_workflow.notify import Rendering, SmtpDelivery
from eap_workflow.values import Actor, Role
from eap_workflow.workflows import extra_sessions as xs
from tests.journeys import REMINDING, Journey, actor
from tests.notify.mail_server import HOST, PASSWORD, USERNAME, Mailbox, authority, mail_server, trusting
from tests.notify.told import JOURNEYS, everything_told, told

SENDER = "Client services <noreply@eap.example.com>"
PLANTED = "marked-7f3a"

# The server does not see that its connections are safe before they reach it, and warns.
FROM_THE_FIRST_BYTE = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    """An authority that only these tests trust."""
    return authority()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server without TLS."""
    with mail_server() as running:
        yield running


def delivery(port: int, *addresses: str, **options: Any) -> SmtpDelivery:
    """A delivery to a server of these tests; everybody has the same addresses."""
    found = addresses or ("someone@example.com",)
    given: dict[str, Any] = {"security": "none", "sender": SENDER, "address_book": lambda _to: found, "timeout": 5}
    return SmtpDelivery(HOST, port, **given | options)


def message() -> Message:
    """A message to an employer."""
    return told(Journey(REMINDING).to("employer_decision"))[-1]


def failure(deliver: SmtpDelivery, given: Message | None = None) -> DeliveryError:
    """The error of a delivery that must not succeed."""
    with pytest.raises(DeliveryError) as caught:
        deliver(message() if given is None else given)
    error = caught.value
    assert error.__context__ is None
    assert error.__cause__ is None
    return error


def parts(mail: EmailMessage) -> dict[str, str]:
    """The parts of a message, by type."""
    return {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}


# --- what arrives -----------------------------------------------------------------------------------------------------


def test_a_message_arrives_as_text_and_html(mailbox: Mailbox) -> None:
    """One e-mail with both forms, from the sender, to the recipient's addresses, marked as made by a machine."""
    given = message()
    delivery(mailbox.port, "a@example.com", "b@example.com")(given)
    ((_, recipients),) = mailbox.received
    (mail,) = mailbox.mails
    assert recipients == ("a@example.com", "b@example.com")
    assert mail.get_content_type() == "multipart/alternative"
    assert set(parts(mail)) == {"text/plain", "text/html"}
    for text in parts(mail).values():
        assert given.data["reference"] in text
        assert "return to work" in text
    assert mail["From"] == SENDER
    assert mail["To"] == "a@example.com, b@example.com"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert set(mail.keys()) == {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
    }
    assert mail["Date"].datetime.utcoffset().total_seconds() == 0


def test_a_message_that_is_sent_twice_has_one_id(mailbox: Mailbox) -> None:
    """Whoever drops repeats can tell them by the Message-ID, which is the message's own."""
    given, deliver = message(), delivery(mailbox.port)
    deliver(given)
    deliver(given)
    assert [mail["Message-ID"] for mail in mailbox.mails] == [f"<{given.id}@eap.example.com>"] * 2


def test_every_kind_of_message_can_be_sent(mailbox: Mailbox) -> None:
    """Whatever a journey tells anybody arrives, in lines that every server takes."""
    deliver = delivery(mailbox.port)
    sent = {given.kind: given for given in everything_told()}
    for given in sent.values():
        deliver(given)
    assert len(mailbox.received) == len(sent) == len(MessageKind)
    for content, _ in mailbox.received:
        assert content.isascii()
        assert max(map(len, content.split(b"\r\n"))) <= 998


def test_a_server_learns_nothing_of_this_machine(mailbox: Mailbox) -> None:
    """The client greets with the sender's domain, and no header names a host."""
    delivery(mailbox.port)(message())
    assert mailbox.commands[0] == "EHLO eap.example.com"
    assert socket.gethostname().encode() not in mailbox.received[0][0]


def test_a_sender_with_another_script_in_its_name_is_written_safely(mailbox: Mailbox) -> None:
    """A name that ASCII does not have is encoded, and read back as it is."""
    delivery(mailbox.port, sender="Größte Fürsorge <noreply@eap.example.com>")(message())
    assert mailbox.mails[0]["From"].addresses[0].display_name == "Größte Fürsorge"


@FROM_THE_FIRST_BYTE
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_login_travels_over_tls(ca: trustme.CA, security: Any) -> None:
    """With TLS from the start, or asked for, the login is taken and the message arrives."""
    with mail_server(ca, at_once=security == "tls", login=True) as mailbox:
        options = {"security": security, "tls": trusting(ca), "username": USERNAME, "password": PASSWORD}
        delivery(mailbox.port, **options)(message())
        assert len(mailbox.received) == 1


# --- what does not ----------------------------------------------------------------------------------------------------


@FROM_THE_FIRST_BYTE
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_nobody_vouches_for_gets_nothing(ca: trustme.CA, security: Any) -> None:
    """A certificate of an unknown authority ends the attempt before a login or a message; it may be mended (passing)."""
    with mail_server(ca, at_once=security == "tls", login=True) as mailbox:
        error = failure(delivery(mailbox.port, security=security, username=USERNAME, password=PASSWORD))
        assert (error.reason, error.permanent) == ("no safe connection to the mail server could be made", False)
        assert mailbox.received == []


def test_a_server_without_starttls_gets_nothing(mailbox: Mailbox) -> None:
    """Where TLS was asked for, a server that does not offer it is not trusted with a message in the open."""
    error = failure(delivery(mailbox.port, security="starttls"))
    assert error.reason == "no safe connection to the mail server could be made"
    assert "MAIL" not in mailbox.commands


def test_a_wrong_password_is_passing(ca: trustme.CA) -> None:
    """A refused login is no fault of the message: it waits until somebody has mended the password."""
    with mail_server(ca, login=True) as mailbox:
        options = {"security": "starttls", "tls": trusting(ca), "username": USERNAME, "password": PLANTED}
        error = failure(delivery(mailbox.port, **options))
        assert (error.reason, error.permanent) == ("the mail server refused the login", False)
        assert mailbox.received == []


@pytest.mark.parametrize(
    ("addresses", "permanent", "code"),
    [
        (("gone@example.com",), True, 550),
        (("gone@example.com", "gone.too@example.com"), True, 550),
        (("busy@example.com",), False, 450),
        (("busy@example.com", "gone@example.com"), False, 450),
        (("fine@example.com", "busy@example.com"), False, 450),
    ],
)
def test_refused_recipients_get_nothing(
    mailbox: Mailbox, *, addresses: tuple[str, ...], permanent: bool, code: int
) -> None:
    """Refused for good is permanent; refused for now is tried again, and nobody has it before all can have it."""
    error = failure(delivery(mailbox.port, *addresses))
    assert (error.permanent, str(code) in error.reason) == (permanent, True)
    assert mailbox.received == []
    assert "example.com" not in str(error)


def test_an_address_that_is_gone_keeps_nobody_else_from_it(mailbox: Mailbox, caplog: pytest.LogCaptureFixture) -> None:
    """The others have it once, it counts as delivered, and the log warns without the address."""
    given = message()
    with caplog.at_level(logging.DEBUG):
        delivery(mailbox.port, "gone@example.com", "fine@example.com")(given)
    assert [recipients for _, recipients in mailbox.received] == [("fine@example.com",)]
    (record,) = [each for each in caplog.records if each.name.startswith("eap_workflow")]
    assert record.getMessage() == (
        f"message {given.id} (employer): 1 of 2 addresses refused for good, with 550; the others have it"
    )


@pytest.mark.parametrize(
    ("command", "reply", "reason", "permanent"),
    [
        ("MAIL", "550 5.7.1 not you", "the mail server refused the sender, with 550", False),
        ("MAIL", "451 later", "the mail server refused the sender, with 451", False),
        ("RCPT", "421 closing", "the mail server refused a recipient for now, with 421", False),
        ("DATA", "554 5.7.1 spam", "the mail server refused the message, with 554", True),
        ("DATA", "452 disk full", "the mail server refused the message, with 452", False),
    ],
)
def test_what_the_server_refuses_is_told_by_its_number(
    mailbox: Mailbox, *, command: str, reply: str, reason: str, permanent: bool
) -> None:
    """The reply's number says whether to try again; of its words, which may name somebody, nothing is kept."""
    mailbox.replies[command] = f"{reply} {PLANTED}"
    error = failure(delivery(mailbox.port))
    assert (error.reason, error.permanent) == (reason, permanent)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_lost_connection_is_passing(mailbox: Mailbox, command: str) -> None:
    """A server that is gone in the middle may be back later."""
    mailbox.hang_up_after = command
    error = failure(delivery(mailbox.port))
    assert (error.reason, error.permanent) == ("the connection to the mail server was lost", False)


def test_a_server_that_is_not_there_is_passing() -> None:
    """Nobody listens: the message waits."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        error = failure(delivery(free.getsockname()[1]))
    assert (error.reason, error.permanent) == ("the mail server could not be reached", False)


def test_a_server_that_says_nothing_is_given_up() -> None:
    """An answer that does not come within the timeout ends the attempt."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = failure(delivery(silent.getsockname()[1], timeout=0.2))
    assert not error.permanent


def test_a_server_that_is_none_is_passing() -> None:
    """Whatever listens there and is no mail server is not understood, and nothing of what it says is repeated."""
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer() -> None:
            connection, _ = other.accept()
            with connection:
                connection.sendall(f"HTTP/1.1 400 {PLANTED}\r\n\r\n".encode())

        thread = threading.Thread(target=answer)
        thread.start()
        error = failure(delivery(other.getsockname()[1]))
        thread.join()
    assert (PLANTED in error.reason, error.permanent) == (False, False)


# --- the address book -------------------------------------------------------------------------------------------------


def asked(answer: Any) -> SmtpDelivery:
    """A delivery whose address book answers so; there is no server to reach."""

    def book(_to: Recipient) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return delivery(1, address_book=book)


@pytest.mark.parametrize("answer", [(), KeyError(PLANTED), LookupError(PLANTED)])
def test_an_unknown_recipient_is_permanent(answer: Any) -> None:
    """Whom the book does not know nobody can reach, until a person mends the book and sends it again."""
    error = failure(asked(answer))
    assert (error.reason, error.permanent) == ("the address book has no address of this employer", True)


@pytest.mark.parametrize("answer", [RuntimeError(PLANTED), OSError(PLANTED), ValueError(PLANTED), None])
def test_a_book_that_fails_is_passing(answer: Any) -> None:
    """A book that cannot answer now may answer later; what it ran into is not repeated."""
    error = failure(asked(answer))
    assert (error.reason, error.permanent) == ("the address book could not be asked", False)


@pytest.mark.parametrize(
    "address",
    [
        f"{PLANTED}@example.com\r\nBcc: all@example.com",
        f"{PLANTED}@example.com\n",
        f"{PLANTED}@example.com, all@example.com",
        f"<{PLANTED}@example.com>",
        f"{PLANTED}@example.com> NOTIFY=SUCCESS",
        f'"{PLANTED}"@example.com',
        f"{PLANTED}@exa mple.com",
        f"{PLANTED}@",
        PLANTED,
        "",
        "ü@example.com",
        7,
    ],
)
def test_an_address_is_nothing_but_an_address(mailbox: Mailbox, address: Any) -> None:
    """What could end a header or a command is refused before any server hears of it, and not repeated."""
    error = failure(delivery(mailbox.port, address))
    assert (error.reason, error.permanent) == ("the address book has no usable address of this employer", True)
    assert mailbox.commands == []


def test_the_book_is_asked_at_every_attempt(mailbox: Mailbox) -> None:
    """An address that changes counts from the next attempt on, and the same one twice is one."""
    known: dict[str, tuple[str, ...]] = {"employer": ("first@example.com", "first@example.com")}
    deliver = delivery(mailbox.port, address_book=lambda to: known[to.role])
    deliver(message())
    known["employer"] = ("second@example.com",)
    deliver(message())
    assert [recipients for _, recipients in mailbox.received] == [("first@example.com",), ("second@example.com",)]


# --- how it is set up -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"security": "ssl"}, "security"),
        ({"username": "x", "password": PLANTED}, "security"),
        ({"username": "x"}, "password"),
        ({"security": "tls", "username": "x", "password": f"{PLANTED}ü"}, "password"),
        ({"timeout": 0}, "timeout"),
        ({"sender": "Client services"}, "sender"),
        ({"sender": "a@example.com, b@example.com"}, "sender"),
        ({"sender": "Name\r\nBcc: x@example.com <a@example.com>"}, "sender"),
        ({"sender": None}, "sender"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(options: dict[str, Any], field: str) -> None:
    """It is named when the delivery is made, not when the first message waits; a password never travels in the open."""
    with pytest.raises(InvalidValue) as caught:
        delivery(25, **options)
    assert caught.value.field == field
    assert PLANTED not in str(caught.value)


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_a_port_is_a_port(port: int) -> None:
    """A number that no server listens on is refused."""
    with pytest.raises(InvalidValue, match="port"):
        delivery(port)


def test_a_delivery_shows_nothing_of_its_login() -> None:
    """Its repr says how it is secured, and neither password nor address."""
    shown = repr(delivery(587, f"{PLANTED}@example.com", security="starttls", username=PLANTED, password=PLANTED))
    assert shown == "<SmtpDelivery by starttls>"


# --- what nobody gets to see ------------------------------------------------------------------------------------------

OF_THE_CLIENT = (
    "cl-88",
    "ASST-104233",
    "104233",
    "con-1",
    "pr-1",
    "consent-1",
    "XS-0001",
    "doc-",
    "cm-1",
    "hr-1",
    "emp-1",
)


def every_reading(content: bytes) -> Iterator[bytes]:
    """A message's bytes, and every other way to read them: decoded, unquoted, part by part, header by header."""
    yield content
    yield quopri.decodestring(content)
    for run in re.findall(rb"[A-Za-z0-9+/=\r\n]{16,}", content):
        joined = run.replace(b"\r\n", b"").replace(b"=", b"")
        for start in range(4):
            piece = joined[start:]
            yield base64.b64decode(piece[: len(piece) // 4 * 4])
    mail = _parsed(content)
    for part in mail.walk():
        for name, value in part.items():
            yield f"{name}: {value}".encode()
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            yield payload


def _parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, EmailMessage, policy=policy.default)


def in_disguise(reference: str) -> Iterator[bytes]:
    """A reference as it is, and as it would look in base64, in hexadecimal digits and backwards."""
    plain = reference.encode()
    yield plain
    yield plain.hex().encode()
    yield plain[::-1]
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + plain + b"\0" * ((-shift - len(plain)) % 3))
        # What the neighbours have a part in is cut off.
        inner = coded[4 if shift else 0 : -4]
        if len(inner) > 4:
            yield inner


def test_the_search_finds_what_is_hidden() -> None:
    """The readings show a reference in quoted-printable, in base64 and in a header, so finding none means something."""
    hidden = EmailMessage(policy=policy.SMTP.clone(cte_type="7bit"))
    hidden["Subject"] = "é cl-88 é"
    hidden.set_content("é" * 60 + "ASST-104233", cte="base64")
    hidden.add_alternative("é con-1=", subtype="html", cte="quoted-printable")
    readings = list(every_reading(hidden.as_bytes()))
    for reference in ("cl-88", "ASST-104233", "con-1"):
        assert any(reference.encode() in reading for reading in readings)
    assert any(found in base64.b64encode(b"about ASST-104233 and more") for found in in_disguise("ASST-104233"))


@pytest.mark.parametrize("name", JOURNEYS)
def test_no_byte_of_an_employers_mail_tells_who_the_client_is(name: str) -> None:
    """Whatever happens to a request, no reference of client, case, consultant or request is in it (XS-06, CR-05)."""
    one = JOURNEYS[name](xs.PROCESS)
    shows_case = one.policy.employer_view.shows_assist_case
    private = [each for each in OF_THE_CLIENT if not (shows_case and "104233" in each)]
    compose = delivery(25).compose
    for given in told(one):
        if given.to.role == "employer":
            content = compose(given, ("hr@example.com",)).as_bytes()
            readings = list(every_reading(content))
            for reference in private:
                for disguise in in_disguise(reference):
                    assert not any(disguise in reading for reading in readings), reference
            guessed = message_id(given.request, given.version, given.kind, given.to)
            assert guessed.encode() not in content


def test_marked_values_stay_where_they_belong(mailbox: Mailbox, caplog: pytest.LogCaptureFixture) -> None:
    """Marks in all that a caller passes are in no log, error or repr, and in no employer's mail (XS-06)."""
    one = Journey(REMINDING)
    marked = {name: f"{PLANTED}-{name}" for name in ("client", "consent")}
    one.do(xs.Draft(**_form(marked)), _consultant())
    one.do(xs.Submit(tally=xs.Tally(completed=1, scheduled=0, remaining=0)), _consultant())
    one.do(xs.Reassign(consultant=f"{PLANTED}-next", practice=f"{PLANTED}-practice-next"), _team())
    messages = told(one)
    assert {each.to.role for each in messages} == {"consultant", "employer"}
    seen: list[str] = [repr(each) + repr(each.to) + repr(each.data) for each in messages]
    options = {"username": PLANTED, "password": PLANTED, "security": "starttls", "tls": ssl.create_default_context()}
    with caplog.at_level(logging.DEBUG):
        for given in messages:
            delivery(mailbox.port, f"{PLANTED}@example.com")(given)
            for broken in (
                delivery(mailbox.port, f"gone.{PLANTED}@example.com"),
                delivery(mailbox.port, f"busy.{PLANTED}@example.com"),
                delivery(mailbox.port, f"{PLANTED}@\nexample.com"),
                delivery(mailbox.port, f"{PLANTED}@example.com", **options),
            ):
                error = failure(broken, given)
                seen += [str(error), repr(error), repr(broken), repr(vars(error))]
                seen += traceback.format_exception(error)
        delivery(mailbox.port, f"gone.{PLANTED}@example.com", "fine@example.com")(messages[0])
    # The server's own log is the server's.
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("mail.")]
    assert ours
    seen += ours
    assert PLANTED not in "".join(seen)
    for mail, given in zip(mailbox.mails, messages, strict=False):
        if given.to.role == "employer":
            body = "".join(parts(mail).values()) + mail["Subject"] + mail["Message-ID"]
            assert PLANTED not in body


def _form(marked: dict[str, str]) -> dict[str, Any]:
    return {
        **marked,
        "assist_case": "ASST-104233",
        "employer": f"{PLANTED}-employer",
        "contract": "harbour",
        "sessions": 4,
        "goal": "return_to_work",
        "referral": "none_needed",
    }


def _consultant() -> Actor:
    return actor(Role.CONSULTANT, f"{PLANTED}-consultant", practice=f"{PLANTED}-practice")


def _team() -> Actor:
    return actor(Role.CASE_TEAM, f"{PLANTED}-team")


def test_a_contract_may_word_its_mail(mailbox: Mailbox, tmp_path: Any) -> None:
    """A delivery renders by the templates that it is given."""
    (tmp_path / "harbour").mkdir()
    (tmp_path / "harbour" / "decision_needed.txt").write_text("Subject: Harbour asks\n\nDecide on {{ reference }}.\n")
    delivery(mailbox.port, rendering=Rendering(tmp_path))(message())
    assert mailbox.mails[0]["Subject"] == "Harbour asks"
