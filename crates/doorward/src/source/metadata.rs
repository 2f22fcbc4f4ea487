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
    /// The metadata lies at the service's own origin, and may name nothing else ([RFC 9728, section 3.3]): a service can ask for
    /// tokens for itself, and not for another. It is given little time, of which the issuer gets none less for it, and asked
    /// once in a while.
    ///
    /// [RFC 9728, section 3.3]: https://www.rfc-editor.org/rfc/rfc9728#section-3.3
    pub(super) fn get(&self, http: &Http, want: &Want) -> Option<String> {
        let own = want.resource.as_deref()?;
        let origin = Origin::of(own).ok()?;
        let url = want.resource_metadata.as_deref();
        let url = url.filter(|url| Origin::of(url).is_ok_and(|other| other == origin));
        let named = url.and_then(|url| self.known(url).unwrap_or_else(|| self.ask(http, url, &origin)));
        Some(named.unwrap_or_else(|| own.to_owned()))
    }

    fn known(&self, url: &str) -> Option<Option<String>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let known = last.as_ref().filter(|known| known.url == url && Instant::now() < known.until)?;
        Some(known.resource.clone())
    }

    fn ask(&self, http: &Http, url: &str, origin: &Origin) -> Option<String> {
        let now = Instant::now();
        let later = |seconds| now.checked_add(Duration::from_secs(seconds)).unwrap_or(now);
        let question = Question { url, fields: &[], form: None, ca: None };
        let reply = http.exchange(&question, later(limits::METADATA_WHOLE)).ok();
        let resource = reply.filter(|reply| reply.status == 200).and_then(|reply| named(&reply.text, origin));
        let known = Known {
            url: url.to_owned(),
            resource: resource.clone(),
            until: later(limits::KEYS_REFRESH_DEFAULT),
        };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
        resource
    }
}

/// The `resource` of metadata, if it is at the origin.
fn named(text: &str, origin: &Origin) -> Option<String> {
    let json = Wiped::read(text)?;
    let named = json.0.get("resource").and_then(Value::as_str)?;
    let same = Origin::of(named).is_ok_and(|other| other == *origin);
    (same && !named.contains('#')).then(|| named.to_owned())
}

/// The host of an address, for messages: no path and no query.
pub(super) fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}
