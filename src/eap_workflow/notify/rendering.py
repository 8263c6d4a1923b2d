"""How a message reads: templates in Jinja, ours or the caller's, checked before the first message needs them.

    folder/outcome.txt            replaces our wording of the kind ``outcome``: its first line is the subject
    folder/outcome.html           its HTML, where the one that is made from the text is not wanted
    folder/closing.txt            how every text ends
    folder/layout.html            what every HTML form stands in
    folder/lakeside/outcome.txt   the same for messages of the contract ``lakeside`` alone

A contract's folder comes before the caller's, and that before ours. Text and HTML are made of the same words: a text that
is replaced takes the place of an older HTML form, too. Every template is read and tried on samples when a `Rendering` is
made, so that a broken one is refused at the start, and not on the night on which a limit passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from itertools import product
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, unquote

from attrs import frozen

from eap_workflow.extras import extra

with extra("mail", "jinja2"):
    from jinja2 import DictLoader, StrictUndefined, TemplateSyntaxError, meta
    from jinja2 import TemplateError as JinjaError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

from eap_workflow.errors import InvalidValue
from eap_workflow.messages import RECIPIENT_ROLES, DeliveryError, MessageKind
from eap_workflow.notify import wording
from eap_workflow.notify.paragraphs import as_text, paragraphs
from eap_workflow.plain.slips import did_you_mean
from eap_workflow.values import Discreet, as_words
from eap_workflow.views.messages import KINDS

if TYPE_CHECKING:
    from jinja2 import Environment

    from eap_workflow.messages import Message, RecipientRole

SHARED = ("closing.txt", "layout.html")
SUBJECT = "Subject:"
OF_HTML = frozenset({"subject", "paragraphs"})

SAMPLES: dict[str, tuple[str, ...]] = {
    "answer": ("told", "handed_back"),
    "asked_for": ("4",),
    "assist_case": ("ASST-104233",),
    "attempts": ("0", "1", "5"),
    "case": ("C-71",),
    "concern": ("welfare", "safeguarding", "risk"),
    "contact_reason": ("clinical_call_back", "check_in"),
    "decided_by": ("clinical_manager", "employer", "contract"),
    "deemed": ("declined", "lapsed"),
    "destination": ("private_pay",),
    "due_at": ("09:30",),
    "due_on": ("2026-11-09",),
    "ended": ("reached", "escalated"),
    "escalation": ("dissatisfied", "beyond_the_partner"),
    "goal": ("return_to_work",),
    "ground": ("client_unhappy", "cannot_wait", "absence_harmful"),
    "kind": ("transitional_support",),
    "limit": (
        *("further_details", "clinical_review", "employer_decision", "relay"),
        *("review", "case_notes", "notes_review"),
        *("acknowledgement", "first_attempt", "contact"),
        *("support", "rebooking", "records", "absence_update"),
    ),
    "method": ("telephone", "sms", "email", "portal", "voicemail"),
    "new_case_after_months": ("12",),
    "new_case_for_new_issue": ("yes",),
    "open_slips": ("1", "2"),
    "outcome": ("approved", "declined"),
    "reason": ("not_funded",),
    "reference": ("R-1F0C2B7A90D4E351",),
    "referral": ("none_needed",),
    "request": ("XS-0001",),
    "resources": ("1", "2"),
    "review": ("authorised", "further_session", "denied"),
    "session": ("S-501",),
    "session_on": ("2026-11-09",),
    "session_time": ("14:00",),
    "sessions": ("1", "3"),
    "slip": ("risk", "goal_slip"),
    "stage": (
        *("opened", "review", "under_way", "moving_on", "notes_owed", "notes_review", "action_needed", "closing"),
        *("received", "attempting", "exhausted"),
    ),
    "state": ("draft", "further_details", "clinical_review", "employer_decision", "approved", "declined"),
    "trouble": ("no_system_access",),
    "turn": ("partner_clinician", "therapist", "case_team"),
    "urgency": ("routine", "urgent", "risk"),
    "was_due_on": ("2026-11-06",),
    "with_whom": ("participant", "provider"),
    "withdrawn": ("session_goes_ahead", "entered_in_error"),
    "zone": ("America/New_York",),
}
"""What every field of a message may look like; each template is tried on all of it."""


class TemplateError(InvalidValue):
    """A template is broken, or names something that is not there.

    Attributes:
        field: Its file, from the folder of templates on.
        reason: What is wrong, and where.
    """

    code: ClassVar[str] = "template"


@frozen(kw_only=True, repr=False)
class Rendered(Discreet):
    """A message, as it is read.

    Attributes:
        subject: One line.
        text: Plain text, in lines of a width that every reader shows.
        html: The same in HTML.
    """

    subject: str
    text: str
    html: str


class Rendering:
    """Turns messages into what people read.

    Args:
        folder: The caller's own templates, with a folder in it for each contract that has some; ours where there are none.
            The name of a contract's folder is the contract's; a character that a file system does not take is written
            as in a URL (``%2F``).
        links: For each role, where its messages lead: an address in which ``{request}``, ``{assist_case}`` or, for an
            employer, ``{reference}`` stands for what the message shows. A role without one gets no link.

    Raises:
        TemplateError: A template cannot be read, is broken, or names something that its kind of message does not have.
        InvalidValue: A link is of no role, or holds what the messages of its role do not show.
    """

    def __init__(self, folder: str | Path | None = None, *, links: Mapping[str, str] | None = None) -> None:
        self._links = {} if links is None else dict(links)
        for role, pattern in self._links.items():
            _check_link(role, pattern)
        ours = {each.name: each.read_text("utf-8") for each in files(__package__).joinpath("templates").iterdir()}
        self._base = _environment(ours)
        self._of_contract: dict[str, Environment] = {}
        if folder is None:
            return
        root = Path(folder)
        own, folders = _read(root, "")
        base = _over(ours, own)
        self._base = self._tried(_environment(base), own, "")
        for name in folders:
            special, deeper = _read(root / name, f"{name}/")
            if deeper:
                raise TemplateError(f"{name}/{deeper[0]}", "a contract's folder holds no further folder")
            self._of_contract[unquote(name)] = self._tried(_environment(_over(base, special)), special, f"{name}/")

    def __repr__(self) -> str:
        return f"<Rendering: templates of {len(self._of_contract)} contracts>"

    def render(self, message: Message) -> Rendered:
        """Render a message in the wording of its contract.

        Raises:
            DeliveryError: The template met data that it cannot show; it would again.
        """
        environment = self._of_contract.get(message.contract or "", self._base)
        try:
            rendered = self._rendered(environment, message.kind, message.to.role, message.data)
        except Exception:  # noqa: BLE001 - whatever a template runs into may hold what it was shown
            rendered = None
        if rendered is None:
            raise DeliveryError(f"the template {message.kind.value} cannot show this message", permanent=True)
        return rendered

    def _rendered(
        self, environment: Environment, kind: MessageKind, role: RecipientRole, data: Mapping[str, str]
    ) -> Rendered:
        terms = KINDS[kind]
        shown: dict[str, Any] = {name: data.get(name, "") for name in (*terms.shows, *terms.may_show)}
        shown["link"] = link = self._link(role, data)
        head, _, rest = environment.get_template(f"{kind.value}.txt").render(shown).lstrip().partition("\n")
        subject = " ".join(head.removeprefix(SUBJECT).split())
        if not head.startswith(SUBJECT) or not subject or not subject.isprintable():
            raise ValueError(f"the first line must be `{SUBJECT}` and a subject")
        body = paragraphs(rest, link)
        if not body:
            raise ValueError("there must be a text below the subject")
        name = f"{kind.value}.html"
        page = environment.get_template(name if name in environment.list_templates() else "layout.html")
        return Rendered(
            subject=subject,
            text=as_text(body),
            html=page.render(shown, subject=subject, paragraphs=body).strip() + "\n",
        )

    def _link(self, role: RecipientRole, data: Mapping[str, str]) -> str:
        pattern = self._links.get(role, "")
        named = _named(pattern)
        # A draft that was handed over may have no case yet.
        if not pattern or not named <= data.keys():
            return ""
        return pattern.format_map({name: quote(data[name], safe="") for name in named})

    def _tried(self, environment: Environment, own: Iterable[str], place: str) -> Environment:
        """Refuse templates that are broken, after trying all that depend on what somebody replaced."""
        replaced = set(own)
        for kind in MessageKind:
            if replaced & {f"{kind.value}.txt", f"{kind.value}.html", *SHARED}:
                problem = self._problem(environment, kind, replaced)
                if problem is not None:
                    file, reason = problem
                    raise TemplateError(f"{place}{file}", reason)
        return environment

    def _problem(self, environment: Environment, kind: MessageKind, replaced: set[str]) -> tuple[str, str] | None:
        """Which template of a kind is broken, and how; None where all is well."""
        terms = KINDS[kind]
        known = {*terms.shows, *terms.may_show, "link"}
        for name in (f"{kind.value}.txt", f"{kind.value}.html", *SHARED):
            if name in replaced:
                source = environment.loader.get_source(environment, name)[0] if environment.loader else ""
                allowed = known | OF_HTML if name.endswith(".html") else known
                try:
                    unknown = sorted(meta.find_undeclared_variables(environment.parse(source)) - allowed)
                    environment.get_template(name)
                except TemplateSyntaxError as error:
                    return name, f"line {error.lineno}: {error.message}"
                except JinjaError as error:
                    return name, str(error.message)
                if unknown:
                    there_are = sorted(allowed)
                    hint = did_you_mean(unknown[:1], there_are)
                    return name, f"there is no {unknown[0]} in this message{hint} (there are: {', '.join(there_are)})"
        for role, data in product(terms.roles, _samples(kind)):
            try:
                self._rendered(environment, kind, role, data)
            except (JinjaError, LookupError, TypeError, ValueError, ArithmeticError) as error:
                absent = sorted(set(terms.may_show) - data.keys())
                empty = f"; {', '.join(absent)} may be empty" if absent else ""
                file = f"{kind.value}.html" if f"{kind.value}.html" in replaced else f"{kind.value}.txt"
                return file, f"it cannot be rendered: {error}{empty}"
        return None


def _samples(kind: MessageKind) -> Iterator[dict[str, str]]:
    """Data of every shape that a kind can have: each of its choices, with all that it may show, and with none of it."""
    terms = KINDS[kind]
    for names in ((*terms.shows, *terms.may_show), terms.shows):
        for texts in product(*(SAMPLES[name] for name in names)):
            yield dict(zip(names, texts, strict=True))


def _environment(templates: Mapping[str, str]) -> Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=DictLoader(templates),
        undefined=StrictUndefined,
        autoescape=lambda name: name is None or name.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"day": wording.day, "counted": wording.counted, "words": as_words}
    return environment


def _read(folder: Path, place: str) -> tuple[dict[str, str], list[str]]:
    """The templates of a folder, by name, and the folders in it."""
    templates, folders = {}, []
    names = {*SHARED, *(f"{kind.value}.{form}" for kind in MessageKind for form in ("txt", "html"))}
    problem = ""
    entries: list[Path] = []
    try:
        entries = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    except OSError as error:
        problem = f"this folder cannot be read: {error.strerror}"
    if problem:
        raise TemplateError(place or str(folder), problem)
    for entry in entries:
        name = entry.name
        if entry.is_dir():
            folders.append(name)
            continue
        if name not in names:
            raise TemplateError(f"{place}{name}", f"no message has this template{did_you_mean([name], names)}")
        try:
            templates[name] = entry.read_text("utf-8-sig")
        except OSError as error:
            problem = f"this file cannot be read: {error.strerror}"
        except UnicodeDecodeError:
            problem = "this file must be UTF-8"
        if problem:
            raise TemplateError(f"{place}{name}", problem)
    return templates, folders


def _over(base: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Templates with others in front of them: a text of one's own leaves no older HTML form standing beside it."""
    kept = {name: text for name, text in base.items() if f"{name.removesuffix('.html')}.txt" not in own}
    return {**kept, **own}


def _check_link(role: str, pattern: str) -> None:
    if role not in RECIPIENT_ROLES:
        raise InvalidValue("links", f"one of {', '.join(RECIPIENT_ROLES)} is needed")
    told = [terms for terms in KINDS.values() if role in terms.roles]
    usable = set.intersection(*({*terms.shows} for terms in told)) & {"request", "assist_case", "reference"}
    if role != "employer" and any("assist_case" in (*terms.shows, *terms.may_show) for terms in told):
        usable.add("assist_case")
    try:
        named = _named(pattern)
    except ValueError:
        named = None
    if named is None or not named <= usable:
        raise InvalidValue(
            f"links.{role}", f"an address is needed, in which only {{{'} {'.join(sorted(usable))}}} may stand"
        )
    if not pattern.startswith(("https://", "http://")) or not pattern.isascii() or any(c.isspace() for c in pattern):
        raise InvalidValue(f"links.{role}", "an address is needed that begins with https:// or http://")


def _named(pattern: str) -> set[str]:
    parts = list(Formatter().parse(pattern))
    if any(form or conversion for _, _, form, conversion in parts):
        raise ValueError("only a name may stand between brackets")
    return {name for _, name, _, _ in parts if name is not None}
