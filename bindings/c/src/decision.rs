//! Decisions: what a caller gets, and who the caller is.

use crate::engine::Engine;
use crate::guard::guard;
use crate::handle;
use crate::numbers;
use crate::request::{self, Field, Parts, Request};
use crate::result::{DOORWARD_RESULT_BUFFER_TOO_SHORT, DOORWARD_RESULT_SCRATCH_FOREIGN, ResultCode};
use crate::scratch::{Memory, Scratch};
use crate::slice::{self, OutVersioned, Versioned};
use crate::text::Str;
use crate::time::Time;
use core::mem::{MaybeUninit, offset_of};
use doorward::{Answer, Body, BufferTooShort, Reason};

/// The facts beside a reason are a time of the credential against ours.
pub const DOORWARD_CONTEXT_TIME: u32 = 1;
/// The fact beside a reason is the claim, by name or JSON Pointer, that is missing, malformed or refused.
pub const DOORWARD_CONTEXT_CLAIM: u32 = 2;
/// The fact beside a reason is the first scope of the route that the token lacks.
pub const DOORWARD_CONTEXT_SCOPE: u32 = 3;
/// The fact beside a reason is the first role of the route that the token lacks.
pub const DOORWARD_CONTEXT_ROLE: u32 = 4;

/// The facts beside a reason are why a gateway before us took the credential away, and when.
pub const DOORWARD_CONTEXT_UPSTREAM: u32 = 5;

/// Who the caller is. Known on every allow that took a credential, and on every refusal that came after the credential was
/// found genuine, an expired one's included: only an allow makes it somebody to act for.
///
/// A subject means nothing without its issuer.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Principal {
    /// The kind of credential, one of `DOORWARD_CREDENTIAL_KIND_*`; 0 if the caller is not known, and then all else here is
    /// empty.
    pub kind: u32,
    /// 1 if `expires` says when the credential expires, else 0.
    pub has_expires: u32,
    /// When the credential expires.
    pub expires: Time,
    /// The issuer: its identifier.
    pub issuer: Str,
    /// The name of the issuer in the policy.
    pub issuer_name: Str,
    /// The subject; empty where a plain JWT has none.
    pub subject: Str,
    /// All claims as the JSON text that was signed. They may be personal.
    pub claims: Str,
    /// The chain of delegation as JSON text, or nothing.
    pub actor: Str,
}

/// The facts beside a reason, for operators: some of them come from the caller, so that no answer should show them.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Context {
    /// What the facts are about, one of `DOORWARD_CONTEXT_*`; 0 if there are none, and then all else here is empty.
    pub kind: u32,
    /// 1 if `limit` holds, else 0.
    pub has_limit: u32,
    /// The name of the claim, the scope or the role; with #DOORWARD_CONTEXT_UPSTREAM the code of the gateway's reason.
    pub text: Str,
    /// With #DOORWARD_CONTEXT_TIME: what the claim says; with #DOORWARD_CONTEXT_UPSTREAM: when the gateway refused it.
    pub value: Time,
    /// With #DOORWARD_CONTEXT_TIME: our time.
    pub now: Time,
    /// With #DOORWARD_CONTEXT_TIME: for how many seconds after `value` the credential lives, where an age is limited.
    pub limit: u64,
    /// With #DOORWARD_CONTEXT_TIME: the seconds of allowance that were made for clocks that differ.
    pub leeway: u64,
    /// With #DOORWARD_CONTEXT_TIME: by how many seconds the time was missed beyond the allowance, rounded up.
    pub missed_by: u64,
}

