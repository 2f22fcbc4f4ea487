//! The caller itself.

use super::attempt::{Answered, Attempt, Blocked, Prepared, Sending};
use super::credential::Credential;
use super::fault::SourceFault;
use super::first::place;
use super::options::CallerOptions;
use super::origin::Origin;
use super::shared::{Shared, State};
use super::want::Want;
use crate::diagnosis::DiagnosisReport;
use arc_swap::ArcSwap;
use core::fmt;
use core::task::Waker;
use doorward_core::diagnose::{Demanded, Diagnosis, Response, Retry, Sent, diagnose};
use doorward_core::recover::{Before, Governor, Next, ObtainFault, Obtained, Ticket};
use doorward_core::recovery::Recovery;
use doorward_core::time::UnixTime;
use std::sync::Arc;

/// Says which credential goes with a request, and what happens after the answer. See the [room](super).
///
/// It is shared by threads and tasks as it is. No call of it blocks or does I/O, but for those of [`Self::prepare_blocking`] and
/// [`Self::wait`]. After a fork, the child goes on with what its parent knew.
pub struct Caller {
    pub(super) options: CallerOptions,
    shared: ArcSwap<Shared>,
}

impl Caller {
    /// A caller that holds nothing yet.
    ///
    /// # Errors
    ///
    /// An option that is out of its bounds, or an origin that is none.
    pub fn new(options: CallerOptions) -> Result<Self, String> {
        let origins = options.check()?;
        let shared = Arc::new(Shared::new(fresh(&options, origins)));
        Ok(Self { options, shared: ArcSwap::new(shared) })
    }

    /// Says what to do with the request `attempt`, which goes to `url`.
    ///
    /// # Errors
    ///
    /// That the credential is not for the origin of `url`: it must not be sent there, and neither should the request be sent
    /// without it.
    pub fn prepare(&self, url: &str, attempt: &mut Attempt, now: UnixTime) -> Result<Prepared, String> {
        let shared = self.shared();
        let mut state = shared.lock();
        if self.options.has_source {
            admit(&mut state.origins, url)?;
        }
        attempt.core.set_place(place(url).as_bytes());
        Ok(match state.governor.before(&mut attempt.core, now, random()) {
            Before::Send(_) => state.send(attempt, None),
            Before::SendAndObtain(_, ticket) => {
                let want = state.ask();
                state.send(attempt, Some((ticket, want)))
            }
            Before::Bare => Prepared::SendBare,
            Before::Obtain(ticket) => Prepared::Obtain(ticket, state.ask()),
            Before::Wait(until) => Prepared::Wait { until },
            Before::Blocked { until, reason } => Prepared::Blocked(Blocked {
                until,
                reason,
                source_fault: state.source_fault.clone(),
                last_refusal: state.first_refusals.get(url).or_else(|| state.last_refusal.clone()),
            }),
            Before::Deliver(which) => Prepared::Deliver(which),
        })
    }

    /// A credential came for a ticket.
    pub fn obtained(&self, ticket: Ticket, credential: Credential, now: UnixTime) {
        let shared = self.shared();
        let mut state = shared.lock();
        let same = state.credential.as_ref().is_some_and(|held| held.is_same(&credential));
        let what = Obtained { same, expires: credential.expires(), look_again: credential.look_again() };
        let taken = state.governor.obtained(ticket, what, now, random());
        let asked = core::mem::take(&mut state.asked);
        if taken.is_new {
            state.issued_at = Some(now);
            state.held_scope.clone_from(&asked.scope);
        }
        if taken.is_new || same {
            // The same secret may have got another end.
            state.credential = Some(Arc::new(credential));
        }
        state.source_fault = None;
        state.want.settle(&asked);
        shared.wake(state);
    }

    /// None came.
    pub fn not_obtained(&self, ticket: Ticket, fault: &SourceFault, now: UnixTime) {
        let shared = self.shared();
        let mut state = shared.lock();
        state.governor.not_obtained(ticket, fault.fault(), now, random());
        state.source_fault = Some(fault.to_string());
        if fault.fault() == ObtainFault::Hard {
            let state = &mut *state;
            state.want.give_up(&state.asked, &mut state.accepted_scope);
        }
        shared.wake(state);
    }

