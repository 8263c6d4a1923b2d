"""Whether a limit was kept, in words: one sentence for each way in which a limit can stand."""

from __future__ import annotations

import re

import pytest

from eap_workflow.dossier.verdicts import length
from tests.dossier import samples

SAID = {
    ("XS-0014", "employer decision"): ("kept, on day 7 of 7", "“approve” ended it on Fri 2026-11-06."),
    ("XS-0009", "clinical review"): (
        "not kept: done 2 working days late",
        "It passed at the end of Thu 2026-10-29; “support” ended it on Mon 2026-11-02.",
    ),
    ("XS-0009", "whole path"): (
        "stated only",
        "It binds nobody; it passed at the end of Tue 2026-11-10; “approve” ended it on Mon 2026-11-16.",
    ),
    ("XS-0009", "relay"): (
        "kept, before day 1 of 1",
        "“relay”, which the system made, ended it on Mon 2026-11-16.",
    ),
    ("XS-0005", "employer decision"): ("no longer owed", "On day 3 of 7, “withdraw” ended it on Wed 2026-10-21."),
    ("XS-0008", "further details"): (
        "not kept: never done",
        "It passed at the end of Wed 2026-11-04; “lapse”, which the system made, ended it on Thu 2026-11-05.",
    ),
    ("XS-0028", "clinical review"): (
        "not kept: passed, then extended",
        (
            "On day 9 of 9, “decline” ended it on Fri 2026-12-04. A date that was stated before had already passed when a later one"
            " was stated."
        ),
    ),
    ("XS-0047", "clinical review"): (
        "not kept: 4 working days over, still running",
        "It passed at the end of Mon 2027-02-01.",
    ),
    ("XS-0048", "employer decision"): (
        "not kept: less than a working day over, still running",
        "It passed at the end of Fri 2027-02-05.",
    ),
    ("XS-0051", "clinical review"): ("still running", "On day 2 of 5, it passes at the end of Wed 2027-02-10."),
    ("OC-0003", "acknowledgement"): (
        "kept, after less than an hour",
        "“acknowledge” ended it on Fri 2026-10-30 20:10.",
    ),
    ("OC-0003", "contact"): (
        "kept, WPO was told when it passed",
        (
            "It passed on Sat 2026-10-31 19:45 (Australia/Melbourne); “conclude”, which the system made, ended it on"
            " Mon 2026-11-02 16:40."
        ),
    ),
    ("SC-0103", "rebooking"): (
        "not kept: done 1 working day late",
        "It passed at the end of Mon 2026-11-02; “decline rebooking” ended it on Wed 2026-11-04.",
    ),
}


@pytest.mark.parametrize(("request_", "limit"), SAID)
def test_each_way_to_stand_has_its_sentence(request_: str, limit: str) -> None:
    """Worked out from the examples' own tables of dates (XS-07, CR-07, CM-05, TC-03, IN-04)."""
    (given,) = (each for each in samples.dossier(request_).sheets if each.limit == limit)
    assert (given.in_short, given.verdict) == SAID[request_, limit]


def test_every_sentence_names_the_date_and_ends() -> None:
    """Of every limit of every example there is a date in the sentence, and no word of the program's (IN-04)."""
    for request in samples.requests():
        for each in samples.dossier(request).sheets:
            assert re.search(r"\d{4}-\d{2}-\d{2}", each.verdict)
            assert each.verdict.endswith(".")
            assert "_" not in each.verdict
            assert "None" not in each.verdict


def test_a_length_says_each_stretch() -> None:
    """Working days, hours, a stated day, and what was added to each (CR-07, CM-05, TC-03, IN-12)."""
    found = {each.length for request in samples.requests() for each in samples.dossier(request).sheets}
    assert {"7 working days", "1 working day", "24 elapsed hours", "5 working days and then 7 working days"} <= found
    assert any(each.startswith("to the end of a day that was stated, ") for each in found)
    (run,) = (each for each in samples.service().snapshot("XS-0051").deadlines if each.limit == "clinical_review")
    assert length(run.due) == "5 working days"
