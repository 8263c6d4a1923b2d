"""A frozen calendar: what is loaded is what was dumped, and an edited file is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from eap_workflow.calendar import BusinessCalendar
from eap_workflow.days import frozen as frozen_calendar
from eap_workflow.errors import FrozenFileError
from tests.calendar_strategies import calendars, region

VIC = region("AU", "VIC")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Dump a calendar with everything in it: holidays, estimates, make-up days, closures, extra working days."""
    calendar = (region("CN") & region("AE")).with_closures({date(2026, 11, 2): "Überprüfung; “Staff day”"})
    calendar = calendar.with_working_days({date(2026, 10, 1): "On call"})
    path = tmp_path / "calendar.json"
    calendar.dump(path)
    return path


@given(calendars())
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_loaded_calendar_is_the_dumped_one(tmp_path: Path, calendar: BusinessCalendar) -> None:
    """Equal days, names, fingerprint and source; and dumping it again gives the same file."""
    path, again = tmp_path / "one.json", tmp_path / "two.json"
    calendar.dump(path)
    loaded = BusinessCalendar.load(str(path))
    assert loaded == calendar
    assert loaded.source == calendar.source
    assert loaded.table.opened == calendar.table.opened
    assert loaded.table.working_flags() == calendar.table.working_flags()
    loaded.dump(again)
    assert path.read_bytes() == again.read_bytes()


def test_the_file_reads_well(tmp_path: Path) -> None:
    """One exceptional day a line, with its name in plain letters, and the source on a line of its own."""
    path = tmp_path / "vic.json"
    VIC.dump(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert '    "2026-11-03": "Melbourne Cup Day",' in lines
    assert '    "2018-01-01": ["Saturday", "Sunday"]' in lines
    assert any(line.startswith('  "source": {"region": "AU-VIC", "provider": "holidays ') for line in lines)
    assert f'  "fingerprint": "{VIC.fingerprint}",' in lines


def test_loading_does_not_need_holidays(file: Path) -> None:
    """A fresh process loads and counts without importing holidays, dateutil or numpy."""
    program = (
        "import sys; from datetime import date; from eap_workflow.calendar import BusinessCalendar;"
        "print(BusinessCalendar.load(sys.argv[1]).add(date(2026, 11, 2), 7));"
        "print(sorted({'holidays', 'dateutil', 'numpy', 'transitions'} & sys.modules.keys()))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(file)],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines() == [str(BusinessCalendar.load(file).add(date(2026, 11, 2), 7)), "[]"]


def edit(change: Callable[[dict[str, Any]], Any], *, reseal: bool = False) -> Callable[[bytes], bytes]:
    """Edit the content of a file, by hand or, resealed, by somebody who knows how."""

    def edited(content: bytes) -> bytes:
        document = json.loads(content)
        change(document)
        if reseal:
            document.pop("seal")
            document["seal"] = frozen_calendar._seal(document)
        return json.dumps(document).encode()

    return edited


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (edit(lambda d: d["closed"].pop("2026-01-01")), "states another"),
        (edit(lambda d: d["closed"].update({"2026-11-05": "Bridge day"})), "states another"),
        (edit(lambda d: d["closed"].update({"2026-01-01": "Neujahr"})), "states another"),
        (edit(lambda d: d["opened"].clear()), "states another"),
        (edit(lambda d: d["weekend"].update({"2018-01-01": ["Sunday"]})), "states another"),
        (edit(lambda d: d.update(last="2033-12-31")), "outside the span"),
        (edit(lambda d: d.update(first="2018-01-02")), "weekend"),
        (edit(lambda d: d["source"].update(days=0)), "source"),
        (edit(lambda d: d.update(fingerprint="0" * 64)), "states another"),
        (edit(lambda d: d.update(seal="0" * 64)), "seal"),
        (edit(lambda d: d.update(comment="checked by hand")), "seal"),
        (edit(lambda d: d.pop("seal")), "lacks the key 'seal'"),
        (edit(lambda d: d.pop("closed")), "lacks the key 'closed'"),
        (edit(lambda d: d.pop("format")), "does not say its format"),
        (edit(lambda d: d.update(format="eap-workflow calendar, version 2")), "version 1"),
        (lambda content: content[:-100], "cut short"),
        (lambda _: b"", "not JSON"),
        (lambda content: b"\xff\xfe\x00" + content, "not JSON"),
        (lambda _: b"[]", "no frozen calendar"),
        (lambda _: b"[" * 100_000, "not JSON"),
        (lambda content: content.replace(b'"opened": {', b'"opened": {\n    "2026-10-01": "On call",'), "twice"),
        (edit(lambda d: d.update(closed=["2026-01-01"]), reseal=True), "closed: must be an object"),
        (edit(lambda d: d["closed"].update({"2026-01-01": 1}), reseal=True), "closed: every name must be text"),
        (edit(lambda d: d["closed"].update({"2026-01-01": "\ud800"}), reseal=True), "closed: every name must be text"),
        (edit(lambda d: d.update(source="AU-VIC"), reseal=True), "source"),
        (edit(lambda d: d["closed"].update({"1 January": "x"}), reseal=True), "closed: a day must be written"),
        (edit(lambda d: d["opened"].update({"2026-01-01": "x"}), reseal=True), "under two keys"),
        (edit(lambda d: d["opened"].update({"2017-01-01": "x"}), reseal=True), "opened: a day lies outside"),
        (edit(lambda d: d.update(first=None), reseal=True), "first: a day must be written"),
        (edit(lambda d: d.update(weekend={}), reseal=True), "weekend: must start with the first day"),
        (edit(lambda d: d["weekend"].update({"2018-01-01": ["Sun"]}), reseal=True), "weekend: must list weekdays"),
        (edit(lambda d: d["source"].pop("parts"), reseal=True), "source"),
        (edit(lambda d: d.update(source=None), reseal=True), "source"),
        (edit(lambda d: d.update(source={"region": "AU-VIC"}), reseal=True), "source"),
        (edit(lambda d: d.update(fingerprint="0" * 64), reseal=True), "states another"),
    ],
)
def test_an_edited_file_is_refused(file: Path, change: Callable[[bytes], bytes], message: str) -> None:
    """Whatever was edited, cut off or made up, the file is named and what is wrong with it is said."""
    file.write_bytes(change(file.read_bytes()))
    with pytest.raises(FrozenFileError, match=message) as refused:
        BusinessCalendar.load(file)
    assert refused.value.field == str(file)


def test_a_file_laid_out_anew_is_still_the_same(file: Path) -> None:
    """White space and line ends are no content: a formatter, or git on another system, does no harm."""
    calendar = BusinessCalendar.load(file)
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n    "))
    assert BusinessCalendar.load(file) == calendar


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    """There is nothing to add to what the system says."""
    with pytest.raises(FileNotFoundError):
        BusinessCalendar.load(tmp_path / "nowhere.json")
    with pytest.raises(FileNotFoundError):
        VIC.dump(tmp_path / "no" / "folder.json")


def test_a_dump_that_fails_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it is written or nothing, and nothing is left lying about."""
    before = file.read_bytes()

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        VIC.dump(file)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]
