//! The page that tells what an engine trusts: as text for people, as JSON for programs.

use doorward::Engine;
use doorward::body::MEDIA_TYPE;

/// How the page is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Page {
    Text,
    Json,
}

impl Page {
    /// As the query of the target says: `format=json`, as for the pages of Envoy's own admin.
    pub(crate) fn of_target(target: &[u8]) -> Self {
        let mut parts = target.splitn(2, |byte| *byte == b'?');
        let query = parts.nth(1).unwrap_or_default();
        if query.split(|byte| *byte == b'&').any(|pair| pair == b"format=json") {
            Self::Json
        } else {
            Self::Text
        }
    }

    /// The media type, and the page as it is now.
    pub(crate) fn of(self, engine: &Engine) -> (&'static str, String) {
        let status = engine.status(doorward::now());
        match self {
            Self::Text => ("text/plain; charset=utf-8", status.to_string()),
            Self::Json => (MEDIA_TYPE, status.to_json().to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn a_program_asks_for_json() {
        for (target, page) in [
            ("/status", Page::Text),
            ("/status?format=json", Page::Json),
            ("/status?a=1&format=json", Page::Json),
            ("/status?format=text", Page::Text),
            ("/format=json", Page::Text),
        ] {
            assert_eq!(Page::of_target(target.as_bytes()), page, "{target}");
        }
    }
}
