//! What a decision does to a stream: a reply of our own, or a request that goes on as somebody's.

use crate::config::{Identity, Judge};
use crate::host::{Headers, Stream};
use crate::memory::{Kept, Text};
use crate::page::Page;
use core::iter;
use core::net::IpAddr;
use doorward::body::MEDIA_TYPE;
use doorward::doorward_core::request::field_names;
use doorward::{
    Answer, Body, Decision, Field, Fields, Outcome, Reason, Recovery, Request, Scratch, identity,
};

/// What the names of all identity headers begin with, in two parts with one byte between them.
const PREFIX: [&[u8]; 2] = [b"x", b"doorward"];

/// How many field lines a decision is shown without allocating: more are an attack on it.
const FIELDS: usize = 16;

const METHOD: &[u8] = b":method";
const PATH: &[u8] = b":path";

/// What is asked of an engine.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'s> {
    pub(crate) headers: Headers<'s>,
    pub(crate) body: Option<&'s [u8]>,
    /// The connection's other end.
    pub(crate) peer: Option<IpAddr>,
    /// Whether nothing is to be decided but what the path means: then no credential is looked at, and nobody's failures count.
    pub(crate) disabled: bool,
}

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
    manner: Manner,
    /// How the engine's status is told, if that is what was asked for.
    page: Option<Page>,
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
    pub(crate) fn find(
        judge: &Judge,
        asked: Asked<'_>,
        identity: Identity,
        scratch: &mut Scratch,
        answer: &'m mut [u8],
        kept: &mut Kept,
    ) -> Option<Self> {
        kept.clear();
        let Asked { headers, body, peer, disabled } = asked;
        // All that any policy looks at, since this one may be loaded anew at any time.
        let wanted = |name: &[u8]| !disabled && Fields::ALL.iter().any(|known| known.as_bytes() == name);
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
            }
            // What is judged may be ours as well: a note of another gateway has done its work here.
            if is_ours(name) {
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
        let request = match peer.filter(|_| !disabled) {
            Some(peer) => request.with_peer(peer),
            None => request,
        };
        let decision = judge.policy.engine.decide(&request, doorward::now(), scratch);
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
            manner: Manner::of(headers),
            page: judge
                .status_path
                .as_ref()
                .filter(|path| !disabled && decision.path() == path.as_str())
                .map(|_| Page::of_target(target)),
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

    /// How to tell the engine's status, if that is what was asked for.
    pub(crate) const fn page(&self) -> Option<Page> {
        self.page
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

/// What a request is to gRPC, which decides how a refusal of it looks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Manner {
    /// Whether it is a call of gRPC: a POST with its media type. Nobody else is answered with status 200.
    call: bool,
    /// Whether Envoy makes the answer of a filter one of gRPC, by the media type alone and never if that has parameters.
    converted: bool,
    /// Whether the answer has no body.
    head: bool,
}

impl Manner {
    fn of(headers: Headers<'_>) -> Self {
        let (mut method, mut media_type) = (b"".as_slice(), b"".as_slice());
        for (name, value) in headers.iter() {
            if name == METHOD {
                method = value;
            } else if name == field_names::CONTENT_TYPE.as_bytes() {
                media_type = value;
            }
        }
        Self::new(method, media_type)
    }

    fn new(method: &[u8], media_type: &[u8]) -> Self {
        let rest = media_type.strip_prefix(b"application/grpc".as_slice());
        let converted = matches!(rest, Some([] | [b'+', ..]));
        let named = converted || matches!(rest, Some([b';', ..]));
        Self { call: named && method == b"POST", converted, head: method == b"HEAD" }
    }
}

/// The status code of gRPC that says the same: those of the layer for tower.
const fn grpc_status(status: u16) -> &'static str {
    match status {
        400 => "3",
        401 => "16",
        403 => "7",
        404 => "12",
        429 => "8",
        503 => "14",
        _ => "13",
    }
}

/// Answers in the manner that the request wants.
fn reply<'n, 'v>(
    stream: &mut Stream<'_>,
    manner: Manner,
    status: u16,
    fields: impl IntoIterator<Item = (&'n str, &'v str)>,
    body: &str,
    details: &str,
) {
    let grpc = ("grpc-status", grpc_status(status));
    match (manner.call, manner.converted) {
        (false, false) => stream.reply(status, MEDIA_TYPE, None, fields, body, details),
        // Left to itself, Envoy would add `grpc-status: 0`, which is "OK".
        (true, true) => stream.reply(status, MEDIA_TYPE, Some(grpc), fields, body, details),
        // What Envoy would convert, or would not, goes out as it is, at the price of the details.
        (false, true) => {
            let length = body.len().to_string();
            let own = [("content-type", MEDIA_TYPE), ("content-length", length.as_str())];
            stream.reply_as_is(status, own, fields, Some(body).filter(|_| !manner.head));
        }
        (true, false) => stream.reply_as_is(200, [("content-type", "application/grpc"), grpc], fields, None),
    }
}

