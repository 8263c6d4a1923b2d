"""The pages keep up with the library: names, commands, keys, codes and rules, links, and what a console shows.

Python blocks are run by sybil, from ``conftest.py``. Here the rest of a page is read: its tables, its links, its lines
of JSON and its consoles.
"""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import attrs
import pytest

import eap_workflow
from docs._ext import command_reference
from eap_workflow import (
    MemoryStore,
    PolicyBook,
    Service,
    errors,
    extra_sessions,
    load_policies,
    read_envelope,
    read_envelope_or_tick,
    rules,
    schemas,
    views,
)
from eap_workflow.envelope import Envelope
from eap_workflow.plain.wire import record_of
from eap_workflow.policy import Policy
from eap_workflow.processes import NAMES, process_named
from eap_workflow.rules.words import CALLED, SHOWN
from eap_workflow.values import Actor, Role

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"

PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *DOCS.glob("*.md")])
WITH_CONSOLES = (
    "README.md",
    "docs/tutorial.md",
    "docs/commands.md",
    "docs/event-logs.md",
    "docs/within-n-working-days.md",
    "docs/policy-file.md",
)
WORKFLOWS = [import_module(f"eap_workflow.workflows.{name}") for name in NAMES]
PROCESSES = {name: process_named(name) for name in NAMES}


