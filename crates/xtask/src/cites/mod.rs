//! `cites`: every citation of an RFC has one form, and its link leads where its text says; every requirement that is cited by
//! its id is described, and every one that is described is cited.

mod form;
mod links;
mod requirements;

use crate::finding::{self, Finding};
use crate::project::Project;
use crate::tree::{File, Tree};

/// What is read for citations of RFCs.
const ENDINGS: &[&str] = &["md", "rs", "toml"];

pub(crate) fn run(project: &Project, arguments: &[String]) -> Result<(), String> {
    if let Some(argument) = arguments.first() {
        return Err(format!("unexpected argument `{argument}`"));
    }
    let tree = Tree::read(project.root(), ENDINGS)?;
    let (mut findings, mut links) = (Vec::new(), 0);
    for file in &tree.files {
        links += links::count(&file.text);
        findings.extend(check(file));
    }
    let (described, faults) = requirements::check(&Tree::read(project.root(), requirements::ENDINGS)?);
    findings.extend(faults);
    finding::report(findings)?;
    println!(
        "cites: {links} links to RFCs lead where they say, and {described} requirements are cited and described"
    );
    Ok(())
}

fn check(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, number) in file.text.lines().zip(1_usize..) {
        let said = form::faults(line).into_iter().chain(links::faults(line));
        findings.extend(said.map(|message| Finding::new(&file.path, number, message)));
    }
    let unresolved = links::unresolved(&file.text, file.path.ends_with(".md"));
    findings
        .extend(unresolved.into_iter().map(|(number, message)| Finding::new(&file.path, number, message)));
    findings
}

/// A citation: the document, and the place inside it.
#[derive(Debug, Eq, PartialEq)]
struct Citation<'a> {
    number: &'a str,
    place: Option<(&'a str, &'a str)>,
}

impl<'a> Citation<'a> {
    /// Reads `RFC 6750`, `RFC 6750, section 3.1` or `RFC 7518, appendix C`, and nothing else.
    fn read(text: &'a str) -> Option<Self> {
        let rest = text.strip_prefix("RFC ")?;
        let (number, rest) =
            rest.split_once(", ").map_or((rest, None), |(number, rest)| (number, Some(rest)));
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let place = match rest {
            None => None,
            Some(rest) => Some(rest.split_once(' ').filter(|(kind, name)| is_place(kind, name))?),
        };
        is_number.then_some(Self { number, place })
    }

    /// The one address of what is cited.
    fn url(&self) -> String {
        let document = format!("https://www.rfc-editor.org/rfc/rfc{}", self.number);
        match self.place {
            None => document,
            Some((kind, name)) => format!("{document}#{kind}-{name}"),
        }
    }
}

fn is_place(kind: &str, name: &str) -> bool {
    let mut parts = name.split('.');
    let first = parts.next().unwrap_or_default();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let first_fits = match kind {
        "section" => digits(first),
        "appendix" => first.len() == 1 && first.bytes().all(|byte| byte.is_ascii_uppercase()),
        _ => false,
    };
    first_fits && parts.all(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, text: &str) -> Vec<String> {
        let file = File { path: path.to_owned(), text: text.to_owned() };
        check(&file).iter().map(ToString::to_string).collect()
    }

    /// Citations in these tests are veiled, lest the check finds them in its own source.
    fn unveiled(text: &str) -> String {
        text.replace('%', "RFC").replace('@', "rfc")
    }

    #[test]
    fn citations_are_read_in_one_form_only() {
        let url = |text: &str| Citation::read(text).map(|citation| citation.url());
        let base = "https://www.rfc-editor.org/rfc/rfc";
        assert_eq!(url("RFC 6750"), Some(format!("{base}6750")));
        assert_eq!(url("RFC 6750, section 3.1"), Some(format!("{base}6750#section-3.1")));
        assert_eq!(url("RFC 7518, appendix C"), Some(format!("{base}7518#appendix-C")));
        assert_eq!(url("RFC 9421, appendix B.2.1"), Some(format!("{base}9421#appendix-B.2.1")));
        for wrong in [
            "",
            "x, section 1",
            ", clause 1",
            ", section",
            ", section C",
            ", section 3.",
            ", appendix 1",
            ", section 1 ",
        ] {
            assert_eq!(url(&format!("RFC 6750{wrong}")).is_some(), wrong.is_empty(), "{wrong:?}");
        }
    }

    #[test]
    fn a_sound_file_has_no_findings() {
        let text = [
            "/// As [% 6750, section 3.1] and [%",
            "/// 7518, appendix C] say, see % 9110.",
            "///",
            "/// [% 6750, section 3.1]: https://www.rfc-editor.org/rfc/@6750#section-3.1",
            "/// [% 7518, appendix C]: https://www.rfc-editor.org/rfc/@7518#appendix-C",
            "fn f() {}",
        ];
        let text = unveiled(&text.join("\n"));
        assert_eq!(said("a.rs", &text), Vec::<String>::new());
    }

    #[test]
    fn findings_name_file_and_line() {
        let text = unveiled("//! Words.\n//! [% 6750]: https://www.rfc-editor.org/rfc/@6749\n");
        assert_eq!(
            said("a.rs", &text),
            [
                "a.rs:2: `RFC 6750` leads to https://www.rfc-editor.org/rfc/rfc6749, expected https://www.rfc-editor.org/rfc/rfc6750",
                "a.rs:2: `[RFC 6750]` is defined, and used nowhere around",
            ]
        );
    }
}
