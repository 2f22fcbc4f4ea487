//! Nests of axum: a router that is mounted in another one sees what is left of the path, and rules are about all of it.

use http::Uri;
use http::request::Parts;

/// What the caller asked for, where what is served has another path: a router of axum says so to whatever is behind it.
#[cfg(feature = "axum")]
pub(crate) fn original(parts: &Parts) -> Option<&Uri> {
    use axum::extract::OriginalUri;
    let OriginalUri(original) = parts.extensions.get()?;
    (original.path() != parts.uri.path()).then_some(original)
}

/// Without axum nothing says so.
#[cfg(not(feature = "axum"))]
pub(crate) const fn original(_: &Parts) -> Option<&Uri> {
    None
}

/// Whether the path that is served can be what a nest left of the original one. `/` is left where the prefix was all.
pub(crate) fn leaves(original: &str, served: &str) -> bool {
    served == "/" || (served.starts_with('/') && original.ends_with(served))
}

/// Serves another URI. Behind it, nothing shall be read from how it was written before.
pub(crate) fn rewrite(parts: &mut Parts, uri: Uri) {
    #[cfg(feature = "axum")]
    if let Some(original) = parts.extensions.get_mut::<axum::extract::OriginalUri>() {
        original.0.clone_from(&uri);
    }
    parts.uri = uri;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nest_leaves_whole_segments_from_the_end() {
        for (original, served) in [("/a/b/c", "/b/c"), ("/a/b/", "/b/"), ("/a/b", "/"), ("/a/b/", "/")] {
            assert!(leaves(original, served), "{original} {served}");
        }
        for (original, served) in
            [("/a/b", "b"), ("/a/b", ""), ("/a/b", "/a"), ("/a/b/", "/b"), ("/a/b", "/c")]
        {
            assert!(!leaves(original, served), "{original} {served}");
        }
    }
}
