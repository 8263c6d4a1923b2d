"""The dossiers of many requests: a page for each in a folder, and last the index that leads to them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from eap_workflow import dossier as dossiers
from eap_workflow.cli import run
from eap_workflow.cli.whole_files import refuse_existing, write_whole
from eap_workflow.dossier import IndexRow, IndexTotals, file_name
from eap_workflow.dossier.gathering import UNREADABLE_BESIDE
from eap_workflow.dossier.listing import INDEX
from eap_workflow.errors import StoreError, Unknown
from eap_workflow.store import Wanted, check_wanted, is_wanted
from eap_workflow.store.contents import UNREADABLE
from eap_workflow.store.paging import every
from eap_workflow.values import as_words
from eap_workflow.wording import number

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from eap_workflow.service import Service


OURS = "<p>Made by eap-workflow "
"""What stands in every page of ours, so that no other file is taken for an index of an earlier run."""
LINK = re.compile(r'<th scope="row"[^>]*><a href="([A-Za-z0-9_-]+\.html)">')


class Folder:
    """Where the dossiers of many requests go; none of them is held longer than it takes to write it.

    Args:
        service: Where the requests are.
        folder: Where to.
        at: The instant as of which they are chosen and shown.
        zone: The zone of the instants.
        replace: Whether pages that are there are written over, and those of an earlier run that this one does not write removed.
    """

    def __init__(self, service: Service, folder: Path, at: datetime, zone: ZoneInfo, *, replace: bool) -> None:
        self._service = service
        self._folder = folder
        self._index = folder / INDEX
        self._at = at
        self._zone = zone.key
        self._replace = replace
        self._totals = IndexTotals()
        self._not_yet = 0

    def write(self, wanted: Wanted) -> tuple[dict[str, Any], str]:
        """Write them, and give what is said of them: for programs, and in words.

        Args:
            wanted: Which requests.
        """
        if self._folder.exists() and not self._folder.is_dir():
            raise click.ClickException(
                f"{self._folder}: a folder is needed, since --all writes a page for each request"
            )
        check_wanted(self._service.store.processes, wanted)
        chosen = tuple(self._chosen(wanted))
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._make_room({INDEX, *map(file_name, chosen)})
        except OSError as error:
            raise click.ClickException(f"{self._folder}: {error.strerror}") from None
        with run.progress(len(chosen), "dossiers") as advance:
            rows = self._rows(chosen, advance)
            pieces = dossiers.index_html(
                rows, self._totals, at=self._at, zone=self._zone, narrowed=_in_words(wanted), not_yet=self._not_yet
            )
            write_whole(self._index, pieces, replace=self._replace)
        return self._said(len(chosen))

    def _said(self, chosen: int) -> tuple[dict[str, Any], str]:
        totals = self._totals
        wrong = totals.broken + totals.failed
        plain = {"folder": str(self._folder), "index": str(self._index), "requests": totals.requests}
        plain |= {"passed": totals.passed, "broken": totals.broken, "failed": totals.failed, "whole": not wrong}
        plain |= {"not_yet": self._not_yet}
        said = [f"{self._index}: {number(totals.requests, 'request')}", f"a limit was not kept in {totals.passed:,}"]
        if not totals.requests:
            said = [f"{self._index}: no such request"]
        elif wrong:
            said.append(
                "1 RECORD IS NOT WHAT WAS WRITTEN" if wrong == 1 else f"{wrong:,} RECORDS ARE NOT WHAT WAS WRITTEN"
            )
        else:
            said.append("every record is whole")
        if self._not_yet:
            were = "was" if self._not_yet == 1 else "were"
            of = f"{self._not_yet:,} of {chosen + self._not_yet:,}"
            said.append(f"{of} {were} not opened yet at this instant, and --at gives a later one")
        return plain, "; ".join(said)

    def _chosen(self, wanted: Wanted) -> Iterator[str]:
        """Name the requests that were wanted at the instant, by what their steps say.

        How a request is kept for quick answers is not asked: whoever edited that would take it out of the choice. What cannot be
        read is chosen whatever was wanted, so that it is listed.
        """
        store = self._service.store
        for request in every(store, lambda asked, after, most: asked.recorded(after, most), ""):
            try:
                with store.reading() as transaction:
                    trail = transaction.trail(request)
                then = store.processes.replay(step for step in trail if step.at <= self._at)
                is_chosen = not trail or (then is not None and is_wanted(store.processes, then, wanted))
                # The workflow alone is known of one that was not there yet.
                self._not_yet += bool(trail) and then is None and wanted.workflow in {None, trail[0].workflow}
            except UNREADABLE:
                is_chosen = True
            if is_chosen:
                yield request

    def _make_room(self, pages: AbstractSet[str]) -> None:
        """See that the folder holds no page but those that are written now, before the first of them is."""
        there = {file.name for file in self._folder.iterdir() if file.suffix == Path(INDEX).suffix}
        if not self._replace:
            for name in sorted(there & pages):
                refuse_existing(self._folder / name)
        left = there - pages
        others = left - self._of_an_earlier_run() if self._replace else left
        if others:
            what = (
                "which no index of ours names" if self._replace else "and --replace removes what an earlier index names"
            )
            said = (
                f"{number(len(others), 'page')} of something else, such as {min(others)}, would stay beside the index"
            )
            raise click.ClickException(f"{self._folder}: {said}; an empty folder is needed, {what}")
        for name in left:
            (self._folder / name).unlink()
        # It leads to pages of another run until the new one is written, which comes last.
        self._index.unlink(missing_ok=True)

    def _of_an_earlier_run(self) -> frozenset[str]:
        try:
            index = self._index.read_text(encoding="utf-8")
        except (OSError, UnicodeError):
            return frozenset()
        return frozenset(LINK.findall(index)) if OURS in index else frozenset()

    def _rows(self, requests: Iterable[str], advance: Callable[[int], None]) -> Iterator[IndexRow]:
        for position, request in enumerate(requests, start=1):
            row = self._row(request)
            advance(position)
            if row is not None:
                self._totals.add(row)
                yield row

    def _row(self, request: str) -> IndexRow | None:
        """Write one page, and give its row; None for a request that was removed meanwhile."""
        try:
            made = dossiers.dossier_of(self._service, request, at=self._at, zone=self._zone)
            page = dossiers.html(made)
        except Unknown as unknown:
            return None if unknown.field == "request" else IndexRow.without(request, unknown)
        except StoreError as error:
            return IndexRow.without(request, error)
        except UNREADABLE:
            return IndexRow.without(request, StoreError(UNREADABLE_BESIDE))
        row = IndexRow.of(made)
        write_whole(self._folder / row.file, [page], replace=self._replace)
        return row


def _in_words(wanted: Wanted) -> dict[str, str]:
    chosen = attrs.asdict(wanted)
    return {
        as_words(name): value.isoformat() if isinstance(value, date) else as_words(value)
        for name, value in chosen.items()
        if value is not None
    }
