"""``eap-workflow due`` and ``calendar``: which day is given, how it came about, and what is frozen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from eap_workflow.calendar import BusinessCalendar
from tests.cli.calls import Call, call, printed

__all__ = ["call"]


@pytest.mark.parametrize(
    ("region", "start", "days", "expected"),
    [
        ("AU-VIC", "2026-10-28", 7, "2026-11-09"),
        ("AU-VIC", "2026-10-31", 1, "2026-11-02"),
        ("AU-VIC", "2026-11-09", -7, "2026-10-28"),
        ("AU-WA", "2026-10-28", 7, "2026-11-06"),
        ("NZ", "2026-10-23", 1, "2026-10-27"),
        ("AU-VIC", "2026-10-28", 5000, "2046-08-22"),
    ],
)
def test_the_nth_working_day_is_given(call: Call, region: str, start: str, days: int, expected: str) -> None:
    """Forwards and back, far away, from a day that counts and one that does not, in words and in JSON (IN-01)."""
    row = printed(call("due", "--region", region, "--from", start, "--days", days, "--json"))
    calendar = BusinessCalendar.for_region(*region.split("-"))
    assert row["due_on"] == calendar.add(date.fromisoformat(start), days).isoformat()
    assert days == 5000 or row["due_on"] == expected
    assert (row["from"], row["working_days"], row["calendar"]) == (start, days, str(calendar.source))
    assert row["fingerprint"] == calendar.fingerprint
    assert row["due_on"] in call("due", "--region", region, "--from", start, "--days", days).output


def test_a_due_date_is_explained_day_by_day(call: Call) -> None:
    """Every day from the start to the due date, with its number or why it does not count."""
    arguments = ("due", "--region", "AU-VIC", "--from", "2026-10-28", "--days", 7, "--explain")
    rows = printed(call(*arguments, "--json"))["explained"]
    assert [row["day"] for row in rows] == [f"2026-10-{day}" for day in range(28, 32)] + [
        f"2026-11-{day:02}" for day in range(1, 10)
    ]
    assert [row["reason"] for row in rows if row["number"] is None] == [
        "day of receipt",
        "weekend",
        "weekend",
        "Melbourne Cup Day",
        "weekend",
        "weekend",
    ]
    output = call(*arguments).output
    assert "Tue 2026-11-03               Melbourne Cup Day" in output
    assert output.rstrip().endswith("due on Mon 2026-11-09")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--region", "AU-VIC", "--from", "2026-10-28", "--days", "0"), 1, "n: must not be 0"),
        (("--region", "AU-VIC", "--from", "2026-10-28", "--days", "99999"), 1, "the calendar covers"),
        (("--region", "AU-VIC", "--from", "2026-10-28", "--days", "9" * 30), 1, "the calendar covers"),
        (("--region", "AU-VIC", "--from", "2061-01-01", "--days", "1"), 1, "the calendar covers"),
        (("--region", "XX", "--from", "2026-10-28", "--days", "1"), 1, "no public holidays are known for 'XX'"),
        (("--region", "NZ-VIC", "--from", "2026-10-28", "--days", "1"), 1, "'VIC' is no subdivision of NZ"),
        (("--region", "", "--from", "2026-10-28", "--days", "1"), 1, "region"),
        (("--region", "AU-VIC", "--from", "2026-13-28", "--days", "1"), 2, "a date is needed"),
        (("--region", "AU-VIC", "--from", "2026-10-28", "--days", "x"), 2, "not a valid integer"),
        (("--region", "AU-VIC", "--days", "1"), 2, "Missing option '--from'"),
        (("--from", "2026-10-28", "--days", "1"), 2, "one of --region and --calendar is needed"),
        (("--calendar", "missing.json", "--from", "2026-10-28", "--days", "1"), 2, "does not exist"),
    ],
)
def test_a_due_date_that_cannot_be_given_says_why(
    call: Call, arguments: tuple[str, ...], status: int, said: str
) -> None:
    """What the calendar cannot answer ends with 1, a call that is wrong in itself with 2; both in one sentence."""
    result = call("due", *arguments)
    assert (result.exit_code, result.stdout) == (status, "")
    assert said in result.stderr


def test_a_frozen_calendar_gives_the_same_dates(call: Call) -> None:
    """What was frozen to a file is counted on afterwards, and a file that was edited is refused."""
    row = printed(call("calendar", "freeze", "--region", "AU-VIC", "--years", 2026, 2027, "frozen.json", "--json"))
    assert (row["file"], row["first"], row["last"]) == ("frozen.json", "2026-01-01", "2027-12-31")
    arguments = ("--from", "2026-10-28", "--days", 7, "--explain", "--json")
    frozen = printed(call("due", "--calendar", "frozen.json", *arguments))
    live = printed(call("due", "--region", "AU-VIC", *arguments))
    assert frozen["explained"] == live["explained"]
    assert frozen["fingerprint"] == row["fingerprint"]
    again = call("calendar", "freeze", "--region", "AU-VIC", "frozen.json")
    assert (again.exit_code, "--replace" in again.stderr) == (1, True)
    assert "frozen.json" in call("calendar", "freeze", "--region", "AU-VIC", "frozen.json", "--replace").stdout
    file = Path("frozen.json")
    file.write_text(file.read_text().replace("Melbourne Cup Day", "Cup Day"))
    result = call("due", "--calendar", "frozen.json", *arguments)
    assert result.exit_code == 1
    assert "frozen.json" in result.stderr


def test_a_list_of_ones_own_is_frozen_and_counted_on(call: Call) -> None:
    """Holidays that nobody else has are written down once, and a contract's calendar file is made of them."""
    Path("port.toml").write_text(
        'region = "Port"\nsource = "Notice 14"\nyears = [2026, 2026]\nweekend = ["Friday", "Saturday"]\n'
        '[holidays]\n2026-11-03 = "Pilots\' Day"\n'
    )
    row = printed(call("calendar", "freeze", "--holidays", "port.toml", "port.json", "--json"))
    assert (row["calendar"], row["first"], row["last"]) == ("Port", "2026-01-01", "2026-12-31")
    counted = printed(call("due", "--calendar", "port.json", "--from", "2026-10-29", "--days", 3, "--json"))
    assert (counted["due_on"], counted["fingerprint"]) == ("2026-11-04", row["fingerprint"])


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--region", "AU-VIC", "missing/frozen.json"), 1, "missing/frozen.json: No such file or directory"),
        (("--region", "AU-VIC", "."), 2, "is a directory"),
        (("--region", "AU-XX", "frozen.json"), 1, "is no subdivision of AU"),
        (("--region", "AU-VIC", "--years", "2027", "2026", "frozen.json"), 1, "the span ends before it starts"),
        (("frozen.json",), 2, "one of --region and --holidays is needed"),
        (("--region", "NZ", "--holidays", "list.toml", "frozen.json"), 2, "one of --region and --holidays is needed"),
        (("--holidays", "list.toml", "--years", "2026", "2027", "frozen.json"), 2, "--years goes with --region"),
        (("--holidays", "list.toml", "frozen.json"), 1, "list: unknown key, did you mean holidays?"),
        (("--holidays", "missing.toml", "frozen.json"), 2, "does not exist"),
    ],
)
def test_a_calendar_that_cannot_be_frozen_says_why(
    call: Call, arguments: tuple[str, ...], status: int, said: str
) -> None:
    """A folder that is not there, a region, a span or a list that is none: one sentence, and no file."""
    Path("list.toml").write_text('region = "Port"\nsource = "Notice 14"\nyears = [2026, 2026]\n[holiday]\n')
    result = call("calendar", "freeze", *arguments)
    assert result.exit_code == status
    assert said in result.stderr
    assert not Path("frozen.json").exists()