    /// Whoever obtained was stopped: somebody else may.
    pub fn abandoned(&self, ticket: Ticket, now: UnixTime) {
        let shared = self.shared();
        let mut state = shared.lock();
        state.governor.not_obtained(ticket, ObtainFault::Abandoned, now, random());
        shared.wake(state);
    }

    /// Says what an answer means, and what to do after it. `now` is when it came.
    pub fn answered(
        &self,
        attempt: &mut Attempt,
        sending: &Sending<'_>,
        response: &Response<'_>,
        now: UnixTime,
    ) -> Answered {
        let shared = self.shared();
        let offset = shared.lock().governor.clock_offset();
        let credential = attempt.credential.clone();
        let sent = Sent {
            scheme: credential.as_ref().map(|credential| credential.scheme().as_bytes()),
            attempt: u32::from(attempt.core.sends()),
            at: sending.at,
            issued_at: attempt.issued_at,
            expires_at: credential.as_ref().and_then(|held| held.expires()).map(|end| end.local(offset)),
            clock_offset: offset,
            refused_before: attempt.core.is_probe(),
            url: sending.url.as_bytes(),
            final_url: sending.final_url.as_bytes(),
            proof: attempt.core.traits().proof,
            interactive: self.options.settings.interactive,
        };
        let mut diagnosis = diagnose(&sent, response, now);
        let report = Arc::new(DiagnosisReport::new(&diagnosis));
        if is_elsewhere(sending) {
            // Another origin never saw the credential: what it says of credentials, waits and clocks is not for us.
            let demand = Demanded::default();
            let (reason, retry, skew) = (None, Retry::Never, None);
            diagnosis = Diagnosis { status: 500, reason, cause: None, retry, skew, demand, ..diagnosis };
        } else if !self.options.has_source {
            shared.lock().first_refusals.note(sending.url, &report);
        }
        let scopes = self.options.scopes.as_deref();
        if is_redirected(sending) {
            attempt.core.went_on();
        }
        let url = if sending.final_url.is_empty() { sending.url } else { sending.final_url };
        let next = shared.lock().answered(attempt, &diagnosis, &report, (url, scopes), now);
        Answered { report, next }
    }

    /// How many tickets were brought back: for hosts that wait for the next.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.shared().lock().ended
    }

    /// Waits until another ticket was brought back than those that were [ended](Self::ended) when `seen` was asked for, or as long
    /// as said. This blocks the thread.
    pub fn wait(&self, seen: u64, span: core::time::Duration) {
        self.shared().wait(seen, span);
    }

    /// Has a task woken when the next ticket is brought back, or at once if one was since `seen`.
    pub fn register(&self, seen: u64, waker: &Waker) {
        let shared = self.shared();
        let mut state = shared.lock();
        if state.ended != seen {
            drop(state);
            waker.wake_by_ref();
        } else if !state.wakers.iter().any(|known| known.will_wake(waker)) {
            state.wakers.push(waker.clone());
        }
    }

    /// What the source is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.options.name
    }

    /// The state of this process.
    pub(super) fn shared(&self) -> Arc<Shared> {
        let shared = self.shared.load_full();
        if shared.pid == std::process::id() {
            return shared;
        }
        let origins = || self.options.check().unwrap_or_default();
        let own = Arc::new(shared.fork(|| fresh(&self.options, origins())));
        self.shared.compare_and_swap(&shared, own);
        self.shared.load_full()
    }
}

/// What is sent of a URL: no fragment.
fn sent(url: &str) -> &str {
    url.split('#').next().unwrap_or_default()
}

/// Whether the answer came from another place than the request was sent to.
fn is_redirected(sending: &Sending<'_>) -> bool {
    !sending.final_url.is_empty() && sent(sending.final_url) != sent(sending.url)
}

