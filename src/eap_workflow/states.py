"""THE TABLES. What may happen to a request, and nothing else.

A row reads: the trigger, from which state, to which state, who may, what it takes besides, what it does to limits, which
rules it serves. The rule ids are those of the rule register. There is no logic in this file: what a guard
looks at stands in the module of its workflow, and the numbers stand in the contract's policy.

    Start      a limit begins to run
    Stop       it ends: what it is there for is done
    Lift       it ends: what it is there for is not done, and nobody owes it any more
    Restart    what it is there for is done, and it begins anew
    PutOff     what it is there for is not done, and it begins anew
    Extend     a later date is stated for it
    Fulfil     what it is there for is done, and it runs on
    AT_ONCE    the system makes the move as soon as the state is entered and the guards hold
    WHEN_DUE   the clock makes the move at an instant that was fixed when the limit started, once for each limit
"""

from __future__ import annotations

from eap_workflow.machine import Workflow
from eap_workflow.table import (
    About,
    Extend,
    Fulfil,
    Guard,
    Lift,
    Limit,
    Move,
    PutOff,
    Restart,
    Start,
    State,
    Stop,
    When,
)
from eap_workflow.values import Role

ACTOR, REQUEST, COMMAND = About.ACTOR, About.REQUEST, About.COMMAND
AT_ONCE, WHEN_DUE = When.AT_ONCE, When.WHEN_DUE

REQUESTOR = (Role.CONSULTANT, Role.PRACTICE)
CLINICAL_MANAGER = (Role.CLINICAL_MANAGER,)
EMPLOYER = (Role.EMPLOYER,)
CASE_TEAM = (Role.CASE_TEAM,)
SYSTEM = (Role.SYSTEM,)
PARTNER = (Role.PARTNER_CLINICIAN,)
PRACTICE_OR_CASE_TEAM = (Role.PRACTICE, Role.CASE_TEAM)
PARTNER_OR_CASE_TEAM = (Role.PARTNER_CLINICIAN, Role.CASE_TEAM)
THERAPIST_OR_PARTNER = (Role.THERAPIST, Role.PARTNER_CLINICIAN)
THERAPIST_OR_CASE_TEAM = (Role.THERAPIST, Role.CASE_TEAM)
ANYBODY_OF_THE_CASE = (Role.THERAPIST, Role.PARTNER_CLINICIAN, Role.CASE_TEAM)
SYSTEM_OR_CASE_TEAM = (Role.SYSTEM, Role.CASE_TEAM)

# ----------------------------------------------------------------------------------------------------------------------
# Extra sessions: a consultant asks for more sessions for a client; a clinical manager reviews what is large; the
# employer decides.
# ----------------------------------------------------------------------------------------------------------------------

