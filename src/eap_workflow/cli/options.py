"""What several commands take: the store, the policies, an instant, a day, a region; each read once, here."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from eap_workflow.errors import EapWorkflowError, StoreError
from eap_workflow.extras import NotInstalled
from eap_workflow.local_time import zone_of
from eap_workflow.policy import STANDARD
from eap_workflow.policy_book import PolicyBook
from eap_workflow.policy_file import load_policies
from eap_workflow.processes import NAMES, every_process
from eap_workflow.service import Service
from eap_workflow.store.sql import SqlStore
from eap_workflow.store.sql.sqlite import NO_DATABASE
from eap_workflow.values import as_instant

# Older versions of click know a choice by no type.
if TYPE_CHECKING:
    NameChoice = click.Choice[str]
else:
    NameChoice = click.Choice

DEFAULT_STORE = "sqlite:///eap-workflow.db"
STORE = "EAP_WORKFLOW_STORE"
"""Where the store's URL is looked for, where no option gives it."""

HELP: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
"""How every command says how it is used, wherever it is called from."""

SOME_REFUSED = 3
"""The exit status where some lines of a file were refused, and the rest was done."""

SOMETHING_FOUND = 4
"""The exit status where what was checked does not hold."""

EMPLOYER_KEY = "EAP_WORKFLOW_EMPLOYER_KEY"
"""Where the secret is that the employers' references are made with."""


def instant(text: str) -> datetime:
    """Read an instant as a person types it: ISO 8601, with its offset."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("an instant is needed, such as 2026-11-05T14:00:00+11:00") from None
    if read.tzinfo is None:
        raise click.BadParameter("the instant needs its offset, such as +11:00 or Z")
    try:
        return as_instant(read)
    except EapWorkflowError as error:
        raise click.BadParameter(str(error)) from None


def day(text: str) -> date:
    """Read a date as a person types it: ISO 8601."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("a date is needed, such as 2026-11-05") from None


store: Final = click.option(
    "--store",
    default=DEFAULT_STORE,
    envvar=STORE,
    show_default=True,
    show_envvar=True,
    metavar="URL",
    help="SQLAlchemy's URL of the database.",
)
policies: Final = click.option(
    "--policy",
    "policy_files",
    multiple=True,
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file of contracts, besides the built-in one named standard; may be given several times.",
)
as_json: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
output: Final = click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Where to."
)
replace: Final = click.option(
    "--replace", is_flag=True, help="Write over the file that is there; never over a database."
)
at: Final = click.option(
    "--at",
    type=instant,
    metavar="INSTANT",
    help="As of this instant, such as 2026-11-05T14:00:00+11:00; now by default.",
)
zone: Final = click.option(
    "--zone",
    default=STANDARD.zone,
    envvar="EAP_WORKFLOW_ZONE",
    show_default=True,
    show_envvar=True,
    metavar="ZONE",
    callback=lambda _context, _option, key: zone_of(key),
    help="The zone in which instants are printed; dates are each party's own.",
)


def now() -> datetime:
    """The present instant: the one place where the command line looks at the clock."""
    return datetime.now(UTC)


def book(policy_files: tuple[Path, ...]) -> PolicyBook:
    """The built-in contract, and those of the files."""
    whole = PolicyBook.standard()
    for file in policy_files:
        whole |= load_policies(file)
    return whole


class Name(NameChoice):
    """One of some names, as files and lines of JSON have it, or with hyphens as a command line has its words."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(tuple(name.replace("_", "-") for name in names))

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read the name in either spelling, and give it as everything else has it."""
        return super().convert(value.replace("_", "-"), param, ctx).replace("-", "_")


class WorkflowName(Name):
    """A workflow's name."""

    def __init__(self) -> None:
        super().__init__(NAMES)


workflow: Final = click.option(
    "--workflow",
    type=WorkflowName(),
    default="extra-sessions",
    show_default=True,
    help="The workflow of the lines that name none themselves.",
)


def service(url: str, policies: PolicyBook | None = None, *, create: bool = False) -> Service:
    """A service on a store of all workflows; one that only reads does not make a database."""
    try:
        store = SqlStore(url, every_process(), create=create)
    except StoreError as problem:
        if str(problem).startswith(NO_DATABASE):
            raise StoreError(f"{problem}; which one is meant, --store or {STORE} says") from None
        raise
    click.get_current_context().call_on_close(store.close)
    return Service(store, policies=policies, employer_key=employer_key())


def employer_key() -> bytes:
    """The secret that the employers' references are made with; empty where there is none."""
    return os.environ.get(EMPLOYER_KEY, "").encode()


def print_json_list(rows: Iterable[Any]) -> None:
    """Print a JSON list, a row a line, without holding it."""
    click.echo("[", nl=False)
    for position, row in enumerate(rows):
        click.echo(f"{',' if position else ''}\n  {json.dumps(row)}", nl=False)
    click.echo("\n]")


class Group(click.Group):
    """A group whose commands turn our errors, and what is not installed, into a message and an exit status, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except EapWorkflowError as error:
            raise click.ClickException(f"{error} [{error.code}]") from None
        except NotInstalled as missing:
            raise click.ClickException(str(missing)) from None
