"""The time of a decision: every digit counts, and milliseconds are no seconds."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from doorward import Decision, Engine
from issuer import Issuer

AT = 1795387431


@pytest.fixture(scope="module")
def value(issuer: Issuer) -> str:
    return issuer.bearer(iat=AT - 60, exp=AT)


def decided(engine: Engine, value: str, now: Any) -> Decision:
    return engine.decide(method="GET", url="/v1/orders/7", headers=[("Authorization", value)], now=now)


LAST = AT + 30  # the policy's leeway


@pytest.mark.parametrize(
    "now",
    [
        LAST - 1,
        LAST - 0.5,
        Decimal(LAST) - Decimal("0.000000001"),
        datetime.fromtimestamp(LAST - 1, timezone.utc),
        datetime.fromtimestamp(LAST, timezone(timedelta(hours=-7))) - timedelta(microseconds=1),
    ],
)
def test_before_the_last_moment_it_is_accepted(engine: Engine, value: str, now: Any) -> None:
    assert decided(engine, value, now).allowed


@pytest.mark.parametrize(
    "now",
    [
        LAST,
        float(LAST),
        Decimal(LAST),
        Decimal(f"{LAST}e0"),
        Decimal(LAST).scaleb(-3).scaleb(3),
        datetime.fromtimestamp(LAST, timezone.utc),
        datetime.fromtimestamp(LAST, timezone(timedelta(hours=5, minutes=30))),
        10**11,
        1e11,
        datetime(9999, 12, 31, tzinfo=timezone.utc),
    ],
)
def test_from_the_last_moment_on_it_is_not(engine: Engine, value: str, now: Any) -> None:
    decision = decided(engine, value, now)
    assert decision.reason == "token_expired"


def test_the_clock_is_read_without_a_time(engine: Engine, issuer: Issuer, value: str) -> None:
    assert decided(engine, issuer.bearer(), None).allowed


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        (1, 1),
        (1795387461.25, 1795387461.25),
        (1795387461.1, 1795387461.1),
        (Decimal("1795387461.123456789"), 1795387461.123456789),
        (Decimal("1795387461.1234567899"), 1795387461.123456789),
        (datetime(2026, 11, 22, 22, 44, 21, 250000, timezone.utc), 1795387461.25),
        (datetime(1969, 12, 31, 23, 59, 59, 500000, timezone.utc), -0.5),
        (-0.5, -0.5),
        (-1, -1),
        (0.0, 0),
        (1e-9, 1e-9),
    ],
)
def test_no_digit_is_lost(engine: Engine, issuer: Issuer, now: Any, shown: float) -> None:
    token = issuer.bearer(iat=None, exp=AT, nbf=4102444800) if shown < AT else issuer.bearer(iat=1, exp=2)
    context = decided(engine, token, now).context
    assert context is not None and context["now"] == shown, context


@pytest.mark.parametrize(
    "now",
    [
        10**11 + 1, 1795387431000, 1795387431000.0, -(10**11) - 1, 10**30, -(10**30),
        Decimal("100000000000.000000001"), Decimal("1E+1000000"),
    ],
)  # fmt: skip
def test_milliseconds_are_refused(engine: Engine, now: Any) -> None:
    with pytest.raises(ValueError, match="Unix seconds"):
        decided(engine, "", now)


@pytest.mark.parametrize(
    "now", [float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity")]
)
def test_what_is_no_number_is_refused(engine: Engine, now: Any) -> None:
    with pytest.raises(ValueError, match="finite"):
        decided(engine, "", now)


def test_a_datetime_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="time zone"):
        decided(engine, "", datetime(2026, 11, 22))


@pytest.mark.parametrize("now", [True, "1795387431", b"1", [1], object(), Fraction(1, 2), timedelta(1)])
def test_other_types_are_refused(engine: Engine, now: Any) -> None:
    with pytest.raises(TypeError, match="int, float, Decimal or datetime"):
        decided(engine, "", now)


def test_a_zone_that_fails_is_an_error(engine: Engine) -> None:
    from datetime import tzinfo

    class Broken(tzinfo):
        def utcoffset(self, moment: datetime | None) -> timedelta:
            raise KeyError("zone")

        dst = utcoffset

        def tzname(self, moment: datetime | None) -> str:
            return "broken"

    with pytest.raises(KeyError):
        decided(engine, "", datetime(2026, 11, 22, tzinfo=Broken()))
