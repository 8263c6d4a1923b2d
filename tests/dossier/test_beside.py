"""A policy or a calendar that was edited in the database is a finding of the dossier, though no chain covers it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from eap_workflow.dossier import dossier_of, html
from eap_workflow.service import Service
from eap_workflow.verification import verify
from tests import lines
from tests.databases import directly, kind, service, store, url, without_guards
from tests.dossier import samples

__all__ = ["kind", "service", "store", "url"]

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_nothing_is_found_where_nothing_was_edited() -> None:
    """Of every request of the examples, of all four workflows, at its end and when it was opened."""
    for request in samples.requests():
        assert samples.dossier(request).record.findings == ()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"threshold":12', '"threshold":20', "its threshold was 12 at step 2, and is 20"),
        (
            '"escalate","working_days":5',
            '"escalate","working_days":9',
            "by it the limit clinical review would be of another length",
        ),
        ('"reading":"day_of_receipt"', '"reading":"next_working_day"', "the days of the provider would be others"),
    ],
)
def test_a_policy_that_was_edited_is_a_finding(
    service: Service, url: str, kind: str, before: str, after: str, said: str
) -> None:
    """The threshold, how long a limit is, and how days are counted: each differs from what a step has of it."""
    lines.handle(service, lines.told("XS-1"))
    assert dossier_of(service, "XS-1", at=NOW).record.is_whole
    with directly(url) as execute:
        without_guards(execute, kind)
        ((content,),) = execute("SELECT content FROM eap_policies")
        assert before in content
        # To SQLAlchemy a colon begins a parameter.
        edited = content.replace(before, after).replace(":", "\\:")
        execute(f"UPDATE eap_policies SET content = '{edited}'")
    other = lines.service(service.store)
    assert not list(verify(service.store))
    found = dossier_of(other, "XS-1", at=NOW)
    assert any(said in each for each in found.record.findings)
    assert not found.record.is_whole
    assert said in html(found)


def test_a_calendar_that_was_exchanged_is_a_finding_and_stops_no_page(service: Service, url: str, kind: str) -> None:
    """A limit holds the fingerprint of the calendar that it was counted on."""
    lines.handle(service, lines.told("XS-1"))
    with directly(url) as execute:
        without_guards(execute, kind)
        execute("UPDATE eap_calendars SET content = replace(content, 'Christmas', 'Whatever')")
    found = dossier_of(lines.service(service.store), "XS-1", at=NOW)
    assert "was counted on is not what was kept" in found.record.findings[0]
    assert "was counted on is not what was kept" in html(found)
