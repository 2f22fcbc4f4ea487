//! From the text of a revocation file to its entries.

use super::document::{Lines, Value};
use super::report::{Fields, Report, Spot};
use super::revocation_keys::ROOT;
use super::values::quoted;
use super::{Format, tree};
use crate::error::{LoadError, LoadErrors};
use crate::revocation::{Issuers, Meant, Revocation};
use doorward_core::limits;

/// Reads a revocation file. Its issuers are looked for among those of the policy.
///
/// # Errors
///
/// As for [`read`](super::read) of a policy; text and entries beyond their limits; issuers that are not known.
pub(crate) fn read(text: &str, format: Format, issuers: &Issuers) -> Result<Vec<Revocation>, LoadErrors> {
    if text.len() > limits::REVOCATION_BYTES {
        let most = limits::REVOCATION_BYTES;
        let message = format!("expected revocations of at most {most} bytes, found {}", text.len());
        return Err(LoadError::new("", message).into());
    }
    let lines = Lines::new(text);
    let root = tree(text, format, &lines)?;
    let mut report = Report::new(&lines);
    let root = Spot { node: &root, place: String::new(), key: &ROOT };
    let entries = entries(&mut report, &root, issuers);
    match LoadErrors::from_vec(report.into_faults()) {
        Some(errors) => Err(errors),
        None => Ok(entries),
    }
}

fn entries<'t>(report: &mut Report<'t>, root: &Spot<'t>, issuers: &Issuers) -> Vec<Revocation> {
    let mut entries = Vec::new();
    let Some(fields) = report.fields(root) else { return entries };
    let mut room = limits::REVOCATIONS;
    let mut all =
        |name: &str,
         noun: &str,
         entry: &mut dyn FnMut(&mut Report<'t>, &Fields<'t>) -> Option<Revocation>| {
            let Some(spot) = fields.get(name) else { return };
            let Value::Array(_) = &spot.node.value else {
                report.expected(spot, &format!("an array of {noun}"));
                return;
            };
            for element in spot.elements() {
                let Some(left) = room.checked_sub(1) else {
                    let most = limits::REVOCATIONS;
                    report.fault(&element, format!("expected at most {most} revocations, found more"));
                    return;
                };
                room = left;
                entries.extend(report.fields(&element).and_then(|fields| entry(report, &fields)));
            }
        };
    all("tokens", "tokens", &mut |report, fields| {
        let issuer = issuer(report, fields, issuers);
        let jti = fields.get("jti").and_then(|spot| report.string(spot));
        Some(Revocation::Token { issuer: issuer?, jti: jti? })
    });
    all("subjects", "subjects", &mut |report, fields| {
        let issuer = issuer(report, fields, issuers);
        let subject = fields.get("subject").and_then(|spot| report.string(spot));
        // An end that cannot be read is a fault, and never no end or an end at once.
        let until = match fields.get("until") {
            Some(spot) => Some(report.time(spot)?),
            None => None,
        };
        Some(Revocation::Subject { issuer: issuer?, subject: subject?, until })
    });
    all("issued_before", "times", &mut |report, fields| {
        let issuer = issuer(report, fields, issuers);
        let time = fields.get("time").and_then(|spot| report.time(spot));
        Some(Revocation::IssuedBefore { issuer: issuer?, time: time? })
    });
    all("keys", "keys", &mut |report, fields| {
        let issuer = issuer(report, fields, issuers);
        let kid = fields.get("kid").and_then(|spot| report.string(spot));
        Some(Revocation::Key { issuer: issuer?, kid: kid? })
    });
    entries
}

fn issuer(report: &mut Report<'_>, fields: &Fields<'_>, issuers: &Issuers) -> Option<String> {
    let spot = fields.get("issuer")?;
    let name = report.string(spot)?;
    match issuers.meant(&name) {
        Meant::These(_) | Meant::Elsewhere => Some(name),
        Meant::Unknown => {
            let near = issuers.nearest(&name);
            let message = format!("expected the name of an issuer or its `iss`, found {}", quoted(&name));
            report.fault_with(spot, message, near.map(|near| format!("did you mean `{near}`?")));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::keys::Section;
    use super::super::revocation_keys::KEYS;
    use super::*;

    /// No key takes `null`, so a `null` at each key shows that the reader looks at each.
    #[test]
    fn every_key_of_the_table_is_read_and_refuses_a_wrong_value() {
        for key in KEYS {
            let member = format!("\"{}\": null", key.name);
            let text = match key.section {
                Section::RevokedToken => format!("{{\"tokens\": [{{{member}}}]}}"),
                Section::RevokedSubject => format!("{{\"subjects\": [{{{member}}}]}}"),
                Section::IssuedBefore => format!("{{\"issued_before\": [{{{member}}}]}}"),
                Section::RevokedKey => format!("{{\"keys\": [{{{member}}}]}}"),
                _ => format!("{{{member}}}"),
            };
            let errors = read(&text, Format::Json, &Issuers::default()).unwrap_err().to_string();
            let expected = |line: &&str| {
                line.contains(&format!("{}: expected ", key.name)) && line.contains(", found `null`")
            };
            assert_eq!(errors.lines().filter(expected).count(), 1, "{}: {errors}", key.name);
        }
    }

    #[test]
    fn every_key_stands_once_and_is_explained_in_one_sentence() {
        for (index, key) in KEYS.iter().enumerate() {
            assert!(key.doc.ends_with('.') && !key.doc.contains('\n'), "{}", key.name);
            assert_eq!(
                KEYS.iter().position(|other| (other.section, other.name) == (key.section, key.name)),
                Some(index)
            );
        }
    }
}
