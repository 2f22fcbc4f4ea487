//! What the body of a refusing answer says for programs: problem details, OAuth errors, Doorward's own, and what vendors send.

use super::json::{self, Found, PathStep, Str};
use crate::limits;
use PathStep::{Any, Member};

/// The beginning of a body. Everything in it is hearsay: it may explain an answer, and nothing hangs on it.
#[derive(Clone, Copy)]
pub struct AnswerBody<'a> {
    text: &'a [u8],
}

/// Where vendors put a word for programs, most telling first.
const CODES: [&[PathStep<'static>]; 9] = [
    &[Member("error"), Member("code")],
    &[Member("error"), Member("status")],
    &[Member("errors"), Any, Member("code")],
    &[Member("code")],
    &[Member("__type")],
    &[Member("Code")],
    &[Member("error_code")],
    &[Member("errorCode")],
    &[Member("Error"), Member("Code")],
];

/// Where sentences for people stand.
const MESSAGES: [&[PathStep<'static>]; 9] = [
    &[Member("error_description")],
    &[Member("error"), Member("message")],
    &[Member("errors"), Any, Member("message")],
    &[Member("message")],
    &[Member("Message")],
    &[Member("detail")],
    &[Member("error_msg")],
    &[Member("title")],
    &[Member("errors"), Any, Member("detail")],
];

impl<'a> AnswerBody<'a> {
    /// A body, of which at most the first [`limits::RESPONSE_BODY_BYTES`] are looked at.
    #[must_use]
    pub fn new(body: &'a [u8]) -> Self {
        Self { text: body.get(..limits::RESPONSE_BODY_BYTES).unwrap_or(body) }
    }

    /// The bytes that are looked at.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.text
    }

    /// The text at this path of a JSON body, even where the body is cut off behind it.
    #[must_use]
    pub fn text(&self, path: &[PathStep<'_>]) -> Option<Str<'a>> {
        match json::find(self.text, path)? {
            Found::Text(text) => Some(text),
            Found::Number(_) | Found::Other => None,
        }
    }

    /// The whole number at this path of a JSON body.
    #[must_use]
    pub fn number(&self, path: &[PathStep<'_>]) -> Option<u64> {
        match json::find(self.text, path)? {
            Found::Number(text) => text.parse().ok(),
            Found::Text(_) | Found::Other => None,
        }
    }

    /// The text of a member of the outermost object.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Str<'a>> {
        self.text(&[Member(name)])
    }

    /// The OAuth error code ([RFC 6749, section 5.2]).
    ///
    /// [RFC 6749, section 5.2]: https://www.rfc-editor.org/rfc/rfc6749#section-5.2
    #[must_use]
    pub fn oauth_error(&self) -> Option<Str<'a>> {
        self.member("error")
    }

    /// The type of a problem ([RFC 9457, section 3.1.1]).
    ///
    /// [RFC 9457, section 3.1.1]: https://www.rfc-editor.org/rfc/rfc9457#section-3.1.1
    #[must_use]
    pub fn problem_type(&self) -> Option<Str<'a>> {
        self.member("type")
    }

    /// The member of Doorward's own body: one that has an outcome, a reason and a recovery.
    #[must_use]
    pub fn doorward(&self, name: &str) -> Option<Str<'a>> {
        self.member("outcome")?;
        self.member("recovery")?;
        self.member(name)
    }

    /// The first word for programs in one of the places where vendors put it.
    #[must_use]
    pub fn code(&self) -> Option<Str<'a>> {
        CODES.iter().find_map(|path| self.text(path))
    }

    /// The first sentence for people in one of the places where it may stand.
    #[must_use]
    pub fn message(&self) -> Option<Str<'a>> {
        MESSAGES.iter().find_map(|path| self.text(path))
    }

    /// The text of the first XML element with this name, if nothing but text is in it; references stay as they are.
    #[must_use]
    pub fn element(&self, name: &str) -> Option<&'a [u8]> {
        if !self.text.trim_ascii_start().starts_with(b"<") {
            return None;
        }
        let mut tags = self.text.split(|byte| *byte == b'<').skip(1);
        while let Some(tag) = tags.next() {
            let Some(text) = tag.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b">"))
            else {
                continue;
            };
            let closing = tags.next()?.strip_prefix(b"/")?.strip_prefix(name.as_bytes())?;
            return closing.starts_with(b">").then_some(text);
        }
        None
    }
}

impl core::fmt::Debug for AnswerBody<'_> {
    /// Shows the length only: the body may be personal or a secret.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "AnswerBody({} bytes)", self.text.len())
    }
}

