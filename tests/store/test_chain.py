"""The chain of a request's steps: the format is as documented, nothing can be shifted, and every change is found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eap_workflow.store import chain
from eap_workflow.store.chain import NOTHING_BEFORE, StoredStep, chained, findings, link, netstring

# Few characters, and those that the notation itself is made of: what could be shifted comes up often.
shifty = st.text("01:,a\0é", max_size=6)
numbers = st.integers(0, 112)
values = st.tuples(shifty, shifty, numbers, numbers, shifty)


def hashed(given_values: tuple[str, str, int, int, str]) -> bytes:
    """The bytes that a digest is made of."""
    seen: list[bytes] = []

    def note(data: bytes) -> str:
        seen.append(data)
        return ""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain, "digest", note)
        link(*given_values)
    return b"".join(seen)


def parsed(data: bytes) -> list[bytes]:
    """Read netstrings as another program would."""
    found = []
    while data:
        length, _, rest = data.partition(b":")
        size = int(length)
        assert rest[size : size + 1] == b","
        found.append(rest[:size])
        data = rest[size + 1 :]
    return found


@given(one=values, other=values)
def test_two_steps_that_differ_are_never_the_same_bytes(
    one: tuple[str, str, int, int, str], other: tuple[str, str, int, int, str]
) -> None:
    """Whatever is moved from one value into the next, other bytes are hashed."""
    assert (hashed(one) == hashed(other)) == (one == other)


@given(texts=st.lists(shifty, min_size=5, max_size=5))
def test_nothing_can_be_shifted_between_two_values(texts: list[str]) -> None:
    """A text cut in two at another place, or moved across a neighbour, gives other bytes: lengths stand before values."""
    before, request, content, head, tail = texts
    whole = head + tail
    assume(head and tail)
    assert hashed((before + head, tail + request, 1, 1, content)) != hashed((before, whole + request, 1, 1, content))
    assert hashed((before, request, 1, 1, content)) == hashed((before, request, 1, 1, content))
    assert hashed((before, request, 11, 1, content)) != hashed((before, request, 1, 11, content))


@given(given_values=values)
def test_what_is_hashed_is_read_back_as_it_went_in(given_values: tuple[str, str, int, int, str]) -> None:
    """Another program that reads the documented format finds the six values in their order, and nothing else."""
    before, request, version, format_, content = given_values
    expected = ["eap-workflow step", before, request, str(version), str(format_), content]
    assert [each.decode() for each in parsed(hashed(given_values))] == expected


@given(value=st.binary(max_size=200))
def test_a_value_is_written_with_its_length(value: bytes) -> None:
    """A netstring is the length in bytes, a colon, the bytes and a comma."""
    assert netstring(value) == str(len(value)).encode() + b":" + value + b","
    assert parsed(netstring(value)) == [value]


def test_a_digest_stays_the_same_over_releases() -> None:
    """A stored digest is checked years later: the format is the documented one, counted in bytes and not in characters."""
    content = '{"goal":"Rückkehr"}'
    before = "0" * 64
    written = f"17:eap-workflow step,64:{before},6:XS-é1,2:12,1:2,20:{content},".encode()
    assert link(before, "XS-é1", 12, 2, content) == hashlib.sha256(written).hexdigest()
    assert link("", "XS-1", 1, 2, "{}") == "fb75386630c4ff915164f71cad2b72e3388c6b3cbdbbceec46fd9bcb747f2851"


contents = st.lists(st.text("ab{}", max_size=4), min_size=1, max_size=6)


def trail(texts: list[str], request: str = "XS-1") -> list[StoredStep]:
    """Steps with some contents, chained."""
    return list(chained(request, NOTHING_BEFORE, 1, 2, texts))


def found(steps: list[StoredStep], head: str | None, request: str = "XS-1") -> list[tuple[int | None, str]]:
    """What is found in steps: which version, and what."""
    result = list(findings(request, steps, head))
    assert all(each.request == request for each in result)
    return [(each.version, each.what) for each in result]


@given(texts=contents, more=contents)
def test_what_was_written_is_whole(texts: list[str], more: list[str]) -> None:
    """A chain that is written in one go or in two is the same, and nothing is found in it."""
    whole = trail(texts + more)
    first = trail(texts)
    assert first + list(chained("XS-1", first[-1].digest, len(first) + 1, 2, more)) == whole
    assert found(whole, whole[-1].digest) == []
    assert [step.before for step in whole] == [NOTHING_BEFORE, *(step.digest for step in whole[:-1])]


CHANGES: dict[str, Callable[[StoredStep], StoredStep]] = {
    "content": lambda step: step._replace(content=step.content + " "),
    "format": lambda step: step._replace(format=step.format - 1),
    "digest": lambda step: step._replace(digest="f" * 64),
    "before": lambda step: step._replace(before="e" * 64),
}


def relinked(step: StoredStep) -> StoredStep:
    """A step with the digest that fits what it holds now."""
    own = link(step.before, step.request, step.version, step.format, step.content)
    return step._replace(digest=own)


@pytest.mark.parametrize("change", CHANGES)
@given(texts=contents, data=st.data())
def test_an_edited_step_is_found(change: str, texts: list[str], data: st.DataObject) -> None:
    """Whatever of a step was changed, the first finding names its version."""
    steps = trail(texts)
    place = data.draw(st.integers(0, len(steps) - 1))
    head = steps[-1].digest
    steps[place] = CHANGES[change](steps[place])
    assert found(steps, head)[0][0] == place + 1
    assert (place + 1, "edited") in found(steps, head)


@given(texts=contents, data=st.data())
def test_an_edited_step_whose_digest_was_computed_again_is_found(texts: list[str], data: st.DataObject) -> None:
    """The step after it no longer follows, or the request's own row says another end."""
    steps = trail(texts)
    place = data.draw(st.integers(0, len(steps) - 1))
    head = steps[-1].digest
    steps[place] = relinked(steps[place]._replace(content=steps[place].content + " "))
    is_last = place == len(steps) - 1
    assert found(steps, head) == [(place + 2, "head" if is_last else "out_of_line")]


