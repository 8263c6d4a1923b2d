"""A calendar as a file: readable JSON, one exceptional day a line, that shows when somebody has edited it.

A service loads such a file and needs neither ``holidays`` nor luck with its version; an auditor reads it. Its
``fingerprint`` is that of the days; its ``seal`` is taken over everything else as well, the source included. Both stand
against accidents and quiet corrections, not against a forger, who could compute them anew.
"""

from __future__ import annotations

import json
import os
from datetime import date
from typing import Any

from eap_workflow.days.source import CalendarSource, DerivedSource, RegionSource
from eap_workflow.days.table import DayTable
from eap_workflow.errors import FrozenFileError
from eap_workflow.plain.digest import digest
from eap_workflow.plain.english import WEEKDAYS
from eap_workflow.plain.scalars import why_not_storable

FORMAT = "eap-workflow calendar, version 1"
ONE_LINE_EACH = ("weekend", "closed", "closed_on_estimated_dates", "opened")


def text(table: DayTable, source: CalendarSource) -> str:
    """Write a calendar as the text of a frozen file."""
    document = _document(table, source)
    return _layout({**document, "seal": _seal(document)})


def dump(table: DayTable, source: CalendarSource, path: str | os.PathLike[str]) -> None:
    """Write a calendar, all of it or nothing: to a file beside ``path`` first, which then takes its place."""
    from pathlib import Path
    from threading import get_ident

    content = text(table, source)
    target = Path(path)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}-{get_ident()}")
    try:
        with unfinished.open("x", encoding="utf-8", newline="\n") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def load(path: str | os.PathLike[str]) -> tuple[DayTable, CalendarSource]:
    """Read a calendar; the errors are those of ``BusinessCalendar.load``."""
    name = os.fspath(path)
    with open(name, "rb") as file:  # noqa: PTH123 - pathlib would cost more than all the rest of the first due date
        return read(file.read(), name)


def read(content: bytes | str, name: str) -> tuple[DayTable, CalendarSource]:
    """Read a calendar from the content of a frozen file; errors call it by a name."""
    try:
        document = json.loads(content, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        raise FrozenFileError(name, f"is not JSON, or cut short ({error})") from None
    except _Malformed as error:
        raise FrozenFileError(name, str(error)) from None
    if not isinstance(document, dict) or "format" not in document:
        raise FrozenFileError(name, "is no frozen calendar: it does not say its format")
    if document["format"] != FORMAT:
        raise FrozenFileError(name, f"is of another format; this version reads {FORMAT!r}")
    try:
        sealed = document.pop("seal") == _seal(document)
        table = _table(document)
        source = _source(document["source"])
        if document["fingerprint"] != (found := table.fingerprint()):
            raise _Malformed(f"was edited: its days have the fingerprint {found[:12]}…, and it states another one")
        if not sealed:
            raise _Malformed("was edited: its days are as they were frozen, but its source or its seal is not")
    except _Malformed as error:
        raise FrozenFileError(name, str(error)) from None
    except KeyError as error:
        raise FrozenFileError(name, f"lacks the key {error}") from None
    return table, source


class _Malformed(Exception):
    """Says what is wrong; becomes a ``FrozenFileError`` as soon as the file's name is known."""


def _seal(document: dict[str, Any]) -> str:
    return digest(json.dumps(document, sort_keys=True, separators=(",", ":")).encode())


def _document(table: DayTable, source: CalendarSource) -> dict[str, Any]:
    certain = {str(day): name for day, name in table.closed.items() if day not in table.estimated}
    return {
        "format": FORMAT,
        "first": str(table.first),
        "last": str(table.last),
        "source": _source_document(source),
        "weekend": {str(day): [WEEKDAYS[weekday] for weekday in sorted(days)] for day, days in table.weekend},
        "closed": certain,
        "closed_on_estimated_dates": {str(day): table.closed[day] for day in sorted(table.estimated)},
        "opened": {str(day): name for day, name in table.opened.items()},
        "fingerprint": table.fingerprint(),
    }


def _layout(document: dict[str, Any]) -> str:
    lines = []
    for key, value in document.items():
        text = json.dumps(value, ensure_ascii=False)
        if key in ONE_LINE_EACH and value:
            rows = (f"    {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in value.items())
            text = "{\n" + ",\n".join(rows) + "\n  }"
        lines.append(f"  {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _source_document(source: CalendarSource) -> dict[str, Any]:
    if isinstance(source, RegionSource):
        return {
            "region": source.region,
            "provider": source.provider,
            "categories": source.categories,
            "years": source.years,
            "without_data": source.without_data,
            "estimated_years": source.estimated_years,
            "left_out": source.left_out,
        }
    return {"how": source.how, "parts": [_source_document(part) for part in source.parts], "days": source.days}


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise _Malformed("names a key or a day twice")
    return mapping


def _table(document: dict[str, Any]) -> DayTable:
    estimated = _names(document, "closed_on_estimated_dates")
    certain = _names(document, "closed")
    opened = _names(document, "opened")
    first, last = _day("first", document["first"]), _day("last", document["last"])
    weekend = tuple((_day("weekend", day), _weekdays(days)) for day, days in _mapping(document, "weekend").items())
    starts = [day for day, _ in weekend]
    if not (starts and starts == sorted(set(starts)) and starts[0] == first and starts[-1] <= last):
        raise _Malformed("weekend: must start with the first day and go on in order, within the span")
    for key, days in (("closed", certain), ("closed_on_estimated_dates", estimated), ("opened", opened)):
        if not all(first <= day <= last for day in days):
            raise _Malformed(f"{key}: a day lies outside the span")
    if len(certain.keys() | estimated.keys() | opened.keys()) < len(certain) + len(estimated) + len(opened):
        raise _Malformed("a day is listed under two keys")
    return DayTable(
        first=first,
        last=last,
        weekend=weekend,
        closed={**certain, **estimated},
        opened=opened,
        estimated=frozenset(estimated),
    )


def _mapping(document: dict[str, Any], key: str) -> dict[str, Any]:
    if not isinstance(document[key], dict):
        raise _Malformed(f"{key}: must be an object of days")
    return dict(document[key])


def _names(document: dict[str, Any], key: str) -> dict[date, str]:
    rows = _mapping(document, key)
    if not all(isinstance(name, str) and not why_not_storable(name) for name in rows.values()):
        raise _Malformed(f"{key}: every name must be text")
    return {_day(key, day): name for day, name in rows.items()}


def _day(key: str, text: object) -> date:
    try:
        return date.fromisoformat(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise _Malformed(f"{key}: a day must be written like 2026-11-03") from None


def _weekdays(names: object) -> frozenset[int]:
    if not isinstance(names, list) or not all(name in WEEKDAYS for name in names):
        raise _Malformed("weekend: must list weekdays by their English names")
    return frozenset(map(WEEKDAYS.index, names))


def _source(document: Any) -> CalendarSource:
    try:
        if "how" not in document:
            fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in document.items()}
            return RegionSource(**fields)
        return DerivedSource(
            how=document["how"], parts=tuple(_source(part) for part in document["parts"]), days=document["days"]
        )
    except (TypeError, KeyError, AttributeError):
        raise _Malformed("source: is not what a calendar's source looks like") from None