EXTRA_SESSIONS = Workflow(
    name="extra_sessions",
    title="Extra-sessions request",
    start="new",
    states=(
        #     name                 whose turn             limits that run in it
        State("draft",             Role.CONSULTANT),
        State("submitted",         Role.SYSTEM,           (), passing=True),
        State("further_details",   Role.CONSULTANT,       ("further_details",)),
        State("clinical_review",   Role.CLINICAL_MANAGER, ("clinical_review", "whole_path")),
        State("employer_decision", Role.EMPLOYER,         ("employer_decision", "whole_path")),
        State("approved",          None,                  ("relay",), final=True),
        State("declined",          None,                  ("relay",), final=True),
        State("withdrawn",         None,                  (), final=True),
        State("lapsed",            None,                  (), final=True),
    ),
    limits=(
        #     name                 whose days  what it limits                                                    rules
        Limit("further_details",   "provider", "The consultant completes the further details.",                  ("IN-08",), optional=True),
        Limit("clinical_review",   "provider", "A clinical manager supports, reduces or declines.",              ("CR-07", "IN-02")),
        Limit("employer_decision", "employer", "The employer approves or declines.",                             ("XS-07", "CR-08", "IN-02")),
        Limit("whole_path",        "provider", "The stages together, one after the other; stated, not binding.", ("CR-09", "IN-03"),
              chain=("clinical_review", "employer_decision")),
        Limit("relay",             "provider", "The outcome reaches the consultant and the client.",             ("XS-08", "IN-05")),
    ),
    guards=(
        #     name                       sees     what it takes                                                          rules                    field
        Guard("own_request",             ACTOR,   "The request is the actor's own, or of the practice whose staff acts.", ("IN-07",),              "by"),
        Guard("own_employer",            ACTOR,   "The approver acts for the employer of this request.",                  ("IN-07",),              "by"),
        Guard("decider_not_requestor",   ACTOR,   "Who decides is nobody who filed or held this request.",                ("IN-07",),              "by"),
        Guard("filed_for_a_consultant",  COMMAND, "A consultant files for themselves; only the practice's staff files for another.", ("XS-02",), "consultant"),
        Guard("policy_in_force",         REQUEST, "The policy is the one in force on the day of submission, kept to the end.", ("IN-11",),         None),
        Guard("form_in_range",           COMMAND, "Sessions, goal and referral are within what the contract allows.",     ("XS-02", "XS-03"),      "form"),
        Guard("form_complete",           REQUEST, "The whole form is filled in: requestor, case, client, employer, contract, sessions, goal, referral.", ("XS-01", "XS-02"), "form"),
        Guard("form_still_allowed",      REQUEST, "Sessions, goal and referral are within what the contract allows on the day of submission.", ("XS-02", "XS-03"), "form"),
        Guard("contract_allows",         REQUEST, "The contract has extra sessions.",                                     ("XS-01",),              "contract"),
        Guard("consent_given",           REQUEST, "The client's consent is recorded, where the contract asks for it.",    ("XS-01",),              "consent"),
        Guard("tally_of_the_window",     COMMAND, "The tally is of the window that the contract counts.",                 ("XS-04", "IN-06"),      "tally"),
        Guard("within_the_allocation",   COMMAND, "The request comes in the part of the allocation in which the contract takes one.", ("XS-02",),  "tally"),
        Guard("review_needed",           REQUEST, "The total is at or over the threshold, or the contract reviews every request.", ("XS-04", "IN-06"), None),
        Guard("review_not_needed",       REQUEST, "The total is under the threshold, or the contract reviews no request.", ("XS-05", "IN-06"),     None),
        Guard("approved_in_advance",     REQUEST, "The contract approves this many sessions of one Assist Case in advance.", ("XS-05",),           None),
        Guard("details_complete",        COMMAND, "Every question of the further details is answered, and no other.",     ("CR-01", "CR-02"),      "details"),
        Guard("short_term",              REQUEST, "Ongoing support needs a referral to longer-term support.",             ("CR-04",),              None),
        Guard("fewer_sessions",          COMMAND, "A reduction leaves one session at least, and fewer than were asked for.", ("CR-03",),           "sessions"),
        Guard("reason_listed",           COMMAND, "The reason is one of the contract's list.",                            ("CR-03", "CR-08"),      "reason"),
        Guard("another_consultant",      COMMAND, "The request goes to a consultant who neither holds nor reviewed it.",   ("XS-02", "IN-07"),              "consultant"),
        Guard("within_the_practice",     COMMAND, "Only the case team hands a request to another practice.",              ("XS-02", "IN-07"),      "practice"),
        Guard("limit_runs",              REQUEST, "A limit of this stage is running.",                                    ("IN-12",),              None),
        Guard("later_date_ahead",        COMMAND, "The later date of a limit has not passed already.",                    ("IN-12",),              "working_days"),
        Guard("due",                     COMMAND, "The instant has come that was fixed when the limit started.",          ("IN-13",),              "at"),
        Guard("contract_deems_approval", REQUEST, "The contract deems an unanswered request approved.",                   ("IN-04",),              None),
        Guard("contract_deems_refusal",  REQUEST, "The contract deems a request declined when this limit passes.",        ("IN-04",),              None),
        Guard("outcome_not_relayed",     REQUEST, "The outcome has not been relayed yet.",                                ("XS-08", "IN-05"),      None),
    ),
    moves=(
        #    trigger               from                 to                   who may
        #        what it takes besides
        #        limits it starts or stops
        #        rules it serves

        # Filing ------------------------------------------------------------------------------------------------------
        Move("draft",              "new",               "draft",             REQUESTOR,
             ("filed_for_a_consultant", "policy_in_force", "form_in_range"),
             (),
             ("XS-01", "XS-02", "XS-03")),
        Move("draft",              "draft",             "draft",             REQUESTOR,
             ("own_request", "filed_for_a_consultant", "policy_in_force", "form_in_range"),
             (),
             ("XS-01", "XS-02", "XS-03")),
        Move("submit",             "draft",             "submitted",         REQUESTOR,
             ("own_request", "policy_in_force", "form_complete", "form_still_allowed", "contract_allows", "consent_given",
              "tally_of_the_window", "within_the_allocation"),
             (),
             ("XS-01", "XS-02", "XS-03", "XS-04", "IN-06", "IN-11")),

        # Routing: one of the two, at once ----------------------------------------------------------------------------
        Move("refer",              "submitted",         "further_details",   SYSTEM,
             ("review_needed", "policy_in_force"),
             (Start("further_details"),),
             ("XS-04", "CR-01", "IN-06"), when=AT_ONCE),
        Move("forward",            "submitted",         "employer_decision", SYSTEM,
             ("review_not_needed", "policy_in_force"),
             (Start("employer_decision"), Start("whole_path")),
             ("XS-05", "XS-06", "XS-07"), when=AT_ONCE),

        # Further details ---------------------------------------------------------------------------------------------
        Move("provide_details",    "further_details",   "clinical_review",   REQUESTOR,
             ("own_request", "policy_in_force", "details_complete"),
             (Stop("further_details"), Start("clinical_review"), Start("whole_path")),
             ("CR-01", "CR-02", "CR-07", "CR-09", "IN-02", "IN-03")),

        # Clinical review ---------------------------------------------------------------------------------------------
        Move("support",            "clinical_review",   "employer_decision", CLINICAL_MANAGER,
             ("decider_not_requestor", "policy_in_force", "short_term"),
             (Stop("clinical_review"), Start("employer_decision")),
             ("CR-03", "CR-04", "CR-05", "CR-08", "IN-04")),
        Move("reduce",             "clinical_review",   "employer_decision", CLINICAL_MANAGER,
             ("decider_not_requestor", "policy_in_force", "short_term", "fewer_sessions"),
             (Stop("clinical_review"), Start("employer_decision")),
             ("CR-03", "CR-04", "CR-05", "CR-08", "IN-04")),
        Move("decline",            "clinical_review",   "declined",          CLINICAL_MANAGER,
             ("decider_not_requestor", "policy_in_force", "reason_listed"),
             (Stop("clinical_review"), Stop("whole_path"), Start("relay")),
             ("CR-03", "CR-06", "IN-04", "IN-05")),
        Move("deem_declined",      "clinical_review",   "declined",          SYSTEM,
             ("due", "policy_in_force", "contract_deems_refusal"),
             (Lift("clinical_review"), Lift("whole_path"), Start("relay")),
             ("IN-04", "IN-05"), when=WHEN_DUE),

        # The employer's decision -------------------------------------------------------------------------------------
        Move("approve",            "employer_decision", "approved",          EMPLOYER,
             ("own_employer", "decider_not_requestor", "policy_in_force"),
             (Stop("employer_decision"), Stop("whole_path"), Start("relay")),
             ("XS-07", "CR-08", "IN-04", "IN-05", "IN-09")),
        Move("decline",            "employer_decision", "declined",          EMPLOYER,
             ("own_employer", "decider_not_requestor", "policy_in_force", "reason_listed"),
             (Stop("employer_decision"), Stop("whole_path"), Start("relay")),
             ("XS-07", "CR-08", "IN-04", "IN-05", "IN-09")),
        Move("approve_in_advance", "employer_decision", "approved",          SYSTEM,
             ("approved_in_advance", "policy_in_force"),
             (Lift("employer_decision"), Lift("whole_path"), Start("relay")),
             ("XS-05", "IN-05"), when=AT_ONCE),
        Move("deem_approved",      "employer_decision", "approved",          SYSTEM,
             ("due", "policy_in_force", "contract_deems_approval"),
             (Lift("employer_decision"), Lift("whole_path"), Start("relay")),
             ("IN-04", "IN-05"), when=WHEN_DUE),
        Move("deem_declined",      "employer_decision", "declined",          SYSTEM,
             ("due", "policy_in_force", "contract_deems_refusal"),
             (Lift("employer_decision"), Lift("whole_path"), Start("relay")),
             ("IN-04", "IN-05"), when=WHEN_DUE),

        # The outcome -------------------------------------------------------------------------------------------------
        Move("relay",              "approved",          "approved",          SYSTEM_OR_CASE_TEAM,
             ("outcome_not_relayed",),
             (Stop("relay"),),
             ("XS-08", "XS-09", "IN-05"), when=WHEN_DUE),
        Move("relay",              "declined",          "declined",          SYSTEM_OR_CASE_TEAM,
             ("outcome_not_relayed",),
             (Stop("relay"),),
             ("XS-08", "XS-09", "CR-06", "CR-10", "IN-05"), when=WHEN_DUE),

        # Withdrawing, and a form that nobody answers -------------------------------------------------------------------
        Move("withdraw",           "draft",             "withdrawn",         REQUESTOR, ("own_request",), (), ("IN-08",)),
        Move("withdraw",           "further_details",   "withdrawn",         REQUESTOR,
             ("own_request",), (Lift("further_details"),), ("IN-08",)),
        Move("withdraw",           "clinical_review",   "withdrawn",         REQUESTOR,
             ("own_request",), (Lift("clinical_review"), Lift("whole_path")), ("IN-08",)),
        Move("withdraw",           "employer_decision", "withdrawn",         REQUESTOR,
             ("own_request",), (Lift("employer_decision"), Lift("whole_path")), ("IN-08",)),
        Move("lapse",              "further_details",   "lapsed",            SYSTEM,
             ("due",), (Lift("further_details"),), ("CR-02", "IN-08"), when=WHEN_DUE),

        # Another consultant takes over -----------------------------------------------------------------------------------
        Move("reassign",           "draft",             "draft",             PRACTICE_OR_CASE_TEAM,
             ("own_request", "another_consultant", "within_the_practice"), (), ("XS-02",)),
        Move("reassign",           "further_details",   "further_details",   PRACTICE_OR_CASE_TEAM,
             ("own_request", "another_consultant", "within_the_practice"), (), ("XS-02",)),
        Move("reassign",           "clinical_review",   "clinical_review",   PRACTICE_OR_CASE_TEAM,
             ("own_request", "another_consultant", "within_the_practice"), (), ("XS-02",)),
        Move("reassign",           "employer_decision", "employer_decision", PRACTICE_OR_CASE_TEAM,
             ("own_request", "another_consultant", "within_the_practice"), (), ("XS-02",)),

        # A later date for a limit that was stated --------------------------------------------------------------------
        Move("extend_limit",       "further_details",   "further_details",   CASE_TEAM,
             ("policy_in_force", "limit_runs", "later_date_ahead"), (Extend("further_details"),), ("IN-12",)),
        Move("extend_limit",       "clinical_review",   "clinical_review",   CASE_TEAM,
             ("policy_in_force", "limit_runs", "later_date_ahead"), (Extend("clinical_review"), Extend("whole_path")), ("IN-12",)),
        Move("extend_limit",       "employer_decision", "employer_decision", CASE_TEAM,
             ("policy_in_force", "limit_runs", "later_date_ahead"), (Extend("employer_decision"), Extend("whole_path")), ("IN-12",)),

        # The clock, before a limit passes and when it has; none of these decides anything ----------------------------
        Move("remind",             "further_details",   "further_details",   SYSTEM, ("due",), (), ("CR-01", "IN-08"), when=WHEN_DUE),
        Move("remind",             "clinical_review",   "clinical_review",   SYSTEM, ("due",), (), ("CR-07", "IN-13"), when=WHEN_DUE),
        Move("remind",             "employer_decision", "employer_decision", SYSTEM, ("due",), (), ("CR-08", "IN-13"), when=WHEN_DUE),
        Move("remind",             "approved",          "approved",          SYSTEM, ("due",), (), ("XS-08", "IN-05", "IN-13"), when=WHEN_DUE),
        Move("remind",             "declined",          "declined",          SYSTEM, ("due",), (), ("XS-08", "IN-05", "IN-13"), when=WHEN_DUE),
        Move("warn",               "further_details",   "further_details",   SYSTEM, ("due",), (), ("IN-08", "IN-13"), when=WHEN_DUE),
        Move("warn",               "clinical_review",   "clinical_review",   SYSTEM, ("due",), (), ("CR-07", "IN-13"), when=WHEN_DUE),
        Move("warn",               "employer_decision", "employer_decision", SYSTEM, ("due",), (), ("CR-08", "IN-13"), when=WHEN_DUE),
        Move("warn",               "approved",          "approved",          SYSTEM, ("due",), (), ("XS-08", "IN-05", "IN-13"), when=WHEN_DUE),
        Move("warn",               "declined",          "declined",          SYSTEM, ("due",), (), ("XS-08", "IN-05", "IN-13"), when=WHEN_DUE),
        Move("overdue",            "clinical_review",   "clinical_review",   SYSTEM, ("due",), (), ("CR-07", "IN-04"), when=WHEN_DUE),
        Move("overdue",            "employer_decision", "employer_decision", SYSTEM, ("due",), (), ("XS-07", "CR-08", "IN-04"), when=WHEN_DUE),
        Move("overdue",            "approved",          "approved",          SYSTEM, ("due",), (), ("XS-08", "IN-04", "IN-05"), when=WHEN_DUE),
        Move("overdue",            "declined",          "declined",          SYSTEM, ("due",), (), ("XS-08", "IN-04", "IN-05"), when=WHEN_DUE),
    ),
)
"""The extra-sessions request: draft, submitted, clinical review, employer decision, approved or declined."""

