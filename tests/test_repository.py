"""What every file of the repository keeps to, whatever it is about."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "eap_workflow"
TESTS = ROOT / "tests"

if not (ROOT / ".git").exists():
    pytest.skip("only a checkout knows which files belong to the repository", allow_module_level=True)

# Modules whose test does not carry their name, and why.
TESTED_ELSEWHERE: dict[str, str] = {
    "days/account.py": "its rows are what explain gives: test_calendar.py",
    "days/source.py": "a calendar's source is made and told by test_regions.py and test_frozen.py",
    "store/sql/dialects.py": "it names the two databases: store/test_sql.py opens both",
    "store/sql/discretion.py": "no value of a command is logged: store/test_sql.py and test_asynchronous.py",
    "store/sql/statements.py": "what a transaction sends: store/sql/test_transaction.py and store/test_faults.py",
    "store/sql/transaction/part.py": "what the parts share: store/test_sql.py, as the contract's first test of a store",
    "store/sql/transaction/requests.py": "the contract, in store/test_sql.py, and store/sql/test_transaction.py",
    "store/sql/transaction/references.py": "the contract, in store/test_sql.py, and store/sql/test_transaction.py",
    "store/sql/transaction/listing.py": "the contract, in store/test_sql.py, and store/sql/test_tables.py for its plans",
    "store/sql/transaction/outbox.py": "the contract, in store/test_sql.py, and store/sql/test_tables.py for its plans",
    "store/sql/transaction/record.py": "the contract, in store/test_sql.py, and test_verification.py",
    "store/sql/transaction/removing.py": "the contract, in store/test_sql.py, and store/test_removals.py",
    "store/sql/migrations/rows_of_0001.py": "what a migration does with rows: store/sql/test_migrating.py",
    "store/sql/migrations/versions/version_0001.py": "each migration is run by store/sql/test_migrating.py",
    "store/sql/migrations/versions/version_0002.py": "each migration is run by store/sql/test_migrating.py",
    "adoption/claims.py": "every claim is contradicted: workflows/*/test_adoption.py",
    "adoption/fields.py": "each field is tried as a line has it: workflows/*/test_adoption.py, test_adopting.py",
    "adoption/guarded.py": "guards hold of every place, and are contradicted: adoption/test_opened.py, workflows/*/test_adoption.py",
    "adoption/instants.py": "instants are moved, one by one: adoption/test_opened.py, workflows/*/test_adoption.py",
    "adoption/limits.py": "limits in every unit, on time and late: workflows/*/test_adoption.py",
    "adoption/running.py": "limits in every state: adoption/test_opened.py",
    "workflows/case_review/adopted.py": "each field is tried as a line has it: workflows/case_review/test_adoption.py",
    "workflows/case_review/claims.py": "each claim has its contradictions: workflows/case_review/test_adoption.py",
    "workflows/outreach/adopted.py": "each field is tried as a line has it: workflows/outreach/test_adoption.py",
    "workflows/outreach/claims.py": "each claim has its contradictions: workflows/outreach/test_adoption.py",
    "workflows/session_cancellation/adopted.py": "each field is tried as a line has it: workflows/session_cancellation/test_adoption.py",
    "workflows/session_cancellation/claims.py": "each claim has its contradictions: workflows/session_cancellation/test_adoption.py",
    "workflows/extra_sessions/adopted.py": "each field is tried as a line has it: workflows/extra_sessions/test_adoption.py",
    "workflows/extra_sessions/claims.py": "each claim has its contradictions: workflows/extra_sessions/test_adoption.py",
    "testing/acts.py": "what the contract is made of: testing/test_contract.py",
    "testing/failing.py": "what the contract is made of: testing/test_contract.py",
    "testing/histories.py": "what the contract is made of: testing/test_contract.py",
    "testing/in_turn.py": "its tests are run, and shown to catch something, by testing/test_contract.py",
    "testing/lines.py": "what the contract is made of: testing/test_contract.py",
    "testing/outbox.py": "its tests are run, and shown to catch something, by testing/test_contract.py",
    "testing/policies.py": "what the contract is made of: testing/test_contract.py",
    "testing/reading.py": "its tests are run, and shown to catch something, by testing/test_contract.py",
    "testing/record.py": "its tests are run, and shown to catch something, by testing/test_contract.py",
    "testing/threads.py": "what the contract is made of: testing/test_contract.py",
    "testing/several_workflows.py": "its tests are run, and shown to catch something, by testing/test_contract.py",
    "proof/extra_sessions/letters.py": "every letter is asked for everywhere: proof/test_walking.py",
    "proof/extra_sessions/properties.py": "each property holds, and is broken on purpose: proof/test_walking.py, test_properties.py",
    "proof/extra_sessions/meaning.py": "what SPIN takes for a guard: proof/test_promela.py and test_properties.py",
    "proof/case_review/letters.py": "every letter is asked for everywhere: proof/test_walking.py",
    "proof/case_review/properties.py": "each property holds, and is broken on purpose: proof/test_walking.py, test_properties.py",
    "proof/case_review/meaning.py": "what SPIN takes for a guard: proof/test_promela.py and test_properties.py",
    "proof/outreach/letters.py": "every letter is asked for everywhere: proof/test_walking.py",
    "proof/outreach/properties.py": "each property holds, and is broken on purpose: proof/test_walking.py, test_properties.py",
    "proof/outreach/meaning.py": "what SPIN takes for a guard: proof/test_promela.py and test_properties.py",
    "proof/session_cancellation/letters.py": "every letter is asked for everywhere: proof/test_walking.py",
    "proof/session_cancellation/properties.py": "each property holds, and is broken on purpose: proof/test_walking.py, test_properties.py",
    "proof/session_cancellation/meaning.py": "what SPIN takes for a guard: proof/test_promela.py and test_properties.py",
    "diagrams/notes.py": "what the three executable formats say beside a row: diagrams/test_scxml.py and its like",
    "deadlines/values.py": "what counting gives: test_deadlines.py",
    "deadlines/counting.py": "each way of counting: test_deadlines.py",
    "deadlines/accounts.py": "the accounts of what was counted: test_deadlines.py",
    "terms/extra_sessions.py": "each key is tried through the policy that has it: test_policy.py",
    "terms/parties.py": "each key is tried through the policy that has it: test_policy.py",
    "policy_checks.py": "each check is tried through the policy that has it: test_policy.py",
    "table.py": "values without logic; test_states.py and test_table_checks.py put them to work",
}

# Tests that mirror no module, and why.
MIRRORS_NO_MODULE = {
    "event_logs/test_miners.py": "programs of process mining, on the logs and on the nets",
    "store/sql/test_within.py": "the store inside a transaction of the caller's",
    "store/test_faults.py": "every store, in a process that is killed",
    "test_shown.py": "the index of what tests show, and the plugin that compares it",
    "test_watching.py": "how the library is watched while a test runs",
    "test_servers.py": "the PostgreSQL that the tests run",
    "test_packaging.py": "the built package as a whole",
    "test_repository.py": "the repository as a whole",
    "test_calendar_peers.py": "the calendar against other libraries",
    "test_docs.py": "the pages as a whole",
    "test_examples.py": "the example that is the main job",
    "test_public_names.py": "the package's public names",
    "test_two_engines.py": "the core and transitions, driven with the same sequences",
    "workflows/extra_sessions/test_rules.py": "every rule of the register, permitted and refused",
    "workflows/case_review/test_rules.py": "every rule that the table cites, permitted and refused",
    "workflows/case_review/test_example.py": "the example of the workflow",
    "workflows/outreach/test_rules.py": "every rule that the table cites, permitted and refused",
    "workflows/outreach/test_example.py": "the example of the workflow",
    "workflows/session_cancellation/test_rules.py": "every rule that the table cites, permitted and refused",
    "workflows/session_cancellation/test_example.py": "the example of the workflow",
}

# Addresses that name a licence, a schema, a convention or nobody; nothing is downloaded from any of them.
HOSTS = {"www.apache.org", "json-schema.org", "example.com", "example.org"}
# Those that name a notation's words in a file of it.
HOSTS |= {"docs.python.org", "www.omg.org", "www.pnml.org", "www.w3.org", "www.xes-standard.org"}


def files() -> list[Path]:
    """Every text file that is tracked, or would be if all were added."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return sorted(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


