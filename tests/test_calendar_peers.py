"""Independent checks: QuantLib and workalendar, each of which computes its holidays by itself.

Every day on which one of them disagrees with us stands in the table below, with who is right and why. A day that is not
listed must agree, and a listed day must still disagree, so neither side can change unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import QuantLib
import workalendar.europe
import workalendar.oceania
import workalendar.usa

from tests.calendar_strategies import region

FIRST, LAST = 2015, 2030


def quantlib(calendar: Any) -> Callable[[date], bool]:
    """Ask QuantLib whether a day is a business day."""
    return lambda day: bool(calendar.isBusinessDay(QuantLib.Date(day.day, day.month, day.year)))


def on(days: str) -> frozenset[date]:
    """Read the days of one explanation."""
    return frozenset(map(date.fromisoformat, days.split()))


UNITED_STATES, QL_US = ("US", None), QuantLib.UnitedStates

JUNETEENTH_2021 = (
    "Ours: the act was signed on Thursday 17 June 2021, and federal offices closed on the next day already.",
    on("2021-06-18"),
)
QUEENS_MOURNING = (
    "Ours: 22 September 2022 was proclaimed a public holiday in all of Australia that month.",
    on("2022-09-22"),
)
NSW_ANZAC = (
    "Ours: New South Wales has proclaimed a Monday in place of Anzac Day for 2026 and 2027.",
    on("2026-04-27 2027-04-26"),
)

# Who; our region; the peer; the last year compared; each difference with its explanation.
PEERS: list[
    tuple[str, tuple[str, str | None], Callable[[date], bool], int, tuple[tuple[str, frozenset[date]], ...]]
] = [
    (
        "QuantLib, United Kingdom, settlement",
        ("GB", "ENG"),
        quantlib(QuantLib.UnitedKingdom(QuantLib.UnitedKingdom.Settlement)),
        LAST,
        (),
    ),
    (
        # Its calendar is kept by hand from the yearly notices, make-up weekends included, so it ends with them.
        "QuantLib, China, interbank",
        ("CN", None),
        quantlib(QuantLib.China(QuantLib.China.IB)),
        2026,
        (),
    ),
    (
        "QuantLib, Australia, settlement (which is Sydney's)",
        ("AU", "NSW"),
        quantlib(QuantLib.Australia(QuantLib.Australia.Settlement)),
        LAST,
        (
            NSW_ANZAC,
            (
                "Ours: the first Monday of August closes banks in New South Wales, and nobody else.",
                on("""
                    2015-08-03 2016-08-01 2017-08-07 2018-08-06 2019-08-05 2020-08-03 2021-08-02 2022-08-01
                    2023-08-07 2024-08-05 2025-08-04 2026-08-03 2027-08-02 2028-08-07 2029-08-06 2030-08-05
                """),
            ),
        ),
    ),
    (
        "QuantLib, United States, settlement",
        UNITED_STATES,
        quantlib(QL_US(QL_US.Settlement)),
        LAST,
        (JUNETEENTH_2021,),
    ),
    (
        "QuantLib, United States, Federal Reserve",
        UNITED_STATES,
        quantlib(QL_US(QL_US.FederalReserve)),
        LAST,
        (
            JUNETEENTH_2021,
            (
                "Both: the Federal Reserve does not move a holiday from a Saturday to the Friday; everyone else does.",
                on("""
                    2015-07-03 2017-11-10 2020-07-03 2021-12-24 2021-12-31 2023-11-10 2026-07-03 2027-06-18
                    2027-12-24 2027-12-31 2028-11-10
                """),
            ),
        ),
    ),
    (
        "QuantLib, Germany, settlement",
        ("DE", None),
        quantlib(QuantLib.Germany(QuantLib.Germany.Settlement)),
        LAST,
        (
            ("Ours: in 2017, its 500th year, Reformation Day was a holiday in every Land.", on("2017-10-31")),
            (
                "Ours: Corpus Christi is a holiday in some Länder, and in the whole of Germany it is none.",
                on("""
                    2015-06-04 2016-05-26 2017-06-15 2018-05-31 2019-06-20 2020-06-11 2021-06-03 2022-06-16
                    2023-06-08 2024-05-30 2025-06-19 2026-06-04 2027-05-27 2028-06-15 2029-05-31 2030-06-20
                """),
            ),
            (
                "Ours: Christmas Eve is a holiday of the banks, not of the law.",
                on("""
                    2015-12-24 2018-12-24 2019-12-24 2020-12-24 2021-12-24 2024-12-24 2025-12-24 2026-12-24
                    2027-12-24 2029-12-24 2030-12-24
                """),
            ),
        ),
    ),
    (
        "QuantLib, New Zealand (which is Wellington's)",
        ("NZ", None),
        quantlib(QuantLib.NewZealand()),
        LAST,
        (
            (
                "Both: Wellington's anniversary is a holiday of that province, not of the country.",
                on("""
                    2015-01-19 2016-01-25 2017-01-23 2018-01-22 2019-01-21 2020-01-20 2021-01-25 2022-01-24
                    2023-01-23 2024-01-22 2025-01-20 2026-01-19 2027-01-25 2028-01-24 2029-01-22 2030-01-21
                """),
            ),
        ),
    ),
    (
        "workalendar, Victoria",
        ("AU", "VIC"),
        workalendar.oceania.Victoria().is_working_day,
        LAST,
        (
            QUEENS_MOURNING,
            (
                "Ours: the Friday before the AFL Grand Final is a holiday by notice; to come, before September's last Saturday.",
                on("""
                    2015-10-02 2016-09-30 2017-09-29 2018-09-28 2019-09-27 2020-10-23 2021-09-24 2022-09-23
                    2023-09-29 2024-09-27 2025-09-26 2026-09-25 2027-09-24 2028-09-29 2029-09-28 2030-09-27
                """),
            ),
        ),
    ),
    (
        "workalendar, New South Wales",
        ("AU", "NSW"),
        workalendar.oceania.NewSouthWales().is_working_day,
        LAST,
        (
            QUEENS_MOURNING,
            (
                "Ours: New South Wales did not move Anzac Day from its Sunday in 2021, but from its Saturday in 2026.",
                on("2021-04-26 2026-04-27"),
            ),
        ),
    ),
    (
        "workalendar, United Kingdom",
        ("GB", "ENG"),
        workalendar.europe.UnitedKingdom().is_working_day,
        LAST,
        (("Ours: the coronation of Charles III was a bank holiday.", on("2023-05-08")),),
    ),
    ("workalendar, Germany", ("DE", None), workalendar.europe.Germany().is_working_day, LAST, ()),
    (
        "workalendar, United States",
        UNITED_STATES,
        workalendar.usa.UnitedStates().is_working_day,
        LAST,
        (
            JUNETEENTH_2021,
            (
                "Ours: Juneteenth is a federal holiday since 2021; workalendar leaves it to the states.",
                on("""
                    2022-06-20 2023-06-19 2024-06-19 2025-06-19 2026-06-19 2027-06-18 2028-06-19 2029-06-19
                    2030-06-19
                """),
            ),
        ),
    ),
]


@pytest.mark.parametrize(
    ("where", "works", "last", "explained"), [peer[1:] for peer in PEERS], ids=[peer[0] for peer in PEERS]
)
def test_every_difference_from_a_peer_is_explained(
    where: tuple[str, str | None],
    works: Callable[[date], bool],
    last: int,
    explained: tuple[tuple[str, frozenset[date]], ...],
) -> None:
    """The days on which a peer disagrees are exactly the listed ones, and none is listed twice."""
    calendar = region(*where, (FIRST - 1, LAST))
    days = [date(FIRST, 1, 1) + timedelta(days=i) for i in range((date(last, 12, 31) - date(FIRST, 1, 1)).days + 1)]
    differing = {day for day in days if calendar.is_working_day(day) != works(day)}
    assert differing == frozenset().union(*(days for _, days in explained))
    assert sum(len(days) for _, days in explained) == len(differing)


def test_counting_agrees_with_quantlib_and_workalendar() -> None:
    """Where the days agree, so do n-th working days and counts: both peers count as we do, the start never."""
    calendar = region("GB", "ENG", (FIRST - 1, LAST))
    london = QuantLib.UnitedKingdom(QuantLib.UnitedKingdom.Settlement)
    germany, german_peer = region("DE", None, (FIRST - 1, LAST)), workalendar.europe.Germany()
    for week in range(0, 700, 3):
        day = date(2015, 3, 1) + timedelta(days=8 * week)
        start = QuantLib.Date(day.day, day.month, day.year)
        for n in (1, 5, 7, 12, -1, -7):
            assert calendar.add(day, n) == london.advance(start, n, QuantLib.Days).to_date()
        end = day + timedelta(days=40)
        peer_end = QuantLib.Date(end.day, end.month, end.year)
        assert calendar.count(day, end) == london.businessDaysBetween(start, peer_end, False, True)
        assert germany.add(day, 7) == german_peer.add_working_days(day, 7)
        conventions: list[tuple[Any, int]] = [
            ("unadjusted", QuantLib.Unadjusted),
            ("following", QuantLib.Following),
            ("preceding", QuantLib.Preceding),
            ("modified_following", QuantLib.ModifiedFollowing),
            ("modified_preceding", QuantLib.ModifiedPreceding),
            ("nearest", QuantLib.Nearest),
        ]
        for ours, theirs in conventions:
            assert calendar.roll(day, ours) == london.adjust(start, theirs).to_date()
