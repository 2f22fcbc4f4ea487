//! What a decision does to a stream: a reply of our own, or a request that goes on as somebody's.

use crate::config::Identity;
use crate::host::{Headers, Stream};
use crate::memory::{Kept, Text};
use core::iter;
use doorward::doorward_core::request::field_names;
use doorward::{Answer, Body, Decision, Engine, Field, Outcome, Reason, Recovery, Request, Scratch};

/// What the names of all identity headers begin with.
const PREFIX: &[u8] = b"x-doorward-";

/// How many field lines a decision is shown without allocating: more are an attack on it.
const FIELDS: usize = 16;

const METHOD: &[u8] = b":method";
const PATH: &[u8] = b":path";

/// What is left of a decision when the request is about to be changed.
pub(crate) struct Facts<'m> {
    outcome: Outcome,
    status: u16,
    reason: Option<Reason>,
    concealed: Option<Reason>,
    recovery: Recovery,
    grounds: Option<&'static str>,
    body: Body,
    answer: Answer<'m>,
    caller: Option<Caller>,
    /// Whether nothing was to be decided.
    disabled: bool,
    /// Whether the request is a gRPC call.
    grpc: bool,
    /// What `:path` must become.
    path: Option<Text>,
    /// The names of all lines that only this filter may set, each ended by a line feed.
    foreign: Text,
    details: Text,
    route: Text,
}

/// Who the caller is.
struct Caller {
    issuer: Text,
    issuer_name: Text,
    subject: Text,
    kind: &'static str,
    /// Issuer and subject as header fields may carry them.
    encoded: Option<(Text, Text)>,
}

impl<'m> Facts<'m> {
    /// Decides, and keeps what must outlive the header lines. Nothing if there is no request, or no room for the answer.
    #[expect(clippy::too_many_arguments, reason = "the parts of one thread's memory, borrowed apart")]
    pub(crate) fn find(
        engine: &Engine,
        headers: Headers<'_>,
        body: Option<&[u8]>,
        disabled: bool,
        identity: Identity,
        scratch: &mut Scratch,
        answer: &'m mut [u8],
        kept: &mut Kept,
    ) -> Option<Self> {
        kept.clear();
        let wanted = |name: &[u8]| !disabled && engine.fields().iter().any(|known| known.as_bytes() == name);
        let (mut method, mut target) = (None, None);
        let mut few = [Field::new("", ""); FIELDS];
        let mut many = Vec::new();
        let mut count: usize = 0;
        let mut foreign = kept.start();
        for (name, value) in headers.iter() {
            if name == METHOD {
                method = Some(value);
            } else if name == PATH {
                target = Some(value);
            } else if wanted(name) {
                match few.get_mut(count) {
                    Some(place) => *place = Field::new(name, value),
                    None if many.is_empty() => {
                        many.extend_from_slice(&few);
                        many.push(Field::new(name, value));
                    }
                    None => many.push(Field::new(name, value)),
                }
                count = count.saturating_add(1);
            } else if is_ours(name) {
                kept.extend(&mut foreign, &[name, b"\n"]);
            }
        }
        // A CONNECT has no path, and gets none here: the engine refuses it as ambiguous.
        let (method, target) = (method?, target.unwrap_or_default());
        #[cfg(feature = "panic-for-tests")]
        assert!(target != b"/panic-for-tests", "a panic for tests");
        let fields = if many.is_empty() { few.get(..count)? } else { many.as_slice() };
        let request = Request::new(method, target, fields);
        let request = match body.filter(|_| !disabled) {
            Some(body) => request.with_body(body),
            None => request,
        };
        let decision = engine.decide(&request, doorward::now(), scratch);
        let caller = Caller::keep(&decision, disabled, identity, kept);
        let code = decision.reason().map_or("", Reason::code);
        Some(Self {
            outcome: decision.outcome(),
            status: decision.status(),
            reason: decision.reason(),
            concealed: decision.concealed(),
            recovery: decision.recovery(),
            grounds: decision.grounds(),
            body: Body::new(&decision),
            answer: decision.answer(answer).ok()?,
            caller,
            disabled,
            grpc: !decision.is_allow() && is_grpc(headers),
            path: plain_target(decision.path(), target, kept),
            foreign,
            details: kept.push(&[b"doorward_", code.as_bytes()]),
            route: decision.route().map_or_else(Text::default, |route| kept.push_number(route)),
        })
    }

