"""Reading a policy file: the example, every slip that a person makes in one, and the page that documents it."""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs._ext import policy_reference
from eap_workflow.errors import PolicyError
from eap_workflow.plain.docstrings import attributes_of
from eap_workflow.plain.wire import from_wire, to_wire
from eap_workflow.policy import STANDARD, Limits, LimitTerms, PartyTerms, Policy, PolicyRef
from eap_workflow.policy_file import load_policies, read_policies

if TYPE_CHECKING:
    from eap_workflow.policy_book import PolicyBook

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "policy-file.md"

HEAD = """
[[policy]]
contract = "harbour"
version = "2026-07"
source = "Harbour agreement, schedule 3"
effective_from = 2026-07-01
"""


def read_one(text: str) -> Policy:
    """Read the one policy of a text."""
    (policy,) = read_policies(text).policies
    return policy


@pytest.fixture(scope="module")
def example() -> PolicyBook:
    """Give the example contracts that come with the library."""
    return load_policies(ROOT / "examples" / "contracts.toml")


# --- what is read ------------------------------------------------------------------------------------------------------


def test_what_a_file_does_not_say_is_the_standard_contracts() -> None:
    """A policy of four lines has the numbers and readings of the standard contract."""
    policy = read_one(HEAD)
    for part in ("zone", "requests", "review", "limits", "parties", "employer_view"):
        assert getattr(policy, part) == getattr(STANDARD, part)
    assert policy == Policy(
        contract="harbour",
        version="2026-07",
        source="Harbour agreement, schedule 3",
        effective_from=date(2026, 7, 1),
    )


def test_every_kind_of_value_is_read() -> None:
    """Text, numbers, flags, choices, dates, times, lists and tables all come out as the values they stand for."""
    policy = read_one(
        HEAD
        + """
        effective_to = 2027-06-30
        zone = "Australia/Perth"
        [policy.requests]
        allowed = false
        goals = ["coaching", "ongoing_support"]
        referrals = ["private_practice"]
        [policy.requests.ongoing_support]
        coaching = ["private_practice"]
        [policy.review]
        when = "never"
        [policy.limits]
        relayed_by = "case_team"
        [policy.limits.employer_decision]
        working_days = 9
        remind_before = 3
        when_passed = "deem_approved"
        [policy.parties.employer]
        region = "AU-WA"
        zone = "Australia/Perth"
        reading = "next_working_day"
        cutoff = 16:30:00
        closures = { 2026-12-29 = "Office closed" }
        [policy.parties.employer.working_days]
        2026-12-27 = "Stocktaking"
        """
    )
    assert policy.effective_to == date(2027, 6, 30)
    assert not policy.requests.allowed
    assert policy.requests.goals == ("coaching", "ongoing_support")
    assert policy.requests.ongoing_support == {"coaching": ("private_practice",)}
    assert policy.review.when == "never"
    assert policy.limits == Limits(
        relayed_by="case_team",
        employer_decision=LimitTerms(working_days=9, remind_before=3, when_passed="deem_approved"),
    )
    assert policy.parties.provider == PartyTerms()
    assert policy.parties.employer == PartyTerms(
        region="AU-WA",
        zone="Australia/Perth",
        reading="next_working_day",
        cutoff=time(16, 30),
        closures={date(2026, 12, 29): "Office closed"},
        working_days={date(2026, 12, 27): "Stocktaking"},
    )


def test_a_further_details_limit_lapses_without_saying_so() -> None:
    """IN-08: the one thing that a further-details limit can do is what it does when the file is silent."""
    limit = read_one(HEAD + "[policy.limits.further_details]\nworking_days = 10\n").limits.further_details
    assert limit == LimitTerms(working_days=10, when_passed="lapse")
    explicit = HEAD + '[policy.limits.further_details]\nworking_days = 10\nwhen_passed = "lapse"\n'
    assert read_one(explicit).limits.further_details == limit