/// A decision on a request: let the caller in if and only if `allowed` is 1, and else answer with `status`, `headers` and
/// `body`.
///
/// Every view in it is valid until the next decision with the same scratch, until that scratch or the engine is freed, and
/// only while the bytes of the request live, whichever ends first. Codes and sentences for the numbers are given by
/// #doorward_reason_code and its sisters.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Decision {
    /// The size of this struct: `sizeof(doorward_decision)`, set before the call.
    pub size: usize,
    /// 1 if the caller is let in, else 0.
    pub allowed: u32,
    /// What was decided, one of `DOORWARD_OUTCOME_*`.
    pub outcome: u32,
    /// The HTTP status of the answer; 200 where the caller is let in and somebody else answers.
    pub status: u16,
    /// Why the caller is refused, one of `DOORWARD_REASON_*`; 0 if the caller is let in.
    pub reason: u16,
    /// The true reason of a refusal that a hidden route conceals, or 0. For operators: an answer must not show it.
    pub concealed: u16,
    /// Why the caller is refused in the first place: the reason of the gateway that took its credential away, or else the true
    /// one; 0 if the caller is let in. For operators, and for #doorward_trace_marker.
    pub root_cause: u16,
    /// What the caller should do next, one of `DOORWARD_RECOVERY_*`.
    pub recovery: u32,
    /// 1 if the very same credential may be sent again after the recovery, else 0.
    pub may_resend: u32,
    /// How loud the true reason should be, one of `DOORWARD_SIGNAL_*`; 0 if the caller is let in.
    pub signal: u32,
    /// What the caller may learn about the reason, one of `DOORWARD_DISCLOSURE_*`: a body of the host's own may name it only
    /// with #DOORWARD_DISCLOSURE_REASON.
    pub disclosure: u32,
    /// On what grounds the caller is let in, one of `DOORWARD_GROUNDS_*`; 0 if refused.
    pub grounds: u32,
    /// Always 0.
    pub reserved_too: u32,
    /// The route that governed the request, by its place in the policy, from 0; -1 if none did.
    pub route: i64,
    /// The path that was judged, normalised. The application behind a host must see exactly this path: a host must forward it
    /// in place of the one that it got, or refuse the request if it cannot. Empty if the path is ambiguous.
    pub path: Str,
    /// The header fields that the answer must carry, one line each: those of a refusal in the answer made by the host, those
    /// of an allow in addition to the application's own.
    pub headers: *const Field,
    /// The number of `headers`.
    pub headers_len: usize,
    /// The values of the `WWW-Authenticate` lines alone; they are among `headers`.
    pub challenges: *const Str,
    /// The number of `challenges`.
    pub challenges_len: usize,
    /// The content of a refusal, with the type `application/json`: the same bytes in every host. Nothing if the caller is
    /// let in. The answer to a HEAD request is sent without it.
    pub body: Str,
    /// Who the caller is.
    pub principal: Principal,
    /// The facts beside the reason.
    pub context: Context,
    /// 1 if the caller is to wait for `retry_after` before it sends the request again, else 0.
    pub has_retry_after: u32,
    /// Always 0.
    pub reserved_last: u32,
    /// For how many seconds; `Retry-After` is among `headers` then.
    pub retry_after: u64,
}

// SAFETY: `repr(C)`, the size comes first, pointers and numbers may be zero, and the first version ended before the wait.
unsafe impl Versioned for Decision {
    const FIRST: usize = offset_of!(Self, has_retry_after);
}

impl Principal {
    #[inline]
    fn fill(&mut self, principal: &doorward::Principal<'_>) {
        self.kind = numbers::credential_kind(principal.kind);
        if let Some(expires) = principal.expires {
            (self.has_expires, self.expires) = (1, expires.into());
        }
        self.issuer = Str::of(principal.issuer);
        self.issuer_name = Str::of(principal.issuer_name);
        self.subject = Str::of(principal.subject);
        self.claims = Str::of(principal.claims);
        self.actor = Str::maybe(principal.actor);
    }
}

impl Context {
    fn fill(&mut self, context: &doorward::Context<'_>) {
        match context {
            doorward::Context::Time { claim, value, limit, now, leeway } => {
                (self.kind, self.text) = (DOORWARD_CONTEXT_TIME, Str::of(claim));
                (self.value, self.now, self.leeway) = ((*value).into(), (*now).into(), leeway.0);
                if let Some(limit) = limit {
                    (self.has_limit, self.limit) = (1, limit.0);
                }
                self.missed_by = context.missed_by().unwrap_or_default();
            }
            doorward::Context::Claim(claim) => {
                (self.kind, self.text) = (DOORWARD_CONTEXT_CLAIM, Str::of(claim))
            }
            doorward::Context::Scope(scope) => {
                (self.kind, self.text) = (DOORWARD_CONTEXT_SCOPE, Str::of(scope))
            }
            doorward::Context::Role(role) => (self.kind, self.text) = (DOORWARD_CONTEXT_ROLE, Str::of(role)),
            doorward::Context::Upstream { cause, at } => {
                (self.kind, self.text) = (DOORWARD_CONTEXT_UPSTREAM, Str::of(cause.code()));
                self.value = (*at).into();
            }
            // The list may grow in the core before it does here.
            _ => {}
        }
    }
}