    /// Whether the request must be answered here. Where nothing is decided, that is if its path can be read in two ways.
    pub(crate) fn is_refusal(&self) -> bool {
        if self.disabled {
            self.reason == Some(Reason::PathAmbiguous)
        } else {
            self.outcome != Outcome::Allow
        }
    }

    pub(crate) const fn outcome(&self) -> Outcome {
        self.outcome
    }

    pub(crate) const fn reason(&self) -> Option<Reason> {
        self.reason
    }

    /// What `:path` must become, if it is not that already.
    pub(crate) const fn path(&self) -> Option<&Text> {
        self.path.as_ref()
    }

    /// The fields that the response to a request that is let in must carry.
    pub(crate) fn late(&self) -> impl Iterator<Item = (&'static str, String)> {
        let fields = if self.disabled { None } else { Some(self.answer.fields()) };
        fields.into_iter().flatten().map(|(name, value)| (name, value.to_owned()))
    }

    /// The entries of the stream's metadata.
    fn metadata<'k>(
        &'k self,
        kept: &'k Kept,
        identity: Identity,
    ) -> impl Iterator<Item = (&'k str, &'k str)> {
        let truth = self.concealed.or(self.reason);
        let decision = [
            Some(("outcome", self.outcome.code())),
            self.grounds.map(|grounds| ("grounds", grounds)),
            self.reason.map(|reason| ("reason", reason.code())),
            self.reason.map(|_| ("recovery", self.recovery.code())),
            truth.map(|reason| ("signal", reason.signal().code())),
            self.concealed.map(|reason| ("concealed", reason.code())),
            Some(("route", kept.text(&self.route))).filter(|(_, route)| !route.is_empty()),
        ];
        let caller = self.caller.as_ref().filter(|_| identity.metadata).map(|caller| {
            [
                ("issuer", kept.text(&caller.issuer)),
                ("issuer_name", kept.text(&caller.issuer_name)),
                ("subject", kept.text(&caller.subject)),
                ("kind", caller.kind),
            ]
        });
        decision.into_iter().flatten().chain(caller.into_iter().flatten())
    }
}

impl Caller {
    fn keep(decision: &Decision<'_>, disabled: bool, identity: Identity, kept: &mut Kept) -> Option<Self> {
        let principal = decision.principal().filter(|_| !disabled)?;
        let encoded = (identity.headers && decision.is_allow())
            .then(|| (kept.push_encoded(principal.issuer), kept.push_encoded(principal.subject)));
        Some(Self {
            issuer: kept.push(&[principal.issuer.as_bytes()]),
            issuer_name: kept.push(&[principal.issuer_name.as_bytes()]),
            subject: kept.push(&[principal.subject.as_bytes()]),
            kind: principal.kind.code(),
            encoded,
        })
    }
}

/// What `:path` must become to say what was judged, if it does not say so already. The query stays as it is.
fn plain_target(plain: &str, target: &[u8], kept: &mut Kept) -> Option<Text> {
    let cut = target.iter().position(|byte| *byte == b'?').unwrap_or(target.len());
    let (path, query) = target.split_at_checked(cut)?;
    (!plain.is_empty() && plain.as_bytes() != path).then(|| kept.push(&[plain.as_bytes(), query]))
}

/// Whether a request is a gRPC call, by the media types that Envoy takes for one.
fn is_grpc(headers: Headers<'_>) -> bool {
    headers.iter().any(|(name, value)| {
        let rest = value.strip_prefix(b"application/grpc".as_slice());
        name == field_names::CONTENT_TYPE.as_bytes()
            && rest.is_some_and(|rest| matches!(rest, [] | [b'+' | b';', ..]))
    })
}