# ----------------------------------------------------------------------------------------------------------------------
# Case review: a partner reviews a case after its first session, and its notes when the intervention has ended.
# ----------------------------------------------------------------------------------------------------------------------

CASE_REVIEW = Workflow(
    name="case_review",
    title="Case review",
    start="new",
    states=(
        #     name                 whose turn              limits that run in it
        State("opened",            Role.THERAPIST),
        State("first_session_held", Role.SYSTEM,            (), passing=True),
        State("review",            Role.PARTNER_CLINICIAN, ("review",)),
        State("under_way",         Role.THERAPIST),
        State("moving_on",         Role.THERAPIST),
        State("notes_owed",        Role.THERAPIST,         ("case_notes",)),
        State("notes_review",      Role.PARTNER_CLINICIAN, ("notes_review",)),
        State("action_needed",     Role.PARTNER_CLINICIAN),
        State("closing",           Role.PARTNER_CLINICIAN),
        State("closed",            None,                   (), final=True),
        State("discontinued",      None,                   (), final=True),
    ),
    limits=(
        #     name                 whose days  what it limits                                                    rules
        Limit("review",            "provider", "The partner reviews the case after its first session.",          ("CM-02",), optional=True),
        Limit("case_notes",        "provider", "The case notes are uploaded when the intervention has ended.",   ("CM-10",), optional=True),
        Limit("notes_review",      "provider", "The partner reviews the case notes.",                            ("CM-10",), optional=True),
    ),
    guards=(
        #     name                       sees     what it takes                                                          rules                    field
        Guard("no_management_referral",  COMMAND, "Management referrals fall under the policy on management referrals.",  ("CM-01",),              "referral"),
        Guard("no_critical_incident",    COMMAND, "Critical incidents fall under the policy on rapid response to critical incidents.", ("CM-01",), "referral"),
        Guard("no_frequent_user",        COMMAND, "Frequent users fall under the policy on frequent users of the service.", ("CM-01",),             "referral"),
        Guard("kind_listed",             COMMAND, "The kind of case is one of the contract's list.",                      ("CM-02",),              "kind"),
        Guard("own_partner",             COMMAND, "A partner clinician opens the cases of their own partner alone, which is the practice that they act for.", ("CM-02", "IN-07"), "partner"),
        Guard("policy_in_force",         REQUEST, "The policy is the one in force on the day on which the case was opened, kept to the end.", ("IN-11",), None),
        Guard("own_case",                ACTOR,   "A partner clinician acts on the cases of the practice that they act for, a therapist on their own.", ("CM-02", "IN-07"), "by"),
        Guard("own_or_held_case",        ACTOR,   "A partner clinician acts on the cases of the practice that they act for, a therapist on those whose sessions they hold or held.", ("CM-10", "IN-07"), "by"),
        Guard("reviewer_not_therapist",  ACTOR,   "Who reviews a case, its notes or a slip is nobody who holds or held its sessions.", ("CM-02", "IN-07"), "by"),
        Guard("another_therapist",       COMMAND, "The therapist is another one than now, and has reviewed nothing of this case: neither it, nor its notes, nor a slip.", ("CM-02", "IN-07"), "therapist"),
        Guard("another_partner",         COMMAND, "Only the case team hands a case over, and to another partner than now.", ("CM-02", "IN-07"),    "partner"),
        Guard("therapist_named",         REQUEST, "It is on record who holds the sessions.",                              ("CM-02", "IN-07"),      None),
        Guard("review_needed",           REQUEST, "The contract has cases of this kind reviewed.",                        ("CM-02",),              None),
        Guard("no_review_needed",        REQUEST, "Cases of this kind need no review.",                                   ("CM-02",),              None),
        Guard("within_the_benefit",      COMMAND, "Sessions are authorised up to those of the participant's benefit.",    ("CM-03",),              "sessions"),
        Guard("destination_listed",      COMMAND, "Where the participant moves on to is one of the contract's list.",     ("CM-03",),              "destination"),
        Guard("resources_offered",       COMMAND, "One additional resource at least is offered, each of the contract's list.", ("CM-03",),         "resources"),
        Guard("reason_listed",           COMMAND, "The reason is one of the contract's list.",                            ("CM-10",),              "reason"),
        Guard("action_listed",           COMMAND, "The action is one of the contract's list.",                            ("CM-10",),              "action"),
        Guard("slip_open",               COMMAND, "The slip was raised, and nobody has taken it up yet.",                 ("CM-10",),              "slip"),
        Guard("next_own_step",           COMMAND, "The client organisation's own steps are done in their order, each once.", ("CM-07",),           "step"),
        Guard("own_steps_done",          REQUEST, "Every one of the client organisation's own steps is done.",            ("CM-07",),              None),
        Guard("slips_taken_up",          REQUEST, "Every risk or goal slip that was raised has been taken up.",           ("CM-10",),              None),
        Guard("limit_runs",              REQUEST, "A limit of this stage is running.",                                    ("IN-12",),              None),
        Guard("later_date_ahead",        COMMAND, "The later date of a limit has not passed already.",                    ("IN-12",),              "working_days"),
        Guard("due",                     COMMAND, "The instant has come that was fixed when the limit started.",          ("IN-13",),              "at"),
    ),
    moves=(
        #    trigger               from                 to                   who may
        #        what it takes besides, limits it starts or stops, rules it serves
        # Opening, and the first session -----------------------------------------------------------------------------
        Move("open_case",            "new",               "opened",            PARTNER_OR_CASE_TEAM,
             ("no_management_referral", "no_critical_incident", "no_frequent_user", "kind_listed", "own_partner", "policy_in_force"),
             (), ("CM-01", "CM-02", "IN-07", "IN-11")),
        Move("hold_first_session",   "opened",            "first_session_held", THERAPIST_OR_PARTNER,
             ("own_case", "policy_in_force", "therapist_named"), (), ("CM-02",)),
        Move("discontinue",          "opened",            "discontinued",      PARTNER_OR_CASE_TEAM,
             ("own_case", "policy_in_force", "reason_listed", "slips_taken_up"), (), ("CM-10",)),

        # Routing: one of the two, at once ---------------------------------------------------------------------------
        Move("ask_for_review",       "first_session_held", "review",            SYSTEM,
             ("review_needed", "policy_in_force"), (Start("review"),), ("CM-02",), when=AT_ONCE),
        Move("need_no_review",       "first_session_held", "under_way",         SYSTEM,
             ("no_review_needed", "policy_in_force"), (), ("CM-02",), when=AT_ONCE),

        # The review after the first session -------------------------------------------------------------------------
        Move("authorise",            "review",            "under_way",         PARTNER,
             ("own_case", "reviewer_not_therapist", "policy_in_force", "within_the_benefit"), (Stop("review"),), ("CM-03",)),
        Move("offer_further_session", "review",            "moving_on",         PARTNER,
             ("own_case", "reviewer_not_therapist", "policy_in_force", "destination_listed"), (Stop("review"),), ("CM-03",)),
        Move("deny",                 "review",            "notes_owed",        PARTNER,
             ("own_case", "reviewer_not_therapist", "policy_in_force", "resources_offered"), (Stop("review"), Start("case_notes")), ("CM-03", "CM-10")),

        # The end of the intervention, and its notes -----------------------------------------------------------------
        Move("end_intervention",     "under_way",         "notes_owed",        THERAPIST_OR_PARTNER, ("own_case", "policy_in_force"), (Start("case_notes"),), ("CM-10",)),
        Move("end_intervention",     "moving_on",         "notes_owed",        THERAPIST_OR_PARTNER, ("own_case", "policy_in_force"), (Start("case_notes"),), ("CM-10",)),
        Move("upload_notes",         "notes_owed",        "notes_review",      THERAPIST_OR_PARTNER,
             ("own_case", "policy_in_force"), (Stop("case_notes"), Start("notes_review")), ("CM-10",)),
        Move("upload_notes",         "review",            "review",            THERAPIST_OR_PARTNER, ("own_or_held_case", "policy_in_force"), (), ("CM-10",)),
        Move("upload_notes",         "under_way",         "under_way",         THERAPIST_OR_PARTNER, ("own_or_held_case", "policy_in_force"), (), ("CM-10",)),
        Move("upload_notes",         "moving_on",         "moving_on",         THERAPIST_OR_PARTNER, ("own_or_held_case", "policy_in_force"), (), ("CM-10",)),
        Move("upload_notes",         "notes_review",      "notes_review",      THERAPIST_OR_PARTNER, ("own_or_held_case", "policy_in_force"), (), ("CM-10",)),
        Move("clear_notes",          "notes_review",      "closing",           PARTNER,
             ("own_case", "reviewer_not_therapist", "policy_in_force"), (Stop("notes_review"),), ("CM-10",)),
        Move("flag_notes",           "notes_review",      "action_needed",     PARTNER,
             ("own_case", "reviewer_not_therapist", "policy_in_force", "action_listed"), (Stop("notes_review"),), ("CM-10",)),
        Move("complete_action",      "action_needed",     "closing",           PARTNER_OR_CASE_TEAM, ("own_case", "policy_in_force"), (), ("CM-10",)),
        Move("close",                "closing",           "closed",            PARTNER_OR_CASE_TEAM,
             ("own_case", "policy_in_force", "own_steps_done", "slips_taken_up"), (), ("CM-07", "CM-10")),

        # Who holds the sessions, and which partner is responsible: both may change -----------------------------------
        Move("assign",               "opened",            "opened",            PARTNER_OR_CASE_TEAM,
             ("own_case", "policy_in_force", "another_therapist", "another_partner"), (), ("CM-02", "IN-07")),
        Move("assign",               "review",            "review",            PARTNER_OR_CASE_TEAM,
             ("own_case", "policy_in_force", "another_therapist", "another_partner"), (), ("CM-02", "IN-07")),
        Move("assign",               "under_way",         "under_way",         PARTNER_OR_CASE_TEAM,
             ("own_case", "policy_in_force", "another_therapist", "another_partner"), (), ("CM-02", "IN-07")),
        Move("assign",               "moving_on",         "moving_on",         PARTNER_OR_CASE_TEAM,
             ("own_case", "policy_in_force", "another_therapist", "another_partner"), (), ("CM-02", "IN-07")),
        Move("assign",               "notes_owed",        "notes_owed",        PARTNER_OR_CASE_TEAM,
             ("own_case", "policy_in_force", "another_therapist", "another_partner"), (), ("CM-02", "IN-07")),
        Move("assign",               "notes_review",      "notes_review",      PARTNER_OR_CASE_TEAM,
             ("own_case", "policy_in_force", "another_therapist", "another_partner"), (), ("CM-02", "IN-07")),
        Move("assign",               "action_needed",     "action_needed",     PARTNER_OR_CASE_TEAM,
             ("own_case", "policy_in_force", "another_therapist", "another_partner"), (), ("CM-02", "IN-07")),
        Move("assign",               "closing",           "closing",           PARTNER_OR_CASE_TEAM,
             ("own_case", "policy_in_force", "another_therapist", "another_partner"), (), ("CM-02", "IN-07")),

        # Risk or goal slip, at any time; it stays on record ---------------------------------------------------------
        Move("raise_slip",           "opened",            "opened",            ANYBODY_OF_THE_CASE, ("own_or_held_case",), (), ("CM-10",)),
        Move("raise_slip",           "review",            "review",            ANYBODY_OF_THE_CASE, ("own_or_held_case",), (), ("CM-10",)),
        Move("raise_slip",           "under_way",         "under_way",         ANYBODY_OF_THE_CASE, ("own_or_held_case",), (), ("CM-10",)),
        Move("raise_slip",           "moving_on",         "moving_on",         ANYBODY_OF_THE_CASE, ("own_or_held_case",), (), ("CM-10",)),
        Move("raise_slip",           "notes_owed",        "notes_owed",        ANYBODY_OF_THE_CASE, ("own_or_held_case",), (), ("CM-10",)),
        Move("raise_slip",           "notes_review",      "notes_review",      ANYBODY_OF_THE_CASE, ("own_or_held_case",), (), ("CM-10",)),
        Move("raise_slip",           "action_needed",     "action_needed",     ANYBODY_OF_THE_CASE, ("own_or_held_case",), (), ("CM-10",)),
        Move("raise_slip",           "closing",           "closing",           ANYBODY_OF_THE_CASE, ("own_or_held_case",), (), ("CM-10",)),
        Move("take_up_slip",         "opened",            "opened",            PARTNER,
             ("own_case", "reviewer_not_therapist", "policy_in_force", "slip_open", "action_listed"), (), ("CM-10", "IN-07")),
        Move("take_up_slip",         "review",            "review",            PARTNER,
             ("own_case", "reviewer_not_therapist", "policy_in_force", "slip_open", "action_listed"), (), ("CM-10", "IN-07")),
        Move("take_up_slip",         "under_way",         "under_way",         PARTNER,
             ("own_case", "reviewer_not_therapist", "policy_in_force", "slip_open", "action_listed"), (), ("CM-10", "IN-07")),
        Move("take_up_slip",         "moving_on",         "moving_on",         PARTNER,
             ("own_case", "reviewer_not_therapist", "policy_in_force", "slip_open", "action_listed"), (), ("CM-10", "IN-07")),
        Move("take_up_slip",         "notes_owed",        "notes_owed",        PARTNER,
             ("own_case", "reviewer_not_therapist", "policy_in_force", "slip_open", "action_listed"), (), ("CM-10", "IN-07")),
        Move("take_up_slip",         "notes_review",      "notes_review",      PARTNER,
             ("own_case", "reviewer_not_therapist", "policy_in_force", "slip_open", "action_listed"), (), ("CM-10", "IN-07")),
        Move("take_up_slip",         "action_needed",     "action_needed",     PARTNER,
             ("own_case", "reviewer_not_therapist", "policy_in_force", "slip_open", "action_listed"), (), ("CM-10", "IN-07")),
        Move("take_up_slip",         "closing",           "closing",           PARTNER,
             ("own_case", "reviewer_not_therapist", "policy_in_force", "slip_open", "action_listed"), (), ("CM-10", "IN-07")),

        # The client organisation's own steps ------------------------------------------------------------------------
        Move("do_own_step",          "opened",            "opened",            PARTNER_OR_CASE_TEAM, ("own_case", "policy_in_force", "next_own_step"), (), ("CM-07",)),
        Move("do_own_step",          "review",            "review",            PARTNER_OR_CASE_TEAM, ("own_case", "policy_in_force", "next_own_step"), (), ("CM-07",)),
        Move("do_own_step",          "under_way",         "under_way",         PARTNER_OR_CASE_TEAM, ("own_case", "policy_in_force", "next_own_step"), (), ("CM-07",)),
        Move("do_own_step",          "moving_on",         "moving_on",         PARTNER_OR_CASE_TEAM, ("own_case", "policy_in_force", "next_own_step"), (), ("CM-07",)),
        Move("do_own_step",          "notes_owed",        "notes_owed",        PARTNER_OR_CASE_TEAM, ("own_case", "policy_in_force", "next_own_step"), (), ("CM-07",)),
        Move("do_own_step",          "notes_review",      "notes_review",      PARTNER_OR_CASE_TEAM, ("own_case", "policy_in_force", "next_own_step"), (), ("CM-07",)),
        Move("do_own_step",          "action_needed",     "action_needed",     PARTNER_OR_CASE_TEAM, ("own_case", "policy_in_force", "next_own_step"), (), ("CM-07",)),
        Move("do_own_step",          "closing",           "closing",           PARTNER_OR_CASE_TEAM, ("own_case", "policy_in_force", "next_own_step"), (), ("CM-07",)),

        # A later date for a limit that was stated -------------------------------------------------------------------
        Move("extend_limit",         "review",            "review",            CASE_TEAM, ("policy_in_force", "limit_runs", "later_date_ahead"), (Extend("review"),), ("IN-12",)),
        Move("extend_limit",         "notes_owed",        "notes_owed",        CASE_TEAM,
             ("policy_in_force", "limit_runs", "later_date_ahead"), (Extend("case_notes"),), ("IN-12",)),
        Move("extend_limit",         "notes_review",      "notes_review",      CASE_TEAM,
             ("policy_in_force", "limit_runs", "later_date_ahead"), (Extend("notes_review"),), ("IN-12",)),

        # The clock, before a limit passes and when it has; none of these decides anything ---------------------------
        Move("remind",               "review",            "review",            SYSTEM, ("due",), (), ("CM-02", "IN-13"), when=WHEN_DUE),
        Move("remind",               "notes_owed",        "notes_owed",        SYSTEM, ("due",), (), ("CM-10", "IN-13"), when=WHEN_DUE),
        Move("remind",               "notes_review",      "notes_review",      SYSTEM, ("due",), (), ("CM-10", "IN-13"), when=WHEN_DUE),
        Move("warn",                 "review",            "review",            SYSTEM, ("due",), (), ("CM-02", "IN-13"), when=WHEN_DUE),
        Move("warn",                 "notes_owed",        "notes_owed",        SYSTEM, ("due",), (), ("CM-10", "IN-13"), when=WHEN_DUE),
        Move("warn",                 "notes_review",      "notes_review",      SYSTEM, ("due",), (), ("CM-10", "IN-13"), when=WHEN_DUE),
        Move("overdue",              "review",            "review",            SYSTEM, ("due",), (), ("CM-02", "IN-04"), when=WHEN_DUE),
        Move("overdue",              "notes_owed",        "notes_owed",        SYSTEM, ("due",), (), ("CM-10", "IN-04"), when=WHEN_DUE),
        Move("overdue",              "notes_review",      "notes_review",      SYSTEM, ("due",), (), ("CM-10", "IN-04"), when=WHEN_DUE),
    ),
)
"""A case review: opened, first session, review, under way or moving on, notes, closed."""

