"""Reading policies from a TOML file that a person wrote, strictly and with errors that say where.

Whoever edits a contract's numbers has to find a slip without us, so a refusal names the file, the key as a path
(``policy[2].limits.relay.working_days``; tables are counted from 1, as they stand in the file) and what is allowed.
The types of TOML are checked here; building the values is the work of `eap_workflow.plain.wire`, and their meaning is
checked by the classes of `eap_workflow.policy`. Keys and tables are those of these classes: there is no second list.
"""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, fields_dict

from eap_workflow.days.regions import check_region, parse_region
from eap_workflow.errors import InvalidValue, PolicyError, UnknownRegion
from eap_workflow.plain.slips import unknown_keys
from eap_workflow.plain.wire import from_wire, record_of, to_wire
from eap_workflow.policy import PartyTerms, Policy
from eap_workflow.policy_book import PolicyBook
from eap_workflow.policy_checks import Check
from eap_workflow.terms.extra_sessions import WHEN_PASSED

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE = "policy"

_TOML_TYPES: Mapping[str, type] = {
    "text": str,
    "choice": str,
    "whole": int,
    "flag": bool,
    "date": date,
    "time": time,
    "list": list,
    "map": dict,
    "record": dict,
}
_WRITTEN_AS_TEXT = (date, time)


def load_policies(path: str | Path) -> PolicyBook:
    """Read a policy file; calendar files that it names are found relative to it.

    Args:
        path: A TOML file in UTF-8, of one or more ``[[policy]]`` tables.

    Raises:
        PolicyError: The file cannot be read, or something in it cannot be used; the error says what and where.
    """
    name = str(path)
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PolicyError(name, f"this file cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PolicyError(name, "this file must be UTF-8") from error
    folder = Path(path).parent
    return _book(name, [_with_calendar_files_in(folder, policy) for policy in _policies(name, text)])


def read_policies(text: str, *, name: str = "policies") -> PolicyBook:
    """Read policies from the text of a policy file.

    Args:
        text: TOML, of one or more ``[[policy]]`` tables.
        name: How errors name the text, as a file's name would.

    Raises:
        PolicyError: Something in it cannot be used; the error says what and where.
    """
    return _book(name, _policies(name, text))


def _policies(name: str, text: str) -> list[Policy]:
    import tomllib

    try:
        file = tomllib.loads(text)
    except ValueError as error:
        raise PolicyError(name, f"this is not TOML: {error}") from error
    except RecursionError as error:
        raise PolicyError(name, "this is not TOML that can be read: tables inside tables without end") from error
    for key in file:
        if key != TABLE:
            raise PolicyError(f"{name}: {key}", unknown_keys([key], [TABLE]))
    tables = file.get(TABLE)
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise PolicyError(name, f"must have one or more [[{TABLE}]] tables, with two brackets on each side")
    return [_policy(name, f"{TABLE}[{number}]", table) for number, table in enumerate(tables, start=1)]


def _policy(name: str, path: str, table: dict[str, Any]) -> Policy:
    try:
        policy = from_wire(Policy, _plain(Policy, _with_stage_defaults(table), path), at=path)
    except InvalidValue as error:
        raise PolicyError(f"{name}: {error.field}", error.reason) from error
    _check_relay(f"{name}: {path}.limits.relay", policy)
    for party, given in table.get("parties", {}).items():
        if "region" in given:
            _check_region(f"{name}: {path}.parties.{party}.region", given["region"])
    return policy


def _check_relay(key: str, policy: Policy) -> None:
    # Asked of whoever edits the file, and not of a policy: one that a request keeps is read whatever we think of it later.
    for name in ("remind_before", "warn_before"):
        if policy.limits.relayed_by == "clock" and getattr(policy.limits.relay, name) is not None:
            reason = "the clock relays at once, and nothing is left to remind of; relayed_by must be case_team"
            raise PolicyError(f"{key}.{name}", reason)


def _check_region(key: str, region: str) -> None:
    # What the region's days are is built at their first use; that there are any has to be known by whoever edits the file.
    try:
        check_region(*parse_region(region))
    except UnknownRegion as error:
        raise PolicyError(key, error.reason) from error


def _with_stage_defaults(table: dict[str, Any]) -> dict[str, Any]:
    """Fill in what each limit does when it passes: the one default that depends on where a table stands."""
    limits = table.get("limits")
    if not isinstance(limits, dict):
        return table
    filled = {
        name: {"when_passed": when_passed[0], **limits[name]}
        for name, when_passed in WHEN_PASSED.items()
        if isinstance(limits.get(name), dict)
    }
    return {**table, "limits": limits | filled}


def _plain(cls: type, table: dict[str, Any], path: str) -> dict[str, Any]:
    """Check the keys and the types of a table, and give it as the plain data that ``wire`` reads."""
    attributes = fields_dict(cls)
    known = {field.key: field for field in record_of(cls).fields}
    plain: dict[str, Any] = {}
    for key, value in table.items():
        field = known.get(key)
        if field is None:
            raise PolicyError(f"{path}.{key}", unknown_keys([key], sorted(known)))
        shape, check = field.shape, attributes[field.name].validator
        if not _is_written_as(shape.kind, value):
            allowed = check.allowed if isinstance(check, Check) else shape.kind
            raise PolicyError(f"{path}.{key}", f"must be {allowed}")
        if shape.record is not None:
            given = _plain(shape.record, value, f"{path}.{key}")
            plain[key] = {**to_wire(field.default), **given} if field.metadata.get("filled") else given
        else:
            plain[key] = value.isoformat() if isinstance(value, _WRITTEN_AS_TEXT) else value
    return plain


def _is_written_as(kind: str, value: object) -> bool:
    if isinstance(value, list) and not all(type(each) is str for each in value):
        return False
    return type(value) is _TOML_TYPES[kind]


def _with_calendar_files_in(folder: Path, policy: Policy) -> Policy:
    def found(terms: PartyTerms) -> PartyTerms:
        return terms if terms.calendar_file is None else evolve(terms, calendar_file=str(folder / terms.calendar_file))

    parties = policy.parties
    return evolve(policy, parties=evolve(parties, provider=found(parties.provider), employer=found(parties.employer)))


def _book(name: str, policies: list[Policy]) -> PolicyBook:
    try:
        return PolicyBook.of(policies)
    except PolicyError as error:
        raise PolicyError(f"{name}: {error.field}", error.reason) from error
