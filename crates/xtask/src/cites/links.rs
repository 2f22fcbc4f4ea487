//! Links to RFCs: their text, their address, and whether both ends are there.

use super::Citation;

/// The one host, and the path on it.
const BASE: &str = "https://www.rfc-editor.org/rfc/rfc";

/// How many links to RFCs a text has.
pub(super) fn count(text: &str) -> usize {
    text.matches(&format!("]: {BASE}")).count() + text.matches(&format!("]({BASE}")).count()
}

/// What is wrong with the links of one line.
pub(super) fn faults(line: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find("http") {
        let (before, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let end = tail
            .find(|sign: char| sign.is_whitespace() || "\"'`<>()[]{}\\,".contains(sign))
            .unwrap_or(tail.len());
        let (url, after) = tail.split_at_checked(end).unwrap_or((tail, ""));
        if let Some(fault) = fault(label(before), url.trim_end_matches(['.', ';', ':'])) {
            faults.push(fault);
        }
        rest = after;
    }
    faults
}

/// The text of the link whose address follows `before`: of `[text]: ` or `[text](`.
fn label(before: &str) -> Option<&str> {
    let before = before.trim_end();
    let open = before.strip_suffix("]:").or_else(|| before.strip_suffix("]("))?;
    open.rsplit_once('[').map(|(_, label)| label)
}

fn fault(label: Option<&str>, url: &str) -> Option<String> {
    let leads_to_rfc = names_rfc(url);
    if leads_to_rfc && !is_canonical(url) {
        return Some(format!("{url}: RFCs are linked as {BASE}N, with `#section-S` or `#appendix-A`"));
    }
    let label = label?;
    let Some(citation) = Citation::read(label) else {
        let cites = leads_to_rfc || label.starts_with("RFC ");
        return cites
            .then(|| format!("`{label}` links an RFC: write `RFC N, section S` or `RFC N, appendix A`"));
    };
    let expected = citation.url();
    (url != expected).then(|| format!("`{label}` leads to {url}, expected {expected}"))
}

/// Whether an address names an RFC: the three letters, then digits.
fn names_rfc(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    lower.match_indices("rfc").any(|(at, _)| {
        let tail = lower.get(at + 3..).unwrap_or_default().trim_start_matches(['-', '/', '_']);
        tail.starts_with(|sign: char| sign.is_ascii_digit())
    })
}

fn is_canonical(url: &str) -> bool {
    let Some(rest) = url.strip_prefix(BASE) else { return false };
    let (number, place) = rest.split_once('#').map_or((rest, None), |(number, place)| (number, Some(place)));
    let text = match place.map(|place| place.split_once('-')) {
        None => format!("RFC {number}"),
        Some(Some((kind, name))) => format!("RFC {number}, {kind} {name}"),
        Some(None) => return false,
    };
    Citation::read(&text).is_some()
}

/// Uses without a definition and definitions without a use, each inside the text that renders as one: a whole page,
/// or the documentation of one item.
pub(super) fn unresolved(text: &str, is_page: bool) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut block = Block::default();
    for (line, number) in text.lines().zip(1_usize..) {
        let bare = line.trim_start();
        let doc =
            if is_page { Some(line) } else { bare.strip_prefix("///").or_else(|| bare.strip_prefix("//!")) };
        match doc {
            Some(words) => block.add(words, number),
            None if bare.starts_with("#[") && !block.text.is_empty() => {} // an attribute inside the documentation
            None => found.append(&mut core::mem::take(&mut block).faults()),
        }
    }
    found.append(&mut block.faults());
    found
}

/// Text that renders as one; its lines are joined by blanks.
#[derive(Default)]
struct Block {
    start: usize,
    text: String,
    definitions: Vec<(String, usize)>,
}

