//! What products answer, as data: each row says where a product is seen, by what, and what that means.
//!
//! The texts were found in the products' sources, documentation and recorded answers. A row never makes a diagnosis certain: anybody
//! can write the same words.

mod gateways;
mod libraries;
mod row;
mod services;

pub use row::{Place, Row, When};

use super::sent::Response;
use crate::limits;
use crate::reason::Reason;
use crate::wire::answer_body::AnswerBody;
use crate::wire::field;
use crate::wire::json::{PathStep, Str};
use crate::wire::quoted::QuotedText;
use PathStep::{Any, Member};

/// All rows, the most telling first.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    [gateways::ROWS, services::ROWS, libraries::ROWS].into_iter().flatten()
}

/// Where products put words for programs in a content.
const CODES: [&[PathStep<'static>]; 14] = [
    &[Member("error"), Member("code")],
    &[Member("error"), Member("status")],
    &[Member("error"), Member("details"), Any, Member("reason")],
    &[Member("error"), Member("errors"), Any, Member("reason")],
    &[Member("error"), Member("type")],
    &[Member("errors"), Any, Member("code")],
    &[Member("code")],
    &[Member("__type")],
    &[Member("Code")],
    &[Member("error_code")],
    &[Member("errorCode")],
    &[Member("Error"), Member("Code")],
    &[Member("error")],
    &[Member("reason")],
];

/// Everything of an answer that rows are compared with.
#[derive(Clone, Copy)]
pub(super) struct Traits<'a> {
    response: &'a Response<'a>,
    error: Option<QuotedText<'a>>,
    description: &'a [u8],
    text: &'a [u8],
    codes: [Option<Str<'a>>; CODES.len()],
    message: Option<Str<'a>>,
    problem: Option<Str<'a>>,
    exceptions: [Option<&'a str>; 4],
    said: Option<&'a [u8]>,
    is_page: bool,
    sent: bool,
}

/// What the table says of an answer.
#[derive(Clone, Copy, Default)]
pub(super) struct Match {
    pub(super) reason: Option<&'static Row>,
    pub(super) product: Option<&'static Row>,
}

impl<'a> Traits<'a> {
    pub(super) fn new(
        sent: bool,
        response: &'a Response<'a>,
        error: Option<QuotedText<'a>>,
        description: Option<QuotedText<'a>>,
    ) -> Self {
        let body = AnswerBody::new(response.body);
        let text = body.bytes();
        Self {
            response,
            error,
            description: description.map_or(&[], |text| text.raw()),
            text: text.get(..limits::RESPONSE_TEXT_BYTES).unwrap_or(text),
            codes: CODES.map(|path| body.text(path)),
            message: body.message(),
            problem: body.problem_type(),
            exceptions: exceptions(response, &body),
            said: said(&body),
            is_page: is_page(response, text),
            sent,
        }
    }

    /// The first row that gives a reason which `fits`, and the first that tells a product.
    pub(super) fn find(&self, fits: impl Fn(&Row, Reason) -> bool) -> Match {
        let mut found = Match::default();
        for row in rows() {
            let wanted = match row.reason {
                Some(reason) => found.reason.is_none() && fits(row, reason),
                None => found.product.is_none(),
            };
            if wanted && self.matches(row) {
                match row.reason {
                    Some(_) => found.reason = Some(row),
                    None => found.product = Some(row),
                }
            }
        }
        found
    }

    /// Whether the text of a row stands beside the error code of the challenge.
    pub(super) fn is_described(&self, row: &Row) -> bool {
        row.stands_in(self.description)
    }

    fn matches(&self, row: &Row) -> bool {
        let status = row.statuses.is_empty() || row.statuses.contains(&self.response.status);
        let when = match row.when {
            When::Always => true,
            When::Sent => self.sent,
            When::Bare => !self.sent,
        };
        let beside = row.beside.is_none_or(|name| self.response.values(name).next().is_some());
        let text = row.text.as_bytes();
        // A content says why a caller was refused where callers are refused; elsewhere it can be about anything.
        let speaks = !row.statuses.is_empty() || matches!(self.response.status, 401 | 403);
        status
            && when
            && beside
            && match row.place {
                Place::Field(name) => {
                    self.response.values(name).any(|value| begins(field::trim(value), text))
                }
                Place::Value(name) => self.response.values(name).any(|value| field::trim(value) == text),
                Place::Error => self.error.is_some_and(|error| error.eq_ignore_ascii_case(text)),
                Place::Challenge => row.stands_in(self.description),
                Place::Text => {
                    row.stands_in(self.description) || speaks && !self.is_page && row.stands_in(self.text)
                }
                Place::Page => speaks && row.stands_in(self.text),
                Place::Whole => {
                    let all = self.text.trim_ascii().eq_ignore_ascii_case(text);
                    let said = self.message.is_some_and(|message| message == *row.text);
                    self.description.eq_ignore_ascii_case(text) || speaks && (all || said)
                }
                Place::Code => speaks && self.is_code(row.text),
                Place::Problem => speaks && self.problem.is_some_and(|kind| kind.starts_with(row.text)),
                Place::Exception => speaks && self.is_exception(row.text),
                Place::Said(exception) => {
                    speaks
                        && self.is_exception(exception)
                        && self.said.is_some_and(|said| said.starts_with(text))
                }
            }
    }

    /// Whether one of the words for programs is this one; names of types may stand behind a namespace.
    fn is_code(&self, code: &str) -> bool {
        let named = |name: &str| name.rsplit('#').next().is_some_and(|last| last == code);
        self.codes.iter().flatten().any(|found| found.plain().is_some_and(named))
    }

    fn is_exception(&self, name: &str) -> bool {
        self.exceptions.contains(&Some(name))
    }
}

/// The names of exceptions: of a type without its namespace, of an error in XML, and of the field without the address behind it.
fn exceptions<'a>(response: &Response<'a>, body: &AnswerBody<'a>) -> [Option<&'a str>; 4] {
    let last = |name: &'a str| name.rsplit('#').next();
    let field = response.only("x-amzn-errortype").and_then(|value| core::str::from_utf8(value).ok());
    [
        body.member("__type").and_then(|name| name.plain()).and_then(last),
        body.text(&[Member("Error"), Member("Code")]).and_then(|name| name.plain()),
        element(body, "Code").and_then(|name| core::str::from_utf8(name).ok()),
        field.and_then(|value| value.split(':').next()).map(str::trim_ascii).and_then(last),
    ]
}

/// The sentence beside the name.
fn said<'a>(body: &AnswerBody<'a>) -> Option<&'a [u8]> {
    let text = body.message().and_then(|text| text.plain()).map(str::as_bytes);
    text.or_else(|| element(body, "Message"))
}