@cache
def page(name: str) -> str:
    """A page's text, by its path from the root."""
    return (ROOT / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its level or above."""
    level = len(heading) - len(heading.lstrip("#"))
    _, found, rest = text.partition(f"\n{heading}\n")
    assert found, f"there is no heading {heading}"
    return re.split(rf"^#{{1,{level}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def named(text: str) -> set[str]:
    """Every word that stands in a text as code."""
    return {word for code in re.findall(r"`([^`\n]+)`", text) for word in re.findall(r"\w+", code)}


# --- names, codes, keys, rules ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", [eap_workflow, *WORKFLOWS, views], ids=lambda module: str(module.__name__))
def test_every_public_name_is_documented(module: Any) -> None:
    """Whatever a module exports stands on the page of public names."""
    assert set(module.__all__) - named(page("docs/names.md")) == set()


def test_no_name_is_documented_that_is_not_there() -> None:
    """The page of public names lists nothing that cannot be imported."""
    for heading, module in (
        ("## Of the package", eap_workflow),
        *((f"## Of `eap_workflow.{module.__name__.rpartition('.')[2]}`", module) for module in WORKFLOWS),
        ("## Of `eap_workflow.views`", views),
    ):
        rows = re.findall(r"^\| (`.*?) \|", section(page("docs/names.md"), heading), re.MULTILINE)
        assert rows
        assert [name for row in rows for name in named(row) if not hasattr(module, name)] == []


def error_classes() -> list[type[errors.EapWorkflowError]]:
    """Every class of error that the library has."""
    classes = [errors.EapWorkflowError]
    for cls in classes:
        classes += cls.__subclasses__()
    return sorted({cls for cls in classes if cls.__module__.startswith("eap_workflow.")}, key=lambda cls: cls.__name__)


@pytest.mark.parametrize("cls", error_classes(), ids=lambda cls: str(cls.__name__))
def test_every_error_and_its_code_are_documented(cls: type[errors.EapWorkflowError]) -> None:
    """Each class of error stands on the page of errors, in one row with its code."""
    if cls is errors.EapWorkflowError:
        assert f"`{cls.code}`" in page("docs/errors.md")
    else:
        assert f"| `{cls.__name__}` | `{cls.code}` |" in page("docs/errors.md")


def test_every_reason_of_a_refusal_is_documented() -> None:
    """Each guard of extra sessions, and each code that every workflow shares, stands on the page of errors, and no other does."""
    reasons = section(page("docs/errors.md"), "## The reasons of a refusal")
    rows = {code for row in re.findall(r"^\| (`.*?) \|", reasons, re.MULTILINE) for code in named(row)}
    source = "".join(
        (ROOT / "src/eap_workflow" / name).read_text(encoding="utf-8") for name in ("machine.py", "binding.py")
    )
    shared = set(re.findall(r'\bcode="(\w+)"', source))
    assert rows == shared | {guard.name for guard in extra_sessions.PROCESS.workflow.guards}


def policy_keys(cls: type = Policy) -> set[str]:
    """Every key that a policy file may have."""
    keys = set()
    for field in record_of(cls).fields:
        keys.add(field.key)
        if field.shape.record is not None:
            keys |= policy_keys(field.shape.record)
    return keys


def test_every_key_of_a_policy_is_documented() -> None:
    """Each key stands in a row of the page of the policy file."""
    rows = re.findall(r"^\| `(\w+)` \|", page("docs/policy-file.md"), re.MULTILINE)
    assert policy_keys() - set(rows) == set()


def test_every_state_and_role_is_documented() -> None:
    """The page of commands names each state of extra sessions and each role; the page of another workflow has its table."""
    states = {state.name for state in extra_sessions.PROCESS.workflow.states}
    assert states | {role.value for role in Role} <= named(page("docs/commands.md"))
    for name in NAMES[1:]:
        of_workflow = name.replace("_", "-")
        assert f"generated/{of_workflow}-table.md" in page(f"docs/{of_workflow}.md")


def test_what_enforces_a_rule_and_what_shows_it_is_explained() -> None:
    """The page of all rules says what each word of it means, as the command does under its list."""
    explained = re.findall(r"^\| ([a-z ]+) \| \S", page("docs/traceability.md"), re.MULTILINE)
    shown = [how if how != "otherwise" else "in another way" for how, _ in SHOWN]
    assert explained == [name for name, _ in CALLED.values()] + shown


def test_every_key_of_a_status_is_documented() -> None:
    """Each key that ``status --json`` prints has its row."""
    rows = re.findall(r"^\| `(\w+)` \|", section(page("docs/commands.md"), "### `status --json`"), re.MULTILINE)
    kept = {attribute.name for attribute in attrs.fields(views.Status)} - {"figures"} | {"sessions"}
    assert len(rows) == len(kept)
    assert set(rows) == kept


@pytest.mark.parametrize("name", NAMES[1:])
def test_every_figure_of_a_status_is_documented(name: str) -> None:
    """Each key that a request of another workflow has in its status stands beside that workflow's name, in their order."""
    text = section(page("docs/commands.md"), "### `status --json`")
    process = PROCESSES[name]
    policies = PolicyBook.standard() | load_policies(ROOT / "examples" / "case_review.toml")
    opened = read_envelope(process, next(iter(command_reference.accepted(name).values())))
    snapshot = Service(MemoryStore(process), policies=policies).handle(opened).snapshot
    figures = list(process.listing(snapshot).figures)
    (row,) = re.findall(rf"^\| \[{name.replace('_', ' ')}\]\(.*?\) \| (.*) \|$", text, re.MULTILINE)
    assert [key for key in re.findall(r"`(\w+)`", row) if key in figures] == figures


# --- commands ---------------------------------------------------------------------------------------------------------


def objects(text: str) -> list[dict[str, Any]]:
    """The JSON objects that stand one after the other in a text, over as many lines as each takes."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        each, at = decoder.raw_decode(text, at)
        found.append(each)
    return found


EXAMPLES = re.compile(r"^```json\n(.*?)^```$|^<!-- lines that lead here\n(.*?)^-->$", re.MULTILINE | re.DOTALL)


def lines_of_the_page() -> list[dict[str, Any]]:
    """Every line of a command file that the page of commands has, in order, with the hidden ones that lead there."""
    return [each for shown, hidden in EXAMPLES.findall(page("docs/commands.md")) for each in objects(shown or hidden)]


@pytest.mark.parametrize("trigger", extra_sessions.COMMANDS)
def test_every_command_and_its_fields_are_documented(trigger: str) -> None:
    """Each command has a section, with a row for every field, and an example."""
    text = section(page("docs/commands.md"), f"### `{trigger}`")
    fields = attrs.fields(extra_sessions.COMMANDS[trigger])
    rows = [name for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for name in re.findall(r"`([\w.]+)`", row)]
    inner = [f"tally.{each.name}" for each in attrs.fields(extra_sessions.Tally)] if trigger == "submit" else []
    assert rows == [each.name for each in fields] + inner
    assert [each["do"] for shown, _ in EXAMPLES.findall(text) if shown for each in objects(shown)].count(trigger) >= 1


def test_every_shared_field_is_documented() -> None:
    """The fields that every command has, and those of the actor, stand on the page of commands."""
    shared = section(page("docs/commands.md"), "## Fields that every command has")
    fields = {each.name for each in attrs.fields(Envelope)} - {"command"} | {"do"}
    assert set(re.findall(r"^\| `(\w+)` \|", shared.partition("`by` has these roles")[0], re.MULTILINE)) == fields
    assert {each.name for each in attrs.fields(Actor)} <= named(shared)


def test_the_lines_of_the_page_run() -> None:
    """The examples of the page of commands, read from top to bottom, are one file in which nothing is refused."""
    policies = PolicyBook.standard() | load_policies(ROOT / "examples" / "contracts.toml")
    service = Service(MemoryStore(extra_sessions.PROCESS), policies=policies)
    for line in lines_of_the_page():
        command = read_envelope_or_tick(extra_sessions.PROCESS, line)
        if isinstance(command, Envelope):
            service.handle(command)
        else:
            assert service.tick(command.at).moves
    ended = {snapshot.request: snapshot.state for snapshot in service.snapshots()}
    assert ended == {
        "XS-0001": "approved",
        "XS-0002": "withdrawn",
        "XS-0003": "declined",
        "XS-0004": "approved",
        "XS-0005": "employer_decision",
    }


def test_the_lines_of_the_page_follow_the_schema() -> None:
    """Every example line is valid under the published JSON Schema."""
    jsonschema = pytest.importorskip("jsonschema", reason="the schema is checked where the group test is installed")
    validator = jsonschema.Draft202012Validator(schemas.command_schema(extra_sessions.PROCESS))
    for line in lines_of_the_page():
        validator.validate(line)


# --- commands of the other workflows ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES[1:])
def test_every_command_of_a_workflow_has_its_section(name: str) -> None:
    """The generated reference stands on the workflow's page, and has each command with each of its fields and a line."""
    of_workflow = name.replace("_", "-")
    assert f"```{{include}} generated/{of_workflow}-commands.md\n```" in page(f"docs/{of_workflow}.md")
    text = "\n" + command_reference.markdown(PROCESSES[name])
    commands = PROCESSES[name].commands
    assert re.findall(r"^### `(\w+)`$", text, re.MULTILINE) == list(commands)
    for trigger, command in commands.items():
        own = section(text, f"### `{trigger}`")
        rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+) \|$", own, re.MULTILINE)
        fields = record_of(command).fields
        assert [key for key, *_ in rows] == [field.key for field in fields]
        assert [default == "required" for _, _, default, _ in rows] == [field.required for field in fields]
        assert all(meaning.endswith(".") for *_, meaning in rows)
        (line,) = (each for shown, _ in EXAMPLES.findall(own) for each in objects(shown))
        assert line["do"] == trigger
        roles, _, where = own.partition("\nBy ")[2].partition("; ")
        moves = [move for move in PROCESSES[name].workflow.moves if move.trigger == trigger]
        assert named(roles) == {role.value for move in moves for role in move.who}
        assert line["by"]["role"] in named(roles)
        sources = {move.source for move in moves} - {PROCESSES[name].workflow.start}
        assert named(where.partition("\n")[0]) in (sources, set())


