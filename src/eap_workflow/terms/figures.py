"""What a contract says of a workflow in numbers, for whoever draws its table or sets it in words.

Limits are counted by `eap_workflow.terms.Terms`, which are those of one request. A reader of the table wants the numbers of every
request: where they depend on something, such as the reason of an outreach, all of them, side by side.
"""

from __future__ import annotations

from typing import Any

import attrs
from attrs import frozen

from eap_workflow.citing import served_by_attribute
from eap_workflow.terms import NO_TERMS, Terms
from eap_workflow.values import Value


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Figure(Value):
    """A number that is no limit's.

    Attributes:
        what: What it is the number of, in words.
        value: The number, in words where it takes some.
        rules: The ids of the rules that set it.
    """

    what: str
    value: str
    rules: tuple[str, ...] = ()


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Kind(Value):
    """The numbers of one kind of requests.

    Attributes:
        name: Which kind.
        terms: How long the limits are that the contract sets for it.
        figures: Its other numbers; the same ones, in the same order, for every kind.
        rules: The ids of the rules that set them.
    """

    name: str
    terms: Terms = NO_TERMS
    figures: tuple[Figure, ...] = ()
    rules: tuple[str, ...] = ()


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Figures(Value):
    """The numbers of a workflow by a contract.

    Attributes:
        contract: Whose numbers they are, in words.
        terms: How long the limits are that are the same for every request.
        figures: The other numbers that are.
        differ_by: What the remaining numbers depend on, in words; empty where there are none.
        kinds: These, by kind.
    """

    contract: str = "the contract"
    terms: Terms = NO_TERMS
    figures: tuple[Figure, ...] = ()
    differ_by: str = ""
    kinds: tuple[Kind, ...] = ()


def rules_of_key(terms: type[Any], key: str) -> tuple[str, ...]:
    """The ids of the rules that a key of a policy serves.

    Args:
        terms: The class of the table that has the key.
        key: Its name.
    """
    return served_by_attribute(getattr(attrs.fields(terms), key).metadata)
