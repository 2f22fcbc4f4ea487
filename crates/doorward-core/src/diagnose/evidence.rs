//! The evidence: everything that an answer and its request tell, gathered before anything is concluded.

use super::demand::Demanded;
use super::diagnosis::Confidence;
use super::heard::Heard;
use super::sent::{Response, Sent};
use super::skew::Skew;
use super::url::UrlOrigin;
use super::vendor::Traits;
use crate::outcome::Outcome;
use crate::reason::Reason;
use crate::time::UnixTime;
use crate::wire::answer_body::AnswerBody;
use crate::wire::proxy_status::{self, ProxyStatusHop};
use crate::wire::quoted::QuotedText;

/// What is known before the judgement.
pub(super) struct Evidence<'a, 'r> {
    pub(super) sent: &'r Sent<'a>,
    pub(super) response: &'r Response<'a>,
    pub(super) now: UnixTime,
    pub(super) heard: Heard<'a>,
    pub(super) demand: Demanded<'a>,
    pub(super) skew: Option<Skew>,
    pub(super) traits: Traits<'r>,
    pub(super) doorward: Doorward,
}

/// What Doorward itself says in an answer.
#[derive(Clone, Copy, Default)]
pub(super) struct Doorward {
    /// The reason that the answer names.
    pub(super) reason: Option<Reason>,
    /// The reason behind it.
    pub(super) cause: Option<Reason>,
    /// Whether it is named beside the error code that belongs to it, or in a content of Doorward's form.
    pub(super) agrees: bool,
    /// Whether the content has Doorward's form, be it without a reason.
    pub(super) body: bool,
}

impl<'a, 'r> Evidence<'a, 'r> {
    pub(super) fn new(sent: &'r Sent<'a>, response: &'r Response<'a>, now: UnixTime) -> Self {
        let heard = Heard::new(sent, response);
        let demand = Demanded::new(sent, response, &heard);
        // Whoever a redirect led to does not say what the credential of the one that was asked is to be.
        let demand = if is_from_elsewhere(sent) { demand.for_people() } else { demand };
        Self {
            sent,
            response,
            now,
            heard,
            demand,
            // Whoever a redirect led to has no say in what time it is.
            skew: Skew::measure(sent, response, now).filter(|_| !is_from_elsewhere(sent)),
            traits: Traits::new(sent.scheme.is_some(), response, demand.error, demand.error_description),
            doorward: Doorward::new(response, &demand),
        }
    }

    /// Whether a credential was sent.
    pub(super) const fn has_credential(&self) -> bool {
        self.sent.scheme.is_some()
    }

    /// Whether the answer came from another origin than the one that was asked, where clients send no credential.
    pub(super) fn is_from_elsewhere(&self) -> bool {
        is_from_elsewhere(self.sent)
    }

    /// Whether the credential has expired by the caller's clock; `None` if the caller does not know when it does.
    pub(super) fn has_expired(&self) -> Option<bool> {
        self.sent.expires_at.map(|expires| expires <= self.now)
    }

    /// Whether the caller got the credential a moment ago.
    pub(super) fn is_fresh(&self) -> bool {
        let fresh = crate::time::Seconds(crate::limits::CREDENTIAL_FRESH);
        self.sent.issued_at.is_some_and(|issued| self.now <= issued.plus(fresh))
    }
}

/// Whether the answer came from another origin than the one that was asked.
fn is_from_elsewhere(sent: &Sent<'_>) -> bool {
    let is_absolute = sent.url.windows(3).any(|part| part == b"://");
    if sent.final_url.is_empty() || !is_absolute || sent.url == sent.final_url {
        return false;
    }
    match (UrlOrigin::of(sent.url), UrlOrigin::of(sent.final_url)) {
        (Some(asked), Some(answered)) => asked != answered,
        // What can be read in two ways is not known to be of the same origin.
        _ => true,
    }
}

impl Doorward {
    fn new(response: &Response<'_>, demand: &Demanded<'_>) -> Self {
        let body = AnswerBody::new(response.body);
        let outcome = body.member("outcome");
        let is_code =
            |outcome: &dyn Fn(&str) -> bool| Outcome::ALL.into_iter().any(|one| outcome(one.code()));
        let form = outcome.is_some_and(|text| is_code(&|code| text == *code))
            && body.number(&[crate::wire::json::PathStep::Member("status")])
                == Some(u64::from(response.status));
        let named = |name: &str| {
            let text = body.doorward(name).filter(|_| form)?;
            service_reason(text.plain()?)
        };
        let (said, cause) = (named("reason"), named("cause"));
        if let Some(reason) = said {
            let agrees = outcome.is_some_and(|text| text == *reason.outcome().code());
            return Self { reason: said, cause, agrees, body: form };
        }
        let description = demand.error_description.and_then(|text| text.plain());
        let told = description.and_then(|text| service_reason(core::str::from_utf8(text).ok()?));
        let code = |reason: Reason| {
            reason
                .wire_error()
                .is_some_and(|code| demand.error.is_some_and(|error| error == *code.code().as_bytes()))
        };
        match told {
            Some(reason) => Self { reason: told, cause, agrees: code(reason), body: form },
            None => {
                let denied = by_proxy_status(response);
                Self { reason: denied, cause, agrees: denied.is_some(), body: form }
            }
        }
    }

    /// How sure the reason is.
    pub(super) const fn confidence(&self) -> Confidence {
        if self.agrees { Confidence::Certain } else { Confidence::Likely }
    }
}

/// A reason that a service can answer with: what only the caller's side concludes is nothing to be told.
fn service_reason(code: &str) -> Option<Reason> {
    Reason::from_code(code).filter(|reason| !reason.is_of_caller_side())
}

/// The reason in the details of the hop that refused: `details="reason=…"`, as Doorward writes it.
fn by_proxy_status(response: &Response<'_>) -> Option<Reason> {
    hops(response).filter(|hop| hop.error == Some(b"http_request_denied")).find_map(|hop| {
        let details: QuotedText<'_> = hop.details?;
        service_reason(core::str::from_utf8(details.plain()?.strip_prefix(b"reason=")?).ok()?)
    })
}

/// The hops of `Proxy-Status`, the nearest to the origin first.
pub(super) fn hops<'a>(response: &Response<'a>) -> impl Iterator<Item = ProxyStatusHop<'a>> {
    response.values("proxy-status").filter_map(|line| proxy_status::read(line).ok()).flatten()
}
