"""What a contract says of sessions that a therapist cancels or postpones: how clients are told, and by when (TC)."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from attrs import field, frozen

from eap_workflow import policy_checks as check
from eap_workflow.citing import serving
from eap_workflow.plain.english import in_units
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.terms import Term, Terms
from eap_workflow.terms.figures import Figure, Figures, rules_of_key
from eap_workflow.terms.giving import as_names
from eap_workflow.terms.limits import TimeTerms
from eap_workflow.values import Value

REASONS = ("illness", "personal_circumstances", "technical_failure", "emergency")
VOICEMAIL_REASONS = ("no_other_method_works", "session_is_imminent", "client_asked_this_time")
TROUBLES = ("no_system_access", "telephone_fault", "email_fault", "contact_details_missing")
AGREEMENTS = ("rebooked", "contact_day_stated", "rebooking_declined", "other_support_offered")


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class CancellationTerms(Value):
    """How a client is told of a cancelled session, and what is recorded.

    Attributes:
        source: Where these numbers and lists stand: which document, which clause.
        short_notice_hours: How many hours before the session, or fewer, a cancellation is at short notice; left out, every
            one is.
        reasons: The reasons that a cancellation chooses from.
        voicemail_allowed: Whether voicemail may be used, with a reason, where it is not the preferred method.
        voicemail_reasons: The reasons for it.
        troubles: The technical problems for which support is asked to tell the client.
        agreements: What may be agreed with the client, for the clinical note.
        support: How long support has to tell the client; left out, there is no limit.
        rebooking_remind_before: How many working days before the day on which a client is to be contacted the therapist is
            reminded of it; left out, nobody is.
        rebooking_warn_before: How many working days before that day the case team is warned; left out, it is not.
        records: How long the records may take once the rebooking is settled; left out, there is no limit.
        absence_update: How often provider and clients are told how a longer absence goes on.
    """

    source: str = field(
        default="Good practice guidance for cancelling and rearranging sessions at short notice, 9 February 2024",
        validator=check.prose(500),
    )
    short_notice_hours: int | None = field(
        default=None, validator=check.optionally(check.whole(1, 8760)), metadata=serving("IN-14")
    )
    reasons: tuple[str, ...] = field(
        default=REASONS, converter=as_names, validator=check.names(), metadata=serving("TC-07")
    )
    voicemail_allowed: bool = field(default=True, validator=check.flag(), metadata=serving("TC-05"))
    voicemail_reasons: tuple[str, ...] = field(
        default=VOICEMAIL_REASONS, converter=as_names, validator=check.names(), metadata=serving("TC-05")
    )
    troubles: tuple[str, ...] = field(
        default=TROUBLES, converter=as_names, validator=check.names(), metadata=serving("TC-06")
    )
    agreements: tuple[str, ...] = field(
        default=AGREEMENTS, converter=as_names, validator=check.names(), metadata=serving("TC-09")
    )
    support: TimeTerms | None = field(
        default=None, validator=check.optionally(check.nested(TimeTerms)), metadata=serving("TC-06")
    )
    rebooking_remind_before: int | None = field(
        default=None, validator=check.optionally(check.whole(1, 249)), metadata=serving("TC-03")
    )
    rebooking_warn_before: int | None = field(
        default=None, validator=check.optionally(check.whole(1, 249)), metadata=serving("TC-03")
    )
    records: TimeTerms | None = field(
        default=None, validator=check.optionally(check.nested(TimeTerms)), metadata=serving("TC-07")
    )
    absence_update: TimeTerms = field(
        default=TimeTerms(working_days=5), validator=check.nested(TimeTerms), metadata=serving("TC-04")
    )

    @cached_property
    def terms(self) -> Terms:
        """How long each limit is that the contract sets; a day that is stated to a client is not the contract's."""
        given = {"support": self.support, "records": self.records, "absence_update": self.absence_update}
        return FrozenMap({name: each.term() for name, each in given.items() if each is not None})

    @cached_property
    def figures(self) -> Figures:
        """The numbers of every cancellation."""
        hours = self.short_notice_hours
        short_notice = Figure(
            what="short notice",
            value="every cancellation" if hours is None else f"{in_units(hours, 'hour')} before the session, or fewer",
            rules=rules_of_key(CancellationTerms, "short_notice_hours"),
        )
        told = (
            ("reminder of the stated day", "rebooking_remind_before"),
            ("warning of the stated day", "rebooking_warn_before"),
        )
        before = (
            Figure(
                what=what,
                value=f"{in_units(getattr(self, key), 'working day')} before",
                rules=rules_of_key(CancellationTerms, key),
            )
            for what, key in told
            if getattr(self, key) is not None
        )
        return Figures(terms=self.terms, figures=(short_notice, *before))

    def terms_with(self, contact_on: date) -> Terms:
        """The same, with the day on which a client was told that they will be contacted to rebook (TC-03).

        Args:
            contact_on: The day, which has passed at its end in the provider's zone.
        """
        until_then = Term(
            stated_on=contact_on,
            remind_before=self.rebooking_remind_before,
            warn_before=self.rebooking_warn_before,
        )
        return FrozenMap({**self.terms, "rebooking": until_then})
