//! A decision that owns what it says: one flat record of bytes, for hosts that keep decisions longer than requests.

mod bytes;
#[cfg(test)]
mod tests;

use crate::body::{self, Body};
use crate::report::Report;
use bytes::{Reader, Writer};
use doorward_core::decision::{Decision, GROUNDS};
use doorward_core::outcome::{Disclosure, Outcome, Signal};
use doorward_core::principal::{CredentialKind, Principal};
use doorward_core::reason::Reason;
use doorward_core::recovery::Recovery;
use doorward_core::refusal::{self, Context};
use doorward_core::time::Seconds;

/// What a decision says, apart from the memory that it was made in.
///
/// A [`Decision`] borrows from the request and from the working memory, and ends with them. A snapshot is a copy of all its
/// facts in one run of bytes, so that a host can keep it, hand it to another language, or reuse its memory for
/// the next one. It proves nothing: bytes can be made up, and only a `Decision` stands for checks that were made.
///
/// ```
/// use doorward::{Engine, Format, Request, UnixTime, snapshot::Snapshot};
///
/// let engine = Engine::from_text("[[routes]]\npath = '/healthz'\naccept = 'anyone'\n", Format::Toml, None)?;
/// let mut scratch = engine.scratch();
/// let request = Request::new("GET", "/healthz", &[]);
/// let kept = Snapshot::new(&engine.decide(&request, UnixTime::from_seconds(1_795_387_431), &mut scratch));
/// drop(scratch);
/// assert!(kept.is_allow());
/// assert_eq!(kept.path(), "/healthz");
/// # Ok::<(), doorward::error::LoadErrors>(())
/// ```
#[derive(Clone)]
pub struct Snapshot<B = Vec<u8>> {
    bytes: B,
}

/// The claims that hold the times of a refusal, by their place in the record.
const TIME_CLAIMS: [&str; 4] = ["exp", "nbf", "iat", "auth_time"];

/// The fixed front of a record: outcome, grounds, disclosure, what follows, status, reason, concealed reason, route, wait.
const FRONT: usize = 18;

/// Where the wait stands in it.
const WAIT: usize = 14;

/// What stands for "no wait" where one would be: nobody waits for a century.
const NO_WAIT: u32 = u32::MAX;

/// What follows the front.
const HAS_PRINCIPAL: u8 = 1;
const HAS_EXPIRY: u8 = 2;
const HAS_ACTOR: u8 = 4;

/// What stands for "none" where a route's place would be: no policy has so many.
const NO_ROUTE: u32 = u32::MAX;

/// Room for the values of an answer on the stack; a policy with many scopes needs more, and gets it from the heap.
const ANSWER_BYTES: usize = 1024;

impl Snapshot {
    /// A copy of what a decision says: one allocation, and a second one only for an answer of more than a kilobyte.
    #[must_use]
    pub fn new(decision: &Decision<'_>) -> Self {
        let mut bytes = Vec::new();
        record(decision, &mut bytes);
        Self { bytes }
    }
}

/// Writes the record of a decision into `out`, in place of what was there.
///
/// Allocates only where `out` is too short, or the answer's fields take more than a kilobyte.
pub fn record(decision: &Decision<'_>, out: &mut Vec<u8>) {
    let principal = decision.principal();
    let mut follows = 0;
    if let Some(principal) = principal {
        follows |= HAS_PRINCIPAL;
        follows |= if principal.expires.is_some() { HAS_EXPIRY } else { 0 };
        follows |= if principal.actor.is_some() { HAS_ACTOR } else { 0 };
    }
    let texts = principal.map_or(0, |p| {
        let names = p.issuer.len().saturating_add(p.issuer_name.len()).saturating_add(p.subject.len());
        names.saturating_add(p.claims.len()).saturating_add(p.actor.map_or(0, str::len))
    });
    out.clear();
    // Refusals hold a challenge besides, allows next to nothing.
    out.reserve(texts.saturating_add(decision.path().len()).saturating_add(if decision.is_allow() {
        96
    } else {
        288
    }));
    let mut to = Writer(out);
    to.byte(place_in(&Outcome::ALL, &decision.outcome()));
    to.byte(decision.grounds().map_or(u8::MAX, |grounds| place_in(&GROUNDS, &grounds)));
    to.byte(place_in(&Disclosure::ALL, &decision.disclosure()));
    to.byte(follows);
    to.u16(decision.status());
    to.u16(decision.reason().map_or(0, Reason::number));
    to.u16(decision.concealed().map_or(0, Reason::number));
    to.u32(decision.route().unwrap_or(NO_ROUTE));
    let wait = |wait: Seconds| u32::try_from(wait.0).unwrap_or(NO_WAIT - 1);
    to.u32(decision.retry_after().map_or(NO_WAIT, wait));
    to.text(decision.path());
    if let Some(principal) = principal {
        to.byte(place_in(&CredentialKind::ALL, &principal.kind));
        to.text(principal.issuer);
        to.text(principal.issuer_name);
        to.text(principal.subject);
        to.text(principal.claims);
        if let Some(expires) = principal.expires {
            to.time(expires);
        }
        if let Some(actor) = principal.actor {
            to.text(actor);
        }
    }
    write_context(&mut to, decision.context());
    if decision.is_allow() {
        write_answer(&mut to, decision, &mut []);
    } else {
        write_answer(&mut to, decision, &mut [0; ANSWER_BYTES]);
    }
}

