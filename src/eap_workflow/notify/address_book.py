"""Addresses from a file, for the command line and for small installations.

    [consultant]
    con-17 = ["amira@practice.example.com"]

    [employer]
    emp-4 = ["approvals@lakeside.example.com"]

    [partner_clinician]
    pa-2 = ["clinicians@partner.example.com"]

    [case_team]
    lakeside = ["lakeside.team@example.com"]
    "*" = ["team@example.com"]

TOML, or JSON of the same shape where the file's name ends in ``.json``. Persons and organisations stand under their
reference, a partner's clinicians under that of the partner, other groups under the contract that they work for, and ``*``
is everybody who is not named. A consultant who is not named is reached through the practice, where ``practice`` names that.

The file is looked at whenever an address is needed and read again when it has changed, so an address that was corrected
counts from the next attempt on.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen

from eap_workflow.errors import InvalidValue
from eap_workflow.messages import Recipient
from eap_workflow.notify.addresses import check_address
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.plain.json_text import parse_json
from eap_workflow.plain.wire import from_wire
from eap_workflow.values import Discreet

EVERYBODY_ELSE = "*"

STANDS_UNDER = {
    "employer": "employer",
    "partner_clinician": "practice",
    "clinical_manager": "contract",
    "case_team": "contract",
    "risk_desk": "contract",
}
"""Which of a recipient's references an organisation or a group stands under; a person stands under the id."""

Addresses = Mapping[str, tuple[str, ...]]


def _check_addresses(_instance: object, attribute: object, value: Addresses) -> None:
    name = getattr(attribute, "name", "")
    for position, addresses in enumerate(value.values(), start=1):
        if not addresses:
            raise InvalidValue(f"{name}.(key {position})", "one address at least is needed")
        for address in addresses:
            check_address(f"{name}.(key {position})", address)


def _table() -> Addresses:
    table: Addresses = field(factory=FrozenMap, validator=_check_addresses)
    return table


@frozen(kw_only=True, eq=False, repr=False)
class _Book(Discreet):
    consultant: Mapping[str, tuple[str, ...]] = _table()
    practice: Mapping[str, tuple[str, ...]] = _table()
    client: Mapping[str, tuple[str, ...]] = _table()
    clinical_manager: Mapping[str, tuple[str, ...]] = _table()
    employer: Mapping[str, tuple[str, ...]] = _table()
    case_team: Mapping[str, tuple[str, ...]] = _table()
    partner_clinician: Mapping[str, tuple[str, ...]] = _table()
    therapist: Mapping[str, tuple[str, ...]] = _table()
    risk_desk: Mapping[str, tuple[str, ...]] = _table()

    def find(self, to: Recipient) -> tuple[str, ...]:
        table: Addresses = getattr(self, to.role)
        found = table.get(getattr(to, STANDS_UNDER.get(to.role, "id")) or "")
        if found is None and to.role == "consultant" and to.practice is not None:
            found = self.practice.get(to.practice)
        return found or table.get(EVERYBODY_ELSE, ())


class FileAddressBook:
    """An address book that is kept in a file.

    Args:
        path: A TOML file, or a JSON file.

    Raises:
        InvalidValue: The file cannot be read, or something in it is no address; the error says where, and not what.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        # One tuple, so that whoever reads it in another thread sees a book with the state that it was read in.
        self._known = self._look(), self._read()

    def __repr__(self) -> str:
        return f"<FileAddressBook: {self._path.name}>"

    def __call__(self, to: Recipient) -> tuple[str, ...]:
        """The addresses of a recipient, as the file has them now; none for one that it does not name.

        Raises:
            InvalidValue: The file has changed, and can no longer be read.
        """
        seen, book = self._known
        now = self._look()
        if now != seen:
            book = self._read()
            self._known = now, book
        return book.find(to)

    def _look(self) -> tuple[int, int, int]:
        try:
            found = self._path.stat()
        except OSError:
            found = None
        if found is None:
            raise InvalidValue("address_book", "this file cannot be read")
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> _Book:
        text, problem = "", ""
        try:
            text = self._path.read_text(encoding="utf-8-sig")
        except OSError as error:
            problem = f"this file cannot be read: {error.strerror}"
        except UnicodeDecodeError:
            problem = "this file must be UTF-8"
        if problem:
            raise InvalidValue("address_book", problem)
        return from_wire(
            _Book, parse_json(text) if self._path.suffix == ".json" else _parse_toml(text), at="address_book"
        )


def _parse_toml(text: str) -> object:
    data: object = None
    where = ""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # Its message may show what stands there; its place does not.
        found = re.search(r"\(at (line \d+, column \d+|end of document)\)", str(error))
        where = found[1] if found else "some line"
    if where:
        raise InvalidValue("address_book", f"this file is no TOML, at {where}")
    return data
