//! Numbers of JSON as exact decimals: dates and equality against arithmetic that shifts the digits as text.
#![expect(clippy::expect_used, reason = "a test's panic is its verdict")]

use doorward_core::time::UnixTime;
use doorward_core::wire::json::{number_eq, to_time};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// A number in its parts.
#[derive(Clone, Debug)]
struct Decimal {
    negative: bool,
    whole: String,
    fraction: String,
    exponent: i32,
}

impl Decimal {
    /// It as JSON; the spelling of an exponent varies.
    fn json(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        let point = if self.fraction.is_empty() { "" } else { "." };
        let exponent = match self.exponent {
            0 => String::new(),
            exponent if exponent % 3 == 0 => format!("E{exponent:+}"),
            exponent => format!("e{exponent}"),
        };
        format!("{sign}{}{point}{}{exponent}", self.whole, self.fraction)
    }

    /// The digits before and after the point, written out without an exponent; no zeros in front or at the end.
    fn written_out(&self) -> (String, String) {
        let digits = format!("{}{}", self.whole, self.fraction);
        let point = i32::try_from(self.whole.len()).expect("few digits") + self.exponent;
        let missing = usize::try_from(-point.min(0)).expect("not negative");
        let digits = format!("{}{digits}", "0".repeat(missing));
        let point = usize::try_from(point.max(0)).expect("not negative");
        let digits = format!("{digits:0<point$}");
        let (whole, fraction) = digits.split_at(point);
        (whole.trim_start_matches('0').to_owned(), fraction.trim_end_matches('0').to_owned())
    }

    fn is_zero(&self) -> bool {
        self.written_out() == (String::new(), String::new())
    }
}

/// Numbers about as large and as precise as dates, and both sides of it.
fn decimal() -> impl Strategy<Value = Decimal> {
    (any::<bool>(), "0|[1-9][0-9]{0,13}", "[0-9]{0,12}", -25..25_i32)
        .prop_map(|(negative, whole, fraction, exponent)| Decimal { negative, whole, fraction, exponent })
}

/// The date that a number stands for, cut off below a nanosecond, within the years that have dates.
fn date(number: &Decimal) -> Option<UnixTime> {
    const LAST: i64 = 253_402_300_799;
    let (whole, fraction) = number.written_out();
    let nanos: u32 = format!("{:0<9.9}", fraction).parse().expect("nine digits");
    let seconds: i64 = match whole.len() {
        0 => 0,
        1..=12 => whole.parse().expect("twelve digits"),
        _ => return None,
    };
    let beyond =
        if number.negative { seconds > LAST || (seconds == LAST && nanos > 0) } else { seconds > LAST };
    match (number.negative, nanos) {
        _ if beyond => None,
        (false, _) => Some(UnixTime::new(seconds, nanos)),
        (true, 0) => Some(UnixTime::from_seconds(-seconds)),
        (true, _) => Some(UnixTime::new(-seconds - 1, 1_000_000_000 - nanos)),
    }
}

/// As many as fit into a second or two, the same on every run.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 10_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(7519),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn dates_are_exact(number in decimal()) {
        prop_assert_eq!(to_time(&number.json()), date(&number), "{}", number.json());
    }

    #[test]
    fn the_last_second_is_the_end(near in -3..3_i64, nanos in 0..2_u32, negative in any::<bool>()) {
        let whole = (253_402_300_799 + near).to_string();
        let number = Decimal { negative, whole, fraction: format!("{nanos:09}"), exponent: 0 };
        prop_assert_eq!(to_time(&number.json()), date(&number), "{}", number.json());
    }

    #[test]
    fn numbers_are_equal_as_values(a in decimal(), b in decimal()) {
        let equal = a.written_out() == b.written_out() && (a.negative == b.negative || a.is_zero());
        prop_assert_eq!(number_eq(&a.json(), &b.json()), equal, "{} {}", a.json(), b.json());
    }

    #[test]
    fn a_number_is_equal_however_it_is_written(a in decimal(), zeros in 0..6_i32) {
        let pad = "0".repeat(usize::try_from(zeros).expect("not negative"));
        let longer = Decimal { fraction: format!("{}{pad}", a.fraction), ..a.clone() };
        prop_assert!(number_eq(&a.json(), &longer.json()), "{} {}", a.json(), longer.json());
        let moved = Decimal { whole: format!("{}{}", a.whole, a.fraction), fraction: pad,
            exponent: a.exponent - i32::try_from(a.fraction.len()).expect("few digits"), ..a.clone() };
        // Leading zeros are no JSON, but the parts are read alike.
        prop_assert!(number_eq(&a.json(), &moved.json()), "{} {}", a.json(), moved.json());
        let negated = Decimal { negative: !a.negative, ..a.clone() };
        prop_assert_eq!(number_eq(&a.json(), &negated.json()), a.is_zero(), "{}", a.json());
        let other = Decimal { fraction: format!("{}1", longer.fraction), ..a.clone() };
        prop_assert!(!number_eq(&a.json(), &other.json()), "{} {}", a.json(), other.json());
    }
}