/// The text at this path of a JSON body, even where the body is cut off behind it.
#[must_use]
pub fn find_text<'a>(body: &'a [u8], path: &[PathStep<'_>]) -> Option<Str<'a>> {
    AnswerBody::new(body).text(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;
    use std::string::{String, ToString};

    fn text(found: Option<Str<'_>>) -> String {
        found.map_or("-".to_string(), |found| found.decode(&mut [0; 64]).unwrap().to_string())
    }

    #[test]
    fn words_for_programs_are_found_where_vendors_put_them() {
        for (body, code) in [
            (
                r#"{"error":{"code":"InvalidAuthenticationToken","message":"x"}}"#,
                "InvalidAuthenticationToken",
            ),
            (r#"{"error":{"code":401,"status":"UNAUTHENTICATED"}}"#, "UNAUTHENTICATED"),
            (r#"{"errors":[{"code":"DENIED","message":"x"}]}"#, "DENIED"),
            (r#"{"__type":"MissingAuthenticationToken"}"#, "MissingAuthenticationToken"),
            (r#"{"code":"Forbidden","message":"x"}"#, "Forbidden"),
            (r#"{"code":401,"message":"x"}"#, "-"),
            (r#"{"error":"invalid_token"}"#, "-"),
        ] {
            assert_eq!(text(AnswerBody::new(body.as_bytes()).code()), code, "{body}");
        }
    }

    #[test]
    fn sentences_for_people_are_found_where_they_may_stand() {
        for (body, message) in [
            (r#"{"error":"invalid_token","error_description":"it has expired"}"#, "it has expired"),
            (r#"{"error":{"message":"a"},"message":"b"}"#, "a"),
            (r#"{"message":"No API key found in request"}"#, "No API key found in request"),
            (r#"{"type":"about:blank","title":"Unauthorized","detail":"d"}"#, "d"),
            (r#"{"title":"Unauthorized"}"#, "Unauthorized"),
            ("Jwt is expired", "-"),
        ] {
            assert_eq!(text(AnswerBody::new(body.as_bytes()).message()), message, "{body}");
        }
    }

    #[test]
    fn our_own_body_is_known_by_its_members() {
        let ours =
            br#"{"status":401,"outcome":"unauthenticated","reason":"token_expired","recovery":"refresh"}"#;
        let body = AnswerBody::new(ours);
        assert_eq!(text(body.doorward("reason")), "token_expired");
        assert_eq!(body.number(&[Member("status")]), Some(401));
        assert_eq!(body.number(&[Member("reason")]), None);
        for other in [r#"{"outcome":"x","reason":"y"}"#, r#"{"recovery":"x","reason":"y"}"#] {
            assert_eq!(text(AnswerBody::new(other.as_bytes()).doorward("reason")), "-", "{other}");
        }
        let kubernetes = AnswerBody::new(br#"{"kind":"Status","reason":"Unauthorized","code":401}"#);
        assert_eq!(text(kubernetes.doorward("reason")), "-");
        assert_eq!(text(kubernetes.member("reason")), "Unauthorized");
    }

    #[test]
    fn problems_and_oauth_errors_are_read() {
        let body = AnswerBody::new(br#"{"type":"https://example.com/p","error":"invalid_token"}"#);
        assert_eq!(text(body.problem_type()), "https://example.com/p");
        assert_eq!(text(body.oauth_error()), "invalid_token");
    }

    #[test]
    fn an_element_is_found_by_its_name_and_only_with_text_in_it() {
        let body = b"<?xml version=\"1.0\"?>\n<Error><CodeX>a</CodeX><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
        let body = AnswerBody::new(body);
        assert_eq!(body.element("Code"), Some(b"AccessDenied".as_slice()));
        assert_eq!(body.element("Message"), Some(b"Access Denied".as_slice()));
        assert_eq!((body.element("Error"), body.element("ode"), body.element("x")), (None, None, None));
        let element = |body: &'static str| AnswerBody::new(body.as_bytes()).element("Code");
        assert_eq!(element("<Code>a"), None);
        assert_eq!(element("<Code>a</Cod"), None);
        assert_eq!(element("{\"a\":\"<Code>b</Code>\"}"), None);
    }

    #[test]
    fn only_the_beginning_is_looked_at() {
        let spaces = |count: usize| format!("{}{{\"error\":\"x\"}}", " ".repeat(count));
        let least = limits::RESPONSE_BODY_BYTES - "{\"error\":\"x\"".len();
        assert!(find_text(spaces(least).as_bytes(), &[Member("error")]).is_some());
        assert!(find_text(spaces(least + 1).as_bytes(), &[Member("error")]).is_none());
        assert_eq!(format!("{:?}", AnswerBody::new(b"s3cret")), "AnswerBody(6 bytes)");
    }
}
