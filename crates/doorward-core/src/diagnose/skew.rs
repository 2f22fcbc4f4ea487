//! Clock skew: how far the clock of whoever answered is from the caller's, measured by the answer's `Date`.

use super::sent::{Response, Sent};
use crate::limits;
use crate::time::UnixTime;
use crate::wire::field;
use crate::wire::http_date;

/// By how much two clocks differ.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Skew {
    /// The answering side's clock minus the caller's, in seconds.
    pub seconds: i64,
    /// How far off that may be, in seconds: half the way of the request, and the fraction that `Date` does not have.
    pub within: u64,
}

impl Skew {
    /// Measures: the answer's date against the middle between sending and receiving.
    ///
    /// An answer from a cache has the date of its making (`Age` tells, [RFC 9111, section 5.1]), and is no measurement.
    ///
    /// [RFC 9111, section 5.1]: https://www.rfc-editor.org/rfc/rfc9111#section-5.1
    pub(super) fn measure(sent: &Sent<'_>, response: &Response<'_>, now: UnixTime) -> Option<Self> {
        if response.values("age").any(|age| field::trim(age) != b"0") {
            return None;
        }
        let date = http_date::parse(response.only("date")?, now)?.seconds();
        let now = now.seconds();
        let (middle, within) = match sent.at.map(UnixTime::seconds).filter(|at| *at <= now) {
            Some(at) => {
                let way = now.abs_diff(at);
                let half = way / 2;
                (now.saturating_sub_unsigned(half), way.div_ceil(2).saturating_add(1))
            }
            None => (now, limits::UNTIMED_REQUEST),
        };
        Some(Self { seconds: date.saturating_sub(middle), within })
    }

    /// What is left of it for a caller that has reckoned with so many seconds.
    pub(super) const fn beyond(self, reckoned: i64) -> Self {
        Self { seconds: self.seconds.saturating_sub(reckoned), ..self }
    }

    /// Whether the clocks differ by more than the measurement may be off.
    #[must_use]
    pub const fn is_significant(self) -> bool {
        self.seconds.unsigned_abs() > self.within
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Field;

    const NOW: UnixTime = UnixTime::from_seconds(784_111_777);

    fn measured(at: Option<i64>, fields: &[(&str, &str)]) -> Option<(i64, u64)> {
        let fields: std::vec::Vec<_> = fields.iter().map(|(name, value)| Field::new(*name, *value)).collect();
        let sent = Sent { at: at.map(UnixTime::from_seconds), ..Sent::default() };
        let response = Response { status: 401, fields: &fields, body: b"" };
        Skew::measure(&sent, &response, NOW).map(|skew| (skew.seconds, skew.within))
    }

    const DATE: (&str, &str) = ("Date", "Sun, 06 Nov 1994 08:49:37 GMT");

    /// H-DATE-01.
    #[test]
    fn the_date_is_compared_with_the_middle_of_the_request() {
        assert_eq!(measured(Some(784_111_777), &[DATE]), Some((0, 1)));
        assert_eq!(measured(Some(784_111_767), &[DATE]), Some((5, 6)));
        assert_eq!(measured(Some(784_111_774), &[DATE]), Some((1, 3)));
        assert_eq!(measured(None, &[DATE]), Some((0, 30)));
        // The clock was set back between sending and receiving: there is no middle.
        assert_eq!(measured(Some(784_111_778), &[DATE]), Some((0, 30)));
    }

    /// H-DATE-02.
    #[test]
    fn an_answer_from_a_cache_is_no_measurement() {
        assert_eq!(measured(Some(784_111_777), &[DATE, ("Age", "0")]), Some((0, 1)));
        assert_eq!(measured(Some(784_111_777), &[DATE, ("Age", "1")]), None);
        assert_eq!(measured(Some(784_111_777), &[DATE, ("age", "old")]), None);
        assert_eq!(measured(Some(784_111_777), &[DATE, DATE]), None);
        assert_eq!(measured(Some(784_111_777), &[]), None);
    }
}
