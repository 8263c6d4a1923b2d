"""Small tables whose names nobody would choose, for what draws tables."""

from __future__ import annotations

from hypothesis import strategies as st

from eap_workflow.machine import About, Extend, Guard, Limit, Move, Start, State, Stop, When, Workflow
from eap_workflow.values import Role

HOSTILE = (
    '"] --> x',
    'a" as b',
    "end",
    "state",
    "note right of a",
    "[*] --> b : c",
    "}%%",
    "%%{init: {}}%%",
    "%% a comment",
    "<script>alert(1)</script>",
    "<br/>",
    "</b>",
    "#quot;",
    "#35;",
    "&lt;",
    "a;b:c",
    "a | b",
    "a\n| b |",
    "`code`",
    "```",
    "**bold** _em_ __x__",
    "[a](b)",
    "{role}`x`",
    "\\",
    "\\|",
    "$x$",
    "~~x~~",
    "[^1]",
    "1. one",
    "- one",
    "ﬂ°°35¶ß",
    "\x00\x1b",
    "👩\N{ZERO WIDTH JOINER}⚕️ \N{RIGHT-TO-LEFT OVERRIDE}abc",
    "x" * 90,
    "classDef style:#a;",
    "__proto__",
)
names = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


OF_NOBODY = (About.REQUEST, About.COMMAND)
"""What a guard may look at where a move is made at once."""


@st.composite
def tables(draw: st.DrawFn) -> Workflow:
    """Tables of a line of stages, each with its own guard and limit, one more limit for all, and one end.

    A stage is passed at once, or has a move that stays in it and a move to the end.
    """
    length = draw(st.integers(1, 4))
    name, title, start, end, total, *stages = draw(_distinct(length + 5))
    guards, limits = draw(_distinct(length)), [each for each in draw(_distinct(length + 1)) if each != total][:length]
    onward, stay, leave = draw(_distinct(3))
    who = tuple(dict.fromkeys((*draw(st.lists(st.sampled_from(Role), max_size=3)), Role.SYSTEM)))
    rules = draw(st.lists(st.sampled_from(("XS-01", "CR-02", "IN-03")), min_size=1, unique=True).map(tuple))
    passing = [at < length - 1 and draw(st.booleans()) for at in range(length)]
    stays = draw(st.sampled_from((When.ASKED, When.WHEN_DUE)))
    moves = [Move(onward, start, stages[0], who, (guards[0],), (Start(limits[0]), Start(total)), rules)]
    for at, stage in enumerate(stages):
        if at < length - 1:
            acts = (Stop(limits[at]), Start(limits[at + 1]))
            when = When.AT_ONCE if passing[at] else draw(st.sampled_from((When.ASKED, When.WHEN_DUE)))
            moves.append(Move(onward, stage, stages[at + 1], who, (guards[at + 1],), acts, rules, when=when))
        if not passing[at]:
            moves += (
                Move(
                    stay, stage, stage, who, (guards[at], guards[0])[: at + 1], (Extend(limits[at]),), rules, when=stays
                ),
                Move(leave, stage, end, who, (guards[0],), (Stop(limits[at]), Stop(total)), rules),
            )
    turns = st.none() | st.sampled_from(Role)
    return Workflow(
        name=name,
        title=title,
        start=start,
        states=(
            *(State(stage, draw(turns), (limits[at], total), passing=passing[at]) for at, stage in enumerate(stages)),
            State(end, final=True),
        ),
        guards=tuple(
            Guard(guard, draw(st.sampled_from(OF_NOBODY if at and passing[at - 1] else About)), draw(names), rules)
            for at, guard in enumerate(guards)
        ),
        limits=(
            *(Limit(limit, draw(names), draw(names), rules, optional=draw(st.booleans())) for limit in limits),
            Limit(total, draw(names), draw(names), rules, chain=tuple(limits)),
        ),
        moves=tuple(moves),
    )


def _distinct(size: int) -> st.SearchStrategy[list[str]]:
    return st.lists(names, min_size=size, max_size=size, unique=True)