impl Block {
    fn add(&mut self, words: &str, number: usize) {
        if self.text.is_empty() {
            self.start = number;
            self.text.push(' ');
        }
        let words = words.trim();
        if let Some((label, _)) = words.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
            if label.starts_with("RFC ") {
                self.definitions.push((label.to_owned(), number));
            }
        } else {
            self.text.push_str(words);
            self.text.push(' ');
        }
    }

    fn faults(self) -> Vec<(usize, String)> {
        let uses: Vec<&str> = self
            .text
            .split('[')
            .filter_map(|part| part.split_once(']'))
            .filter(|(label, after)| label.starts_with("RFC ") && !after.starts_with('('))
            .map(|(label, _)| label)
            .collect();
        let undefined = uses
            .iter()
            .filter(|label| !self.definitions.iter().any(|(defined, _)| defined == *label))
            .map(|label| {
                (self.start, format!("`[{label}]` has no definition in the documentation that starts here"))
            });
        let unused = self
            .definitions
            .iter()
            .filter(|(label, _)| !uses.contains(&label.as_str()))
            .map(|(label, number)| (*number, format!("`[{label}]` is defined, and used nowhere around")));
        undefined.chain(unused).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_address_agree() {
        assert_eq!(
            faults(&format!("/// [RFC 6750, section 3.1]: {BASE}6750#section-3.1")),
            Vec::<String>::new()
        );
        assert_eq!(
            faults(&format!("| [RFC 9470]({BASE}9470) | [RFC 7518, appendix C]({BASE}7518#appendix-C) |")),
            Vec::<String>::new()
        );
        for (label, tail) in [
            ("% 6750", "6749"),
            ("% 6750, section 3.1", "6750#section-3"),
            ("% 6750, section 3.1", "6750"),
            ("% 6750", "6750#section-3"),
            ("% 7518, appendix C", "7518#section-C"),
            ("%6750", "6750"),
            ("section 3.1", "6750#section-3.1"),
            ("% 6750, Section 3.1", "6750#section-3.1"),
        ] {
            let label = label.replace('%', "RFC");
            assert_eq!(faults(&format!("[{label}]: {BASE}{tail}")).len(), 1, "{label} {tail}");
            assert_eq!(faults(&format!("see [{label}]({BASE}{tail}).")).len(), 1, "{label} {tail}");
        }
    }

    #[test]
    fn other_hosts_and_forms_of_the_address_are_refused() {
        for prefix in [
            "https://datatracker.ietf.org/doc/html/rfc",
            "https://tools.ietf.org/html/rfc",
            "http://www.rfc-editor.org/rfc/rfc",
            "https://rfc-editor.org/rfc/rfc",
            "https://www.rfc-editor.org/info/rfc",
            "https://example.org/RFC-",
        ] {
            assert_eq!(faults(&format!("see {prefix}{}.", 7519)).len(), 1, "{prefix}");
            assert_eq!(faults(&format!("[RFC 7519]: {prefix}{}", 7519)).len(), 1, "{prefix}");
        }
        assert_eq!(faults(&format!("see {BASE}7519.{}", "html")).len(), 1);
        assert_eq!(faults(&format!("see {BASE}7519#page{}", "-3")).len(), 1);
        assert_eq!(faults(&"[% 7519]: https://example.org/x".replace('%', "RFC")).len(), 1);
    }

    #[test]
    fn other_addresses_are_none_of_its_business() {
        for line in [
            "https://datatracker.ietf.org/doc/draft-ietf-wimse-arch/",
            "https://www.rfc-editor.org/errata/eid3192",
            "https://github.com/rust-lang/rfcs/pull/2580",
            "https://www.rfc-editor.org/rfc/rfc{}",
        ] {
            assert_eq!(faults(line), Vec::<String>::new(), "{line}");
        }
        assert_eq!(faults(&format!("bare {BASE}7519#section-4.1, and \"{BASE}7515\"")), Vec::<String>::new());
    }

    #[test]
    fn each_items_documentation_resolves_its_own_links() {
        let definition = format!("/// [RFC 6750]: {BASE}6750");
        let sound = format!("/// As [RFC 6750].\n#[must_use]\n{definition}\nfn f() {{}}\n");
        assert_eq!(unresolved(&sound, false), []);
        let apart = format!("/// As [RFC 6750].\nfn f() {{}}\n/// Else.\n{definition}\nfn g() {{}}\n");
        assert_eq!(unresolved(&apart, false).iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 4]);
        let page = format!("As [RFC 6750].\n\n# More\n\n[RFC 6750]: {BASE}6750\n");
        assert_eq!(unresolved(&page, true), []);
        assert_eq!(unresolved(&format!("As [RFC 6750]({BASE}6750).\n"), true), []);
        assert_eq!(unresolved("let x = [RFC 6750];\n", false), []);
    }
}