/// Whether the answer came from another origin than the request was sent to.
fn is_elsewhere(sending: &Sending<'_>) -> bool {
    !sending.final_url.is_empty() && Origin::of(sending.final_url) != Origin::of(sending.url)
}

#[cfg(test)]
impl Caller {
    /// Makes all look as it does in a child after a fork; `locked`: some other thread of the parent held the lock.
    pub(super) fn pretend_fork(&self, locked: bool) {
        let parent = self.shared().of_parent();
        if locked {
            let forgotten = Arc::clone(&parent);
            std::thread::spawn(move || {
                let _held = forgotten.lock();
                std::thread::sleep(core::time::Duration::from_secs(60));
            });
            std::thread::sleep(core::time::Duration::from_millis(200));
        }
        self.shared.store(parent);
    }
}

fn fresh(options: &CallerOptions, origins: Vec<Origin>) -> State {
    State::new(Governor::new(options.settings, options.has_source), origins)
}

/// Checks that the credential is for the origin of `url`; the first that is asked is adopted where none was named.
fn admit(origins: &mut Vec<Origin>, url: &str) -> Result<(), String> {
    let origin = Origin::of(url).map_err(str::to_owned)?;
    match origins.first() {
        None if origin.is_private() => origins.push(origin),
        None => {
            return Err(format!(
                "a credential is not sent to {origin}, where others can read it: name it in `origins` if it must be"
            ));
        }
        Some(_) if origins.contains(&origin) => {}
        Some(first) => {
            return Err(format!("the credential is for {first}, not for {origin}: name both in `origins`"));
        }
    }
    Ok(())
}

impl State {
    fn send(&self, attempt: &mut Attempt, beside: Option<(Ticket, Want)>) -> Prepared {
        attempt.credential.clone_from(&self.credential);
        attempt.issued_at = self.issued_at;
        match (&self.credential, beside) {
            (Some(credential), None) => Prepared::Send(Arc::clone(credential)),
            (Some(credential), Some((ticket, want))) => {
                Prepared::SendAndObtain(Arc::clone(credential), ticket, want)
            }
            // The governor holds one exactly when there is one here.
            (None, _) => Prepared::SendBare,
        }
    }

    /// What a ticket is given out for.
    fn ask(&mut self) -> Want {
        let refresh = self.want.refresh || self.governor.status(UnixTime::EARLIEST).refused;
        self.asked = Want { refresh, clock_offset: self.governor.clock_offset(), ..self.want.clone() };
        self.asked.clone()
    }

    fn answered(
        &mut self,
        attempt: &mut Attempt,
        diagnosis: &Diagnosis<'_>,
        report: &Arc<DiagnosisReport>,
        (url, scopes): (&str, Option<&[String]>),
        now: UnixTime,
    ) -> Next {
        let next = self.governor.answered(&mut attempt.core, diagnosis, now, random());
        if diagnosis.is_refusal() {
            self.last_refusal = Some(Arc::clone(report));
        } else if diagnosis.status < 500
            && attempt.core.generation() == self.governor.generation()
            && self.accepted_scope != self.held_scope
        {
            self.accepted_scope.clone_from(&self.held_scope);
        }
        let is_for_scope = report.recovery == Recovery::RequestScope;
        match (next, &attempt.asked_scope) {
            // Nobody asks for what a request wants that is not sent again, or not with another credential.
            (Next::Again { .. }, _) if attempt.core.needs_another() => {
                self.want.add(report, url, scopes);
                if is_for_scope {
                    attempt.asked_scope.clone_from(&report.demand.scope);
                }
            }
            (Next::Deliver(_), Some(asked)) if is_for_scope => {
                self.want.drop_scope(report, asked, self.accepted_scope.as_deref());
            }
            _ => {}
        }
        next
    }
}

/// A number that nobody can guess, so that callers do not come all at once.
fn random() -> u64 {
    getrandom::u64().unwrap_or_default()
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("options", &self.options).finish_non_exhaustive()
    }
}
