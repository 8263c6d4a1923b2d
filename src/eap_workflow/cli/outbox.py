"""``eap-workflow messages``: what waits to be delivered, what was sent, and what failed and can be sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from eap_workflow.cli import options, tables
from eap_workflow.store.paging import every
from eap_workflow.wording import instant
from eap_workflow.worker import send_again

if TYPE_CHECKING:
    from eap_workflow.store import Posted, PostState

STATES = ("waiting", "sent", "failed")


@click.command(context_settings=options.HELP)
@options.store
@options.zone
@click.option("--state", type=click.Choice(STATES), help="Only those that have come so far.")
@click.option("--request", metavar="REQUEST", help="Only those of one request.")
@click.option("--again", metavar="ID", multiple=True, help="Let a message that was sent or has failed be sent again.")
@options.as_json
def messages(
    store: str, zone: ZoneInfo, state: PostState | None, request: str | None, again: tuple[str, ...], *, as_json: bool
) -> None:
    """List the messages: what waits, was sent, or failed and why.

    With --again one is sent again.
    """
    service = options.service(store)
    for message_id in again:
        send_again(service, message_id, options.now())
    rows = every(service.store, lambda asked, after, most: asked.messages(after, most, state, request), None)
    if as_json:
        options.print_json_list(_plain(each) for each in rows)
        return
    table = tables.table_of(
        "Messages",
        ("id", "left"),
        ("caused", "left"),
        ("request", "left"),
        ("what about", "left"),
        ("to", "left"),
        ("state", "left"),
        ("attempts", "right"),
        ("next attempt", "left"),
        ("what went wrong", "fold"),
    )
    for each in rows:
        message = each.message
        table.add_row(
            message.id,
            instant(message.at, zone),
            message.request,
            tables.words(message.kind),
            tables.words(message.to.role),
            each.state,
            str(each.attempts),
            tables.NONE if each.next_at is None else instant(each.next_at, zone),
            tables.plain(each.problem or ""),
        )
    tables.console().print(table if table.row_count else "No messages.")


def _plain(each: Posted) -> dict[str, Any]:
    message = each.message
    return {
        "id": message.id,
        "caused_at": message.at.isoformat(),
        "request": message.request,
        "kind": message.kind,
        "to": message.to.role,
        "state": each.state,
        "attempts": each.attempts,
        "next_at": None if each.next_at is None else each.next_at.isoformat(),
        "problem": each.problem,
    }
