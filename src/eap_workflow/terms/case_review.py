"""What a contract says of case reviews: which cases are reviewed, what may come of it, and by when (CM)."""

from __future__ import annotations

from functools import cached_property

from attrs import field, frozen

from eap_workflow import policy_checks as check
from eap_workflow.citing import serving
from eap_workflow.errors import PolicyError
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.terms import Terms
from eap_workflow.terms.figures import Figures
from eap_workflow.terms.giving import as_names
from eap_workflow.terms.limits import TimeTerms
from eap_workflow.values import Value

REVIEWED_KINDS = ("couples", "families", "minors", "transitional_support", "assessment_only")
OTHER_KINDS = ("individual",)
DESTINATIONS = ("insurance", "private_pay", "ongoing_resources")
RESOURCES = ("self_help_material", "community_service", "support_line", "general_practitioner", "specialist_service")
ACTIONS = ("contact_participant", "contact_provider", "clinical_consultation", "refer_on", "tell_wpo")
DISCONTINUED = ("did_not_attend", "participant_declined", "moved_to_another_service")


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class CaseReviewTerms(Value):
    """Which cases a partner reviews after the first session, and what may come of it.

    Attributes:
        source: Where these numbers and lists stand: which document, which clause.
        reviewed_kinds: The kinds of case that are reviewed after the first session.
        other_kinds: The kinds of case that need no review; none where every kind is reviewed.
        destinations: Where a participant moves on to after one further session.
        resources: The additional resources that are offered where further sessions are denied.
        actions: What is done about issues in case notes, and about a risk or goal slip.
        discontinued: Why a case ends before its first session.
        own_steps: The client organisation's own steps, in the order in which they are done; none where it has none.
        review: How long the partner has for the review; left out, there is no limit.
        case_notes: How long the notes may take after the intervention has ended; left out, there is no limit.
        notes_review: How long the partner has to review the notes; left out, there is no limit.
    """

    source: str = field(default="Partner policy: case management, September 2020", validator=check.prose(500))
    reviewed_kinds: tuple[str, ...] = field(
        default=REVIEWED_KINDS, converter=as_names, validator=check.names(), metadata=serving("CM-02")
    )
    other_kinds: tuple[str, ...] = field(
        default=OTHER_KINDS, converter=as_names, validator=check.names(least=0), metadata=serving("CM-02")
    )
    destinations: tuple[str, ...] = field(
        default=DESTINATIONS, converter=as_names, validator=check.names(), metadata=serving("CM-03")
    )
    resources: tuple[str, ...] = field(
        default=RESOURCES, converter=as_names, validator=check.names(), metadata=serving("CM-03")
    )
    actions: tuple[str, ...] = field(
        default=ACTIONS, converter=as_names, validator=check.names(), metadata=serving("CM-10")
    )
    discontinued: tuple[str, ...] = field(
        default=DISCONTINUED, converter=as_names, validator=check.names(), metadata=serving("CM-10")
    )
    own_steps: tuple[str, ...] = field(
        default=(), converter=as_names, validator=check.names(least=0), metadata=serving("CM-07")
    )
    review: TimeTerms | None = field(
        default=None, validator=check.optionally(check.nested(TimeTerms)), metadata=serving("CM-02")
    )
    case_notes: TimeTerms | None = field(
        default=None, validator=check.optionally(check.nested(TimeTerms)), metadata=serving("CM-10")
    )
    notes_review: TimeTerms | None = field(
        default=None, validator=check.optionally(check.nested(TimeTerms)), metadata=serving("CM-10")
    )

    def __attrs_post_init__(self) -> None:
        if both := [kind for kind in self.other_kinds if kind in self.reviewed_kinds]:
            raise PolicyError("other_kinds", f"{both[0]} is one of reviewed_kinds too, and must be in one of the two")

    @cached_property
    def terms(self) -> Terms:
        """How long each limit is that the contract sets."""
        given = {"review": self.review, "case_notes": self.case_notes, "notes_review": self.notes_review}
        return FrozenMap({name: each.term() for name, each in given.items() if each is not None})

    @cached_property
    def figures(self) -> Figures:
        """The numbers of every case."""
        return Figures(terms=self.terms)
