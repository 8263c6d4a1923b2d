"""What an e-mail address may be: one of the plain kind, so that none can be more than an address.

An address goes into a header and into a command of SMTP. What could end either (a line break, a space, brackets, a comma, a
quote) is in no address that this takes, and neither are comments, groups or names beside the address. A domain in another
script is written in its ASCII form (``xn--``).
"""

from __future__ import annotations

import re

from eap_workflow.errors import InvalidType, InvalidValue

LONGEST = 254
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
DOMAIN = re.compile(rf"{LABEL}(?:\.{LABEL})*")
LONGEST_LOCAL = 64


def is_address(value: object) -> bool:
    """Whether something is an address that may be sent to."""
    if not isinstance(value, str) or len(value) > LONGEST:
        return False
    local, _, domain = value.rpartition("@")
    return len(local) <= LONGEST_LOCAL and bool(LOCAL.fullmatch(local)) and bool(DOMAIN.fullmatch(domain))


def check_address(name: str, value: object) -> None:
    """Refuse what is no plain address.

    Args:
        name: What to call it in the error.
        value: What was given.

    Raises:
        InvalidType: It is no text.
        InvalidValue: It is no address, or not of the plain kind.
    """
    if not isinstance(value, str):
        raise InvalidType(name, "an e-mail address is needed, as text")
    if not is_address(value):
        raise InvalidValue(name, "an e-mail address is needed, such as team@example.com, and nothing besides it")