fn write_context(to: &mut Writer<'_>, context: Option<&Context<'_>>) {
    match context {
        Some(Context::Time { claim, value, limit, now, leeway }) => {
            to.byte(1);
            to.byte(place_in(&TIME_CLAIMS, claim));
            to.time(*value);
            to.byte(u8::from(limit.is_some()));
            to.u64(limit.unwrap_or_default().0);
            to.time(*now);
            to.u64(leeway.0);
        }
        Some(Context::Claim(claim)) => to.tagged(2, claim),
        Some(Context::Scope(scope)) => to.tagged(3, scope),
        Some(Context::Role(role)) => to.tagged(4, role),
        Some(Context::Upstream { cause, at }) => {
            to.byte(5);
            to.u16(cause.number());
            to.time(*at);
        }
        // The list may grow in the core before it does here; a test over the whole table would see it.
        Some(_) | None => to.byte(0),
    }
}

fn write_answer(to: &mut Writer<'_>, decision: &Decision<'_>, buffer: &mut [u8]) {
    let Ok(answer) = decision.answer(buffer) else {
        // As long as it has to be: a 401 without its challenge is none.
        let longer = buffer.len().max(ANSWER_BYTES).saturating_mul(2);
        return write_answer(to, decision, &mut vec![0; longer]);
    };
    to.byte(u8::try_from(answer.fields().count()).unwrap_or(u8::MAX));
    for (name, value) in answer.fields() {
        to.text(name);
        to.text(value);
    }
}

/// The place of a value in its closed list, which is far shorter than a byte can count.
fn place_in<T: PartialEq>(list: &[T], value: &T) -> u8 {
    list.iter().position(|other| other == value).and_then(|place| u8::try_from(place).ok()).unwrap_or(u8::MAX)
}

impl<B: AsRef<[u8]>> Snapshot<B> {
    /// The snapshot whose record these bytes are, as [`Snapshot::as_bytes`] gave them.
    ///
    /// `None` where they are none. Whatever they are, nothing here panics: a made-up record says made-up things.
    #[must_use]
    pub fn from_bytes(bytes: B) -> Option<Self> {
        let snapshot = Self { bytes };
        let whole = snapshot.read()?.rest.is_empty();
        whole.then_some(snapshot)
    }

    /// The record: a run of bytes without pointers, whose layout is only for this version of this crate.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }

