"""XML as text: what any reader of XML finds in it is what was put there."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.diagrams.xml_text import NOT_XML, Element, document
from tests.diagrams.words import xml_of

texts = st.text(st.characters(exclude_categories=["Cs"]))


def legal(text: str) -> str:
    """A text as XML can hold it."""
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)


@given(value=texts, text=texts)
def test_a_reader_finds_what_was_written(value: str, text: str) -> None:
    """Any attribute and any text come back, but for characters that XML does not have."""
    root = xml_of(document(Element("a", {"b": value, "c": None}, (Element("d", {}, text), Element("e")))))
    assert root.attrib == {"b": legal(value)}
    assert [(child.tag, child.text or "") for child in root] == [("d", legal(text)), ("e", "")]


def test_what_xml_has_no_character_for_is_replaced() -> None:
    """A control character becomes the replacement character, wherever it stands."""
    assert xml_of(document(Element("a", {"b": "\x00"}, "\x1b"))).attrib == {"b": "\N{REPLACEMENT CHARACTER}"}