/// An element of an error in XML; any other document may have one of that name.
fn element<'a>(body: &AnswerBody<'a>, name: &str) -> Option<&'a [u8]> {
    let text = body.bytes().trim_ascii_start();
    let text = match text.strip_prefix(b"<?xml") {
        Some(rest) => rest.get(rest.iter().position(|byte| *byte == b'>')?.saturating_add(1)..)?,
        None => text,
    };
    let root = text.trim_ascii_start().strip_prefix(b"<")?;
    let root = root.get(..root.iter().position(|byte| matches!(byte, b'>' | b' ' | b'\n'))?)?;
    matches!(root, b"Error" | b"ErrorResponse" | b"Response").then(|| body.element(name)).flatten()
}

/// Whether the content is a page for people, in which anything may be quoted.
pub(super) fn is_page(response: &Response<'_>, text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    response.values("content-type").any(|kind| contains(kind, b"text/html"))
        || begins(text, b"<!doctype html")
        || begins(text, b"<html")
}

impl Row {
    /// Whether the text stands somewhere in another: a product's sentence as the product writes it, one of nobody in particular
    /// in any case.
    fn stands_in(&self, text: &[u8]) -> bool {
        let part = self.text.as_bytes();
        if self.product.is_empty() {
            return contains(text, part);
        }
        text.windows(part.len().max(1)).any(|window| window == part)
    }
}

fn begins(text: &[u8], prefix: &[u8]) -> bool {
    text.get(..prefix.len()).is_some_and(|front| front.eq_ignore_ascii_case(prefix))
}

/// Whether `part` stands somewhere in `text`, in any case.
pub(super) fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len().max(1)).any(|window| window.eq_ignore_ascii_case(part))
}

/// Whether a gateway says that the service behind it has answered: Envoy's router and Kong add these fields then.
pub(super) fn came_from_behind(response: &Response<'_>) -> bool {
    ["x-envoy-upstream-service-time", "x-kong-upstream-latency"]
        .into_iter()
        .any(|name| response.values(name).next().is_some())
}

#[cfg(test)]
mod tests;