/// What the answer to a gRPC call must say: Envoy says 200 to the call and, left to itself, `grpc-status: 0`, which is "OK".
/// The numbers are those that gRPC gives to a plain HTTP answer.
const fn grpc_status(status: u16) -> &'static str {
    match status {
        400 => "13",
        401 => "16",
        403 => "7",
        404 => "12",
        429 | 502..=504 => "14",
        _ => "2",
    }
}

/// The field that tells a gRPC call how it went.
fn grpc_field(grpc: bool, status: u16) -> impl Iterator<Item = (&'static str, &'static str)> {
    grpc.then(|| ("grpc-status", grpc_status(status))).into_iter()
}

/// Whether only this filter may set a header of this name. Upstreams in the manner of CGI cannot tell `-` from `_`.
fn is_ours(name: &[u8]) -> bool {
    name.get(..PREFIX.len()).is_some_and(|front| {
        front
            .iter()
            .zip(PREFIX)
            .all(|(byte, known)| byte.to_ascii_lowercase() == *known || (*byte, *known) == (b'_', b'-'))
    })
}

/// Answers a request that is not let in.
pub(crate) fn refuse(stream: &mut Stream<'_>, facts: &Facts<'_>, kept: &Kept, identity: Identity) {
    stream.set_metadata(facts.metadata(kept, identity));
    let grpc = grpc_field(facts.grpc, facts.status);
    stream.reply(facts.status, grpc, facts.answer.fields(), facts.body.as_str(), kept.text(&facts.details));
}

/// Makes a request that is let in the caller's; whether that was possible.
pub(crate) fn admit(stream: &mut Stream<'_>, facts: &Facts<'_>, kept: &Kept, identity: Identity) -> bool {
    let names = kept.bytes(&facts.foreign).split(|byte| *byte == b'\n').filter(|name| !name.is_empty());
    let mut done = names.fold(true, |done, name| stream.remove(name) & done);
    if facts.disabled {
        return done;
    }
    if identity.headers {
        done &= stream.set("x-doorward-outcome", facts.outcome.code().as_bytes());
        if let Some((issuer, subject)) = facts.caller.as_ref().and_then(|caller| caller.encoded.as_ref()) {
            done &= stream.set("x-doorward-issuer", kept.bytes(issuer));
            done &= stream.set("x-doorward-subject", kept.bytes(subject));
        }
    }
    // COST: the dearest of all that is done here: Envoy builds a tree on the heap for it, and copies it once.
    if identity.metadata {
        stream.set_metadata(facts.metadata(kept, identity));
    }
    done
}

/// Answers a request whose form is longer than is kept.
pub(crate) fn too_large(stream: &mut Stream<'_>) {
    bare(stream, 413, r#"{"status":413,"outcome":"bad_request"}"#, "doorward_body_too_large");
}

/// Answers a request that something went wrong with in here.
pub(crate) fn broken(stream: &mut Stream<'_>) {
    bare(stream, 500, r#"{"status":500,"outcome":"unavailable"}"#, "doorward_fault");
}

/// Answers without a decision.
fn bare(stream: &mut Stream<'_>, status: u16, body: &str, details: &str) {
    let grpc = is_grpc(stream.headers(&mut Vec::new()));
    stream.reply(status, grpc_field(grpc, status), iter::empty(), body, details);
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn names_that_an_upstream_may_read_as_ours_are_ours() {
        for name in [
            "x-doorward-subject",
            "X-Doorward-Subject",
            "x_doorward_subject",
            "x-doorward_new",
            "x-doorward-",
        ] {
            assert!(is_ours(name.as_bytes()), "{name}");
        }
        for name in
            ["x-doorward", "x-doorwards-subject", "xdoorward-subject", "x.doorward.subject", "subject", ""]
        {
            assert!(!is_ours(name.as_bytes()), "{name}");
        }
    }
}
