"""Addresses from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eap_workflow.errors import InvalidValue
from eap_workflow.messages import Recipient
from eap_workflow.notify import FileAddressBook

BOOK: dict[str, Any] = {
    "consultant": {"con-1": ["con-1@example.com"]},
    "practice": {"pr-1": ["desk@example.com"]},
    "client": {"cl-88": ["cl-88@example.com", "home@example.com"]},
    "employer": {"emp-1": ["hr@example.com"]},
    "clinical_manager": {"*": ["review@example.com"]},
    "case_team": {"harbour": ["harbour@example.com"], "*": ["team@example.com"]},
    "partner_clinician": {"pa-1": ["clinicians@example.com"]},
    "therapist": {"th-1": ["th-1@example.com"]},
    "risk_desk": {"harbour": ["risk@example.com"], "*": ["duty@example.com"]},
}
PLANTED = "marked-7f3a"


def toml(book: dict[str, Any]) -> str:
    """The text of an address book."""
    return "\n".join(
        f"[{table}]\n" + "\n".join(f"{json.dumps(key)} = {json.dumps(held)}" for key, held in entries.items())
        for table, entries in book.items()
    )


@pytest.fixture(params=["toml", "json"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> FileAddressBook:
    """The same book in each of its forms."""
    path = tmp_path / f"book.{request.param}"
    path.write_text(toml(BOOK) if request.param == "toml" else json.dumps(BOOK), encoding="utf-8")
    return FileAddressBook(path)


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ({"role": "consultant", "id": "con-1", "practice": "pr-1"}, ("con-1@example.com",)),
        ({"role": "consultant", "id": "con-2", "practice": "pr-1"}, ("desk@example.com",)),
        ({"role": "consultant", "id": "con-2", "practice": "pr-2"}, ()),
        ({"role": "consultant", "id": "pr-1"}, ()),
        ({"role": "client", "id": "cl-88"}, ("cl-88@example.com", "home@example.com")),
        ({"role": "client", "id": "con-1"}, ()),
        ({"role": "employer", "employer": "emp-1"}, ("hr@example.com",)),
        ({"role": "employer", "employer": "emp-2"}, ()),
        ({"role": "clinical_manager", "contract": "harbour"}, ("review@example.com",)),
        ({"role": "case_team", "contract": "harbour"}, ("harbour@example.com",)),
        ({"role": "case_team", "contract": "standard"}, ("team@example.com",)),
        ({"role": "case_team"}, ("team@example.com",)),
        ({"role": "partner_clinician", "practice": "pa-1"}, ("clinicians@example.com",)),
        ({"role": "partner_clinician", "practice": "pr-1"}, ()),
        ({"role": "therapist", "id": "th-1"}, ("th-1@example.com",)),
        ({"role": "therapist", "id": "con-1"}, ()),
        ({"role": "risk_desk", "contract": "harbour"}, ("risk@example.com",)),
        ({"role": "risk_desk", "contract": "standard"}, ("duty@example.com",)),
    ],
)
def test_a_recipient_is_found_where_it_belongs(
    book: FileAddressBook, to: dict[str, Any], expected: tuple[str, ...]
) -> None:
    """People by id, then by practice; organisations by reference; groups by contract, then everybody else's."""
    assert book(Recipient(**to)) == expected


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    """An address that was corrected counts at once; a file that broke is named, and the book works again once mended."""
    path = tmp_path / "book.toml"
    team = Recipient(role="case_team")
    path.write_text('[case_team]\n"*" = ["old@example.com"]\n', encoding="utf-8")
    book = FileAddressBook(path)
    assert book(team) == ("old@example.com",)
    _replace(path, '[case_team]\n"*" = ["newer@example.com"]\n')
    assert book(team) == ("newer@example.com",)
    _replace(path, '[case_team]\n"*" = [')
    with pytest.raises(InvalidValue, match="no TOML"):
        book(team)
    with pytest.raises(InvalidValue, match="no TOML"):
        book(team)
    _replace(path, '[case_team]\n"*" = ["third.one@example.com"]\n')
    assert book(team) == ("third.one@example.com",)
    path.unlink()
    with pytest.raises(InvalidValue, match="cannot be read"):
        book(team)


def _replace(path: Path, text: str) -> None:
    path.with_suffix(".new").write_text(text, encoding="utf-8")
    path.with_suffix(".new").replace(path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f'[client]\n"{PLANTED}" = ["no address {PLANTED}"]', "address_book.client.(key 1): an e-mail address"),
        (f'[client]\n"{PLANTED}" = "{PLANTED}@example.com"', "address_book.client.(key 1): a list is needed"),
        (f'[client]\n"{PLANTED}" = []', "address_book.client.(key 1): one address at least"),
        (f'[client]\n"{PLANTED}" = [7]', "address_book.client.(key 1)[0]: text is needed"),
        (f'[clients]\n"{PLANTED}" = []', "address_book: unknown key, did you mean client?"),
        (f'[client]\n"{PLANTED}" = ["{PLANTED}', "address_book: this file is no TOML, at "),
        (f'{PLANTED} = = "{PLANTED}"', "address_book: this file is no TOML, at line 1"),
    ],
)
def test_a_slip_is_named_by_its_place(tmp_path: Path, text: str, reason: str) -> None:
    """The error says where, and shows neither a reference nor an address."""
    path = tmp_path / "book.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidValue) as caught:
        FileAddressBook(path)
    assert str(caught.value).startswith(reason)
    assert PLANTED not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """A book is text in UTF-8, with or without a mark at its beginning."""
    path = tmp_path / "book.toml"
    path.write_bytes(b"\xef\xbb\xbf[client]\n")
    assert FileAddressBook(path)(Recipient(role="client", id="x")) == ()
    path.write_bytes(b"\xff")
    with pytest.raises(InvalidValue, match="UTF-8"):
        FileAddressBook(path)


def test_a_book_shows_nobody_in_its_repr(book: FileAddressBook) -> None:
    """Its repr names the file."""
    assert repr(book).startswith("<FileAddressBook: book.")
