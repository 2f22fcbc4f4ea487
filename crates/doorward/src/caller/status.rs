//! What a caller tells about itself, and what it has to report.

use super::main::Caller;
use doorward_core::reason::Reason;
use doorward_core::time::UnixTime;
use serde_json::{Value, json};

/// One kind of refusal that smells of an attack. That a retry succeeded does not make it good.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct CallerReport {
    /// The reason.
    pub reason: Reason,
    /// The reason behind it.
    pub cause: Option<Reason>,
    /// The number of the credential that was sent last.
    pub generation: u64,
    /// How often it came since reports were last taken.
    pub count: u32,
    /// When it came first.
    pub first: UnixTime,
    /// When it came last.
    pub last: UnixTime,
}

impl CallerReport {
    /// It as a JSON object; times are Unix seconds.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "reason": self.reason.code(),
            "cause": self.cause.map(Reason::code),
            "generation": self.generation,
            "count": self.count,
            "first": self.first.seconds(),
            "last": self.last.seconds(),
        })
    }
}

impl Caller {
    /// What smells of an attack, since it was last taken.
    pub fn take_reports(&self) -> Vec<CallerReport> {
        let reports = self.shared().lock().governor.take_reports();
        let report = |report: &doorward_core::recover::Report| CallerReport {
            reason: report.reason,
            cause: report.cause,
            generation: report.generation.number(),
            count: report.count,
            first: report.first,
            last: report.last,
        };
        reports.iter().map(report).collect()
    }

    /// Where it stands, as a JSON object without secrets; times are Unix seconds.
    #[must_use]
    pub fn status(&self, now: UnixTime) -> Value {
        let shared = self.shared();
        let state = shared.lock();
        let status = state.governor.status(now);
        let totals = status.totals;
        let seconds = |point: Option<UnixTime>| point.map(UnixTime::seconds);
        json!({
            "name": self.options.name,
            "origins": state.origins.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "generation": status.generation.number(),
            "since": seconds(status.since),
            "expires": seconds(status.expires.map(|end| end.local(status.clock_offset))),
            "refused": status.refused,
            "streak": status.streak,
            "obtaining_since": seconds(status.obtaining_since),
            "paused": status.paused.map(|(until, reason)| json!({
                "until": until.seconds(),
                "reason": reason.code(),
            })),
            "clock_offset": status.clock_offset,
            "source_fault": state.source_fault,
            "last_refusal": state.last_refusal.as_ref().and_then(|report| report.reason).map(Reason::code),
            "totals": {
                "sent": totals.sent,
                "repeated": totals.repeated,
                "recovered": totals.recovered,
                "refused": totals.refused,
                "tickets": totals.tickets,
                "obtained": totals.obtained,
                "failed": totals.failed,
                "blocked": totals.blocked,
            },
        })
    }
}
