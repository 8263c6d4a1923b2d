"""What the guards of the session-cancellation table look at, said again in small numbers for SPIN."""

from __future__ import annotations

from eap_workflow.proof.promela import Meaning

BOOKED, DECLINED = 1, 2
# The records, as bits, made or ticketed alike: attendance, note, next session, confirmation.
ATTENDANCE, NOTE, SESSION, CONFIRMATION = 1, 2, 4, 8
TOLD = "told = 1; offered = offered | $offer; amiss = ($method == 2) && preferred != 2 && !($reason && allowed)"

MEANING = Meaning(
    words="A slot is offered or none is; each of the four records is there, made or by ticket, or is not; the client is told by"
    " telephone (0), e-mail (1) or voicemail (2), and prefers telephone or voicemail.",
    variables={
        "preferred": (0, 2),
        "allowed": (0, 1),
        "told": (0,),
        "offered": (0,),
        "amiss": (0,),
        "outcome": (0,),
        "records": (0,),
        "longer": (0,),
        "left_out": (0,),
    },
    few={"preferred": (0,), "allowed": (1,), "set_records": (0,)},
    choices={
        "tell_client": {"method": (0, 1, 2), "offer": (0, 1), "reason": (0, 1)},
        "confirm_told": {"method": (1, 2), "offer": (0, 1), "reason": (0, 1)},
        "raise_ticket": {"record": (ATTENDANCE, NOTE, SESSION, CONFIRMATION)},
        "update_absence": {"both": (0, 1)},
    },
    guards={
        "preferred_method": "$method == preferred || $method == 2",
        "voicemail_justified": "($method == 2 && preferred != 2) -> ($reason && allowed) : !$reason",
        "slot_offered": "offered",
        "absence_as_expected": "!longer",
        "absence_extended": "longer",
        "update_reaches_all": "$both",
        "session_rebooked": "booked",
        "session_entered": "session_there",
        "record_owed": f"($record == {ATTENDANCE}) || ($record == {NOTE} && told) || ($record > {NOTE} && booked)",
        "records_made": "marked && noted && (!booked || (session_there && confirmed))",
    },
    effects={
        "tell_client": TOLD,
        "confirm_told": TOLD,
        "offer_slots": "offered = 1",
        "rebook": f"outcome = {BOOKED}",
        "decline_rebooking": f"outcome = {DECLINED}",
        "reopen_rebooking": f"outcome = 0; offered = 0; records = records & {ATTENDANCE | NOTE}",
        "mark_attendance": f"records = records | {ATTENDANCE}",
        "write_note": f"records = records | {NOTE}",
        "enter_session": f"records = records | {SESSION}",
        "confirm_session": f"records = records | {CONFIRMATION}",
        "raise_ticket": "records = records | $record",
        "extend_absence": "longer = 1",
        "update_absence": "left_out = left_out | !$both",
        "end_absence": "longer = 0",
    },
    definitions={
        "booked": f"(outcome == {BOOKED})",
        "marked": f"(records & {ATTENDANCE})",
        "noted": f"(records & {NOTE})",
        "session_there": f"(records & {SESSION})",
        "confirmed": f"(records & {CONFIRMATION})",
    },
)
