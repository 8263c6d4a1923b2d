"""What the guards of the outreach table look at, said again in small numbers for SPIN."""

from __future__ import annotations

from eap_workflow.proof.promela import Meaning

MEANING = Meaning(
    words="One to three attempts owed and one beyond them; routine (0) or more (1); e-mail only or not; an attempt is in vain"
    " (0), reaches somebody (1), or somebody who is dissatisfied (2).",
    variables={
        "owed": (1, 2, 3),
        "email_only": (0, 1),
        "urgency": (0,),
        "attempts": (0,),
        "reasoned": (0,),
        "called": (0,),
        "result": (0,),
        "acknowledged": (0,),
        "told": (0,),
    },
    few={"owed": (2,), "email_only": (0,)},
    choices={
        "open_contact": {"urgent": (0, 1)},
        "attempt": {"channel": (0, 1), "result": (0, 1, 2), "reason": (0, 1)},
        "receive_call": {"result": (1, 2)},
    },
    guards={
        "to_be_acknowledged": "set_acknowledgement && !acknowledged",
        "number_left_or_risk": "attempts < owed || (urgency > 0 && attempts < owed + 1)",
        "clinical_reason_given": "(attempts >= owed) == $reason",
        "telephone_possible": "$channel == 0 || !email_only || urgency > 0",
        "telephone_in_time": "$channel == 1 || email_only || called || attempts + 1 != owed",
        "attempts_made": "attempts >= owed",
        "acknowledged": "!set_acknowledgement || acknowledged",
        "more_urgent": "urgency == 0",
        "was_reached": "answered && !dissatisfied",
        "was_dissatisfied": "dissatisfied",
        "not_reached": "!answered",
        "many_attempts": "!answered && attempts > 1",
        "wpo_to_be_told": "(runs_contact || urgency > 0) && !told",
        "wpo_not_to_be_told": "!(runs_contact || urgency > 0) || told",
    },
    effects={
        "open_contact": "urgency = $urgent",
        "attempt": "attempts = attempts + (attempts < owed + 2); reasoned = $reason; called = called | $channel;"
        " result = $result",
        "receive_call": "result = $result",
        "acknowledge": "acknowledged = 1",
        "raise_risk": "urgency = 1",
        "tell_wpo": "told = 1",
        "tell_wpo_at_once": "told = 1",
    },
    clock={"contact": ("overdue", "tell_wpo")},
    definitions={"answered": "(result > 0)", "dissatisfied": "(result == 2)"},
)
