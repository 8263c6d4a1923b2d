"""Sets a dossier as a page: HTML that asks nobody for anything, for a screen, a screen reader and a printer.

This is the one door to Jinja here, opened when the first page is set. Whatever a template is given is escaped, but for our own colours
and for drawings (`drawn`), which escape what they name themselves. There is no script on a page, and its policy forbids the browser to fetch anything.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from eap_workflow import wording
from eap_workflow.diagrams.looks import THEMES
from eap_workflow.dossier.contents import library_version
from eap_workflow.extras import extra
from eap_workflow.local_time import local_day
from eap_workflow.plain.english import WEEKDAYS, capital
from eap_workflow.values import as_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from jinja2 import Environment, Template
    from jinja2.runtime import Context

    from eap_workflow.dossier.contents import Dossier
    from eap_workflow.dossier.for_employer import EmployerDossier
    from eap_workflow.dossier.listing import IndexRow, IndexTotals


def html(dossier: Dossier) -> str:
    """Set the dossier of the case team as a page.

    Args:
        dossier: The dossier. The same one gives the same bytes.
    """
    return _template("dossier.html").render(
        dossier=dossier, zone=dossier.zone, running=f"Dossier of request {dossier.request}"
    )


def employer_html(dossier: EmployerDossier) -> str:
    """Set the dossier of an employer as a page.

    Args:
        dossier: The dossier, which has nothing but what an employer is shown.
    """
    return _template("employer.html").render(
        dossier=dossier, zone=dossier.zone, running=f"Dossier of request {dossier.reference}"
    )


def index_html(
    rows: Iterable[IndexRow],
    totals: IndexTotals,
    *,
    at: datetime,
    zone: str,
    narrowed: Mapping[str, str],
    not_yet: int = 0,
) -> Iterator[str]:
    """Set an index of dossiers as a page, piece by piece, so that none of its rows is held.

    Args:
        rows: A row for each dossier; they are asked for as the page is written.
        totals: What they come to, read when the last row was given.
        at: The instant as of which the dossiers are.
        zone: The zone in which the page writes instants.
        narrowed: What the requests were chosen by, by name; nothing where it is all of them.
        not_yet: How many requests were not opened yet at the instant.
    """
    library = library_version()
    stream = _template("index.html").stream(
        rows=rows,
        totals=totals,
        at=at,
        zone=zone,
        narrowed=narrowed,
        not_yet=not_yet,
        library=library,
        running="Dossiers",
    )
    stream.enable_buffering(50)
    yield from stream


def _when(context: Context, value: str | date | datetime) -> str:
    """A value of a line as people write it; an instant as the clocks of the dossier's zone show it."""
    if isinstance(value, datetime):
        return wording.instant(value, context["zone"])
    return value if isinstance(value, str) else wording.day(value)


def _on(context: Context, value: date | datetime) -> str:
    """The day of a value; of an instant that of the dossier's zone."""
    return wording.day(local_day(value, context["zone"]) if isinstance(value, datetime) else value)


@cache
def _environment() -> Environment:
    with extra("dossier", "jinja2"):
        from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("eap_workflow.dossier"),
        autoescape=True,
        undefined=StrictUndefined,
        # Templates are part of the library, and of a version of it.
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        when=pass_context(_when),
        on=pass_context(_on),
        drawn=Markup,
        sentence=capital,
        number=wording.number,
        words=as_words,
    )
    environment.globals.update(
        dark=Markup(_dark()),  # noqa: S704 - colours of ours
        weekdays=WEEKDAYS,
    )
    return environment


def _template(name: str) -> Template:
    return _environment().get_template(name)


def _dark() -> str:
    """What makes a drawing of the light theme one of the dark theme: a rule for each colour."""
    light, dark = THEMES["light"], THEMES["dark"]
    pairs = {light.ground: dark.ground, light.ink: dark.ink, light.faint: dark.faint}
    for name in ("fills", "borders", "arrows"):
        shades = getattr(dark, name)
        pairs |= {colour: shades[key] for key, colour in getattr(light, name).items()}
    return "\n".join(
        f'.drawing [{part}="{colour}"] {{ {part}: {shade}; }}'
        for part in ("fill", "stroke")
        for colour, shade in pairs.items()
    )
