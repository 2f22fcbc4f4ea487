//! The table of all keys of a revocation file.

use super::form::Form;
use super::keys::{Key, Kind, Section};

/// The key that stands for the file as a whole.
pub(super) static ROOT: Key =
    Key::new(Section::Revocations, "revocations", Kind::Table(Section::Revocations), "What is revoked.");

const ANY: Kind = Kind::String(Form::Any);
const ISSUER_DOC: &str = "The issuer: the name of its section in the policy, or its `iss`.";
const ISSUER_HELP: &str = "write the name of its section in the policy, or its `iss`";

/// Every key, section by section.
pub(super) static KEYS: &[Key] = {
    use Section::{IssuedBefore, Revocations, RevokedKey, RevokedSubject, RevokedToken};
    &[
        Key::new(Revocations, "tokens", Kind::Tables(RevokedToken), "Single tokens, by `jti`."),
        Key::new(Revocations, "subjects", Kind::Tables(RevokedSubject), "All tokens of a subject."),
        Key::new(
            Revocations,
            "issued_before",
            Kind::Tables(IssuedBefore),
            "All tokens of an issuer from before a time, and those that do not tell their time.",
        ),
        Key::new(Revocations, "keys", Kind::Tables(RevokedKey), "All tokens signed with a key, by `kid`."),
        Key::new(RevokedToken, "issuer", ANY, ISSUER_DOC).needed(ISSUER_HELP),
        Key::new(RevokedToken, "jti", ANY, "The token's `jti`.").needed("write the token's `jti`"),
        Key::new(RevokedSubject, "issuer", ANY, ISSUER_DOC).needed(ISSUER_HELP),
        Key::new(RevokedSubject, "subject", ANY, "The tokens' `sub`.").needed("write the tokens' `sub`"),
        Key::new(
            RevokedSubject,
            "until",
            Kind::Time,
            "When the subject is let in again; never unless given.",
        ),
        Key::new(IssuedBefore, "issuer", ANY, ISSUER_DOC).needed(ISSUER_HELP),
        Key::new(IssuedBefore, "time", Kind::Time, "Tokens with an `iat` before this are revoked.")
            .needed("write `time = 2026-11-22T22:23:51Z`"),
        Key::new(RevokedKey, "issuer", ANY, ISSUER_DOC).needed(ISSUER_HELP),
        Key::new(RevokedKey, "kid", ANY, "The key's `kid`.").needed("write the key's `kid`"),
    ]
};