@pytest.mark.parametrize("name", NAMES[1:])
def test_the_lines_of_a_reference_follow_the_schema(name: str) -> None:
    """Each is a line of the workflow's example file, as it stands there, and valid under the published JSON Schema."""
    jsonschema = pytest.importorskip("jsonschema", reason="the schema is checked where the group test is installed")
    validator = jsonschema.Draft202012Validator(schemas.command_schema(PROCESSES[name]))
    example = (ROOT / "examples" / f"{name}.jsonl").read_text(encoding="utf-8")
    for line in command_reference.accepted(name).values():
        validator.validate(line)
        assert objects(command_reference.wrapped(line)) == [line]
        assert json.dumps(line) in example


STORIES = {
    "case_review": "# A month of case reviews",
    "outreach": "# A fortnight of outreach",
    "session_cancellation": "# A fortnight of cancelled sessions",
}


@pytest.mark.parametrize("name", STORIES)
def test_the_story_of_an_example_names_its_requests(name: str) -> None:
    """The page beside the examples has a row for every request, with the lines of it that are refused or repeated."""
    story = section("\n" + page("examples/README.md"), STORIES[name])
    policies = PolicyBook.standard() | load_policies(ROOT / "examples" / "case_review.toml")
    service = Service(MemoryStore(PROCESSES[name]), policies=policies)
    requests, refused, repeated = list[str](), dict[int, str](), dict[int, str]()
    lines = (ROOT / "examples" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        sent = read_envelope_or_tick(PROCESSES[name], json.loads(line))
        if not isinstance(sent, Envelope):
            service.tick(sent.at)
            continue
        requests += [] if sent.request in requests else [sent.request]
        try:
            if service.handle(sent).repeated:
                repeated[number] = sent.request
        except errors.Refused:
            refused[number] = sent.request
    rows = dict(re.findall(r"^\| (\w\w-\d{4}) \| (.+) \|$", story, re.MULTILINE))
    assert list(rows) == requests
    told = {int(line): request for request, row in rows.items() for line in re.findall(r"\bline (\d+)\)", row)}
    assert told == refused | repeated
    assert f"in {len(lines)} lines" in " ".join(story.split())
    assert f"Of the {len(lines)} lines, {len(refused)} are refused" in story


# --- links ------------------------------------------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as MyST and most hosts of repositories make them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    if "generated/rules-trace.md" in text:
        headings += [rule.id for rule in rules.REGISTER]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    """A link between pages names a file that is there, and an anchor that it has; generated files are Sphinx's to check."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        assert file.is_file(), target
        if anchor:
            assert anchor in anchors(file.read_text(encoding="utf-8")), target


def test_every_page_is_reachable() -> None:
    """Each page of ``docs/`` stands in the table of contents."""
    contents = {
        line
        for block in re.findall(r"```\{toctree\}(.*?)```", page("docs/index.md"), re.DOTALL)
        for line in block.split()
    }
    assert {path.stem for path in DOCS.glob("*.md")} - {"index"} <= contents


# --- consoles ---------------------------------------------------------------------------------------------------------

CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = re.compile(
    r"^```\{code-block\} (?:json|toml)\n:caption: (\S+)\n\n(.*?)^```$|^<!-- file (\S+)\n(.*?)^-->$",
    re.MULTILINE | re.DOTALL,
)


def commands(name: str) -> list[tuple[str, list[str]]]:
    """Each command of a page's consoles, with the lines that are shown under it."""
    found: list[tuple[str, list[str]]] = []
    for block in CONSOLE.findall(page(name)):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line.removeprefix("$ "), []))
            elif line.strip() and not re.fullmatch(r"[ ─]+", line):
                found[-1][1].append(line)
    return found


