"""How messages read, and which templates are refused before the first message needs them."""

from __future__ import annotations

from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import attrs
import pytest

from eap_workflow.errors import InvalidValue
from eap_workflow.messages import RECIPIENT_ROLES, DeliveryError, Message, MessageKind
from eap_workflow.notify import Rendering, TemplateError
from eap_workflow.plain.frozen_map import FrozenMap
from tests.notify.told import everything_told

OURS = Rendering()
TOLD = everything_told()
OF_EACH_KIND = {message.kind: message for message in TOLD}
PLANTED = "marked-7f3a"


def one(kind: MessageKind, /, **data: str) -> Message:
    """A message of a kind, with some of its data changed."""
    message = OF_EACH_KIND[kind]
    return attrs.evolve(message, data=FrozenMap({**message.data, **data}))


class Page(HTMLParser):
    """What a reader sees of a page, and whether every element that was opened was closed."""

    EMPTY = frozenset({"meta", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.shown: list[str] = []
        self.links: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        if tag not in self.EMPTY:
            self.open.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src") and value]

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note what is read."""
        self.shown.append(data)

    @property
    def words(self) -> list[str]:
        """Every word of it."""
        return " ".join(self.shown).split()


@pytest.mark.parametrize("kind", MessageKind)
def test_every_kind_reads_well(kind: MessageKind) -> None:
    """A subject of one line, a greeting, short lines, an end, and nothing of a template or a machine's word in it."""
    for message in TOLD:
        if message.kind is kind:
            rendered = OURS.render(message)
            assert rendered.subject == " ".join(rendered.subject.split())
            assert len(rendered.subject) <= 78
            assert rendered.text.startswith("Hello,\n\n")
            assert "Kind regards,\nClient services\n" in rendered.text
            assert max(len(line) for line in rendered.text.splitlines()) <= 76
            for sign in ("{", "}", "%", "None", "_", "\n\n\n"):
                assert sign not in rendered.text.replace(message.data.get("request", " "), "")


@pytest.mark.parametrize("kind", MessageKind)
def test_both_forms_say_the_same(kind: MessageKind) -> None:
    """A reader of the HTML reads every word of the text, in elements that are all closed, and loads nothing."""
    rendered = OURS.render(OF_EACH_KIND[kind])
    page = Page(rendered.html)
    assert page.open == []
    assert page.links == []
    # A label has its colon in the text, and a cell of its own in the page.
    expected = f"{rendered.subject} {rendered.text}".replace(":", "").split()
    assert [word for word in (word.replace(":", "") for word in page.words) if word] == expected


def test_a_due_date_is_written_in_words() -> None:
    """People read a weekday, a day and a month, not digits with dashes."""
    text = OURS.render(one(MessageKind.DECISION_NEEDED, due_on="2026-11-09")).text
    assert "by the end of Monday 9 November 2026." in " ".join(text.split())
    assert "2026-11" not in text


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("outcome", {"outcome": "approved", "sessions": "1"}, "one more session is approved"),
        ("outcome", {"outcome": "approved", "sessions": "2"}, "the clinical manager supported fewer"),
        ("outcome", {"outcome": "declined", "decided_by": "clinical_manager"}, "declined, by the clinical manager"),
        ("outcome", {"outcome": "declined", "new_case_after_months": "12"}, "Please check with client services"),
        ("outcome", {"outcome": "declined", "reason": "not_funded"}, "Reason: not funded"),
        ("outcome_for_client", {"outcome": "approved", "sessions": "1"}, "One more session has been approved"),
        ("outcome_for_client", {"outcome": "approved", "sessions": "3"}, "Three more sessions have been approved"),
        ("outcome_for_client", {"outcome": "declined"}, "this time they were not approved"),
        ("limit_overdue", {"limit": "relay"}, "Please tell them now"),
        ("limit_overdue", {"deemed": "declined"}, "the request now counts as declined"),
        ("reassigned", {"state": "further_details"}, "Its further details are still missing"),
        ("decision_needed", {"assist_case": "ASST-1"}, "Case: ASST-1"),
        ("review_waits", {"kind": "assessment_only"}, "Kind: assessment only"),
        ("case_reviewed", {"review": "authorised", "sessions": "4"}, "more sessions are authorised: four sessions"),
        ("case_reviewed", {"review": "further_session", "destination": "private_pay"}, "move on (private pay)"),
        ("case_reviewed", {"review": "denied", "resources": "2"}, "offered two additional resources instead"),
        ("slip_raised", {"slip": "risk"}, "has noticed a risk situation"),
        ("slip_raised", {"slip": "goal_slip"}, "the goal of this case is slipping"),
        ("case_handed_over", {"open_slips": "1"}, "taken up: one risk situation or goal slip."),
        ("contact_waits", {"urgency": "risk"}, "this comes before everything else"),
        ("contact_waits", {"urgency": "urgent"}, "It is urgent."),
        ("urgency_raised", {"urgency": "urgent"}, "has become urgent"),
        ("many_attempts", {"attempts": "6"}, "six attempts by now"),
        ("contact_ended", {"ended": "reached"}, "has been in touch with somebody else"),
        ("contact_ended", {"ended": "escalated"}, "the case team goes on with it"),
        ("not_reached", {"stage": "attempting"}, "the contact stays open"),
        ("not_reached", {"stage": "exhausted"}, "the contact has ended"),
        ("contact_escalated", {"escalation": "dissatisfied"}, "Somebody is dissatisfied"),
        ("contact_escalated", {"escalation": "complaint"}, "Escalated: complaint"),
        ("support_needed", {"method": "sms"}, "Preferred: sms"),
        ("support_not_needed", {"withdrawn": "session_goes_ahead"}, "The session goes ahead after all"),
        ("support_not_needed", {"withdrawn": "entered_in_error"}, "was entered in error"),
        ("support_answered", {"answer": "told"}, "Support has told the client"),
        ("support_answered", {"answer": "handed_back"}, "Please tell them now"),
        ("cancellation_escalated", {"ground": "client_unhappy"}, "A client is unhappy"),
        ("cancellation_escalated", {"ground": "cannot_wait"}, "A client cannot wait"),
        ("cancellation_escalated", {"ground": "absence_harmful"}, "absence is likely to harm"),
        ("concern_raised", {"concern": "safeguarding"}, "A safeguarding concern was raised"),
        ("limit_extended", {"was_due_on": "2026-11-05"}, "instead of Thursday 5 November 2026"),
        ("limit_warning", {"turn": "case_team"}, "it is yours to see to it"),
        ("limit_overdue", {"turn": "case_team", "limit": "support"}, "it is yours to see to it"),
        ("limit_overdue", {"turn": "therapist", "limit": "records"}, "whoever has to act has been told. Please follow"),
    ],
)
def test_a_message_says_what_is_asked(kind: str, data: dict[str, str], expected: str) -> None:
    """What happened is what is said (XS-08, CR-06, CR-10, IN-04, CM-03, CM-05, CM-10, CM-13, TC-06, TC-12)."""
    assert expected in " ".join(OURS.render(one(MessageKind(kind), **data)).text.split())


