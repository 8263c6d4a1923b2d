"""What the guards of the case-review table look at, said again in small numbers for SPIN."""

from __future__ import annotations

from eap_workflow.proof.promela import Meaning
from eap_workflow.values import Role

THEO, TESS, PIA = 1, 2, 3
HELD = "held = held | (before_first -> 0 : 1 << therapist)"
REVIEWED = "reviewers = reviewers | (1 << $who)"

MEANING = Meaning(
    words="Three people: two therapists, of whom one is a clinician of the partner too, and a clinician who may become a"
    " therapist; up to two own steps of the organisation, one slip at a time, a benefit of two sessions.",
    variables={
        "reviewed": (0, 1),
        "owed": (0, 1, 2),
        "opened_from": (0,),
        "therapist": (0,),
        "before_first": (1,),
        "held": (0,),
        "reviewers": (0,),
        "authorised": (0,),
        "slips": (0,),
        "own_slip": (0,),
        "done": (0,),
    },
    few={"owed": (1,)},
    people={Role.PARTNER_CLINICIAN: (PIA, THEO), Role.THERAPIST: (THEO, TESS)},
    choices={
        "open_case": {"referral": (0, 1), "to": (0, THEO)},
        "authorise": {"number": (1, 2, 3)},
        "assign": {"to": (THEO, TESS, PIA)},
    },
    guards={
        "no_management_referral": "$referral == 0",
        "own_case": f"$who == 0 || $who == {PIA} || $who == therapist || $who == {THEO}",
        "reviewer_not_therapist": "!((held >> $who) & 1)",
        "another_therapist": "$to != therapist && !((reviewers >> $to) & 1)",
        "therapist_named": "therapist != 0",
        "review_needed": "reviewed",
        "no_review_needed": "!reviewed",
        "within_the_benefit": "$number <= 2",
        "slip_open": "slips > 0",
        "slips_taken_up": "slips == 0",
        "next_own_step": "done < owed",
        "own_steps_done": "done == owed",
        "limit_runs": "runs_review || runs_case_notes || runs_notes_review",
    },
    effects={
        "open_case": "opened_from = $referral; therapist = $to",
        "hold_first_session": f"before_first = 0; {HELD}",
        "assign": f"therapist = $to; {HELD}",
        "authorise": f"authorised = $number; {REVIEWED}",
        "offer_further_session": REVIEWED,
        "deny": REVIEWED,
        "clear_notes": REVIEWED,
        "flag_notes": REVIEWED,
        "raise_slip": "slips = 1",
        "take_up_slip": "slips = 0; own_slip = own_slip | ((held >> $who) & 1)",
        "do_own_step": "done = done + 1",
    },
    definitions={"reviewed_kind": "(reviewed == 1)"},
)
