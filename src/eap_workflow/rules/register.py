"""THE RULES. Every business rule that the library serves, with its id, in our own words, and where it comes from.

Nothing else words a rule: `eap-workflow rules`, the pages and the trace print what stands here. A row, a guard, a limit, a key
of the policy, a message, a function and a test cite the ids; `eap_workflow.rules.trace` finds them. A new rule gets its row here.

The rules of one family stand together, numbered from 1 on. The documents are the owner's; only facts were taken from them.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from eap_workflow.plain.frozen_map import FrozenMap


@frozen
class Family:
    """Rules that belong together.

    Attributes:
        key: What their ids begin with.
        title: What they are about.
        sentence: The same, with whose word they are.
    """

    key: str
    title: str
    sentence: str


@frozen
class Rule:
    """A business rule.

    Attributes:
        id: Its id: the key of its family, a hyphen and two digits.
        words: What it says, in our words.
        source: Where it comes from: documents by their short name, each with the place; of a reading, why it is read so.
    """

    id: str
    words: str
    source: str = field(kw_only=True)

    @property
    def family(self) -> str:
        """The key of its family."""
        return self.id.partition("-")[0]


READINGS = "IN"
"""The key of the family that no document has: how we read what the documents leave open."""

DOCUMENTS: Mapping[str, str] = FrozenMap(
    {
        "older guide": "the practices' guide to requesting extra sessions, an older edition",
        "guide": "the practices' guide to requesting extra sessions",
        "review guide": "the practices' guide to extra sessions with a clinical review",
        "partner policy": "the partner's policy on case management, September 2020",
        "therapists' guidance": "the guidance for therapists on cancelling and rearranging sessions at short notice, 9 February 2024",
    }
)
"""The documents that rules come from: by its short name, what each is."""

FAMILIES = (
    Family("XS", "Requests", "a request for extra sessions, as the practices' guides have it"),
    Family("CR", "Clinical review", "the clinical review, as its guide has it"),
    Family("CM", "Case management by a partner", "case reviews and outreach by a partner, as the partner's policy has it"),
    Family("TC", "Sessions cancelled by a therapist", "sessions that a therapist cancels or postpones, as the guidance for therapists has it"),
    Family("IN", "Readings", "how we read what the documents leave open; a contract may read it otherwise where a key of the policy file says how"),
)  # fmt: skip
"""The families, in the order in which lists and pages have them."""

REGISTER = (
    # Requests ---------------------------------------------------------------------------------------------------------
    Rule("XS-01", "A request is for an existing client and belongs to exactly one Assist Case. A client may have several, so the case is named and never guessed.",
         source="older guide, steps 1 and 2; guide, step 2"),
    Rule("XS-02", "The form has the requestor, the number of sessions, the date, the goal and the referral to longer-term support. All are required; the lists are the contract's, and the date is the day of submission. The requestor is a consultant; the practice's staff may file for one.",
         source="older guide, step 5; guide, step 5"),
    Rule("XS-03", "One request asks for 1 to 4 sessions.",
         source="older guide; guide"),
    Rule("XS-04", "If the request brings the client's total to 12 or more in 12 months, a clinical review comes first. The total is completed, scheduled, remaining, pending and asked-for sessions together.",
         source="older guide; guide"),
    Rule("XS-05", "Below that total the request goes straight to the client's organisation.",
         source="older guide; guide"),
    Rule("XS-06", "The organisation is shown nothing personal of the client, and nothing that identifies them.",
         source="guide; review guide"),
    Rule("XS-07", "A standard request has its outcome, approved or declined, within 7 working days.",
         source="guide"),
    Rule("XS-08", "The outcome reaches the consultant and the client by e-mail, within 8 working days of submission.",
         source="older guide; guide"),
    Rule("XS-09", "Until the consultant has received the outcome, nobody recommends, suggests, begins or schedules the client's next session.",
         source="guide; review guide"),
    Rule("XS-10", "Until the limit has passed the requestor is asked not to enquire. Afterwards an enquiry is legitimate.",
         source="guide"),
    Rule("XS-11", "How a request stands can be looked up at any time.",
         source="guide; review guide"),

    # Clinical review --------------------------------------------------------------------------------------------------
    Rule("CR-01", "A request that needs review has an e-mail sent to the requestor, with the case's link, that asks to answer the further details.",
         source="review guide, step 2"),
    Rule("CR-02", "While those questions are not all answered, the request does not proceed.",
         source="review guide, next steps"),
    Rule("CR-03", "A clinical manager supports the request, supports it with fewer sessions, or declines it.",
         source="review guide, next steps"),
    Rule("CR-04", "The test is whether the request fits short-term work. Ongoing support cannot be supported without a referral to longer-term support.",
         source="review guide"),
    Rule("CR-05", "What is supported goes to the employer for approval of payment, without the client's name or anything that identifies them.",
         source="review guide, next steps"),
    Rule("CR-06", "The requestor is told if the clinical manager declines.",
         source="review guide, next steps"),
    Rule("CR-07", "The clinical manager has up to 5 working days.",
         source="review guide"),
    Rule("CR-08", "The employer then has up to 7 working days to approve or decline payment.",
         source="review guide"),
    Rule("CR-09", "Together these are up to 12 working days.",
         source="review guide"),
    Rule("CR-10", "Instead of extra sessions the client may be eligible for a new Assist Case: for a new issue where the contract allows it, or after 12 months. The requestor is told to check with client services.",
         source="review guide"),

    # Case management by a partner -------------------------------------------------------------------------------------
    Rule("CM-01", "Case management is for participants who refer themselves. Management referrals, critical incidents and frequent users fall under policies of their own and are refused, each by the name of its policy.",
         source="partner policy, introduction"),
    Rule("CM-02", "After the first session the partner reviews every case of these kinds: couples, families, minors, transitional support, assessment only.",
         source="partner policy"),
    Rule("CM-03", "The review authorises up to all sessions of the benefit; or offers one further session, to help the participant move on to insurance, private pay or ongoing resources; or denies further sessions and offers additional resources.",
         source="partner policy"),
    Rule("CM-04", "A clinical call-back is attempted within one business day of being asked for.",
         source="partner policy"),
    Rule("CM-05", "An e-mail from WPO or a participant is acknowledged and acted on within 24 elapsed hours, in order of receipt or by urgency. If the participant has not been reached within 24 hours, WPO is told.",
         source="partner policy"),
    Rule("CM-06", "A participant's dissatisfaction escalates the case to WPO.",
         source="partner policy"),
    Rule("CM-07", "A client organisation's own procedures, where it has any, are followed within the process.",
         source="partner policy, clinical practice"),
    Rule("CM-08", "A check-in that the organisation asked for is one attempt only: by telephone, or by e-mail with consent.",
         source="partner policy"),
    Rule("CM-09", "A provider's enquiry that no clinician could take at once is answered within one business day.",
         source="partner policy"),
    Rule("CM-10", "Case notes are uploaded when the intervention ends, and the partner reviews all of them for what needs action. Risk or goal slip is raised at any time.",
         source="partner policy"),
    Rule("CM-11", "An unsuccessful attempt leaves a detailed message by voicemail or e-mail, unless the participant wants none. It asks to call back on the agreed access line.",
         source="partner policy"),
    Rule("CM-12", "Outreach without risk is two attempts, both owed, one of them at least by telephone, unless the participant or the provider asked for e-mail only or has no number.",
         source="partner policy"),
    Rule("CM-13", "With risk or urgency there are further attempts as clinically appropriate, each with its reason. In all outreach there are never so many that the participant feels harassed.",
         source="partner policy"),
    Rule("CM-14", "After a complaint three attempts are owed.",
         source="partner policy"),
    Rule("CM-15", "Every action and contact is recorded so that another clinician can take the case over at a glance.",
         source="partner policy"),
    Rule("CM-16", "A participant's query about a case is resolved as quickly and as appropriately as possible.",
         source="partner policy"),

    # Sessions cancelled by a therapist --------------------------------------------------------------------------------
    Rule("TC-01", "The client is told of a cancelled session by the method that they prefer, as agreed in the first session.",
         source="therapists' guidance, section 1"),
    Rule("TC-02", "When the session is cancelled, the client is offered the next free slots where possible.",
         source="therapists' guidance, section 1"),
    Rule("TC-03", "Where that is not possible, the client is told when they will be contacted to rebook.",
         source="therapists' guidance, section 1"),
    Rule("TC-04", "If the absence grows longer than expected, provider and clients are kept informed regularly.",
         source="therapists' guidance, section 1"),
    Rule("TC-05", "Voicemail is advised against unless the client prefers it: it takes a stated reason, and a contract may refuse it.",
         source="therapists' guidance, section 1"),
    Rule("TC-06", "Where technical trouble keeps the therapist from telling the client and there is no time for a ticket, support is asked to tell them.",
         source="therapists' guidance, section 1"),
    Rule("TC-07", "The client's file notes the short-notice cancellation or the rebooking at the earliest opportunity.",
         source="therapists' guidance, section 2"),
    Rule("TC-08", "The session's attendance is marked as cancelled by the therapist or the provider.",
         source="therapists' guidance, section 2"),
    Rule("TC-09", "A clinical note says when and how the client was told, and what was agreed.",
         source="therapists' guidance, section 2"),
    Rule("TC-10", "The next session is entered at the earliest opportunity, and the client receives a confirmation.",
         source="therapists' guidance, section 2"),
    Rule("TC-11", "Without access to the system, a ticket asks somebody else to make these entries.",
         source="therapists' guidance, section 2"),
    Rule("TC-12", "A client who is unhappy or cannot wait, and an absence that is likely to do harm, are escalated; a concern about welfare, safeguarding or risk goes to the risk desk at once.",
         source="therapists' guidance, section 3"),

    # Readings ---------------------------------------------------------------------------------------------------------
    Rule("IN-01", "The day on which a clock starts is day 0, working or not. The limit is met on the n-th working day after it, until the end of that day in the zone of the party that has to act. A contract may treat what arrives on a day off, or after a cut-off hour, as arriving on the next working day.",
         source="the usual reading of so many working days"),
    Rule("IN-02", "The clinical manager's clock starts when the further details are complete, the employer's when the request is put to it.",
         source="follows from CR-02 and CR-08"),
    Rule("IN-03", "The 12 days of CR-09 are the sum of the two limits, from the start of the first. On one calendar 5 then 7 is always 12. On two calendars the two limits bind, and the date for both is the chained one.",
         source="arithmetic on CR-07, CR-08 and CR-09"),
    Rule("IN-04", "A limit that passes decides nothing. It is recorded, and the party and the case team are told. A contract that deems an outcome says so.",
         source="no document deems an outcome"),
    Rule("IN-05", "The outcome is relayed within 1 working day after a decision by anyone. This limit alone runs in a final state.",
         source="XS-07 and XS-08: 7 and 1 are 8"),
    Rule("IN-06", "The total belongs to one Assist Case and to the 12 months that end on the request's date; a contract may count from the first session. Twelve counts. Pending are the sessions of other submitted, undecided requests of the same case; drafts do not count.",
         source="the guides differ on the threshold itself and on what the total is of"),
    Rule("IN-07", "Who asks does not decide: a reviewer is never a requestor. An approver acts for the requests of their own employer.",
         source="common practice; the review guide has separate roles"),
    Rule("IN-08", "A requestor may withdraw a request that has no decision. Further details that nobody answers lapse only where the contract sets a limit.",
         source="people expect the one; CR-02 sets no limit for the other"),
    Rule("IN-09", "The employer approves or declines what is put to it, and does not change the number.",
         source="follows from CR-08"),
    Rule("IN-10", "Sessions of the existing allocation that were scheduled before stand while a request is pending. Nothing new is scheduled, and no extra session begins.",
         source="follows from XS-09"),
    Rule("IN-11", "A request keeps the policy that was in force on the day of its submission, to its end. The contract's own zone says which day that is.",
         source="fairness, and whoever audits"),
    Rule("IN-12", "A limit that was stated is not moved when holiday data is corrected. A recomputation says what it was, what it would be, and why. Only the case team's recorded decision extends a limit, and nothing shortens one, a change of policy included.",
         source="holidays are proclaimed late, and people have acted on the date"),
    Rule("IN-13", "Before a command is decided, the clock's moves that were due before it are made. Each of them is made once for each limit.",
         source="no outcome may depend on when a worker ran"),
    Rule("IN-14", "What counts as short notice of a cancellation is the contract's to say; where it says nothing, every cancellation by the therapist does.",
         source="the guidance does not say what is short notice"),
)  # fmt: skip
"""The rules, family by family."""