def test_what_is_due_by_the_hour_says_the_hour() -> None:
    """A limit in elapsed hours passes within a day, so its hour is written, and whose clocks show it (CM-05)."""
    by_the_hour = one(MessageKind.LIMIT_REMINDER, due_on="2026-11-09", due_at="14:30", zone="America/New_York")
    text = " ".join(OURS.render(by_the_hour).text.split())
    assert "is due by Monday 9 November 2026 at 14:30 (America/New York)." in text
    by_the_day = one(MessageKind.LIMIT_REMINDER, due_on="2026-11-09", due_at="", zone="")
    assert "is due by the end of Monday 9 November 2026." in " ".join(OURS.render(by_the_day).text.split())


def test_every_template_of_ours_can_show_whatever_its_kind_may_hold(tmp_path: Path) -> None:
    """Our own templates pass what a caller's have to pass: every choice, with all that may be shown and with none of it."""
    for name, text in ours().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert Rendering(tmp_path).render(OF_EACH_KIND[MessageKind.LAPSED]) == OURS.render(OF_EACH_KIND[MessageKind.LAPSED])
    assert ours().keys() == {"closing.txt", "layout.html", *(f"{kind}.txt" for kind in MessageKind)}


def ours() -> dict[str, str]:
    """The templates of the package, by name."""
    folder = files("eap_workflow.notify").joinpath("templates")
    return {each.name: each.read_text("utf-8") for each in folder.iterdir()}


