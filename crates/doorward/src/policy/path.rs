//! The pattern of a route's path, as a policy writes it.

/// The regular expression of what [`check`] takes; that no name comes twice is beyond it.
pub(super) const PATTERN: &str = r"^(?=/)(/([^/?#{}]+|\{[A-Za-z0-9_]+\}))*(/(\{\*[A-Za-z0-9_]+\})?)?$";

/// Whether the text is a pattern: `{name}` for one segment, a last `{*rest}` for the tail, the rest as it is.
///
/// # Errors
///
/// What the text should have been.
pub(super) fn check(text: &str) -> Result<(), &'static str> {
    let Some(rest) = text.strip_prefix('/') else {
        return Err("a path that begins with `/`");
    };
    if text.contains(['?', '#']) {
        return Err("a path without `?` and `#`");
    }
    let mut names: Vec<&str> = Vec::new();
    let mut segments = rest.split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        if segment.is_empty() && !last {
            return Err("a path without empty segments");
        }
        let Some(name) = captured(segment, last)? else { continue };
        if names.contains(&name) {
            return Err("a path with each name once");
        }
        names.push(name);
    }
    Ok(())
}

/// The name that the segment captures, if it is not plain.
fn captured(segment: &str, last: bool) -> Result<Option<&str>, &'static str> {
    if !segment.contains(['{', '}']) {
        return Ok(None);
    }
    let inner = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let Some(inner) = inner.filter(|inner| !inner.contains(['{', '}'])) else {
        return Err("a path in which `{name}` fills a whole segment");
    };
    let name = match inner.strip_prefix('*') {
        Some(_) if !last => return Err("a path in which `{*name}` comes last"),
        Some(name) => name,
        None => inner,
    };
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err("a path whose names have only letters, digits and `_`");
    }
    Ok(Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_literals_names_and_a_tail() {
        for text in
            ["/", "/a", "/a/", "/v1/orders/{id}", "/{a}/{b}/", "/f/{*rest}", "/{*_0}", "/a*b", "/%7Ea", "/ä"]
        {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn each_fault_says_what_a_path_is() {
        for (text, expected) in [
            ("", "a path that begins with `/`"),
            ("a/b", "a path that begins with `/`"),
            ("{id}", "a path that begins with `/`"),
            ("/a?b", "a path without `?` and `#`"),
            ("/a#b", "a path without `?` and `#`"),
            ("//", "a path without empty segments"),
            ("/a//b", "a path without empty segments"),
            ("/a{id}", "a path in which `{name}` fills a whole segment"),
            ("/{id}.json", "a path in which `{name}` fills a whole segment"),
            ("/{a}{b}", "a path in which `{name}` fills a whole segment"),
            ("/{id", "a path in which `{name}` fills a whole segment"),
            ("/id}", "a path in which `{name}` fills a whole segment"),
            ("/{{id}}", "a path in which `{name}` fills a whole segment"),
            ("/{a/b}", "a path in which `{name}` fills a whole segment"),
            ("/{}", "a path whose names have only letters, digits and `_`"),
            ("/{*}", "a path whose names have only letters, digits and `_`"),
            ("/{a-b}", "a path whose names have only letters, digits and `_`"),
            ("/{a*}", "a path whose names have only letters, digits and `_`"),
            ("/{**a}", "a path whose names have only letters, digits and `_`"),
            ("/{*rest}/a", "a path in which `{*name}` comes last"),
            ("/{*rest}/", "a path in which `{*name}` comes last"),
            ("/{a}/{a}", "a path with each name once"),
            ("/{a}/{*a}", "a path with each name once"),
        ] {
            assert_eq!(check(text), Err(expected), "{text}");
        }
    }
}