/// Decides on a request at a time.
///
/// `now` is the time of the decision, usually #doorward_now. `out_decision->size` must be set before the call (see
/// #doorward_decision_init). What is written belongs to `scratch`: see #doorward_decision for how long it is valid.
///
/// Nothing is allocated on a thread that #doorward_engine_warm_thread made ready (but inside ring, for RSA keys, on machines
/// without AVX2 and BMI2; by the first decision with a scratch after a reload that needs longer memory; and by one that
/// starts the thread that fetches keys). No lock is taken but where a key is not known, and that one is never held for long.
///
/// Any thread may call it, one at a time with each scratch: a second call with a scratch that is in use gets
/// #DOORWARD_RESULT_SCRATCH_BUSY. No pointer may be null. On failure nothing is written, and what `out_decision` held from
/// before must not be used any more: refuse the request.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_decide(
    engine: *const Engine,
    scratch: *mut Scratch,
    request: *const Request,
    now: Time,
    out_decision: *mut Decision,
) -> ResultCode {
    guard(|| {
        let mut copy = MaybeUninit::uninit();
        // SAFETY: the conventions of the header, for all pointers of the call; the request lives until its end.
        let (number, out, request) = unsafe {
            let out = OutVersioned::new(out_decision)?;
            (handle::tag(engine)?, out, slice::read_versioned(request, &mut copy)?)
        };
        let now = now.read()?;
        // SAFETY: as above; scratches are only ever locked.
        let (parts, locked) = unsafe { (Parts::read(request)?, handle::lock(scratch)?) };
        if locked.tag != number {
            return Err(DOORWARD_RESULT_SCRATCH_FOREIGN);
        }
        let Memory { shared, scratch, answer, longer, headers, challenges, body } = locked.value;
        let engine = &shared.engine;
        // The lines are lent on the stack: any number of others costs no memory.
        let (mut few, mut many) = (request::room(), None);
        // SAFETY: as above.
        let lines = unsafe { parts.lines(engine, &mut few, &mut many) }?;
        let decision = engine.decide(&parts.request(lines), now, scratch);
        let answer = match decision.answer(answer) {
            Ok(answer) => answer,
            Err(_) => longer_answer(&decision, longer).map_err(|_| DOORWARD_RESULT_BUFFER_TOO_SHORT)?,
        };
        let (mut header, mut challenge) = (0_usize, 0_usize);
        for (name, value) in answer.fields() {
            put(headers, &mut header, Field::of((name, value)))?;
            if name == "WWW-Authenticate" {
                put(challenges, &mut challenge, Str::of(value))?;
            }
        }
        let body = if decision.is_allow() { None } else { Some(&*body.insert(Body::new(&decision))) };
        let body = Str::maybe(body.map(Body::as_str));
        // Nothing fails from here on.
        out.put(|out| {
            out.fill(&decision);
            (out.headers, out.headers_len) = (headers.as_ptr(), header);
            (out.challenges, out.challenges_len) = (challenges.as_ptr(), challenge);
            out.body = body;
        });
        Ok(())
    })
}

/// The answer in memory that is made as long as it has to be: by a policy that was loaded after the scratch was made.
#[cold]
fn longer_answer<'m>(
    decision: &'m doorward::Decision<'_>,
    memory: &'m mut Vec<u8>,
) -> Result<Answer<'m>, BufferTooShort> {
    /// No policy is as long as what comes of so many doublings.
    const DOUBLINGS: u32 = 16;
    for _ in 0..DOUBLINGS {
        if decision.answer(memory).is_ok() {
            break;
        }
        let len = memory.len().max(512).saturating_mul(2);
        memory.resize(len, 0);
    }
    decision.answer(memory)
}

/// Puts an item behind those that a list has.
#[inline]
fn put<T>(list: &mut [T], len: &mut usize, item: T) -> Result<(), ResultCode> {
    *list.get_mut(*len).ok_or(DOORWARD_RESULT_BUFFER_TOO_SHORT)? = item;
    *len = len.saturating_add(1);
    Ok(())
}

impl Decision {
    /// Fills zeros with what a decision says, but for its answer.
    #[inline]
    fn fill(&mut self, decision: &doorward::Decision<'_>) {
        self.allowed = decision.is_allow().into();
        self.outcome = numbers::outcome(decision.outcome());
        self.status = decision.status();
        self.reason = decision.reason().map_or(0, Reason::number);
        self.concealed = decision.concealed().map_or(0, Reason::number);
        self.root_cause = decision.root_cause().map_or(0, Reason::number);
        self.recovery = numbers::recovery(decision.recovery());
        self.may_resend = decision.may_resend().into();
        if let Some(wait) = decision.retry_after() {
            (self.has_retry_after, self.retry_after) = (1, wait.0);
        }
        let true_reason = decision.concealed().or(decision.reason());
        self.signal = true_reason.map_or(0, |reason| numbers::signal(reason.signal()));
        self.disclosure = numbers::disclosure(decision.disclosure());
        self.grounds = decision.grounds().map_or(0, numbers::grounds);
        self.route = decision.route().map_or(-1, i64::from);
        self.path = Str::of(decision.path());
        if let Some(principal) = decision.principal() {
            self.principal.fill(principal);
        }
        if let Some(context) = decision.context() {
            self.context.fill(context);
        }
    }
}