def test_a_calendar_file_is_found_beside_the_policy_file(tmp_path: Path) -> None:
    """A relative path in a policy file is relative to that file, wherever the program was started."""
    text = HEAD + '[policy.parties.employer]\ncalendar_file = "calendars/nsw.json"\n'
    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / "harbour.toml").write_text(text, encoding="utf-8")
    (policy,) = load_policies(folder / "harbour.toml").policies
    assert policy.parties.employer.calendar_file == str(folder / "calendars" / "nsw.json")
    assert policy.parties.employer.region is None
    assert policy.parties.provider.calendar_file is None
    absolute = str(tmp_path / "nsw.json")
    (folder / "harbour.toml").write_text(text.replace("calendars/nsw.json", absolute), encoding="utf-8")
    (policy,) = load_policies(str(folder / "harbour.toml")).policies
    assert policy.parties.employer.calendar_file == absolute
    assert read_one(text).parties.employer.calendar_file == "calendars/nsw.json"


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    """Editors on Windows begin a file with a mark that means nothing."""
    file = tmp_path / "harbour.toml"
    file.write_text(HEAD, encoding="utf-8-sig")
    assert load_policies(file).contracts == ("harbour",)


# --- the example -------------------------------------------------------------------------------------------------------


def test_the_example_has_four_contracts(example: PolicyBook) -> None:
    """The example is read, and can be added to the built-in contract."""
    assert example.contracts == ("civic", "harbour", "meridian", "northline")
    assert len(example.policies) == 6


def test_a_policy_survives_the_way_to_plain_data_and_back(example: PolicyBook) -> None:
    """Every policy of the example has a plain form, from which the same policy is read."""
    for policy in (*example.policies, STANDARD):
        assert from_wire(Policy, to_wire(policy)) == policy


@pytest.mark.parametrize(
    ("day", "version", "sessions", "threshold", "employer_days"),
    [
        (date(2026, 12, 31), "2026-07", 4, 12, 7),
        (date(2027, 1, 1), "2027-01", 3, 10, 5),
        (date(2027, 1, 2), "2027-01", 3, 10, 5),
    ],
)
def test_harbour_changes_on_new_years_day(
    example: PolicyBook, day: date, version: str, sessions: int, threshold: int, employer_days: int
) -> None:
    """IN-11: the day before, on and after the change, harbour's numbers are those of the version in force."""
    policy = example.in_force("harbour", day)
    assert policy.version == version
    assert policy.requests.sessions_per_request == sessions
    assert policy.review.threshold == threshold
    assert policy.limits.employer_decision.working_days == employer_days
    assert policy.limits.further_details is not None
    assert policy.limits.further_details.when_passed == "lapse"


def test_the_other_examples_say_what_they_are_there_to_show(example: PolicyBook) -> None:
    """IN-01, IN-04: another state with a cut-off, a deemed outcome, and sessions approved in advance."""
    day = date(2026, 11, 3)
    northline = example.in_force("northline", day).parties
    assert (northline.employer.region, northline.employer.cutoff) == ("AU-NSW", time(16))
    assert list(northline.employer.closed_days())[-1] == date(2026, 12, 31)
    assert northline.provider == PartyTerms()
    civic = example.in_force("civic", day)
    assert (civic.requests.consent_required, civic.requests.request_from) == (True, "middle_session")
    assert civic.limits.employer_decision.when_passed == "deem_declined"
    meridian = example.in_force("meridian", day)
    assert (meridian.requests.approved_in_advance, meridian.review.when) == (4, "always")


# --- what is refused ---------------------------------------------------------------------------------------------------

NO_TABLES = "must have one or more [[policy]] tables, with two brackets on each side"
NUMBER = "must be a whole number from 1 to 250"
LIMIT = "must be a table (LimitTerms) of working_days, remind_before, warn_before, when_passed"
NAMES = "a list of 1 to 100 different names in lower case letters, digits and _, each beginning with a letter"

