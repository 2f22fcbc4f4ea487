//! What a service says of itself ([RFC 9728]): by which name a token for it is asked for.
//!
//! [RFC 9728]: https://www.rfc-editor.org/rfc/rfc9728

use super::wiped::Wiped;
use crate::caller::{Origin, Want};
use crate::trust::Http;
use crate::trust::exchange::Question;
use core::time::Duration;
use doorward_core::limits;
use serde_json::Value;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// What services have said of themselves, and until when that need not be asked again.
#[derive(Default)]
pub(super) struct Resources {
    last: Mutex<Option<Known>>,
}

/// What the last one said, for its address; nothing if it said nothing of use.
struct Known {
    url: String,
    resource: Option<String>,
    until: Instant,
}

impl Resources {
    /// The `resource` to ask a token for: what the service's own metadata says, or else its origin; nothing if its audience was
    /// not what it refused.
    ///
    /// The metadata lies at the service's own origin, and may name nothing but what was asked for, or a whole that it is part of
    /// ([RFC 9728, section 3.3]): a service can ask for tokens for itself, and not for another, be it beside it on one host. It is
    /// given little time, of which the issuer gets none less for it, and asked once in a while.
    ///
    /// DIFFERENCE: the RFC takes only the very URL of the request. Few services have a description for each of theirs.
    ///
    /// [RFC 9728, section 3.3]: https://www.rfc-editor.org/rfc/rfc9728#section-3.3
    pub(super) fn get(&self, http: &Http, want: &Want) -> Option<String> {
        let own = want.resource.as_deref()?;
        let origin = Origin::of(own).ok()?;
        let url = want.resource_metadata.as_deref();
        let url = url.filter(|url| Origin::of(url).is_ok_and(|other| other == origin));
        let named = url.and_then(|url| {
            let named = self.known(url).unwrap_or_else(|| self.ask(http, url))?;
            // Of a want that no request is behind, the whole origin is all that is known.
            let asked = want.request_url.as_deref().unwrap_or(own);
            holds(&named, asked).then_some(named)
        });
        Some(named.unwrap_or_else(|| own.to_owned()))
    }

    fn known(&self, url: &str) -> Option<Option<String>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let known = last.as_ref().filter(|known| known.url == url && Instant::now() < known.until)?;
        Some(known.resource.clone())
    }

    fn ask(&self, http: &Http, url: &str) -> Option<String> {
        let now = Instant::now();
        let later = |seconds| now.checked_add(Duration::from_secs(seconds)).unwrap_or(now);
        let question = Question { url, fields: &[], form: None, ca: None };
        let reply = http.exchange(&question, later(limits::METADATA_WHOLE)).ok();
        let resource = reply.filter(|reply| reply.status == 200).and_then(|reply| named(&reply.text));
        let known = Known {
            url: url.to_owned(),
            resource: resource.clone(),
            until: later(limits::KEYS_REFRESH_DEFAULT),
        };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
        resource
    }
}

/// The `resource` of metadata.
fn named(text: &str) -> Option<String> {
    let json = Wiped::read(text)?;
    json.0.get("resource").and_then(Value::as_str).map(str::to_owned)
}

/// Whether the resource of this name is what was asked for, or a whole that it is part of: of the same origin, and with a path that
/// is the beginning of the other one, up to the end of a segment.
fn holds(named: &str, asked: &str) -> bool {
    let (Some((named, named_path)), Some((asked, asked_path))) = (split(named), split(asked)) else {
        return false;
    };
    let is_part = asked_path
        .strip_prefix(named_path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || named_path.ends_with('/'));
    named == asked && is_part
}

/// The origin of a plain URL, and its path.
fn split(url: &str) -> Option<(Origin, &str)> {
    let origin = Origin::of(url).ok()?;
    let (_, rest) = url.split_once("://")?;
    let at = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(at)?;
    let is_plain = !authority.contains('@') && !url.contains(['?', '#']);
    is_plain.then_some((origin, if path.is_empty() { "/" } else { path }))
}

/// The host of an address, for messages: no path and no query.
pub(super) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}