/// Whether only this filter may set a header of this name. Upstreams in the manner of CGI cannot tell `-` from `_`, and some
/// not from `.`, so that every separator counts.
fn is_ours(name: &[u8]) -> bool {
    let begins = |name: &[u8], with: &[u8]| {
        name.get(..with.len()).is_some_and(|front| front.eq_ignore_ascii_case(with))
    };
    let [letter, word] = PREFIX;
    match name.split_at_checked(letter.len()) {
        Some((front, [separator, rest @ ..])) => {
            begins(front, letter) && !separator.is_ascii_alphanumeric() && begins(rest, word)
        }
        _ => false,
    }
}

/// Removes what only this filter may say from the trailers of a request; whether that was possible.
pub(crate) fn strip_trailers(stream: &mut Stream<'_>) -> bool {
    let mut lines = Vec::new();
    let names = stream.trailers(&mut lines).iter().map(|(name, _)| name).filter(|name| is_ours(name));
    let names: Vec<Vec<u8>> = names.map(<[u8]>::to_vec).collect();
    names.iter().fold(true, |done, name| stream.remove_trailer(name) & done)
}

/// Answers a request that is not let in.
pub(crate) fn refuse(stream: &mut Stream<'_>, facts: &Facts<'_>, kept: &Kept, identity: Identity) {
    stream.set_metadata(facts.metadata(kept, identity));
    let (body, details) = (facts.body.as_str(), kept.text(&facts.details));
    reply(stream, facts.manner, facts.status, facts.answer.fields(), body, details);
}

/// Answers a request for the engine's status that was let in.
pub(crate) fn tell_status(
    stream: &mut Stream<'_>,
    facts: &Facts<'_>,
    kept: &Kept,
    identity: Identity,
    (media_type, page): (&str, String),
) {
    if identity.metadata {
        stream.set_metadata(facts.metadata(kept, identity));
    }
    let fields = [("cache-control", "no-store"), ("x-content-type-options", "nosniff")];
    stream.reply(200, media_type, fields, iter::empty(), &page, "doorward_status");
}

/// Makes a request that is let in the caller's; whether that was possible.
pub(crate) fn admit(stream: &mut Stream<'_>, facts: &Facts<'_>, kept: &Kept, identity: Identity) -> bool {
    let names = kept.bytes(&facts.foreign).split(|byte| *byte == b'\n').filter(|name| !name.is_empty());
    let mut done = names.fold(true, |done, name| stream.remove(name) & done);
    if facts.disabled {
        return done;
    }
    if identity.headers {
        done &= stream.set(identity::OUTCOME, facts.outcome.code().as_bytes());
        if let Some((issuer, subject)) = facts.caller.as_ref().and_then(|caller| caller.encoded.as_ref()) {
            done &= stream.set(identity::ISSUER, kept.bytes(issuer));
            done &= stream.set(identity::SUBJECT, kept.bytes(subject));
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
    let manner = Manner::of(stream.headers(&mut Vec::new()));
    reply(stream, manner, status, iter::empty(), body, details);
}

#[cfg(test)]
mod tests {
    use super::{Manner, grpc_status, is_ours};

    #[test]
    fn names_that_an_upstream_may_read_as_ours_are_ours() {
        for name in [
            "x-doorward-subject",
            "X-Doorward-Subject",
            "x_doorward_subject",
            "x-doorward_new",
            "x-doorward-",
            "x-doorward",
            "x-doorwards-subject",
            "x.doorward.subject",
            "x!DOORWARD",
        ] {
            assert!(is_ours(name.as_bytes()), "{name}");
        }
        for name in ["xdoorward-subject", "x1doorward", "x--doorward", "x-doorwar", "x-", "x", "subject", ""]
        {
            assert!(!is_ours(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn a_call_of_grpc_is_a_post_with_its_media_type() {
        let manner = |method: &str, media_type: &str| {
            let manner = Manner::new(method.as_bytes(), media_type.as_bytes());
            (manner.call, manner.converted)
        };
        for media_type in ["application/grpc", "application/grpc+proto"] {
            assert_eq!(manner("POST", media_type), (true, true), "{media_type}");
            assert_eq!(manner("GET", media_type), (false, true), "{media_type}");
        }
        assert_eq!(manner("POST", "application/grpc;v=1"), (true, false));
        for media_type in ["application/grpc-web", "application/grpc-web+proto", "application/grpcs", ""] {
            assert_eq!(manner("POST", media_type), (false, false), "{media_type}");
        }
    }

    #[test]
    fn statuses_of_grpc_are_those_of_the_layer_for_tower() {
        let statuses = [400, 401, 403, 404, 429, 503, 500, 413].map(grpc_status);
        assert_eq!(statuses, ["3", "16", "7", "12", "8", "14", "13", "13"]);
    }
}
