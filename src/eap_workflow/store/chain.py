"""The chain of a request's steps: each stored step holds the digest of the one before it and its own.

What is hashed is written here exactly, so that any other program can check it. A value is written as a netstring: its
length in bytes, in decimal digits, a colon, the bytes, a comma; so nothing can be shifted from one value into the next.
The digest of a step is the SHA-256, in 64 lower-case hexadecimal digits, of these netstrings, one after the other:

1. ``eap-workflow step``
2. the digest of the step before it; nothing for the first
3. the request
4. the version, in decimal digits
5. the format of the content, in decimal digits
6. the content as it is stored, in UTF-8

There is one chain for each request, so that writers of different requests never wait for each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from attrs import frozen

from eap_workflow.plain.digest import digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KIND = b"17:eap-workflow step,"
NOTHING_BEFORE = ""


class StoredStep(NamedTuple):
    """A step as a store keeps it: a row of its table, as it is written and read.

    Attributes:
        request: Which request.
        version: Its number in the request's trail, from 1.
        format: The format of the content; older ones are read through `eap_workflow.upcasters`.
        content: The step in its plain form, as canonical JSON.
        before: The digest of the step before it; empty for the first.
        digest: Its own.
    """

    request: str
    version: int
    format: int
    content: str
    before: str
    digest: str


@frozen(kw_only=True)
class Finding:
    """What is wrong with the record of a request.

    Attributes:
        request: Which request.
        version: Which of its steps; None where it is about the request as a whole.
        what: What was found: ``edited``, ``missing``, ``out_of_line``, ``head`` or ``snapshot``.
        sentence: The same, in words.
    """

    request: str
    version: int | None
    what: str
    sentence: str


def netstring(value: bytes) -> bytes:
    """Write a value with its length before it."""
    return b"%d:%b," % (len(value), value)


def netstrings(*values: str) -> bytes:
    """Write texts as netstrings, in UTF-8, one after the other."""
    return b"".join(netstring(value.encode()) for value in values)


def link(before: str, request: str, version: int, format_: int, content: str) -> str:
    """Give the digest of a step.

    Args:
        before: The digest of the step before it; empty for the first.
        request: Which request.
        version: Its number in the request's trail.
        format_: The format of the content.
        content: What is stored.
    """
    first, name, whole = before.encode(), request.encode(), content.encode()
    number, kind = b"%d" % version, b"%d" % format_
    # One after the other as `netstring` writes each.
    values = (KIND, len(first), first, len(name), name, len(number), number, len(kind), kind, len(whole), whole)
    return digest(b"%b%d:%b,%d:%b,%d:%b,%d:%b,%d:%b," % values)


def chained(request: str, before: str, first: int, format_: int, contents: Iterable[str]) -> Iterator[StoredStep]:
    """Link contents to what a request's trail ends with.

    Args:
        request: Which request.
        before: The digest of its last step; empty where it has none.
        first: The version of the first content.
        format_: The format of the contents.
        contents: What is stored, in order.
    """
    for version, content in enumerate(contents, first):
        own = link(before, request, version, format_, content)
        yield StoredStep(request, version, format_, content, before, own)
        before = own


def findings(request: str, steps: Iterable[StoredStep], head: str | None) -> Iterator[Finding]:
    """Find what is wrong with a request's chain.

    Args:
        request: Which request.
        steps: Its steps as they are stored, by version.
        head: The digest that the request's own row states; None where it has no row.
    """
    before, expected, last = NOTHING_BEFORE, 1, 0
    for step in steps:
        last = step.version
        if step.version != expected:
            gap = (
                f"step {expected} is" if step.version == expected + 1 else f"steps {expected} to {step.version - 1} are"
            )
            yield Finding(request=request, version=expected, what="missing", sentence=f"{gap} not there")
        elif step.before != before:
            yield Finding(
                request=request,
                version=step.version,
                what="out_of_line",
                sentence=f"step {step.version} does not follow on the one before it: one was put in, taken out or exchanged",
            )
        if step.digest != link(step.before, request, step.version, step.format, step.content):
            yield Finding(
                request=request,
                version=step.version,
                what="edited",
                sentence=f"step {step.version} is not what was written",
            )
        before, expected = step.digest, step.version + 1
    if head is None:
        yield Finding(request=request, version=None, what="head", sentence="there are steps, and the request is not")
    elif head != before:
        yield Finding(
            request=request,
            version=last + 1,
            what="head",
            sentence=f"the request was longer, or another: what it ends with is not step {last}",
        )
