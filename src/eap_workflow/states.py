"""THE TABLES. What may happen to a request, and nothing else.

A row reads: the trigger, from which state, to which state, who may, what it takes besides, which limits it starts or
stops, which rules it serves. The rule ids are those of the rule register. There is no logic in this file: what a guard
looks at stands in the module of its workflow, and the numbers stand in the contract's policy.

    AT_ONCE    the system makes the move as soon as the state is entered and the guards hold
    WHEN_DUE   the clock makes the move at an instant that was fixed when the limit started, once for each limit
"""

from __future__ import annotations

from eap_workflow.machine import Workflow
from eap_workflow.table import About, Extend, Guard, Limit, Move, Start, State, Stop, When
from eap_workflow.values import Role

ACTOR, REQUEST, COMMAND = About.ACTOR, About.REQUEST, About.COMMAND
AT_ONCE, WHEN_DUE = When.AT_ONCE, When.WHEN_DUE

REQUESTOR = (Role.CONSULTANT, Role.PRACTICE)
CLINICAL_MANAGER = (Role.CLINICAL_MANAGER,)
EMPLOYER = (Role.EMPLOYER,)
CASE_TEAM = (Role.CASE_TEAM,)
SYSTEM = (Role.SYSTEM,)
PRACTICE_OR_CASE_TEAM = (Role.PRACTICE, Role.CASE_TEAM)
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
             (Stop("clinical_review"), Stop("whole_path"), Start("relay")),
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
             (Stop("employer_decision"), Stop("whole_path"), Start("relay")),
             ("XS-05", "IN-05"), when=AT_ONCE),
        Move("deem_approved",      "employer_decision", "approved",          SYSTEM,
             ("due", "policy_in_force", "contract_deems_approval"),
             (Stop("employer_decision"), Stop("whole_path"), Start("relay")),
             ("IN-04", "IN-05"), when=WHEN_DUE),
        Move("deem_declined",      "employer_decision", "declined",          SYSTEM,
             ("due", "policy_in_force", "contract_deems_refusal"),
             (Stop("employer_decision"), Stop("whole_path"), Start("relay")),
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
             ("own_request",), (Stop("further_details"),), ("IN-08",)),
        Move("withdraw",           "clinical_review",   "withdrawn",         REQUESTOR,
             ("own_request",), (Stop("clinical_review"), Stop("whole_path")), ("IN-08",)),
        Move("withdraw",           "employer_decision", "withdrawn",         REQUESTOR,
             ("own_request",), (Stop("employer_decision"), Stop("whole_path")), ("IN-08",)),
        Move("lapse",              "further_details",   "lapsed",            SYSTEM,
             ("due",), (Stop("further_details"),), ("CR-02", "IN-08"), when=WHEN_DUE),

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
             ("policy_in_force", "limit_runs"), (Extend("further_details"),), ("IN-12",)),
        Move("extend_limit",       "clinical_review",   "clinical_review",   CASE_TEAM,
             ("policy_in_force", "limit_runs"), (Extend("clinical_review"), Extend("whole_path")), ("IN-12",)),
        Move("extend_limit",       "employer_decision", "employer_decision", CASE_TEAM,
             ("policy_in_force", "limit_runs"), (Extend("employer_decision"), Extend("whole_path")), ("IN-12",)),

        # The clock, before a limit passes and when it has; none of these decides anything ----------------------------
        Move("remind",             "further_details",   "further_details",   SYSTEM, ("due",), (), ("CR-01", "IN-08"), when=WHEN_DUE),
        Move("remind",             "clinical_review",   "clinical_review",   SYSTEM, ("due",), (), ("CR-07", "IN-13"), when=WHEN_DUE),
        Move("remind",             "employer_decision", "employer_decision", SYSTEM, ("due",), (), ("CR-08", "IN-13"), when=WHEN_DUE),
        Move("warn",               "further_details",   "further_details",   SYSTEM, ("due",), (), ("IN-08", "IN-13"), when=WHEN_DUE),
        Move("warn",               "clinical_review",   "clinical_review",   SYSTEM, ("due",), (), ("CR-07", "IN-13"), when=WHEN_DUE),
        Move("warn",               "employer_decision", "employer_decision", SYSTEM, ("due",), (), ("CR-08", "IN-13"), when=WHEN_DUE),
        Move("overdue",            "clinical_review",   "clinical_review",   SYSTEM, ("due",), (), ("CR-07", "IN-04"), when=WHEN_DUE),
        Move("overdue",            "employer_decision", "employer_decision", SYSTEM, ("due",), (), ("XS-07", "CR-08", "IN-04"), when=WHEN_DUE),
        Move("overdue",            "approved",          "approved",          SYSTEM, ("due",), (), ("XS-08", "IN-04", "IN-05"), when=WHEN_DUE),
        Move("overdue",            "declined",          "declined",          SYSTEM, ("due",), (), ("XS-08", "IN-04", "IN-05"), when=WHEN_DUE),
    ),
)
"""The extra-sessions request: draft, submitted, clinical review, employer decision, approved or declined."""
