"""A mark says which rules something serves, and changes nothing else of it."""

from __future__ import annotations

import attrs

from eap_workflow.citing import served_by, served_by_attribute, serves, serving


def test_a_marked_function_stays_itself() -> None:
    """It is the same object, and says what it serves."""

    def function() -> int:
        return 3

    assert serves("XS-01", "XS-02")(function) is function
    assert served_by(function) == ("XS-01", "XS-02")
    assert function() == 3


def test_what_is_not_marked_serves_nothing() -> None:
    """Neither a function nor an attribute is asked for more than it has."""
    assert served_by(len) == ()
    assert served_by_attribute({}) == ()


def test_an_attribute_keeps_its_other_metadata() -> None:
    """The ids stand beside what the attribute says of itself already."""

    @attrs.frozen
    class Terms:
        days: int = attrs.field(default=1, metadata={"name_keys": True} | serving("IN-01"))

    (attribute,) = attrs.fields(Terms)
    assert served_by_attribute(attribute.metadata) == ("IN-01",)
    assert attribute.metadata["name_keys"]
