"""What asking and acting both get, in words and for programs."""

from __future__ import annotations

from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.verdict import Reason, Verdict


def test_a_permitted_verdict_is_true_and_says_so() -> None:
    """It stands in a condition, and in a log."""
    verdict = Verdict(trigger="submit", state="draft", move=EXTRA_SESSIONS.moves[2])
    assert verdict
    assert verdict.permitted
    assert verdict.codes == ()
    assert str(verdict) == "submit is permitted in draft"


def test_a_refused_verdict_is_false_and_names_everything() -> None:
    """Codes for programs, sentences with fields and rule ids for people, and what may be done instead."""
    verdict = Verdict(
        trigger="submit",
        state="draft",
        reasons=(
            Reason(code="role", sentence="By a consultant.", rules=("XS-02",), fields=("by",)),
            Reason(code="late", sentence="In time."),
        ),
        triggers=("draft", "withdraw"),
    )
    assert not verdict
    assert verdict.codes == ("role", "late")
    words = str(verdict)
    for part in (
        "submit is refused in draft",
        "role (by): By a consultant",
        "[XS-02]",
        "late: In time",
        "draft, withdraw",
    ):
        assert part in words
    assert ".." not in words


def test_where_nothing_is_permitted_the_verdict_says_nothing() -> None:
    """No trigger is a word too."""
    assert str(Verdict(trigger="x", state="y", reasons=(Reason(code="z", sentence="S."),))).endswith(": nothing")


def test_a_reason_names_what_a_contract_lists() -> None:
    """Whoever has to choose reads what there is; a place in a list is a place of its field."""
    reason = Reason(
        code="out_of_range",
        sentence="Within the lists.",
        fields=("goal", "sessions", "resources[1]"),
        choices=FrozenMap({"goal": ("rest", "return"), "resources": ("helpline",)}),
    )
    assert reason.about == "goal: one of rest, return; sessions; resources[1]: one of helpline"
    assert str(reason) == f"out_of_range ({reason.about}): Within the lists"
    bounded = Reason(code="z", sentence="S.", fields=("sessions", "by"), at_most=FrozenMap({"sessions": 4}))
    assert bounded.about == "sessions: at most 4; by"
    assert Reason(code="role", sentence="S.", fields=("by", "at")).about == "by, at"
    assert Reason(code="role", sentence="S.").about == ""
