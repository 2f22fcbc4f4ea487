//! How a host's answers came out, in numbers.

use core::fmt;
use serde_json::Value;
use std::collections::BTreeMap;

use super::sets::RANDOM;

/// The answers to one set of cases.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Tally {
    pub(super) cases: u64,
    pub(super) same: u64,
    /// Requests that HTTP cannot carry, by the rule that says so.
    pub(super) cannot_carry: BTreeMap<String, u64>,
    /// Requests that the server answers by itself, by the rule that says so.
    pub(super) excepted: BTreeMap<String, u64>,
    pub(super) faults: Vec<String>,
}

impl Tally {
    /// The tally that a program of the tests printed.
    pub(super) fn read(json: &Value) -> Option<(String, Self)> {
        let number = |name: &str| json.get(name).and_then(Value::as_u64);
        let numbers = |name: &str| -> Option<BTreeMap<String, u64>> {
            let map = json.get(name)?.as_object()?;
            map.iter().map(|(rule, number)| Some((rule.clone(), number.as_u64()?))).collect()
        };
        let set = json.get("set")?.as_str()?.to_owned();
        let faults = json.get("faults")?.as_array()?;
        let fault = |fault: &Value| fault.as_str().map(|fault| format!("{set}: {fault}"));
        let tally = Self {
            cases: number("cases")?,
            same: number("same")?,
            cannot_carry: numbers("cannot_carry")?,
            excepted: numbers("excepted")?,
            faults: faults.iter().map(fault).collect::<Option<_>>()?,
        };
        Some((set, tally))
    }

    /// This tally and another as one.
    fn plus(mut self, other: &Self) -> Self {
        self.cases += other.cases;
        self.same += other.same;
        for (into, from) in
            [(&mut self.cannot_carry, &other.cannot_carry), (&mut self.excepted, &other.excepted)]
        {
            for (rule, number) in from {
                *into.entry(rule.clone()).or_default() += number;
            }
        }
        self.faults.extend(other.faults.iter().cloned());
        self
    }

    /// `same / answered by the server itself / not carried`.
    pub(super) fn cells(&self) -> [u64; 4] {
        [self.cases, self.same, self.excepted.values().sum(), self.cannot_carry.values().sum()]
    }
}

/// One host of the table.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) host: &'static str,
    /// The table, and the random requests; or why there is nothing to tell.
    pub(super) result: Result<(Tally, Tally), Trouble>,
}

/// Why a host could not be asked.
#[derive(Debug)]
pub(super) enum Trouble {
    /// What it needs is not on this machine.
    Absent(String),
    /// It could not be built or run.
    Broken(String),
}

impl Row {
    /// A row of what was seen for each set; every set and every case of it must be there.
    pub(super) fn new(host: &'static str, tallies: Vec<(String, Tally)>, due: &[(&str, u64)]) -> Self {
        let (mut table, mut random) = (Tally::default(), Tally::default());
        for (set, tally) in &tallies {
            let into = if set == RANDOM { &mut random } else { &mut table };
            *into = core::mem::take(into).plus(tally);
        }
        for (set, cases) in due {
            let seen = tallies.iter().find(|(name, _)| name == set).map_or(0, |(_, tally)| tally.cases);
            if seen != *cases {
                table.faults.push(format!("{set}: expected {cases} cases, found {seen}"));
            }
        }
        for (name, tally) in [("the table", &mut table), ("random requests", &mut random)] {
            let [cases, same, own, not] = tally.cells();
            if same == 0 {
                tally.faults.push(format!("{name}: not one answer is the same"));
            }
            let faults = u64::try_from(tally.faults.len()).unwrap_or(u64::MAX);
            if same + own + not + faults < cases {
                tally.faults.push(format!("{name}: {cases} cases, and less was told of them"));
            }
        }
        Self { host, result: Ok((table, random)) }
    }

    /// Everything that is wrong.
    pub(super) fn faults(&self) -> Vec<String> {
        let named = |fault: &String| format!("{}: {fault}", self.host);
        match &self.result {
            Ok((table, random)) => table.faults.iter().chain(&random.faults).map(named).collect(),
            Err(Trouble::Broken(why)) => vec![named(why)],
            Err(Trouble::Absent(_)) => Vec::new(),
        }
    }

    /// Why the host is not on this machine.
    pub(super) fn absent(&self) -> Option<String> {
        match &self.result {
            Err(Trouble::Absent(why)) => Some(format!("{}: {why}", self.host)),
            _ => None,
        }
    }

    /// How many answers are the same.
    pub(super) fn agreed(&self) -> u64 {
        self.result.as_ref().map_or(0, |(table, random)| table.same + random.same)
    }
}

impl fmt::Display for Row {
    /// The rules that were used, with their numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (table, random) = match &self.result {
            Ok(tallies) => tallies,
            Err(Trouble::Absent(why)) => return write!(f, "{}: skipped: {why}", self.host),
            Err(Trouble::Broken(why)) => return write!(f, "{}: failed: {why}", self.host),
        };
        let all = table.clone().plus(random);
        write!(f, "{}: {} differ", self.host, all.faults.len())?;
        for (what, rules) in [("cannot carry", &all.cannot_carry), ("answers by itself", &all.excepted)] {
            let rules: Vec<String> = rules.iter().map(|(rule, number)| format!("{rule} {number}")).collect();
            if !rules.is_empty() {
                write!(f, "; {what}: {}", rules.join(", "))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(cases: u64, same: u64) -> Tally {
        Tally { cases, same, ..Tally::default() }
    }

    fn faults(tallies: &[(&str, Tally)]) -> usize {
        let tallies = tallies.iter().map(|(set, tally)| ((*set).to_owned(), tally.clone())).collect();
        Row::new("x", tallies, &[("table", 3), (RANDOM, 2)]).faults().len()
    }

    #[test]
    fn a_host_that_ran_nothing_or_less_has_failed() {
        assert_eq!(faults(&[("table", tally(3, 3)), (RANDOM, tally(2, 2))]), 0);
        assert!(faults(&[]) >= 4);
        assert!(faults(&[("table", tally(3, 3))]) >= 1);
        assert!(faults(&[("table", tally(2, 2)), (RANDOM, tally(2, 2))]) >= 1);
        assert!(faults(&[("table", tally(3, 2)), (RANDOM, tally(2, 2))]) >= 1);
        assert!(faults(&[("table", tally(3, 0)), (RANDOM, tally(2, 2))]) >= 1);
    }

    #[test]
    fn what_a_program_prints_is_read_whole_or_not_at_all() {
        let line = r#"{"host":"x","set":"table","cases":3,"same":1,"cannot_carry":{"method":1},"excepted":{},"faults":["f"]}"#;
        let json: Value = serde_json::from_str(line).unwrap();
        let (set, read) = Tally::read(&json).unwrap();
        assert_eq!(
            (set.as_str(), read.cells(), read.faults.as_slice()),
            ("table", [3, 1, 0, 1], ["table: f".to_owned()].as_slice())
        );
        let less: Value = serde_json::from_str(&line.replace("\"same\":1,", "")).unwrap();
        assert!(Tally::read(&less).is_none());
    }
}