# ----------------------------------------------------------------------------------------------------------------------
# Outreach: a partner makes contact with a participant or a provider, from the reason to the end.
# ----------------------------------------------------------------------------------------------------------------------

OUTREACH = Workflow(
    name="outreach",
    title="Outreach",
    start="new",
    states=(
        #     name                 whose turn              limits that run in it
        State("received",          Role.PARTNER_CLINICIAN, ("acknowledgement", "first_attempt", "contact")),
        State("recorded",          Role.SYSTEM,            ("acknowledgement", "contact"), passing=True),
        State("attempting",        Role.PARTNER_CLINICIAN, ("acknowledgement", "contact")),
        State("used_up",           Role.SYSTEM,            ("contact",), passing=True),
        State("reached",           None,                   (), final=True),
        State("exhausted",         None,                   (), final=True),
        State("escalated",         None,                   (), final=True),
    ),
    limits=(
        #     name                 whose days  what it limits                                                    rules
        Limit("acknowledgement",   "provider", "What was received is acknowledged.",                             ("CM-05",), optional=True),
        Limit("first_attempt",     "provider", "The first attempt is made.",                                     ("CM-04", "CM-05", "CM-09", "CM-16"), optional=True),
        Limit("contact",           "provider", "Somebody is reached; if not, WPO is told.",                      ("CM-05",), optional=True),
    ),
    guards=(
        #     name                       sees     what it takes                                                          rules                    field
        Guard("policy_in_force",         REQUEST, "The policy is the one in force on the day on which the contact was asked for, kept to the end.", ("IN-11",), None),
        Guard("own_contact",             ACTOR,   "A partner's clinician acts on the contacts of that partner, which is the practice that they act for.", ("CM-15", "IN-07"), "by"),
        Guard("to_be_acknowledged",      REQUEST, "An e-mail, and what else the contract has acknowledged, is acknowledged once; nothing else is.", ("CM-05",), None),
        Guard("number_left_or_risk",     REQUEST, "The number of attempts is not used up, or there is risk or urgency.",  ("CM-08", "CM-12", "CM-13", "CM-14"), None),
        Guard("clinical_reason_given",   COMMAND, "An attempt beyond the number has its clinical reason, of the contract's list; no other attempt has one.", ("CM-13",), "clinical_reason"),
        Guard("telephone_possible",      COMMAND, "The telephone is used where there is a number, and where e-mail only was asked for, at risk alone.", ("CM-12", "CM-13"), "channel"),
        Guard("telephone_in_time",       COMMAND, "One attempt of the number is by telephone: the last, where none was before; but for a check-in, and where e-mail only was asked for or there is no number.", ("CM-08", "CM-12"), "channel"),
        Guard("email_possible",          COMMAND, "An e-mail goes where there is an address.",                            ("CM-11", "CM-12"),      "channel"),
        Guard("email_consented",         COMMAND, "An e-mail for a check-in needs the participant's consent.",            ("CM-08",),              "channel"),
        Guard("message_as_wanted",       COMMAND, "An unsuccessful attempt leaves a message that asks to call back on the access line, and none where none is wanted; an e-mail without an answer is such a message.", ("CM-11",), "message"),
        Guard("agreed_listed",           COMMAND, "What was agreed is one of the contract's list.",                       ("CM-15",),              "agreed"),
        Guard("means_agree",             COMMAND, "E-mail only is for somebody who has an address, and whom e-mails may be left for.", ("CM-11", "CM-12"), "email_only"),
        Guard("attempts_made",           REQUEST, "The number of attempts that is owed has been made.",                   ("CM-08", "CM-12", "CM-14"), None),
        Guard("acknowledged",            REQUEST, "What has to be acknowledged was.",                                     ("CM-05",),              None),
        Guard("more_urgent",             COMMAND, "The urgency is higher than what is on record.",                        ("CM-13",),              "urgency"),
        Guard("reason_listed",           COMMAND, "Somebody is dissatisfied, or the reason is one of the contract's list.", ("CM-06",),            "reason"),
        Guard("was_reached",             REQUEST, "Somebody was reached, or got in touch, who is not dissatisfied.",      ("CM-12",),              None),
        Guard("was_dissatisfied",        REQUEST, "Somebody was reached, or got in touch, who is dissatisfied.",          ("CM-06",),              None),
        Guard("not_reached",             REQUEST, "The last attempt reached nobody, and the attempts are not many.",      ("CM-12", "CM-13"),      None),
        Guard("many_attempts",           REQUEST, "The last attempt reached nobody, and the attempts of the contract's span of days are many.", ("CM-13",), None),
        Guard("wpo_to_be_told",          REQUEST, "There is a limit to reach somebody, a risk, urgency or a complaint; and WPO has not been told yet.", ("CM-05", "CM-13", "CM-14"), None),
        Guard("wpo_not_to_be_told",      REQUEST, "WPO has been told, or it was routine, without a limit to reach somebody.", ("CM-05",),            None),
        Guard("due",                     COMMAND, "The instant has come that was fixed when the limit started.",          ("IN-13",),              "at"),
    ),
    moves=(
        #    trigger               from                 to                   who may
        #        what it takes besides, limits it starts or stops, rules it serves
        # Asked for --------------------------------------------------------------------------------------------------
        Move("open_contact",         "new",               "received",          PARTNER_OR_CASE_TEAM,
             ("own_contact", "policy_in_force"), (Start("acknowledgement"), Start("first_attempt"), Start("contact")), ("CM-04", "CM-05", "CM-08", "CM-09", "CM-12", "CM-14", "CM-16")),
        Move("acknowledge",          "received",          "received",          PARTNER,
             ("own_contact", "policy_in_force", "to_be_acknowledged"), (Stop("acknowledgement"),), ("CM-05",)),
        Move("acknowledge",          "attempting",        "attempting",        PARTNER,
             ("own_contact", "policy_in_force", "to_be_acknowledged"), (Stop("acknowledgement"),), ("CM-05",)),
        Move("change_means",         "received",          "received",          PARTNER_OR_CASE_TEAM, ("own_contact", "means_agree"), (), ("CM-08", "CM-11", "CM-12")),
        Move("change_means",         "attempting",        "attempting",        PARTNER_OR_CASE_TEAM, ("own_contact", "means_agree"), (), ("CM-08", "CM-11", "CM-12")),

        # An attempt, or the other side gets in touch; and what comes of it: one of the four, at once -----------------
        Move("attempt",              "received",          "recorded",          PARTNER,
             ("own_contact", "policy_in_force", "number_left_or_risk", "clinical_reason_given", "telephone_possible", "telephone_in_time", "email_possible", "email_consented", "message_as_wanted", "agreed_listed"), (Stop("first_attempt"),), ("CM-04", "CM-05", "CM-08", "CM-09", "CM-11", "CM-12", "CM-13", "CM-14", "CM-15", "CM-16")),
        Move("attempt",              "attempting",        "recorded",          PARTNER,
             ("own_contact", "policy_in_force", "number_left_or_risk", "clinical_reason_given", "telephone_possible", "telephone_in_time", "email_possible", "email_consented", "message_as_wanted", "agreed_listed"), (), ("CM-08", "CM-11", "CM-12", "CM-13", "CM-14", "CM-15")),
        Move("receive_call",         "received",          "recorded",          PARTNER_OR_CASE_TEAM,
             ("own_contact", "policy_in_force", "agreed_listed"), (Lift("first_attempt"),), ("CM-11", "CM-15")),
        Move("receive_call",         "attempting",        "recorded",          PARTNER_OR_CASE_TEAM,
             ("own_contact", "policy_in_force", "agreed_listed"), (), ("CM-11", "CM-15")),
        Move("conclude",             "recorded",          "reached",           SYSTEM,
             ("was_reached", "policy_in_force"), (Lift("acknowledgement"), Stop("contact")), ("CM-12", "CM-15"), when=AT_ONCE),
        Move("escalate_at_once",     "recorded",          "escalated",         SYSTEM,
             ("was_dissatisfied", "policy_in_force"), (Lift("acknowledgement"), Stop("contact")), ("CM-06",), when=AT_ONCE),
        Move("warn_of_many",         "recorded",          "attempting",        SYSTEM, ("many_attempts", "policy_in_force"), (), ("CM-13",), when=AT_ONCE),
        Move("go_on",                "recorded",          "attempting",        SYSTEM, ("not_reached", "policy_in_force"), (), ("CM-12",), when=AT_ONCE),

        # The number is used up: where it matters that nobody was reached, WPO is told now at the latest ---------------
        Move("exhaust",              "attempting",        "used_up",           PARTNER,
             ("own_contact", "policy_in_force", "attempts_made", "acknowledged"), (Lift("acknowledgement"),), ("CM-08", "CM-12", "CM-14")),
        Move("tell_wpo_at_once",     "used_up",           "exhausted",         SYSTEM,
             ("wpo_to_be_told", "policy_in_force"), (Stop("contact"),), ("CM-05", "CM-13", "CM-14"), when=AT_ONCE),
        Move("finish",               "used_up",           "exhausted",         SYSTEM,
             ("wpo_not_to_be_told", "policy_in_force"), (Stop("contact"),), ("CM-05", "CM-12"), when=AT_ONCE),

        # Risk, and dissatisfaction, at any time ---------------------------------------------------------------------
        Move("raise_risk",           "received",          "received",          PARTNER_OR_CASE_TEAM, ("own_contact", "more_urgent"), (), ("CM-13",)),
        Move("raise_risk",           "attempting",        "attempting",        PARTNER_OR_CASE_TEAM, ("own_contact", "more_urgent"), (), ("CM-13",)),
        Move("escalate",             "received",          "escalated",         PARTNER_OR_CASE_TEAM,
             ("own_contact", "policy_in_force", "reason_listed"), (Lift("acknowledgement"), Lift("first_attempt"), Lift("contact")), ("CM-06",)),
        Move("escalate",             "attempting",        "escalated",         PARTNER_OR_CASE_TEAM,
             ("own_contact", "policy_in_force", "reason_listed"), (Lift("acknowledgement"), Lift("contact")), ("CM-06",)),

        # The clock, before a limit passes and when it has; none of these decides anything ---------------------------
        Move("tell_wpo",             "received",          "received",          SYSTEM, ("due",), (Fulfil("contact"),), ("CM-05", "IN-04"), when=WHEN_DUE),
        Move("tell_wpo",             "attempting",        "attempting",        SYSTEM, ("due",), (Fulfil("contact"),), ("CM-05", "IN-04"), when=WHEN_DUE),
        Move("remind",               "received",          "received",          SYSTEM,
             ("due",), (), ("CM-04", "CM-05", "CM-09", "CM-16", "IN-13"), when=WHEN_DUE),
        Move("remind",               "attempting",        "attempting",        SYSTEM, ("due",), (), ("CM-05", "IN-13"), when=WHEN_DUE),
        Move("warn",                 "received",          "received",          SYSTEM,
             ("due",), (), ("CM-04", "CM-05", "CM-09", "CM-16", "IN-13"), when=WHEN_DUE),
        Move("warn",                 "attempting",        "attempting",        SYSTEM, ("due",), (), ("CM-05", "IN-13"), when=WHEN_DUE),
        Move("overdue",              "received",          "received",          SYSTEM,
             ("due",), (), ("CM-04", "CM-05", "CM-09", "CM-16", "IN-04"), when=WHEN_DUE),
        Move("overdue",              "attempting",        "attempting",        SYSTEM, ("due",), (), ("CM-05", "IN-04"), when=WHEN_DUE),
    ),
)
"""An outreach: received, attempting, reached or exhausted or escalated."""

