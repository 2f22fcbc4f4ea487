//! The page for people: what is wrong first, then what is trusted, how fresh it is, and what happens next.

use super::{IssuerStatus, KeyStatus, Status, StoreStatus};
use crate::time::rfc3339;
use core::fmt::{self, Display, Formatter, Write as _};
use doorward_core::key::{Facts, Trust};
use doorward_core::time::UnixTime;

/// How many issuers are told of at length even if nothing is wrong with them: more do not fit on a screen.
const AT_LENGTH: usize = 4;

/// How many of the others get a line.
const LINES: usize = 16;

/// How many keys of an issuer are named: the largest sets known have eight.
const KEYS: usize = 8;

/// How many withdrawn keys of an issuer are named.
const GONE: usize = 3;

impl Display for Status {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.write_verdict(f)?;
        self.write_policy(f)?;
        let (good, bad): (Vec<_>, Vec<_>) = self.issuers.iter().partition(|issuer| issuer.is_good());
        bad.iter().try_for_each(|issuer| issuer.write(f, self))?;
        if self.issuers.len() <= AT_LENGTH {
            good.iter().try_for_each(|issuer| issuer.write(f, self))?;
        } else {
            good.iter().take(LINES).try_for_each(|issuer| issuer.write_line(f, self.now))?;
            if let more @ 1.. = good.len().saturating_sub(LINES) {
                line(f, "issuer", format_args!("and {more} more, as fresh as these"))?;
            }
        }
        self.write_revoked(f)?;
        self.write_stores(f)
    }
}

impl Status {
    fn write_verdict(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let at = clock(self.now);
        if self.is_good() {
            return line(f, "status", format_args!("good at {at}: nothing to mend"));
        }
        let bad: Vec<_> = self.issuers.iter().filter(|issuer| !issuer.is_good()).collect();
        let mut faults = Vec::new();
        if let [first, rest @ ..] = bad.as_slice() {
            let mut names = format!("keys of {}", Plain(&first.name));
            for issuer in rest.iter().take(KEYS) {
                let _ = write!(names, ", {}", Plain(&issuer.name));
            }
            if let more @ 1.. = rest.len().saturating_sub(KEYS) {
                let _ = write!(names, " and {more} more");
            }
            faults.push(names);
        }
        faults.extend(self.policy_fault.as_ref().map(|_| "policy file".to_owned()));
        faults.extend(self.revoked_fault.as_ref().map(|_| "file of revocations".to_owned()));
        line(f, "status", format_args!("ATTENTION at {at}: {}", faults.join("; ")))
    }

    fn write_policy(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let file = self.policy.as_deref().unwrap_or("from text");
        line(f, "policy", format_args!("{}, loaded {} ago", Plain(file), Span(self.loaded, self.now)))?;
        if let Some(fault) = &self.policy_fault {
            more(f, "NOT LOADED ANEW", "what was loaded then stays in force:")?;
            fault.lines().take(KEYS).try_for_each(|fault| more(f, "", Plain(fault)))?;
        }
        if !self.keeping && self.issuers.iter().any(|issuer| issuer.facts.is_some()) {
            more(f, "NOT KEPT", "nothing fetches keys in this process, unless its host supplies them")?;
        }
        Ok(())
    }

    fn write_revoked(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let all = &self.revoked;
        let parts = [
            (all.tokens, "token", "tokens"),
            (all.subjects, "subject", "subjects"),
            (all.keys, "key", "keys"),
            (all.issued_before, "issuer's tokens from before a time", "issuers' tokens from before a time"),
        ];
        let mut said = String::new();
        for (count, one, many) in parts.into_iter().filter(|(count, ..)| *count > 0) {
            let _ = write!(said, "{}{count} {}", comma(&said), if count == 1 { one } else { many });
        }
        line(f, "revoked", if said.is_empty() { "nothing" } else { &said })?;
        if let elsewhere @ 1.. = all.elsewhere {
            more(
                f,
                "note",
                format_args!("{elsewhere} of these are of issuers that the policy does not have"),
            )?;
        }
        write_file_fault(f, self.revoked_fault.as_deref(), "what was revoked before stays so:")
    }

