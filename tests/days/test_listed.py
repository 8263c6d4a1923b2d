"""A list that a person wrote is a calendar as it stands, and a slip in it is named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eap_workflow import BusinessCalendar
from eap_workflow.errors import CoverageError, InvalidType, InvalidValue

LIST = """
region = "Northport Free Zone"
source = "Northport Port Authority, notice 14 of November 2025"
years = [2026, 2027]
weekend = ["Friday", "Saturday"]

[holidays]
2026-03-22 = "Harbour Day"
2026-11-03 = "Pilots' Day"
2027-03-22 = "Harbour Day"

[working_days]
2026-03-27 = "in the place of 23 March"
"""
HOLIDAYS = {
    date(2026, 3, 22): "Harbour Day",
    date(2026, 11, 3): "Pilots' Day",
    date(2027, 3, 22): "Harbour Day",
}


def northport(holidays: Any = HOLIDAYS, **changes: Any) -> BusinessCalendar:
    """A calendar of one's own."""
    given: dict[str, Any] = {
        "source": "Northport Port Authority, notice 14 of November 2025",
        "years": (2026, 2027),
        "weekend": ("Friday", "Saturday"),
    }
    return BusinessCalendar.of_holidays(changes.pop("region", "Northport Free Zone"), holidays, **given | changes)


def loaded(folder: Path, text: str) -> BusinessCalendar:
    """What a file of this text gives."""
    file = folder / "list.toml"
    file.write_text(text, encoding="utf-8")
    return BusinessCalendar.load_holidays(file)


def test_a_list_is_a_calendar_as_it_stands() -> None:
    """Its weekend and its holidays do not count, everything else does, and its span is that of its years."""
    calendar = northport()
    off = [day for day in _days(calendar) if not calendar.is_working_day(day)]
    assert [day for day in off if day.weekday() not in (4, 5)] == sorted(HOLIDAYS)
    assert len(off) == len({day for day in _days(calendar) if day.weekday() in (4, 5)} | HOLIDAYS.keys())
    assert (calendar.first, calendar.last) == (date(2026, 1, 1), date(2027, 12, 31))
    assert str(calendar.source) == "Northport Free Zone"
    assert [row.reason for row in calendar.explain(date(2026, 11, 1), 2)][2] == "Pilots' Day"


def _days(calendar: BusinessCalendar) -> list[date]:
    return [date.fromordinal(each) for each in calendar.table.ordinals()]


def test_a_file_says_the_same(tmp_path: Path) -> None:
    """Its days are those of the same list that a program gives, make-up days included, and freezing keeps them and their source."""
    calendar = loaded(tmp_path, LIST)
    made = northport().with_working_days({date(2026, 3, 27): "in the place of 23 March"})
    assert calendar == made
    assert calendar.is_working_day(date(2026, 3, 27))
    assert BusinessCalendar.loads(calendar.dumps()).dumps() == calendar.dumps()
    assert "notice 14 of November 2025" in calendar.dumps()


def test_the_usual_weekend_needs_no_word(tmp_path: Path) -> None:
    """Left out it is Saturday and Sunday; an empty one is none."""
    text = LIST.partition("[working_days]")[0]
    usual = loaded(tmp_path, text.replace('weekend = ["Friday", "Saturday"]\n', ""))
    assert usual == northport(weekend=["Sunday", "Saturday"])
    assert loaded(tmp_path, text.replace('["Friday", "Saturday"]', "[]")).is_working_day(date(2026, 1, 3))


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("[2026, 2027]", "[2026, 2028]", "holidays: there is none in 2028"),
        ("[2026, 2027]", "[2027, 2026]", "years: the span ends before it starts"),
        ("[2026, 2027]", "[2026]", "years: must be two whole numbers"),
        ("[2026, 2027]", '["a", 2027]', "list.years[0]: a whole number is needed"),
        ('"Friday"', '"Fri"', "weekend: must be weekdays by their English names"),
        ("weekend =", "weekends =", "list: unknown key, did you mean weekend?"),
        ("2026-11-03", "2026-11-31", "list.holidays.2026-11-31: a day is needed, such as 2026-03-22"),
        ("2026-11-03", "2028-11-03", "holidays: a day lies outside the span"),
        ("2026-03-27", "2025-03-27", "working_days: a day lies outside the span"),
        ('source = "Northport Port Authority, notice 14 of November 2025"', "", "list.source: this is required"),
        ('"Northport Free Zone"', '""', "region: every name must be 1 to 200 printable characters"),
        ('"Pilots\' Day"', "7", "list.holidays.2026-11-03: text is needed"),
        ("[holidays]", "[holidays", "list: this is not TOML"),
    ],
)
def test_a_slip_is_named_by_its_key(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    """The error says where it is and what is needed there; a year for which nothing is listed is no year without holidays."""
    assert was in LIST
    with pytest.raises((InvalidValue, CoverageError)) as caught:
        loaded(tmp_path, LIST.replace(was, becomes))
    assert str(caught.value).startswith(said)


def test_a_mark_of_the_encoding_is_no_slip(tmp_path: Path) -> None:
    """Some editors begin a file with one, as they may a policy file."""
    assert loaded(tmp_path, "\ufeff" + LIST) == loaded(tmp_path, LIST)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """It is no TOML either."""
    (tmp_path / "list.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidValue, match="list: this is not TOML"):
        BusinessCalendar.load_holidays(tmp_path / "list.toml")


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("holidays", {"holidays": [date(2026, 3, 22)]}),
        ("holidays", {"holidays": {"2026-03-22": "Harbour Day"}}),
        ("weekend", {"weekend": "Friday"}),
        ("weekend", {"weekend": 5}),
        ("years", {"years": 2026}),
        ("source", {"source": None}),
    ],
)
def test_what_a_program_gives_is_checked_by_its_type(field: str, changes: Mapping[str, Any]) -> None:
    """The field is named."""
    with pytest.raises(InvalidType) as caught:
        northport(**changes)
    assert caught.value.field == field


def test_a_week_without_a_working_day_is_refused() -> None:
    """Nothing would ever be due."""
    with pytest.raises(InvalidValue, match="not all seven"):
        northport(weekend=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
