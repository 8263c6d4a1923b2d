"""The dossiers of many requests: a page for each in a folder, and last the index that leads to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from eap_workflow import dossier as dossiers
from eap_workflow.cli import run
from eap_workflow.cli.whole_files import refuse_existing, write_whole
from eap_workflow.dossier import IndexRow, IndexTotals
from eap_workflow.dossier.listing import INDEX
from eap_workflow.errors import StoreError, Unknown
from eap_workflow.store import EVERY, Wanted
from eap_workflow.store.paging import every
from eap_workflow.values import as_words

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from eap_workflow.service import Service


class Folder:
    """Where the dossiers of many requests go; none of them is held longer than it takes to write it.

    Args:
        service: Where the requests are.
        folder: Where to.
        at: The instant as of which they are shown.
        zone: The zone of the instants.
        replace: Whether pages that are there are written over.
    """

    def __init__(self, service: Service, folder: Path, at: datetime, zone: ZoneInfo, *, replace: bool) -> None:
        self._service = service
        self._folder = folder
        self._at = at
        self._zone = zone.key
        self._replace = replace
        self._totals = IndexTotals()

    def write(self, wanted: Wanted, *, then: datetime | None) -> tuple[dict[str, Any], str]:
        """Write them, and give what is said of them: for programs, and in words.

        Args:
            wanted: Which requests.
            then: The instant as of which they are chosen; as they stand, where there is none.
        """
        index = self._folder / INDEX
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise click.ClickException(f"{self._folder}: {error.strerror}") from None
        if not self._replace:
            refuse_existing(index)
        count = sum(1 for _ in self._requests(wanted, then))
        with run.progress(count, "dossiers") as advance:
            rows = self._rows(self._requests(wanted, then), advance)
            pieces = dossiers.index_html(rows, self._totals, at=self._at, zone=self._zone, narrowed=_in_words(wanted))
            write_whole(index, pieces, replace=self._replace)
        totals = self._totals
        wrong = totals.broken + totals.failed
        plain = {"folder": str(self._folder), "index": str(index), "requests": totals.requests}
        plain |= {"passed": totals.passed, "broken": totals.broken, "failed": totals.failed, "whole": not wrong}
        record = f"{wrong:,} RECORDS ARE NOT WHAT WAS WRITTEN" if wrong else "every record is whole"
        return plain, f"{index}: {totals.requests:,} requests; a limit was not kept in {totals.passed:,}; {record}"

    def _requests(self, wanted: Wanted, then: datetime | None) -> Iterator[str]:
        if wanted != EVERY:
            return (snapshot.request for snapshot in self._service.snapshots(wanted, at=then))
        # By name alone: one whose record was tampered with may not be readable, and belongs into the list all the more.
        return every(self._service.store, lambda asked, after, most: asked.recorded(after, most), "")

    def _rows(self, requests: Iterator[str], advance: Callable[[int], None]) -> Iterator[IndexRow]:
        for number, request in enumerate(requests, start=1):
            row = self._row(request)
            advance(number)
            if row is not None:
                self._totals.add(row)
                yield row

    def _row(self, request: str) -> IndexRow | None:
        """Write one page, and give its row; None for a request that was not opened yet."""
        try:
            made = dossiers.dossier_of(self._service, request, at=self._at, zone=self._zone)
        except Unknown as unknown:
            if unknown.field == "request":
                return None
            return IndexRow.without(request, unknown)
        except StoreError as error:
            return IndexRow.without(request, error)
        row = IndexRow.of(made)
        write_whole(self._folder / row.file, [dossiers.html(made)], replace=self._replace)
        return row


def _in_words(wanted: Wanted) -> dict[str, str]:
    chosen = attrs.asdict(wanted)
    return {
        as_words(name): value.isoformat() if isinstance(value, date) else as_words(value)
        for name, value in chosen.items()
        if value is not None
    }