def test_what_is_shown_cannot_be_taken_for_html() -> None:
    """Whatever the data holds is shown as it is, in the text and in the HTML."""
    rendered = OURS.render(one(MessageKind.DECISION_NEEDED, goal="<b>&"))
    assert "<b>&" in rendered.text
    assert "&lt;b&gt;&amp;" in rendered.html
    assert "<b>" not in rendered.html


def test_a_link_leads_where_the_caller_says() -> None:
    """Each role has its own address, filled with what its messages show; a role without one has no link (CR-01)."""
    links = {
        "consultant": "https://example.com/cases/{assist_case}?request={request}",
        "employer": "https://example.com/requests/{reference}",
    }
    rendering = Rendering(links=links)
    rendered = rendering.render(one(MessageKind.DETAILS_NEEDED, request="XS/1:2"))
    assert "\nhttps://example.com/cases/ASST-104233?request=XS%2F1%3A2\n" in rendered.text
    assert Page(rendered.html).links == ["https://example.com/cases/ASST-104233?request=XS%2F1%3A2"]
    for message in TOLD:
        assert ("https://" in rendering.render(message).text) <= (message.to.role in links)


def test_a_kind_for_several_roles_has_the_link_of_each() -> None:
    """Where a message leads depends on whom it is for, and not on its kind alone (IN-13)."""
    links: dict[str, str] = {role: f"https://example.com/{role}/{{request}}" for role in RECIPIENT_ROLES[-3:]}
    rendering = Rendering(links=links)
    reminded = {message.to.role: message for message in TOLD if message.kind is MessageKind.LIMIT_REMINDER}
    assert reminded.keys() == {"partner_clinician", "therapist", "case_team"}
    for role, message in reminded.items():
        assert (f"https://example.com/{role}/{message.request}" in rendering.render(message).text) == (role in links)


def test_a_link_of_an_assist_case_is_in_no_message_without_one() -> None:
    """A case team's address of the Assist Case is left out where a request has none (IN-13)."""
    rendering = Rendering(links={"case_team": "https://example.com/{assist_case}"})
    warned = [message for message in TOLD if message.kind is MessageKind.LIMIT_WARNING]
    assert {"assist_case" in message.data for message in warned} == {True, False}
    for message in warned:
        assert ("https://" in rendering.render(message).text) == ("assist_case" in message.data)


@pytest.mark.parametrize(
    "links",
    [
        {"employer": "https://example.com/{request}"},
        {"employer": "https://example.com/{assist_case}"},
        {"client": "https://example.com/{request}"},
        {"consultant": "https://example.com/{client}"},
        {"consultant": "https://example.com/{0}"},
        {"consultant": "https://example.com/{request!r}"},
        {"consultant": "https://example.com/{request.__class__}"},
        {"consultant": "https://example.com/{"},
        {"consultant": "javascript:alert(1)"},
        {"consultant": "https://example.com/a b"},
        {"somebody": "https://example.com/"},
        {"partner_clinician": "https://example.com/{assist_case}"},
        {"therapist": "https://example.com/{session}"},
        {"risk_desk": "https://example.com/{assist_case}"},
    ],
)
def test_a_link_shows_nothing_that_its_message_does_not(links: Any) -> None:
    """An employer's link has no request or case in it, and no link holds what is not in the message (XS-06)."""
    with pytest.raises(InvalidValue, match="links"):
        Rendering(links=links)


