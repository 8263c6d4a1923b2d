"""The register is the only place that words a rule, and every id that is cited anywhere is one of its ids."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from eap_workflow.rules import DOCUMENTS, FAMILIES, REGISTER, Rule

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("src", "tests", "docs", "examples", "benchmarks", "checker")
READ = {".py", ".md", ".toml", ".json", ".jsonl", ".txt", ".html"}
FILES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")


def strangers(texts: Iterable[str], register: Iterable[Rule]) -> set[str]:
    """Ids of the families that texts cite and a register does not have."""
    known = {rule.id for rule in register}
    keys = "|".join(family.key for family in FAMILIES)
    return {id_ for text in texts for id_ in re.findall(rf"\b(?:{keys})-\d\d\b", text)} - known


def texts() -> Iterable[str]:
    """Every text of the project in which a rule may be cited."""
    files = [ROOT / name for name in FILES]
    files += [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in READ]
    return (path.read_text(encoding="utf-8") for path in files if "generated" not in path.parts)


def test_no_id_is_cited_that_the_register_does_not_have() -> None:
    """In the source, the tests, the pages and the examples."""
    assert strangers(texts(), REGISTER) == set()


def test_an_id_that_the_register_does_not_have_is_noticed() -> None:
    """Wherever it stands; a longer number is a request's name and no rule."""
    key = FAMILIES[0].key
    text = f"As {key}-01 has it, and ({key}-77); XS-0001 is a request."
    assert strangers([text], REGISTER) == {f"{key}-77"}
    assert strangers([text], REGISTER[1:]) == {f"{key}-01", f"{key}-77"}


def test_every_rule_is_worded_as_sentences_and_has_its_source() -> None:
    """One line of words that ends as a sentence does, once in the register; and where it comes from."""
    for rule in REGISTER:
        assert re.fullmatch(r"[A-Z][^\n]*\.", rule.words), rule.id
        assert rule.source
        assert not rule.source.endswith(".")
    assert len({rule.words for rule in REGISTER}) == len(REGISTER)


def test_every_family_and_every_document_is_used() -> None:
    """Nothing is named that no rule is of."""
    assert [family.key for family in FAMILIES] == list(dict.fromkeys(rule.family for rule in REGISTER))
    assert all(any(name in rule.source for rule in REGISTER) for name in DOCUMENTS)


def test_the_words_of_a_rule_stand_nowhere_else() -> None:
    """No page and no other module has a second copy, which could come to differ."""
    others = [
        path
        for folder in ("src", "docs")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".md"} and path.name != "register.py" and "generated" not in path.parts
    ]
    whole = "\n".join(" ".join(path.read_text(encoding="utf-8").split()) for path in others)
    # A short rule, and one that a console shows as an example, may be said in passing.
    assert [rule.id for rule in REGISTER if len(rule.words) > 60 and rule.words in whole] == ["XS-10"]