@cache
def lines() -> tuple[tuple[str, str], ...]:
    """Every line of every file, with the place where it stands."""
    return tuple(
        (f"{path.relative_to(ROOT)}:{number}", line)
        for path in files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    )


@cache
def project() -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def modules() -> list[Path]:
    """Every module of the package that has something in it to test, relative to the package."""
    return sorted(path.relative_to(SOURCE) for path in SOURCE.rglob("*.py") if path.name != "__init__.py")


def test_no_file_names_a_path_of_one_machine() -> None:
    """A clone works in any folder of any machine, so no file holds an absolute path of one."""
    homes = re.compile(r"(?<![\w.}/-])/(?:home|root|tmp|work|Users|opt|mnt)/|\b[A-Z]:\\")
    here = (str(ROOT), str(Path.home()))
    # The pattern above is itself written in this file, in pieces that it does not match.
    assert [place for place, line in lines() if homes.search(line) or any(path + "/" in line for path in here)] == []


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is for each machine to say, so no file names a registry."""
    registries = re.compile(r"\b(?:pypi|pythonhosted|npmjs|yarnpkg|conda|anaconda|debian|github)\.(?:org|com|io)\b")
    assert [place for place, line in lines() if registries.search(line)] == []


def test_every_address_is_of_a_known_host() -> None:
    """A web address stands in a file only to name a licence, a schema or an example."""
    addresses = re.compile(r"\bhttps?://[^\s\"'<>)\]`]+")
    assert [
        place
        for place, line in lines()
        for address in addresses.findall(line)
        if urlsplit(address).hostname not in HOSTS
    ] == []


def test_files_that_install_things_hold_no_address() -> None:
    """Whoever installs from these files gets packages by name and version alone."""
    forbidden = re.compile(r"\b(?:https?|git|file)[:+]|index-url|find-links|trusted-host")
    names = ("pyproject.toml", "constraints.txt", "Makefile", ".ci/")
    assert [place for place, line in lines() if place.startswith(names) and forbidden.search(line)] == []


def test_every_constraint_is_one_exact_version() -> None:
    """A constraint is a name and an exact version, and no name comes twice."""
    pins = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    requirements = [Requirement(pin) for pin in pins]
    assert [str(pin) for pin in requirements if not re.fullmatch(r"==[\w.+]+", str(pin.specifier)) or pin.url] == []
    assert len({(canonicalize_name(pin.name), str(pin.marker)) for pin in requirements}) == len(pins)


def test_every_dependency_has_a_constraint_that_it_accepts() -> None:
    """What pyproject.toml asks for, to build, run or develop, is pinned in constraints.txt."""
    pins = {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if line[0] != "#"
        for pin in [Requirement(line)]
    }
    asked = [
        *project()["build-system"]["requires"],
        *project()["project"]["dependencies"],
        *(text for extra in project()["project"]["optional-dependencies"].values() for text in extra),
        *(text for group in project()["dependency-groups"].values() for text in group if isinstance(text, str)),
    ]
    requirements = [need for need in map(Requirement, asked) if need.name != "eap-workflow"]
    assert [
        str(need) for need in requirements if not need.specifier.contains(pins.get(canonicalize_name(need.name), "0"))
    ] == []
    assert {canonicalize_name(need.name) for need in requirements} <= pins.keys()


def test_the_extra_all_is_all_extras() -> None:
    """Whoever installs ``eap-workflow[all]`` lacks nothing that an extra would bring."""
    extras = project()["project"]["optional-dependencies"]
    (everything,) = map(Requirement, extras["all"])
    assert everything.extras == extras.keys() - {"all"}


def test_every_module_has_a_test_of_its_name() -> None:
    """For ``src/eap_workflow/a/b.py`` there is ``tests/a/test_b.py``, or a reason why not."""
    untested = [
        str(module)
        for module in modules()
        if not (TESTS / module.parent / f"test_{module.name}").is_file() and str(module) not in TESTED_ELSEWHERE
    ]
    assert untested == []
    assert [name for name in TESTED_ELSEWHERE if Path(name) not in modules()] == [], (
        "a reason for a module that is gone"
    )


def test_every_test_file_has_a_module_of_its_name() -> None:
    """For ``tests/a/test_b.py`` there is ``src/eap_workflow/a/b.py`` or a package ``b``, or a reason why not."""
    astray = []
    for path in sorted(TESTS.rglob("test_*.py")):
        name = path.relative_to(TESTS)
        module = SOURCE / name.parent / name.stem.removeprefix("test_")
        if not module.with_suffix(".py").is_file() and not module.is_dir() and str(name) not in MIRRORS_NO_MODULE:
            astray.append(str(name))
    assert astray == []
    assert [name for name in MIRRORS_NO_MODULE if not (TESTS / name).is_file()] == [], (
        "a reason for a test that is gone"
    )


def test_every_test_says_what_it_expects() -> None:
    """Each test's docstring is one sentence that states the expectation."""
    silent = []
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                sentence = (ast.get_docstring(node) or "").split("\n\n")[0]
                if not sentence.endswith("."):
                    silent.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert silent == []


