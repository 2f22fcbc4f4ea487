//! Rows of the table, as text and as JSON.

use crate::measure::Sample;
use serde_json::json;

/// A goal of the project for one row. It is printed and never asserted: the clock of a busy machine proves nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// Ours takes at most this many times theirs.
    AtMostTimes(f64),
    /// Ours takes at most this many nanoseconds more than theirs.
    AtMostMore(f64),
    /// Ours takes at most this many nanoseconds.
    AtMost(f64),
    /// Ours is at least this many times as fast as theirs.
    Faster(f64),
}

impl Goal {
    /// Whether it is met.
    #[must_use]
    pub fn is_met(self, ours: f64, theirs: f64) -> bool {
        match self {
            Self::AtMostTimes(times) => ours <= theirs * times,
            Self::AtMostMore(nanoseconds) => ours <= theirs + nanoseconds,
            Self::AtMost(nanoseconds) => ours <= nanoseconds,
            Self::Faster(times) => ours * times < theirs,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtMostTimes(times) => format!("at most {times} times theirs"),
            Self::AtMostMore(nanoseconds) => format!("at most {} more", duration(nanoseconds)),
            Self::AtMost(nanoseconds) => format!("at most {}", duration(nanoseconds)),
            Self::Faster(times) if times > 1.0 => format!("{times} times faster"),
            Self::Faster(_) => "faster".to_owned(),
        }
    }
}

/// One comparison.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// Our time.
    pub ours: Sample,
    /// Whom it is compared with, and their time.
    pub peer: Option<(String, Sample)>,
    /// What is to be reached.
    pub goal: Option<Goal>,
}

impl Row {
    fn ratio(&self) -> Option<f64> {
        self.peer.as_ref().map(|(_, theirs)| theirs.least / self.ours.least)
    }

    /// Whether the goal is met, where there is one.
    #[must_use]
    pub fn is_met(&self) -> Option<bool> {
        let theirs = self.peer.as_ref().map_or(f64::NAN, |(_, theirs)| theirs.least);
        self.goal.map(|goal| goal.is_met(self.ours.least, theirs))
    }

    /// The row as one JSON object.
    #[must_use]
    pub fn json(&self) -> String {
        json!({
            "name": self.name,
            "ns": rounded(self.ours.least, 10.0),
            "peer": self.peer.as_ref().map(|(name, _)| name),
            "peer_ns": self.peer.as_ref().map(|(_, theirs)| rounded(theirs.least, 10.0)),
            "ratio": self.ratio().map(|ratio| rounded(ratio, 1000.0)),
        })
        .to_string()
    }

    /// The row as a line under [`heading`].
    #[must_use]
    pub fn text(&self) -> String {
        let (peer, theirs, median) = match &self.peer {
            Some((name, theirs)) => (name.as_str(), duration(theirs.least), duration(theirs.median)),
            None => ("-", "-".to_owned(), "-".to_owned()),
        };
        let ratio = self.ratio().map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
        let goal = match (self.goal, self.is_met()) {
            (Some(goal), Some(true)) => format!("{}: met", goal.text()),
            (Some(goal), _) => format!("{}: NOT met", goal.text()),
            (None, _) => String::new(),
        };
        let (ours, our_median) = (duration(self.ours.least), duration(self.ours.median));
        line([&self.name, peer, &ours, &theirs, &ratio, &our_median, &median, &goal])
    }
}

/// The heading of the table.
#[must_use]
pub fn heading() -> String {
    line(["what", "beside", "ours", "theirs", "ratio", "ours, median", "theirs, median", "goal"])
}

fn line([what, peer, ours, theirs, ratio, our_median, median, goal]: [&str; 8]) -> String {
    let line = format!(
        "{what:<36} {peer:<31} {ours:>9} {theirs:>9} {ratio:>7} {our_median:>13} {median:>15}  {goal}"
    );
    line.trim_end().to_owned()
}

fn duration(nanoseconds: f64) -> String {
    if nanoseconds < 9999.5 {
        format!("{nanoseconds:.0} ns")
    } else {
        format!("{:.1} µs", nanoseconds / 1000.0)
    }
}

fn rounded(number: f64, steps: f64) -> f64 {
    (number * steps).round() / steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(peer: bool) -> Row {
        let sample = |least| Sample { least, median: least };
        Row {
            name: "allow/HS256".to_owned(),
            ours: sample(500.0),
            peer: peer.then(|| ("peer".to_owned(), sample(1600.0))),
            goal: Some(Goal::Faster(3.0)),
        }
    }

    #[test]
    fn a_row_of_json_has_the_five_fields() {
        assert_eq!(
            row(true).json(),
            r#"{"name":"allow/HS256","ns":500.0,"peer":"peer","peer_ns":1600.0,"ratio":3.2}"#
        );
        assert_eq!(
            row(false).json(),
            r#"{"name":"allow/HS256","ns":500.0,"peer":null,"peer_ns":null,"ratio":null}"#
        );
    }

    #[test]
    fn goals_are_judged() {
        assert_eq!(row(true).is_met(), Some(true));
        assert!(
            Goal::AtMostTimes(1.05).is_met(105.0, 100.0) && !Goal::AtMostTimes(1.05).is_met(106.0, 100.0)
        );
        assert!(Goal::AtMostMore(10.0).is_met(110.0, 100.0) && !Goal::AtMostMore(10.0).is_met(111.0, 100.0));
        assert!(Goal::AtMost(10.0).is_met(10.0, f64::NAN) && !Goal::Faster(1.0).is_met(10.0, 10.0));
        assert!(row(true).text().ends_with("3 times faster: met"));
    }
}
