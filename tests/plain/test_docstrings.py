"""What a docstring says is read as a reader would."""

from __future__ import annotations

from eap_workflow.plain.docstrings import attributes_of, summary_of


class Base:
    """What it is.

    More of it.

    Attributes:
        first: What the first is,
            and more of it.
        second: What the second is.

    Not of the list:
        third: No attribute.
    """


class Derived(Base):
    """It says of one what is different.

    Attributes:
        second: What it is here.
    """


def over_two_lines() -> None:
    """What it does, said at such length that it does not
    fit.

    More of it.
    """  # noqa: D205


def test_the_first_paragraph_is_one_line() -> None:
    """Whatever its lines are; nothing where there is none."""
    assert summary_of(Base) == "What it is."
    assert summary_of(over_two_lines) == "What it does, said at such length that it does not fit."
    assert summary_of(lambda: None) == ""


def test_attributes_are_described_in_order() -> None:
    """Each as one line; what a class inherits it may describe anew."""
    assert attributes_of(Base) == {"first": "What the first is, and more of it.", "second": "What the second is."}
    assert attributes_of(Derived) == {"first": "What the first is, and more of it.", "second": "What it is here."}
    assert attributes_of(type("Undescribed", (), {})) == {}