@given(texts=contents, data=st.data())
def test_a_removed_step_is_found(texts: list[str], data: st.DataObject) -> None:
    """The first, one in the middle, the last, or several: what is missing is named."""
    steps = trail(texts)
    first = data.draw(st.integers(0, len(steps) - 1))
    last = data.draw(st.integers(first, len(steps) - 1))
    head = steps[-1].digest
    kept = steps[:first] + steps[last + 1 :]
    assert found(kept, head) == [(first + 1, "head" if last == len(steps) - 1 else "missing")]


@given(texts=st.lists(st.text("ab", max_size=3), min_size=2, max_size=6, unique=True), data=st.data())
def test_two_exchanged_steps_are_found(texts: list[str], data: st.DataObject) -> None:
    """Two that took each other's place are found, with their digests computed again or not."""
    steps = trail(texts)
    first = data.draw(st.integers(0, len(steps) - 2))
    second = data.draw(st.integers(first + 1, len(steps) - 1))
    head = steps[-1].digest
    again = data.draw(st.booleans())
    for place, other in ((first, steps[second]), (second, steps[first])):
        moved = other._replace(version=place + 1)
        steps[place] = relinked(moved) if again else moved
    assert found(steps, head)[0][0] == first + 1


@given(texts=contents, data=st.data())
def test_an_inserted_step_is_found(texts: list[str], data: st.DataObject) -> None:
    """One that was put in, linked to the one before it, is found at the step that follows, or at the end."""
    steps = trail(texts)
    place = data.draw(st.integers(0, len(steps)))
    head = steps[-1].digest
    before = steps[place - 1].digest if place else NOTHING_BEFORE
    (put_in,) = chained("XS-1", before, place + 1, 2, ["put in"])
    later = [step._replace(version=step.version + 1) for step in steps[place:]]
    expected = (place + 2, "out_of_line") if later else (place + 2, "head")
    assert found([*steps[:place], put_in, *later], head)[0] == expected


def test_a_step_of_another_request_is_found() -> None:
    """A whole trail that was copied from another request is not this one's."""
    other = trail(["a", "b"], "XS-2")
    assert found([step._replace(request="XS-1") for step in other], other[-1].digest) == [
        (1, "edited"),
        (2, "edited"),
    ]


def test_steps_and_the_request_belong_together() -> None:
    """Steps without the request, and a request without its steps, are found."""
    steps = trail(["a"])
    assert found(steps, None) == [(None, "head")]
    assert found([], steps[0].digest) == [(1, "head")]


def test_a_finding_says_in_words_which_step() -> None:
    """Every sentence names the version, or that it is about the request, and what happened."""
    steps = trail(["a", "b", "c", "d"])
    head = steps[-1].digest
    assert [each.sentence for each in findings("XS-1", [steps[0], *steps[2:]], head)] == ["step 2 is not there"]
    assert [each.sentence for each in findings("XS-1", steps[3:], head)] == ["steps 1 to 3 are not there"]
    assert [each.sentence for each in findings("XS-1", steps[:3], head)] == [
        "the request was longer, or another: what it ends with is not step 3"
    ]