# --- templates of the caller's -----------------------------------------------------------------------------------------


def write(folder: Path, **templates: str) -> Path:
    """Write templates, by name; two underscores stand for a dot."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in templates.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def test_a_contracts_template_comes_before_the_callers_and_that_before_ours(tmp_path: Path) -> None:
    """Each is asked in this order, for each message by its own contract."""
    write(tmp_path, lapsed__txt="Subject: Caller\n\nOver.", withdrawn__txt="Subject: Caller\n\nBack.")
    write(tmp_path / "harbour", lapsed__txt="Subject: Harbour\n\nOver.")
    rendering = Rendering(tmp_path)

    def subject(kind: MessageKind, contract: str | None) -> str:
        return rendering.render(attrs.evolve(OF_EACH_KIND[kind], contract=contract)).subject

    assert subject(MessageKind.LAPSED, "harbour") == "Harbour"
    assert subject(MessageKind.LAPSED, "lakeside") == subject(MessageKind.LAPSED, None) == "Caller"
    assert subject(MessageKind.WITHDRAWN, "harbour") == "Caller"
    assert subject(MessageKind.REVIEW_NEEDED, "harbour") == "ASST-104233 waits for a clinical review"


def test_a_contract_is_found_by_its_name_and_by_no_path(tmp_path: Path) -> None:
    """A name that looks like a path leads nowhere; a slash in a name is written as in a URL."""
    own = write(tmp_path / "own", lapsed__txt="Subject: Caller\n\nOver.")
    write(own / "north%2Fshore", lapsed__txt="Subject: Shore\n\nOver.")
    write(tmp_path / "other", lapsed__txt="Subject: Other\n\nOver.")
    rendering = Rendering(own)
    lapsed = OF_EACH_KIND[MessageKind.LAPSED]
    assert rendering.render(attrs.evolve(lapsed, contract="x/../../other")).subject == "Caller"
    assert rendering.render(attrs.evolve(lapsed, contract="north/shore")).subject == "Shore"


def test_a_replaced_text_makes_its_own_html(tmp_path: Path) -> None:
    """The HTML follows the words, also where the caller had given an HTML form of the older text."""
    write(tmp_path, lapsed__txt="Subject: A\n\nCaller.", lapsed__html="<p>{{ request }} by hand, {{ subject }}</p>")
    write(tmp_path / "harbour", lapsed__txt="Subject: B\n\nHarbour.")
    rendering = Rendering(tmp_path)
    lapsed = OF_EACH_KIND[MessageKind.LAPSED]
    assert rendering.render(attrs.evolve(lapsed, contract=None)).html == "<p>XS-0001 by hand, A</p>\n"
    assert "<p" in (html := rendering.render(lapsed).html)
    assert "Harbour." in html
    assert "by hand" not in html


def test_an_ending_and_a_layout_count_for_all(tmp_path: Path) -> None:
    """One file signs every message, and one frames every HTML form."""
    write(
        tmp_path,
        closing__txt="Yours,\nHarbour & Sons",
        layout__html="<h1>Us</h1>{{ paragraphs[-1].lines | join('|') }}",
    )
    rendering = Rendering(tmp_path)
    for message in OF_EACH_KIND.values():
        rendered = rendering.render(message)
        assert rendered.text.endswith("\n\nYours,\nHarbour & Sons\n")
        assert rendered.html == "<h1>Us</h1>Yours,|Harbour &amp; Sons\n"


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("outcome.txt", "Subject: x\n\n{{ outcom }}", "there is no outcom in this message, did you mean outcome?"),
        ("outcome.txt", "Subject: x\n\n{% if sessions == 'never' %}{{ clientt }}{% endif %}y", "there is no clientt"),
        ("outcome.txt", "Subject: x\n\n{% if outcome %}y", "line 3: "),
        ("outcome.txt", "Subject: x\n\n{{ outcome | shout }}", "shout"),
        ("outcome.txt", "Subject: x\n\n{{ outcome.secret }}", "cannot be rendered"),
        ("outcome.txt", "Subject: x\n\n{{ sessions | day }}", "cannot be rendered"),
        ("outcome.txt", "Subject: x\n\n{% include 'nowhere.txt' %}", "cannot be rendered"),
        ("outcome.txt", "Dear all,\n\nx", "the first line must be `Subject:` and a subject"),
        ("outcome.txt", "Subject:\n\nx", "the first line must be `Subject:` and a subject"),
        ("outcome.txt", "Subject: x\n\n", "there must be a text below the subject"),
        ("outcome.txt", "Subject: x\n\n{{ ''.__class__.__mro__ }}", "cannot be rendered"),
        ("outcome.html", "{{ nobody }}", "there is no nobody in this message"),
        ("details_needed.txt", "Subject: x\n\n{{ due_on | day }}", "due_on may be empty"),
        ("decision_needed.txt", "Subject: x\n\n{{ request }}", "there is no request in this message"),
        ("layout.html", "{% for x in %}", "line 1: "),
        ("closing.txt", "{{ request }}", "there is no request in this message"),
        ("outcme.txt", "Subject: x\n\ny", "no message has this template, did you mean outcome.txt?"),
    ],
)
@pytest.mark.parametrize("contract", ["", "harbour"])
def test_a_broken_template_is_refused_at_the_start(
    tmp_path: Path, contract: str, name: str, text: str, reason: str
) -> None:
    """The error names the file and what is wrong with it, before any message needs it."""
    write(tmp_path / contract, **{name.replace(".", "__"): text})
    with pytest.raises(TemplateError) as caught:
        Rendering(tmp_path)
    assert caught.value.field == (f"{contract}/{name}" if contract else name)
    assert reason in caught.value.reason
    assert caught.value.code == "template"
    assert caught.value.__context__ is None


def test_a_folder_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A folder that is not there, a file in another encoding, and a folder too deep are named."""
    with pytest.raises(TemplateError, match="cannot be read"):
        Rendering(tmp_path / "nowhere")
    (tmp_path / "lapsed.txt").write_bytes(b"Subject: \xff")
    with pytest.raises(TemplateError, match="UTF-8"):
        Rendering(tmp_path)
    (tmp_path / "lapsed.txt").unlink()
    (tmp_path / "harbour" / "deeper").mkdir(parents=True)
    with pytest.raises(TemplateError, match="harbour/deeper"):
        Rendering(tmp_path)


def test_hidden_files_are_left_alone(tmp_path: Path) -> None:
    """What an editor or a desktop leaves in a folder is no template."""
    write(tmp_path, lapsed__txt="Subject: A\n\nB")
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".lapsed.txt.swp").write_bytes(b"\xff")
    assert Rendering(tmp_path).render(OF_EACH_KIND[MessageKind.LAPSED]).subject == "A"


def test_data_that_no_template_expects_is_permanent() -> None:
    """A message that cannot be shown fails for good, and the error repeats nothing of it."""
    with pytest.raises(DeliveryError) as caught:
        OURS.render(one(MessageKind.DECISION_NEEDED, due_on=PLANTED))
    assert caught.value.permanent
    assert caught.value.__context__ is None
    assert PLANTED not in str(caught.value)


def test_what_was_rendered_shows_nothing_in_its_repr() -> None:
    """A message's words are for its recipient, and not for a log."""
    rendered = OURS.render(OF_EACH_KIND[MessageKind.OUTCOME])
    assert repr(rendered) == "<Rendered: subject, text, html filled in>"
    assert repr(OURS) == "<Rendering: templates of 0 contracts>"