    fn write_stores(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut said = String::new();
        for StoreStatus { name, capacity, used, .. } in &self.stores {
            let _ = write!(said, "{}{name} ", comma(&said));
            let _ = match (capacity, used) {
                (0, _) => write!(said, "off"),
                (capacity, Some(used)) => write!(said, "{used} of {capacity}"),
                (capacity, None) => write!(said, "room for {capacity}"),
            };
        }
        line(f, "stores", format_args!("{said}; {} KiB", self.memory().div_ceil(1024)))?;
        if self.replayed > 0 || self.replay_full > 0 {
            let (used, full) = (self.replayed, self.replay_full);
            more(f, "replays", format_args!("{used} refused as used before, {full} for want of room"))?;
        }
        Ok(())
    }
}

impl IssuerStatus {
    /// One issuer in one line, where nothing is wrong with it.
    fn write_line(&self, f: &mut Formatter<'_>, now: UnixTime) -> fmt::Result {
        let (name, trust, keys) = (Plain(&self.name), self.trust, Count(self.keys.len(), "key"));
        match &self.facts {
            None => line(f, "issuer", format_args!("{name}  {trust}, {keys}")),
            Some(facts) => {
                let next = Next(facts, now);
                line(f, "issuer", format_args!("{name}  {trust}, {keys}, {next}"))
            }
        }
    }

    fn write(&self, f: &mut Formatter<'_>, status: &Status) -> fmt::Result {
        let now = status.now;
        line(f, "issuer", format_args!("{}  {}", Plain(&self.name), Plain(&self.issuer)))?;
        let keys = Count(self.keys.len(), "key");
        match &self.facts {
            None => {
                more(f, "trust", format_args!("given: {keys} from {}", Plain(&self.source)))?;
                write_file_fault(
                    f,
                    self.file_fault.as_deref(),
                    "the keys that were read before stay in force:",
                )?;
            }
            Some(facts) => {
                more(f, "trust", format_args!("{}, from {}", State(facts, keys, now), Plain(&self.source)))?;
                self.write_failures(f, facts, now)?;
                more(f, "next", format_args!("{}{}", Next(facts, now), Until(facts, now)))?;
            }
        }
        self.keys.iter().take(KEYS).try_for_each(|key| key.write(f, now, "key"))?;
        if let left @ 1.. = self.keys.len().saturating_sub(KEYS) {
            more(f, "", format_args!("and {left} more"))?;
        }
        self.gone.iter().take(GONE).try_for_each(|key| key.write(f, now, "gone"))?;
        self.notes.iter().take(KEYS).try_for_each(|note| more(f, "note", Plain(note)))
    }

    /// Why nothing newer is there.
    fn write_failures(&self, f: &mut Formatter<'_>, facts: &Facts, now: UnixTime) -> fmt::Result {
        let Some(fault) = facts.last_fault.filter(|_| facts.failures > 0) else { return Ok(()) };
        let often = match facts.failures {
            1 => "once".to_owned(),
            failures => format!("{failures} times in a row"),
        };
        let detail = self.detail.as_deref().unwrap_or(fault.sentence());
        let last = Span(facts.failed_at.unwrap_or(now), now);
        more(f, "why", format_args!("failed {often}, last {last} ago: {}: {}", fault.code(), Plain(detail)))
    }
}

impl KeyStatus {
    fn write(&self, f: &mut Formatter<'_>, now: UnixTime, label: &str) -> fmt::Result {
        let kid = self.kid.as_deref().unwrap_or("(without a name)");
        let (first, last) = (Span(self.first_seen, now), Span(self.last_seen, now));
        let algorithm = self.algorithm;
        more(f, label, format_args!("{}  {algorithm}, first seen {first} ago, last {last} ago", Plain(kid)))
    }
}

/// How far keys can be relied upon, in a few words.
struct State<'a>(&'a Facts, Count, UnixTime);

