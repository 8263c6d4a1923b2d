"""What the guards of the extra-sessions table look at, said again in small numbers for SPIN."""

from __future__ import annotations

from eap_workflow.proof.promela import Meaning
from eap_workflow.values import Role

ANN, BEN, MANAGER, DESK, APPROVER, OTHER = 1, 2, 3, 4, 5, 6
OWN = "decided_own = decided_own | ((requestors >> $who) & 1)"

MEANING = Meaning(
    words="Six people, two of them consultants, of whom one is a clinical manager and an approver too; one or two sessions; the"
    " total below (0), at (1) or over (2) the threshold; review at the threshold (0), always (1) or never (2).",
    variables={
        "when": (0, 1, 2),
        "deeming_review": (0, 1),
        "deeming": (0, 1, 2),
        "ahead": (0, 1),
        "total": (0,),
        "asked_for": (0,),
        "sessions": (0,),
        "unreferred": (0,),
        "holder": (0,),
        "requestors": (0,),
        "reviewer": (0,),
        "relays": (0,),
        "decided_own": (0,),
        "by_the_own": (0,),
    },
    few={"when": (0,), "deeming_review": (1,), "deeming": (1, 2), "ahead": (1,)},
    people={
        Role.CONSULTANT: (ANN, BEN),
        Role.PRACTICE: (DESK,),
        Role.CLINICAL_MANAGER: (MANAGER, BEN),
        Role.EMPLOYER: (APPROVER, BEN, OTHER),
    },
    choices={
        "draft": {"number": (1, 2), "ongoing": (0, 1)},
        "submit": {"standing": (0, 1, 2)},
        "reduce": {"number": (1, 2)},
        "reassign": {"to": (ANN, BEN, MANAGER)},
    },
    guards={
        "own_request": f"$who == holder || $who == {DESK} || $who == 0",
        "own_employer": f"$who == {APPROVER} || $who == {BEN}",
        "decider_not_requestor": "!((requestors >> $who) & 1)",
        "review_needed": "is_to_be_reviewed",
        "review_not_needed": "!is_to_be_reviewed",
        "approved_in_advance": "in_advance && sessions == 1",
        "short_term": "!unreferred",
        "fewer_sessions": "$number < sessions",
        "another_consultant": "$to != holder && $to != reviewer",
        "contract_deems_approval": "state == S_employer_decision && deems_approval",
        "contract_deems_refusal": "(state == S_clinical_review && deeming_review) ||"
        " (state == S_employer_decision && deeming == 2)",
        "outcome_not_relayed": "runs_relay",
        "limit_runs": "runs_further_details || runs_clinical_review || runs_employer_decision",
    },
    effects={
        "draft": f"if :: holder == 0 -> holder = ($who == {DESK} -> {ANN} : $who) :: else fi;"
        " requestors = requestors | (1 << $who) | (1 << holder); asked_for = $number; sessions = $number;"
        " unreferred = $ongoing",
        "submit": "total = $standing; requestors = requestors | (1 << $who)",
        "provide_details": "requestors = requestors | (1 << $who)",
        "support": f"reviewer = $who; {OWN}",
        "reduce": f"reviewer = $who; sessions = $number; {OWN}",
        "approve": f"by_the_own = ($who == {APPROVER} || $who == {BEN}); {OWN}",
        "decline": OWN,
        "reassign": "holder = $to; requestors = requestors | (1 << $to)",
        "relay": "relays = (relays < 2 -> relays + 1 : 2)",
    },
    clock={
        "further_details": ("lapse",),
        "clinical_review": ("overdue", "deem_declined"),
        "employer_decision": ("overdue", "deem_approved", "deem_declined"),
        "relay": ("relay", "overdue"),
    },
    scheduled={
        "deem_approved": "deems_approval",
        "deem_declined": "deeming_review || deeming == 2",
    },
    definitions={
        "is_to_be_reviewed": "(when == 1 || (when == 0 && total >= 1))",
        "deems_approval": "(deeming == 1)",
        "in_advance": "(ahead == 1)",
    },
)