    /// What was decided.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        // A record that says nothing else says no.
        self.front(0)
            .and_then(|place| Outcome::ALL.get(usize::from(place)).copied())
            .unwrap_or(Outcome::Unavailable)
    }

    /// Whether the caller is let in.
    #[must_use]
    pub fn is_allow(&self) -> bool {
        self.outcome() == Outcome::Allow
    }

    /// The HTTP status of the answer; 200 where the caller is let in and somebody else answers.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.front_u16(4)
    }

    /// Why the caller is refused.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        Reason::from_number(self.front_u16(6))
    }

    /// The true reason of a refusal that a hidden route conceals. For operators: an answer must not show it.
    #[must_use]
    pub fn concealed(&self) -> Option<Reason> {
        Reason::from_number(self.front_u16(8))
    }

    /// The reason that an operator should act on: the true one, where a hidden route conceals it.
    #[must_use]
    pub fn true_reason(&self) -> Option<Reason> {
        self.concealed().or_else(|| self.reason())
    }

    /// Why the caller is refused in the first place; see [`Decision::root_cause`].
    #[must_use]
    pub fn root_cause(&self) -> Option<Reason> {
        body::cause(self.context().as_ref()).or_else(|| self.true_reason())
    }

    /// How loud the true reason is; `None` where the caller is let in.
    #[must_use]
    pub fn signal(&self) -> Option<Signal> {
        self.true_reason().map(Reason::signal)
    }

    /// What the caller may learn about the reason: whether a body of the host's own may name it.
    #[must_use]
    pub fn disclosure(&self) -> Disclosure {
        self.front(2).and_then(|place| Disclosure::ALL.get(usize::from(place)).copied()).unwrap_or_default()
    }

    /// What the caller should do next.
    #[must_use]
    pub fn recovery(&self) -> Recovery {
        self.reason().map_or(Recovery::None, |reason| refusal::recovery(reason, self.retry_after()))
    }

    /// Whether the very same credential may be sent again after the recovery.
    #[must_use]
    pub fn may_resend(&self) -> bool {
        self.reason().is_none_or(|reason| refusal::may_resend(reason, self.retry_after()))
    }

    /// How long the caller should wait before it asks again, where waiting helps.
    #[must_use]
    pub fn retry_after(&self) -> Option<Seconds> {
        let wait = self.front_u32(WAIT).filter(|wait| *wait != NO_WAIT)?;
        Some(Seconds(wait.into()))
    }

    /// On what grounds the caller is let in: `anyone`, `preflight` or `credential`.
    #[must_use]
    pub fn grounds(&self) -> Option<&'static str> {
        self.front(1).and_then(|place| GROUNDS.get(usize::from(place)).copied())
    }

    /// The route that governed the request, by its place in the policy file.
    #[must_use]
    pub fn route(&self) -> Option<u32> {
        self.front_u32(10).filter(|number| *number != NO_ROUTE)
    }

    /// The path that was judged, normalised: what a forwarding host must send on. Empty if it is ambiguous.
    #[must_use]
    pub fn path(&self) -> &str {
        self.start().and_then(|mut from| from.text()).unwrap_or_default()
    }

    /// Who the caller is; see [`Decision::principal`].
    #[must_use]
    pub fn principal(&self) -> Option<Principal<'_>> {
        self.read()?.principal
    }

    /// The facts beside the reason. For operators.
    #[must_use]
    pub fn context(&self) -> Option<Context<'_>> {
        self.read()?.context
    }

    /// The header fields that the answer must carry, in order.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let (mut from, fields) = self.read().map_or((Reader(&[]), 0), |parts| (parts.answer, parts.fields));
        (0..fields).map_while(move |_| Some((from.text()?, from.text()?)))
    }

    /// The values of `WWW-Authenticate`, in order.
    pub fn challenges(&self) -> impl Iterator<Item = &str> {
        self.headers().filter(|(name, _)| *name == "WWW-Authenticate").map(|(_, value)| value)
    }

    /// The body that a host may send with a refusal; empty where the caller is let in.
    #[must_use]
    pub fn body(&self) -> Body {
        let cause = body::cause(self.context().as_ref());
        Body::of(self.outcome(), self.status(), self.reason(), self.retry_after(), cause, self.disclosure())
    }

    /// All facts as owned values.
    #[must_use]
    pub fn report(&self) -> Report {
        Report::of(self)
    }

    fn front(&self, place: usize) -> Option<u8> {
        self.bytes.as_ref().get(place).copied()
    }

    fn front_u16(&self, place: usize) -> u16 {
        let two = self.bytes.as_ref().get(place..).and_then(|rest| rest.first_chunk()).copied();
        two.map(u16::from_le_bytes).unwrap_or_default()
    }

    fn front_u32(&self, place: usize) -> Option<u32> {
        let four = self.bytes.as_ref().get(place..)?.first_chunk()?;
        Some(u32::from_le_bytes(*four))
    }

    fn start(&self) -> Option<Reader<'_>> {
        self.bytes.as_ref().get(FRONT..).map(Reader)
    }

    fn read(&self) -> Option<Parts<'_>> {
        let mut from = self.start()?;
        let follows = self.front(3)?;
        from.text()?;
        let mut principal = None;
        if follows & HAS_PRINCIPAL != 0 {
            let kind = *CredentialKind::ALL.get(usize::from(from.byte()?))?;
            let (issuer, issuer_name) = (from.text()?, from.text()?);
            let (subject, claims) = (from.text()?, from.text()?);
            let expires = if follows & HAS_EXPIRY != 0 { Some(from.time()?) } else { None };
            let actor = if follows & HAS_ACTOR != 0 { Some(from.text()?) } else { None };
            principal = Some(Principal { issuer, issuer_name, subject, kind, expires, claims, actor });
        }
        let context = read_context(&mut from)?;
        let fields = from.byte()?;
        let answer = Reader(from.0);
        for _ in 0..fields {
            from.text()?;
            from.text()?;
        }
        Some(Parts { principal, context, fields, answer, rest: from.0 })
    }
}

/// A record taken apart.
struct Parts<'b> {
    principal: Option<Principal<'b>>,
    context: Option<Context<'b>>,
    fields: u8,
    answer: Reader<'b>,
    rest: &'b [u8],
}

/// The facts beside the reason; the outer `None` is a record that cannot be read.
fn read_context<'b>(from: &mut Reader<'b>) -> Option<Option<Context<'b>>> {
    Some(match from.byte()? {
        0 => None,
        1 => {
            let claim = *TIME_CLAIMS.get(usize::from(from.byte()?))?;
            let value = from.time()?;
            let limited = from.byte()? != 0;
            let limit = Some(Seconds(from.u64()?)).filter(|_| limited);
            Some(Context::Time { claim, value, limit, now: from.time()?, leeway: Seconds(from.u64()?) })
        }
        2 => Some(Context::Claim(from.text()?)),
        3 => Some(Context::Scope(from.text()?)),
        4 => Some(Context::Role(from.text()?)),
        5 => Some(Context::Upstream { cause: Reason::from_number(from.u16()?)?, at: from.time()? }),
        _ => return None,
    })
}

impl<B: AsRef<[u8]>> core::fmt::Debug for Snapshot<B> {
    /// Leaves the caller's claims out: they may be personal.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Snapshot")
            .field("outcome", &self.outcome())
            .field("status", &self.status())
            .field("reason", &self.reason())
            .finish_non_exhaustive()
    }
}
