"""What an e-mail address may be."""

from __future__ import annotations

from email.headerregistry import Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.notify.addresses import check_address, is_address


@pytest.mark.parametrize(
    "address",
    ["a@b", "first.last+tag@sub.example.com", "o'brien@example.com", "x@xn--bcher-kva.example.com", "1@2.example.com"],
)
def test_plain_addresses_are_taken(address: str) -> None:
    """What people and systems have is fine."""
    check_address("to", address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@b",
        "a@",
        "a b@c",
        "a@b c",
        "a@b\n",
        "a@b\r\nBcc: c@d",
        "a@b,c@d",
        "a@b;c@d",
        "<a@b>",
        "A <a@b>",
        '"a"@b',
        "a(b)@c",
        ".a@b",
        "a.@b",
        "a..b@c",
        "a@-b",
        "a@b-",
        "a@b..c",
        "a@[127.0.0.1]",
        "ä@b",
        "a@ä",
        "a\0@b",
        "a" * 65 + "@b",
        "a@" + "b." * 130 + "c",
        "a@" + "b" * 64,
    ],
)
def test_anything_else_is_refused_without_being_repeated(address: str) -> None:
    """What is more than an address, or less, is named and not shown."""
    with pytest.raises(InvalidValue) as caught:
        check_address("to", address)
    assert str(caught.value) == "to: an e-mail address is needed, such as team@example.com, and nothing besides it"


def test_an_address_is_text() -> None:
    """Something else than text is no address."""
    with pytest.raises(InvalidType):
        check_address("to", 7)
    assert not is_address(None)


@given(st.text(st.sampled_from("ab.@-'\r\n ,<>\"\\():;é\0")))
def test_what_is_taken_is_one_address_to_the_standard_library(text: str) -> None:
    """Nothing passes that could end a header or a command, or that the library would read otherwise."""
    if is_address(text):
        assert Address(addr_spec=text).addr_spec == text
        assert text.isascii()
        assert text.isprintable()
        assert not set(text) & set(' ,<>"\\():;')
