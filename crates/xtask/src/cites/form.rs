//! The form of a citation in running text.

/// What is wrong with the citations of one line.
pub(super) fn faults(line: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if line.contains('\u{a7}') {
        faults.push("a section sign: write `section`".to_owned());
    }
    let mut before = "";
    let mut rest = line;
    while let Some(at) = find_rfc(rest) {
        let (head, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let (word, after) = tail.split_at_checked(3).unwrap_or((tail, ""));
        let prior = if head.is_empty() { before } else { head };
        if let Some(fault) = fault(prior, word, after) {
            faults.push(fault);
        }
        before = word;
        rest = after;
    }
    faults
}

/// Where the three letters stand next, in any case.
fn find_rfc(text: &str) -> Option<usize> {
    text.to_ascii_lowercase().find("rfc")
}

/// What is wrong with the three letters `word`, given the text around them.
fn fault(before: &str, word: &str, after: &str) -> Option<String> {
    let joins = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '/' | '-' | '.');
    if before.ends_with(joins) {
        return None; // part of a name or an address
    }
    let number = after.trim_start_matches([' ', '-']);
    let gap = after.strip_suffix(number).unwrap_or_default();
    let rest = number.trim_start_matches(|sign: char| sign.is_ascii_digit());
    let digits = number.strip_suffix(rest).unwrap_or_default();
    if digits.is_empty() || rest.starts_with(|sign: char| sign.is_alphanumeric() || sign == '_') {
        return None; // no number, or a name such as a constant's
    }
    let is_name = gap.is_empty() && word != "RFC"; // a profile, a variant: `rfc9068`
    if !is_name && (word != "RFC" || gap != " ") {
        return Some(format!("`{word}{gap}{digits}`: write `RFC {digits}`"));
    }
    if is_name {
        return None;
    }
    let lower = rest.trim_start_matches([',', ' ', '(', ';', ':']).to_ascii_lowercase();
    let names_place = ["section ", "sections ", "sect. ", "sec. ", "appendix "]
        .iter()
        .any(|place| lower.starts_with(place));
    let well_named = [", section ", ", sections ", ", appendix "].iter().any(|place| rest.starts_with(place));
    if names_place && !well_named {
        return Some(format!(
            "`RFC {digits}{}`: write `RFC {digits}, section …` or `RFC {digits}, appendix …`",
            clip(rest)
        ));
    }
    let lead = before.trim_end_matches('[').to_ascii_lowercase();
    let turned =
        lead.strip_suffix(" of ").and_then(|lead| lead.rsplit_once(' ')).is_some_and(|(lead, place)| {
            place.starts_with(|sign: char| sign.is_ascii_digit()) && lead.ends_with("section")
        });
    turned.then(|| format!("`section … of RFC {digits}`: write `RFC {digits}, section …`"))
}

/// The first words of a text, for a message.
fn clip(text: &str) -> String {
    text.chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use super::faults;

    #[test]
    fn the_one_form_and_plain_mentions_pass() {
        for fine in [
            "as RFC 6750, section 3.1 says",
            "RFC 6750, sections 2 and 3",
            "(RFC 7518, appendix C)",
            "RFC 6750 says, RFC 9110. RFC 9449",
            "the RFC says so, RFCs do",
            "profile = \"rfc9068\"",
            "Profile::Rfc9068",
            "https://www.rfc-editor.org/rfc/rfc6750#section-3.1",
            "vectors/rfc-9421.txt",
        ] {
            assert_eq!(faults(fine), Vec::<String>::new(), "{fine:?}");
        }
        assert_eq!(faults(&format!("RFC{}_A1", 7515)), Vec::<String>::new());
    }

    #[test]
    fn other_forms_are_refused() {
        for (word, rest) in [
            ("RFC", "7519"),
            ("RFC", "-7519"),
            ("rfc", " 7519"),
            ("Rfc", " 7519"),
            ("RFC", "  7519"),
            ("RFC", " 7519 section 4"),
            ("RFC", " 7519, Section 4"),
            ("RFC", " 7519 (section 4)"),
            ("RFC", " 7519, sec. 4"),
            ("section 4.1 of RFC", " 7519"),
            ("Section 4.1 of [RFC", " 7519]"),
        ] {
            let line = format!("see {word}{rest}");
            assert_eq!(faults(&line).len(), 1, "{line:?}");
        }
        assert_eq!(faults("see \u{a7} 4").len(), 1);
        assert_eq!(faults(&format!("RFC{} and RFC{}", 7519, 7515)).len(), 2);
    }
}