REFUSED = [
    ("", f"c.toml: {NO_TABLES}"),
    ("policy = 1", f"c.toml: {NO_TABLES}"),
    ("policy = [1]", f"c.toml: {NO_TABLES}"),
    ("policy = []", f"c.toml: {NO_TABLES}"),
    (HEAD.replace("[[policy]]", "[policy]"), f"c.toml: {NO_TABLES}"),
    (HEAD.replace("policy", "polices"), "c.toml: polices: unknown key, did you mean policy? (allowed: policy)"),
    ('title = "Contracts"' + HEAD, "c.toml: title: unknown key (allowed: policy)"),
    (
        HEAD + "[policy.limit]\n",
        (
            "c.toml: policy[1].limit: unknown key, did you mean limits? (allowed: case_review, contract,"
            " effective_from,"
            " effective_to, employer_view, limits, outreach, parties, requests, review, session_cancellation, source, version, zone)"
        ),
    ),
    (
        HEAD + "[policy.limits.relay]\nworking_day = 1\n",
        (
            "c.toml: policy[1].limits.relay.working_day: unknown key, did you mean working_days?"
            " (allowed: remind_before, warn_before, when_passed, working_days)"
        ),
    ),
    (
        HEAD + "[policy.employer_view]\nname = true\n",
        "c.toml: policy[1].employer_view.name: unknown key (allowed: shows_assist_case)",
    ),
    (HEAD.replace('version = "2026-07"\n', ""), "c.toml: policy[1].version: this is required"),
    (
        HEAD + "[policy.limits.relay]\nremind_before = 1\n",
        "c.toml: policy[1].limits.relay.working_days: this is required",
    ),
    (
        HEAD + "[policy.limits.relay]\nworking_days = 2\nwarn_before = 1\n",
        (
            "c.toml: policy[1].limits.relay.warn_before: the clock relays at once, and nothing is left to remind of;"
            " relayed_by must be case_team"
        ),
    ),
    (HEAD + '[policy.limits.relay]\nworking_days = "1"\n', f"c.toml: policy[1].limits.relay.working_days: {NUMBER}"),
    (HEAD + "[policy.limits.relay]\nworking_days = 1.0\n", f"c.toml: policy[1].limits.relay.working_days: {NUMBER}"),
    (HEAD + "[policy.limits.relay]\nworking_days = true\n", f"c.toml: policy[1].limits.relay.working_days: {NUMBER}"),
    (HEAD + "[policy.limits.relay]\nworking_days = 0\n", f"c.toml: policy[1].limits.relay.working_days: {NUMBER}"),
    (HEAD + "[policy.limits]\nrelay = 1\n", f"c.toml: policy[1].limits.relay: {LIMIT}"),
    (
        HEAD + "[policy.limits]\nfurther_details = 10\n",
        f"c.toml: policy[1].limits.further_details: {LIMIT}, or left out",
    ),
    (
        HEAD + "limits = 5\n",
        (
            "c.toml: policy[1].limits: must be a table (Limits) of further_details, clinical_review, employer_decision,"
            " relay, relayed_by"
        ),
    ),
    (
        HEAD + '[policy.limits.relay]\nworking_days = 1\nwhen_passed = "lapse"\n',
        "c.toml: policy[1].limits.relay.when_passed: must be escalate",
    ),
    (
        HEAD + '[policy.limits.further_details]\nworking_days = 9\nwhen_passed = "escalate"\n',
        "c.toml: policy[1].limits.further_details.when_passed: must be lapse",
    ),
    (
        HEAD + "[policy.limits.clinical_review]\nworking_days = 5\nwarn_before = 5\n",
        "c.toml: policy[1].limits.clinical_review.warn_before: must be smaller than working_days, which is 5",
    ),
    (
        HEAD.replace("2026-07-01", '"2026-07-01"'),
        "c.toml: policy[1].effective_from: must be a date, without a time of day",
    ),
    (
        HEAD.replace("2026-07-01", "2026-07-01T00:00:00"),
        "c.toml: policy[1].effective_from: must be a date, without a time of day",
    ),
    (
        HEAD.replace('"2026-07"', "2026-07-01"),
        "c.toml: policy[1].version: must be 1 to 64 letters, digits and . _ : / -, beginning with a letter or digit",
    ),
    (
        HEAD + "effective_to = 2026-06-30\n",
        "c.toml: policy[1].effective_to: must not be before effective_from, which is 2026-07-01",
    ),
    (
        HEAD + '[policy.parties.employer]\ncutoff = "16:00"\n',
        (
            "c.toml: policy[1].parties.employer.cutoff: must be a time of day in whole seconds and without a zone,"
            " such as 16:00:00, or left out"
        ),
    ),
    (
        HEAD + '[policy.parties.employer]\nreading = "same_day"\n',
        (
            "c.toml: policy[1].parties.employer.reading: one of day_of_receipt, next_working_day is needed,"
            " and this text is none"
        ),
    ),
    (
        HEAD + '[policy.parties.employer]\nzone = "Sydney"\n',
        "c.toml: policy[1].parties.employer.zone: must be a zone of the IANA time zone database, such as Australia/Sydney",
    ),
    (
        HEAD + '[policy.parties.employer]\nregion = "AU-NSW"\ncalendar_file = "nsw.json"\n',
        "c.toml: policy[1].parties.employer.region: exactly one of region and calendar_file must be given",
    ),
    (
        HEAD + '[policy.parties.employer]\nregion = "QQ"\n',
        (
            "c.toml: policy[1].parties.employer.region: no public holidays are known for 'QQ';"
            " ISO 3166 codes such as AU are"
        ),
    ),
    (
        HEAD + '[policy.parties.provider]\nregion = "SG-VIC"\n',
        "c.toml: policy[1].parties.provider.region: 'VIC' is no subdivision of SG; it has none",
    ),
    (
        HEAD + '[policy.parties.employer.closures]\n29-12-2026 = "Office closed"\n',
        'c.toml: policy[1].parties.employer.closures: must be a table of days, each with its name: 2026-12-28 = "Office closed"',
    ),
    (
        HEAD + "[policy.parties.employer.closures]\n2026-12-29 = true\n",
        "c.toml: policy[1].parties.employer.closures.2026-12-29: text is needed, and this is true or false",
    ),
    (
        HEAD + '[policy.requests]\ngoals = "coaching"\n',
        f"c.toml: policy[1].requests.goals: must be {NAMES}",
    ),
    (
        HEAD + '[policy.requests]\ngoals = ["coaching", 1]\n',
        f"c.toml: policy[1].requests.goals: must be {NAMES}",
    ),
    (
        HEAD + '[policy.requests.ongoing_support]\ncoaching = ["private_practice"]\n',
        "c.toml: policy[1].requests.ongoing_support.coaching: must be one of goals: "
        + ", ".join(STANDARD.requests.goals),
    ),
    (
        HEAD + '[policy.requests.ongoing_support]\nongoing_support = "private_practice"\n',
        "c.toml: policy[1].requests.ongoing_support.ongoing_support: a list is needed, and this is text",
    ),
    (
        HEAD + "effective_to = 2026-12-31\n" + HEAD.replace("2026-07", "2026-08") + "[policy.review]\nthreshold = 0\n",
        "c.toml: policy[2].review.threshold: must be a whole number from 1 to 1000",
    ),
    (
        HEAD + HEAD.replace('"2026-07"', '"2027-01"').replace("2026-07-01", "2027-01-01"),
        (
            "c.toml: effective_to: harbour 2026-07 has no last day and overlaps harbour 2027-01, which is in force from"
            " 2027-01-01; its last day must be 2026-12-31"
        ),
    ),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_slip_is_refused_with_the_file_the_key_and_what_is_allowed(text: str, message: str) -> None:
    """Whatever is wrong in a file is named by file, path and rule, in words that a contract's owner understands."""
    with pytest.raises(PolicyError) as refusal:
        read_policies(text, name="c.toml")
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("\n\n[[policy]\n", "at line 3, column 9"),
        (HEAD + "effective_to = 2026-02-30\n", "at line 7, column 16"),
        (HEAD + 'version = "2026-08"\n', "at line 7"),
        (HEAD + "[policy.review]\nthreshold = " + "9" * 5000, "Exceeds the limit"),
        ("a = " + "[" * 5000, "without end"),
    ],
)
def test_what_is_no_toml_is_refused_with_its_line(text: str, where: str) -> None:
    """A slip in the syntax is named by the file and, where it can be told, the line."""
    with pytest.raises(PolicyError) as refusal:
        read_policies(text, name="c.toml")
    assert refusal.value.field == "c.toml"
    assert refusal.value.reason.startswith("this is not TOML")
    assert where in refusal.value.reason


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A missing file, a folder and a file in another encoding are refused by the path that was given."""
    with pytest.raises(PolicyError, match=r"missing\.toml: this file cannot be read: No such file"):
        load_policies(tmp_path / "missing.toml")
    with pytest.raises(PolicyError, match="this file cannot be read"):
        load_policies(tmp_path)
    file = tmp_path / "latin.toml"
    file.write_bytes("# Zürich".encode("latin-1"))
    with pytest.raises(PolicyError, match=r"latin\.toml: this file must be UTF-8"):
        load_policies(file)
    file.write_text(HEAD + "zone = 1\n", encoding="utf-8")
    with pytest.raises(PolicyError) as refusal:
        load_policies(file)
    assert refusal.value.field == f"{file}: policy[1].zone"


# --- the page ----------------------------------------------------------------------------------------------------------


def test_the_page_lists_every_table_and_key_as_the_classes_have_them() -> None:
    """The reference on the page is what the classes give: every key, what it allows, its default and its rules."""
    page = PAGE.read_text(encoding="utf-8")
    assert policy_reference.with_reference(page) == page, "run python -m docs._ext.policy_reference"


def test_the_reference_describes_every_key() -> None:
    """No key is without a description, and none is described that the classes do not have."""
    for table in policy_reference.tables():
        described = attributes_of(table.cls)
        assert list(described) == [row.key for row in table.rows]
        assert all(row.meaning.endswith(".") for row in table.rows)
    paths = [path for table in policy_reference.tables() for path in table.paths]
    assert "[policy.limits.employer_decision]" in paths
    assert "[policy.parties.provider]" in paths
    assert len(paths) == len(set(paths))


def test_the_examples_on_the_page_are_policies() -> None:
    """Every example of a policy file on the page is read, and says what the page says of it."""
    blocks = re.findall(r"^```toml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert blocks
    for block in blocks:
        assert read_policies(block).policies
    book = read_policies(blocks[0])
    assert book.version(PolicyRef(contract="lakeside", version="2026-07")).limits.employer_decision.working_days == 10


def test_a_reason_keeps_what_its_table_leaves_out() -> None:
    """CM-05: a contract that asks for a third attempt at an e-mail's sender has not given up the 24 hours."""
    reasons = read_one(HEAD + "[policy.outreach.email_received]\nattempts = 3\n").outreach.reasons
    assert reasons["email_received"].attempts == 3
    assert reasons["email_received"].terms == STANDARD.outreach.reasons["email_received"].terms
    changed = HEAD + "[policy.outreach.email_received.contact]\nelapsed_hours = 48\n"
    reasons = read_one(changed).outreach.reasons
    hours = {name: term.elapsed_hours for name, term in reasons["email_received"].terms.items()}
    assert hours == {"acknowledgement": 24, "first_attempt": 24, "contact": 48}