# ----------------------------------------------------------------------------------------------------------------------
# Session cancellation: a therapist cancels or postpones at short notice; the client knows, the session is rebooked, the
# records are made.
# ----------------------------------------------------------------------------------------------------------------------

SESSION_CANCELLATION = Workflow(
    name="session_cancellation",
    title="Session cancellation",
    start="new",
    states=(
        #     name                 whose turn              limits that run in it
        State("to_tell",           Role.THERAPIST,         ("absence_update",)),
        State("with_support",      Role.CASE_TEAM,         ("support", "absence_update")),
        State("to_rebook",         Role.THERAPIST,         ("absence_update",)),
        State("contact_stated",    Role.THERAPIST,         ("rebooking", "absence_update")),
        State("to_record",         Role.THERAPIST,         ("records", "absence_update")),
        State("closed",            None,                   (), final=True),
        State("withdrawn",         None,                   (), final=True),
    ),
    limits=(
        #     name                 whose days  what it limits                                                    rules
        Limit("support",           "provider", "Support tells the client, where the therapist cannot.",          ("TC-06",), optional=True),
        Limit("rebooking",         "provider", "The client is contacted to rebook, on the day that was stated.", ("TC-03",), stated=True),
        Limit("records",           "provider", "Every record is made, or a ticket stands in for it.",            ("TC-07",), optional=True),
        Limit("absence_update",    "provider", "Provider and client are told how the absence goes on.",          ("TC-04",), occasional=True),
    ),
    guards=(
        #     name                       sees     what it takes                                                          rules                    field
        Guard("policy_in_force",         REQUEST, "The policy is the one in force on the day of the cancellation, kept to the end.", ("IN-11",),   None),
        Guard("own_session",             ACTOR,   "A therapist acts on the sessions that are their own.",                 ("TC-01", "IN-07"),      "by"),
        Guard("reason_listed",           COMMAND, "The reason is one of the contract's list.",                            ("TC-07",),              "reason"),
        Guard("session_ahead",           COMMAND, "The session has not begun yet.",                                       ("TC-01", "IN-14"),      "session_at"),
        Guard("at_short_notice",         COMMAND, "The session is as near as the contract calls short notice, or it is one of an absence.", ("IN-14",), "session_at"),
        Guard("preferred_method",        COMMAND, "The therapist tells the client by the method that they prefer; voicemail is the one exception.", ("TC-01", "TC-05"), "method"),
        Guard("voicemail_justified",     COMMAND, "Voicemail that is not the preferred method has a reason of the contract's list, where the contract allows it; nothing else has one.", ("TC-05",), "voicemail_reason"),
        Guard("trouble_listed",          COMMAND, "The technical trouble is one of the contract's list.",                 ("TC-06",),              "trouble"),
        Guard("slot_offered",            COMMAND, "The new session is in one of the slots that were offered.",            ("TC-02",),              "slot"),
        Guard("day_ahead",               COMMAND, "The day on which the client will be contacted is today or later.",     ("TC-03",),              "on"),
        Guard("day_put_off",             COMMAND, "A day that was stated to the client is moved to a later one alone; whoever is contacted before it needs none.", ("TC-03", "IN-12"), "on"),
        Guard("contact_day_came",        COMMAND, "A client who was not reached was to be contacted on a stated day, which has come.", ("TC-03",), "ground"),
        Guard("absence_as_expected",     REQUEST, "The absence is not on record as longer than expected; how a longer one goes on is an update.", ("TC-04",), None),
        Guard("absence_goes_on",         COMMAND, "The absence lasts until today or later, where its end is known.",      ("TC-04",),              "until"),
        Guard("absence_extended",        REQUEST, "The absence is on record as longer than expected.",                    ("TC-04",),              None),
        Guard("update_reaches_all",      COMMAND, "An update goes to the provider and to the client.",                    ("TC-04",),              "told"),
        Guard("agreed_listed",           COMMAND, "What was agreed is one of the contract's list.",                       ("TC-09",),              "agreed"),
        Guard("session_rebooked",        REQUEST, "The session was rebooked.",                                            ("TC-10",),              None),
        Guard("session_entered",         REQUEST, "The next session is entered, or a ticket stands in for it.",           ("TC-10",),              None),
        Guard("record_owed",             COMMAND, "The record that the ticket stands in for is owed by now, and not made yet.", ("TC-11",),              "record"),
        Guard("records_made",            REQUEST, "Every record is made, or a ticket stands in for it.",                  ("TC-07", "TC-08", "TC-09", "TC-10", "TC-11"), None),
        Guard("due",                     COMMAND, "The instant has come that was fixed when the limit started.",          ("IN-13",),              "at"),
    ),
    moves=(
        #    trigger               from                 to                   who may
        #        what it takes besides, limits it starts or stops, rules it serves
        # Cancelled, and the client told -----------------------------------------------------------------------------
        Move("cancel",               "new",               "to_tell",           THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "reason_listed", "session_ahead", "at_short_notice"), (), ("TC-01", "TC-07", "IN-11", "IN-14")),
        Move("tell_client",          "to_tell",           "to_rebook",         THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "preferred_method", "voicemail_justified"), (), ("TC-01", "TC-02", "TC-05")),
        Move("ask_support",          "to_tell",           "with_support",      THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "trouble_listed"), (Start("support"),), ("TC-06",)),
        Move("confirm_told",         "with_support",      "to_rebook",         CASE_TEAM,
             ("policy_in_force", "voicemail_justified"), (Stop("support"),), ("TC-01", "TC-02", "TC-05", "TC-06")),
        Move("hand_back",            "with_support",      "to_tell",           CASE_TEAM, ("policy_in_force",), (Lift("support"),), ("TC-06",)),

        # There was nothing to tell: the session goes ahead, or was entered in error ---------------------------------
        Move("withdraw",             "to_tell",           "withdrawn",         THERAPIST_OR_CASE_TEAM, ("own_session",), (Lift("absence_update"),), ("TC-01",)),
        Move("withdraw",             "with_support",      "withdrawn",         THERAPIST_OR_CASE_TEAM,
             ("own_session",), (Lift("support"), Lift("absence_update")), ("TC-01", "TC-06")),

        # Rebooking: from offered slots, on a stated day, or declined ------------------------------------------------
        Move("offer_slots",          "to_rebook",         "to_rebook",         THERAPIST_OR_CASE_TEAM, ("own_session", "policy_in_force"), (), ("TC-02",)),
        Move("offer_slots",          "contact_stated",    "contact_stated",    THERAPIST_OR_CASE_TEAM, ("own_session", "policy_in_force"), (), ("TC-02",)),
        Move("rebook",               "to_rebook",         "to_record",         THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "slot_offered"), (Start("records"),), ("TC-02", "TC-07")),
        Move("rebook",               "contact_stated",    "to_record",         THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "slot_offered"), (Stop("rebooking"), Start("records")), ("TC-02", "TC-07")),
        Move("state_contact_day",    "to_rebook",         "contact_stated",    THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "day_ahead"), (Start("rebooking"),), ("TC-03",)),
        Move("state_contact_day",    "contact_stated",    "contact_stated",    CASE_TEAM,
             ("policy_in_force", "day_ahead", "day_put_off"), (PutOff("rebooking"),), ("TC-03", "IN-12")),
        Move("decline_rebooking",    "to_rebook",         "to_record",         THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "contact_day_came"), (Start("records"),), ("TC-02", "TC-07")),
        Move("decline_rebooking",    "contact_stated",    "to_record",         THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "contact_day_came"), (Stop("rebooking"), Start("records")), ("TC-02", "TC-03", "TC-07")),
        Move("reopen_rebooking",     "to_record",         "to_rebook",         THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force"), (Lift("records"),), ("TC-02", "TC-04", "TC-10")),

        # Records: each is made, or ticketed -------------------------------------------------------------------------
        Move("mark_attendance",      "to_tell",           "to_tell",           THERAPIST_OR_CASE_TEAM, ("own_session", "policy_in_force"), (), ("TC-07", "TC-08")),
        Move("mark_attendance",      "with_support",      "with_support",      THERAPIST_OR_CASE_TEAM, ("own_session", "policy_in_force"), (), ("TC-07", "TC-08")),
        Move("mark_attendance",      "to_rebook",         "to_rebook",         THERAPIST_OR_CASE_TEAM, ("own_session", "policy_in_force"), (), ("TC-07", "TC-08")),
        Move("mark_attendance",      "contact_stated",    "contact_stated",    THERAPIST_OR_CASE_TEAM, ("own_session", "policy_in_force"), (), ("TC-07", "TC-08")),
        Move("mark_attendance",      "to_record",         "to_record",         THERAPIST_OR_CASE_TEAM, ("own_session", "policy_in_force"), (), ("TC-07", "TC-08")),
        Move("write_note",           "to_rebook",         "to_rebook",         THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "agreed_listed"), (), ("TC-07", "TC-09")),
        Move("write_note",           "contact_stated",    "contact_stated",    THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "agreed_listed"), (), ("TC-07", "TC-09")),
        Move("write_note",           "to_record",         "to_record",         THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "agreed_listed"), (), ("TC-07", "TC-09")),
        Move("enter_session",        "to_record",         "to_record",         THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "session_rebooked"), (), ("TC-07", "TC-10")),
        Move("confirm_session",      "to_record",         "to_record",         THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "session_rebooked", "session_entered"), (), ("TC-10",)),
        Move("raise_ticket",         "to_tell",           "to_tell",           THERAPIST_OR_CASE_TEAM, ("own_session", "policy_in_force", "record_owed"), (), ("TC-11",)),
        Move("raise_ticket",         "with_support",      "with_support",      THERAPIST_OR_CASE_TEAM, ("own_session", "policy_in_force", "record_owed"), (), ("TC-11",)),
        Move("raise_ticket",         "to_rebook",         "to_rebook",         THERAPIST_OR_CASE_TEAM, ("own_session", "policy_in_force", "record_owed"), (), ("TC-11",)),
        Move("raise_ticket",         "contact_stated",    "contact_stated",    THERAPIST_OR_CASE_TEAM, ("own_session", "policy_in_force", "record_owed"), (), ("TC-11",)),
        Move("raise_ticket",         "to_record",         "to_record",         THERAPIST_OR_CASE_TEAM, ("own_session", "policy_in_force", "record_owed"), (), ("TC-11",)),
        Move("close",                "to_record",         "closed",            THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "records_made"), (Stop("records"), Lift("absence_update")), ("TC-01", "TC-07", "TC-08", "TC-09", "TC-10", "TC-11")),

        # The absence grows: provider and clients are kept informed --------------------------------------------------
        Move("extend_absence",       "to_tell",           "to_tell",           THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "absence_as_expected", "absence_goes_on"), (Restart("absence_update"),), ("TC-04",)),
        Move("extend_absence",       "with_support",      "with_support",      THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "absence_as_expected", "absence_goes_on"), (Restart("absence_update"),), ("TC-04",)),
        Move("extend_absence",       "to_rebook",         "to_rebook",         THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "absence_as_expected", "absence_goes_on"), (Restart("absence_update"),), ("TC-04",)),
        Move("extend_absence",       "contact_stated",    "contact_stated",    THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "absence_as_expected", "absence_goes_on"), (Restart("absence_update"),), ("TC-04",)),
        Move("extend_absence",       "to_record",         "to_record",         THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "absence_as_expected", "absence_goes_on"), (Restart("absence_update"),), ("TC-04",)),
        Move("update_absence",       "to_tell",           "to_tell",           THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "absence_extended", "absence_goes_on", "update_reaches_all"), (Restart("absence_update"),), ("TC-04",)),
        Move("update_absence",       "with_support",      "with_support",      THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "absence_extended", "absence_goes_on", "update_reaches_all"), (Restart("absence_update"),), ("TC-04",)),
        Move("update_absence",       "to_rebook",         "to_rebook",         THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "absence_extended", "absence_goes_on", "update_reaches_all"), (Restart("absence_update"),), ("TC-04",)),
        Move("update_absence",       "contact_stated",    "contact_stated",    THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "absence_extended", "absence_goes_on", "update_reaches_all"), (Restart("absence_update"),), ("TC-04",)),
        Move("update_absence",       "to_record",         "to_record",         THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "absence_extended", "absence_goes_on", "update_reaches_all"), (Restart("absence_update"),), ("TC-04",)),
        Move("end_absence",          "to_tell",           "to_tell",           THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "absence_extended"), (Lift("absence_update"),), ("TC-04",)),
        Move("end_absence",          "with_support",      "with_support",      THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "absence_extended"), (Lift("absence_update"),), ("TC-04",)),
        Move("end_absence",          "to_rebook",         "to_rebook",         THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "absence_extended"), (Lift("absence_update"),), ("TC-04",)),
        Move("end_absence",          "contact_stated",    "contact_stated",    THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "absence_extended"), (Lift("absence_update"),), ("TC-04",)),
        Move("end_absence",          "to_record",         "to_record",         THERAPIST_OR_CASE_TEAM,
             ("own_session", "policy_in_force", "absence_extended"), (Lift("absence_update"),), ("TC-04",)),

        # Escalation; the process goes on ----------------------------------------------------------------------------
        Move("escalate",             "to_tell",           "to_tell",           THERAPIST_OR_CASE_TEAM, ("own_session",), (), ("TC-12",)),
        Move("escalate",             "with_support",      "with_support",      THERAPIST_OR_CASE_TEAM, ("own_session",), (), ("TC-12",)),
        Move("escalate",             "to_rebook",         "to_rebook",         THERAPIST_OR_CASE_TEAM, ("own_session",), (), ("TC-12",)),
        Move("escalate",             "contact_stated",    "contact_stated",    THERAPIST_OR_CASE_TEAM, ("own_session",), (), ("TC-12",)),
        Move("escalate",             "to_record",         "to_record",         THERAPIST_OR_CASE_TEAM, ("own_session",), (), ("TC-12",)),
        Move("raise_concern",        "to_tell",           "to_tell",           THERAPIST_OR_CASE_TEAM, ("own_session",), (), ("TC-12",)),
        Move("raise_concern",        "with_support",      "with_support",      THERAPIST_OR_CASE_TEAM, ("own_session",), (), ("TC-12",)),
        Move("raise_concern",        "to_rebook",         "to_rebook",         THERAPIST_OR_CASE_TEAM, ("own_session",), (), ("TC-12",)),
        Move("raise_concern",        "contact_stated",    "contact_stated",    THERAPIST_OR_CASE_TEAM, ("own_session",), (), ("TC-12",)),
        Move("raise_concern",        "to_record",         "to_record",         THERAPIST_OR_CASE_TEAM, ("own_session",), (), ("TC-12",)),
        Move("raise_concern",        "closed",            "closed",            THERAPIST_OR_CASE_TEAM, ("own_session",), (), ("TC-12",)),
        Move("raise_concern",        "withdrawn",         "withdrawn",         THERAPIST_OR_CASE_TEAM, ("own_session",), (), ("TC-12",)),

        # The clock, before a limit passes and when it has; none of these decides anything ---------------------------
        Move("remind",               "to_tell",           "to_tell",           SYSTEM, ("due",), (), ("TC-04", "IN-13"), when=WHEN_DUE),
        Move("remind",               "with_support",      "with_support",      SYSTEM, ("due",), (), ("TC-04", "TC-06", "IN-13"), when=WHEN_DUE),
        Move("remind",               "to_rebook",         "to_rebook",         SYSTEM, ("due",), (), ("TC-04", "IN-13"), when=WHEN_DUE),
        Move("remind",               "contact_stated",    "contact_stated",    SYSTEM, ("due",), (), ("TC-03", "TC-04", "IN-13"), when=WHEN_DUE),
        Move("remind",               "to_record",         "to_record",         SYSTEM, ("due",), (), ("TC-04", "TC-07", "IN-13"), when=WHEN_DUE),
        Move("warn",                 "to_tell",           "to_tell",           SYSTEM, ("due",), (), ("TC-04", "IN-13"), when=WHEN_DUE),
        Move("warn",                 "with_support",      "with_support",      SYSTEM, ("due",), (), ("TC-04", "TC-06", "IN-13"), when=WHEN_DUE),
        Move("warn",                 "to_rebook",         "to_rebook",         SYSTEM, ("due",), (), ("TC-04", "IN-13"), when=WHEN_DUE),
        Move("warn",                 "contact_stated",    "contact_stated",    SYSTEM, ("due",), (), ("TC-03", "TC-04", "IN-13"), when=WHEN_DUE),
        Move("warn",                 "to_record",         "to_record",         SYSTEM, ("due",), (), ("TC-04", "TC-07", "IN-13"), when=WHEN_DUE),
        Move("overdue",              "to_tell",           "to_tell",           SYSTEM, ("due",), (), ("TC-04", "IN-04"), when=WHEN_DUE),
        Move("overdue",              "with_support",      "with_support",      SYSTEM, ("due",), (), ("TC-04", "TC-06", "IN-04"), when=WHEN_DUE),
        Move("overdue",              "to_rebook",         "to_rebook",         SYSTEM, ("due",), (), ("TC-04", "IN-04"), when=WHEN_DUE),
        Move("overdue",              "contact_stated",    "contact_stated",    SYSTEM, ("due",), (), ("TC-03", "TC-04", "IN-04"), when=WHEN_DUE),
        Move("overdue",              "to_record",         "to_record",         SYSTEM, ("due",), (), ("TC-04", "TC-07", "IN-04"), when=WHEN_DUE),
    ),
)
"""A session cancellation: the client told, the session rebooked or not, the records made, closed."""