impl Display for State<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(facts, keys, now) = self;
        match (facts.trust, facts.fetched) {
            (Trust::Never, _) | (_, None) => f.write_str("NEVER LOADED: no key")?,
            (Trust::Fresh, Some(_)) if keys.0 == 0 => f.write_str("NO KEYS: the provider has none")?,
            (Trust::Fresh, Some(_)) => write!(f, "fresh: {keys}")?,
            (Trust::Stale { since }, Some(_)) => write!(f, "STALE for {}: {keys}", Span(since, *now))?,
            (Trust::Expired { since }, Some(_)) => write!(f, "EXPIRED {} ago: {keys}", Span(since, *now))?,
        }
        match facts.fetched {
            Some(fetched) => write!(f, " fetched {} ago", Span(fetched, *now)),
            None => Ok(()),
        }
    }
}

/// When the next fetch is.
struct Next<'a>(&'a Facts, UnixTime);

impl Display for Next<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(facts, now) = self;
        match facts.fetching_since {
            Some(since) => write!(f, "fetching for {}", Span(since, *now)),
            None if facts.next_fetch <= *now => f.write_str("fetch due now"),
            None => write!(f, "fetch in {}", Span(*now, facts.next_fetch)),
        }
    }
}

/// What callers meet until a fetch succeeds; nothing where all is well.
struct Until<'a>(&'a Facts, UnixTime);

impl Display for Until<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(facts, now) = self;
        match (facts.trust, facts.usable_until) {
            (Trust::Fresh, _) if facts.failures == 0 => Ok(()),
            (Trust::Fresh | Trust::Stale { .. }, Some(until)) => write!(
                f,
                "; until one succeeds, unknown keys get 503,\n{:<18}and known keys are good for {} more, to {}",
                "",
                Span(*now, until),
                clock(until)
            ),
            _ => f.write_str("; until one succeeds, every token of this issuer gets 503"),
        }
    }
}

/// Why a file was not taken, if it was not, and what stays.
fn write_file_fault(f: &mut Formatter<'_>, fault: Option<&str>, stays: &str) -> fmt::Result {
    let Some(fault) = fault else { return Ok(()) };
    more(f, "FILE NOT TAKEN", stays)?;
    fault.lines().take(KEYS).try_for_each(|fault| more(f, "", Plain(fault)))
}

/// A line with its heading.
fn line(f: &mut Formatter<'_>, heading: &str, text: impl Display) -> fmt::Result {
    writeln!(f, "{heading:<10}{text}")
}

/// A line below a heading.
fn more(f: &mut Formatter<'_>, label: &str, text: impl Display) -> fmt::Result {
    // A label that is longer than its column is a shout.
    if label.len() < 8 {
        writeln!(f, "{:<10}{label:<8}{text}", "")
    } else {
        writeln!(f, "{:<10}{label}: {text}", "")
    }
}

fn comma(said: &str) -> &'static str {
    if said.is_empty() { "" } else { ", " }
}

/// A time to the second.
fn clock(time: UnixTime) -> String {
    rfc3339(UnixTime::from_seconds(time.seconds()))
}

/// A number of things.
#[derive(Clone, Copy)]
struct Count(usize, &'static str);

impl Display for Count {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}

/// Text from outside: what would drive a terminal, or reorder a line, is shown as its escape, and what is too long is cut.
struct Plain<'t>(&'t str);

impl Display for Plain<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        /// Long enough for the names and messages in use, too short to fill a screen.
        const MOST: usize = 300;
        for c in self.0.chars().take(MOST) {
            let reorders =
                matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if c.is_control() || reorders { write!(f, "{}", c.escape_default())? } else { f.write_char(c)? }
        }
        if self.0.chars().nth(MOST).is_some() { f.write_str("…") } else { Ok(()) }
    }
}

/// A span of time in its two largest units.
struct Span(UnixTime, UnixTime);

impl Display for Span {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
        let span = u64::try_from(self.1.seconds().saturating_sub(self.0.seconds())).unwrap_or(0);
        let first = UNITS.iter().position(|(size, _)| span >= *size).unwrap_or(UNITS.len() - 1);
        let mut rest = span;
        for (at, (size, unit)) in UNITS.iter().enumerate().skip(first).take(2) {
            let count = rest / size;
            rest %= size;
            if at == first || count > 0 {
                write!(f, "{}{count} {unit}", if at == first { "" } else { " " })?;
            }
        }
        Ok(())
    }
}