def words(line: str) -> str:
    """A line without its columns' widths."""
    return " ".join(line.split())


def shows(expected: list[str], printed: list[str]) -> str:
    """Compare what a page shows with what was printed; ``...`` is any number of lines, or any text within one.

    Returns:
        The first line that is shown and was not printed where it should have been; nothing if all were.
    """
    at, may_skip = 0, False
    for line in expected:
        if line.strip() == "...":
            may_skip = True
            continue
        pattern = re.compile(".*".join(map(re.escape, words(line).split("..."))))
        while at < len(printed) and not pattern.fullmatch(printed[at]):
            if not may_skip:
                return f"{line!r}, and printed is {printed[at]!r}"
            at += 1
        if at == len(printed):
            return line
        at, may_skip = at + 1, False
    return "" if may_skip or at == len(printed) else f"nothing more, and printed is {printed[at]!r}"


@pytest.mark.parametrize("name", WITH_CONSOLES)
def test_a_console_shows_what_is_printed(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of a page, one after the other in an empty folder with the examples, print what the page shows."""
    testing = pytest.importorskip("click.testing", reason="the command line is an extra")
    from eap_workflow.cli.app import app

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EAP_WORKFLOW_STORE", raising=False)
    monkeypatch.delenv("EAP_WORKFLOW_ZONE", raising=False)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    for shown, text, hidden, hidden_text in FILES.findall(page(name)):
        (tmp_path / (shown or hidden)).write_text(text or hidden_text, encoding="utf-8")
    run = commands(name)
    assert run
    for command, expected in run:
        program, *arguments = command.split()
        assert program == "eap-workflow"
        result = testing.CliRunner().invoke(app, arguments)
        printed = [line for line in map(words, result.stdout.splitlines()) if line.strip("─ ")]
        if result.exit_code:
            printed.append(f"[exit status {result.exit_code}]")
        assert shows(expected, printed) == "", f"after $ {command}"


def test_a_comparison_of_consoles_can_fail() -> None:
    """A line that was not printed, is missing, or stands in another place is noticed; dots stand for what is left out."""
    printed = ["a 1", "b 2", "c 3"]
    assert shows(["a   1", "b 2", "c 3"], printed) == ""
    assert shows(["a 1", "...", "c 3"], printed) == ""
    assert shows(["a ...", "b 2", "..."], printed) == ""
    assert shows(["a 1", "c 3"], printed)
    assert shows(["...", "c 3", "b 2"], printed)
    assert shows(["a 1", "b 2"], printed)
    assert shows(["a 1", "b 2", "c 3", "d 4"], printed)
