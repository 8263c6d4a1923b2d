"""Rules as plain data: every key, whatever the rule."""

from __future__ import annotations

import json

import pytest

from eap_workflow import rules
from eap_workflow.rules import Trace, traces
from eap_workflow.rules.csv_rows import KINDS
from eap_workflow.rules.words import SHOWN


@pytest.mark.parametrize("trace", traces(), ids=lambda trace: trace.rule.id)
def test_plain_data_has_every_key(trace: Trace) -> None:
    """Whatever the rule: the same keys, which JSON can write, and each place and test of it."""
    plain = rules.plain(trace)
    assert list(plain) == ["rule", "words", "source", *KINDS, "tests"]
    assert list(plain["tests"]) == [how for how, _ in SHOWN]
    assert json.loads(json.dumps(plain)) == plain
    for key, kind in KINDS.items():
        assert [(each["workflow"], each["name"]) for each in plain[key]] == [
            (p.workflow, p.name) for p in trace.of(kind)
        ]
    assert all(each["from"] for each in plain["rows"])
    shown = {each["test"] for found in plain["tests"].values() for each in found}
    assert shown == {test.name for test in trace.tests}