def test_modules_and_classes_are_named_by_an_idea() -> None:
    """No module or class is called a manager, a helper, a utility or an event."""
    vague = re.compile(r"Manager$|[Hh]elper|[Uu]til(?:s|ity|ities)?$|(?<![a-z])[Ee]vent(?!_?[Ll]og)")
    named = [str(module.with_suffix("")) for module in modules()]
    for module in modules():
        tree = ast.parse((SOURCE / module).read_text(encoding="utf-8"))
        named += [f"{module}: {node.name}" for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assert [name for name in named if vague.search(name)] == []


def test_every_make_target_that_a_page_names_exists() -> None:
    """A reader who types a ``make`` command from a page gets what the page promises."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    named = re.compile(r"(?:^ {4}|`|^\$ )make ([a-z-]+)")
    pages = [(place, line) for place, line in lines() if ".md:" in place]
    assert [place for place, line in pages for target in named.findall(line) if target not in targets] == []


def test_the_changelog_opens_with_the_version() -> None:
    """The newest heading of the changelog is the version in pyproject.toml."""
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert newest is not None
    assert newest[1] == project()["project"]["version"]


@pytest.mark.parametrize("name", ["LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", ".ci/run"])
def test_what_a_newcomer_looks_for_is_there(name: str) -> None:
    """The files that a newcomer opens first exist and say something."""
    assert (ROOT / name).read_text(encoding="utf-8").strip()


def test_the_readme_opens_with_the_two_commands() -> None:
    """The first commands in the README are ``make demo`` and ``make test``."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\bmake [a-z]+", text)[:2] == ["make demo", "make test"]
