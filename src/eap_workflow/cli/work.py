"""``eap-workflow work``: the worker as a process, which does what is due until it is told to stop."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eap_workflow.cli import options
from eap_workflow.errors import InvalidValue, StoreError
from eap_workflow.messages import RECIPIENT_ROLES
from eap_workflow.worker import LEASE, Worked, Worker

if TYPE_CHECKING:
    from eap_workflow.messages import Delivery
    from eap_workflow.notify import Rendering

PASSWORD = "EAP_WORKFLOW_SMTP_PASSWORD"  # noqa: S105 - where the password is, and not the password
SECURITIES = ("starttls", "tls", "none")


@click.command(context_settings=options.HELP)
@options.store
@options.policies
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@click.option(
    "--every",
    type=click.FloatRange(0.1, 3600),
    default=5,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait between two rounds.",
)
@click.option("--lease", type=click.FloatRange(1, 86400), default=LEASE.total_seconds(), show_default=True, metavar="SECONDS",
              help="How long one delivery may take before another worker may attempt it.")  # fmt: skip
@click.option("--smtp", metavar="HOST[:PORT]", help="The mail server; without one, messages wait for another worker.")
@click.option(
    "--security",
    type=click.Choice(SECURITIES),
    default="starttls",
    show_default=True,
    help="How the mail server is reached; none is for one on the same machine.",
)
@click.option("--user", metavar="NAME", help=f"Who logs in to the mail server; the password comes from {PASSWORD}.")
@click.option("--sender", metavar="ADDRESS", help="From whom messages come.")
@click.option(
    "--address-book",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A TOML or JSON file with the addresses of recipients.",
)
@click.option(
    "--templates",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Templates that take the place of the library's own.",
)
@click.option(
    "--link",
    "links",
    multiple=True,
    metavar="ROLE=URL",
    help="Where the messages of a role lead: {request}, {assist_case} or, for an employer, {reference} stands for its own.",
)
@options.as_json
def work(  # noqa: PLR0913, PLR0917 - a mail server has so many settings
    store: str,
    policy_files: tuple[Path, ...],
    every: float,
    lease: float,
    smtp: str | None,
    security: str,
    user: str | None,
    sender: str | None,
    address_book: Path | None,
    templates: Path | None,
    links: tuple[str, ...],
    *,
    once: bool,
    as_json: bool,
) -> None:
    """Make the moves of the clock that are due; deliver messages.

    It goes on until it is stopped, and any number may run beside each other.

    It ends with the status 0 on SIGTERM or SIGINT, once the delivery that is under way has ended.
    """
    deliver = None
    if smtp is None:
        # They would be ignored, and whoever gave them would wait for messages that nobody sends.
        if links or any(each is not None for each in (user, sender, address_book, templates)):
            raise click.UsageError("--user, --sender, --address-book, --templates and --link take --smtp")
    else:
        if sender is None or address_book is None:
            raise click.UsageError("--smtp takes --sender and --address-book")
        from eap_workflow.notify import Rendering

        rendering = Rendering(templates, links=_links(links))
        deliver = _delivery(smtp, security, user, sender, address_book, rendering)
    worker = Worker(
        options.service(store, options.book(policy_files), create=False),
        deliver,
        # In containers the process id is often the same; the instant tells two workers of one name apart.
        name=f"{socket.gethostname()[:100]}-{os.getpid()}-{options.now():%Y%m%dT%H%M%S.%f}",
        now=options.now,
        lease=timedelta(seconds=lease),
    )
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while True:
        _say(_round(worker, stop, patient=not once), as_json=as_json, always=once)
        if once or stop.wait(every):
            return


def _round(worker: Worker, stop: threading.Event, *, patient: bool) -> Worked | StoreError:
    """Do what is due; a database that is down for a while ends no worker."""
    try:
        return worker.work(stopping=stop.is_set)
    except StoreError as error:
        if not patient:
            raise
        return error


def _say(worked: Worked | StoreError, *, as_json: bool, always: bool) -> None:
    if isinstance(worked, StoreError):
        click.echo(json.dumps({"error": str(worked)}) if as_json else f"waiting: {worked}", err=True)
        return
    counts = {"moves": worked.moves, "sent": worked.sent, "failed": worked.failed}
    stuck = {request: str(error) for request, error in worked.stuck.items()}
    if not (always or any(counts.values()) or stuck):
        return
    if as_json:
        click.echo(json.dumps({**counts, "stuck": stuck}))
        return
    click.echo(
        f"moves by the clock: {worked.moves:,}; messages sent: {worked.sent:,}, attempts failed: {worked.failed:,}"
    )
    for request, problem in stuck.items():
        click.echo(f"the clock cannot move {request}: {problem}", err=True)


def _delivery(
    smtp: str, security: str, user: str | None, sender: str, address_book: Path, rendering: Rendering
) -> Delivery:
    from eap_workflow.notify import FileAddressBook, SmtpDelivery

    host, _, port = smtp.partition(":")
    if port and not (port.isascii() and port.isdigit()):
        raise InvalidValue("smtp", "a host is needed, or a host, a colon and a port")
    return SmtpDelivery(
        host,
        int(port) if port else None,
        sender=sender,
        address_book=FileAddressBook(address_book),
        security=security,  # type: ignore[arg-type] # one of the choices
        username=user,
        password=None if user is None else os.environ.get(PASSWORD, ""),
        rendering=rendering,
    )


def _links(given: tuple[str, ...]) -> dict[str, str]:
    links: dict[str, str] = {}
    for each in given:
        role, _, url = each.partition("=")
        if role not in RECIPIENT_ROLES or not url:
            raise click.BadParameter(
                f"one of {', '.join(RECIPIENT_ROLES)}, = and an address are needed", param_hint="--link"
            )
        links[role] = url
    return links
