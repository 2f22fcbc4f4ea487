//! A request as the core sees it: borrowed bytes, nothing copied.

use core::net::IpAddr;

/// One header field line.
#[derive(Clone, Copy)]
pub struct Field<'r> {
    name: &'r [u8],
    value: &'r [u8],
}

impl<'r> Field<'r> {
    /// A line with this name, in any case, and this value.
    #[must_use]
    pub fn new(name: &'r (impl AsRef<[u8]> + ?Sized), value: &'r (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self { name: name.as_ref(), value: value.as_ref() }
    }

    /// The value, if the line has this name.
    #[must_use]
    pub const fn value_of(&self, name: &str) -> Option<&'r [u8]> {
        if self.name.eq_ignore_ascii_case(name.as_bytes()) { Some(self.value) } else { None }
    }
}

impl core::fmt::Debug for Field<'_> {
    /// Shows the name only: the value may be a credential.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Field").field(&core::str::from_utf8(self.name).unwrap_or("?")).finish()
    }
}

/// The header fields that a decision looks at, in lower case: the others of a request need not be handed over.
pub mod field_names {
    /// Where a credential is expected.
    pub const AUTHORIZATION: &str = "authorization";
    /// Tells whether the content is a form.
    pub const CONTENT_TYPE: &str = "content-type";
    /// Where proxies say whom they speak for, as most of them do.
    pub const X_FORWARDED_FOR: &str = "x-forwarded-for";
    /// Where proxies say whom they speak for, as [RFC 7239, section 4] has it.
    ///
    /// [RFC 7239, section 4]: https://www.rfc-editor.org/rfc/rfc7239#section-4
    pub const FORWARDED: &str = "forwarded";
    /// Tells a CORS preflight from another OPTIONS.
    pub const ACCESS_CONTROL_REQUEST_METHOD: &str = "access-control-request-method";
    /// Where a gateway of ours says why it took the credential away.
    pub const TRACE: &str = "x-doorward-trace";
}

/// A request to decide on.
///
/// Only fields that the decision looks at need to be there ([`field_names`]), but of those all lines.
#[derive(Clone, Copy)]
pub struct Request<'r> {
    pub(crate) method: &'r [u8],
    pub(crate) url: &'r [u8],
    pub(crate) fields: &'r [Field<'r>],
    pub(crate) body: Option<&'r [u8]>,
    pub(crate) peer: Option<IpAddr>,
}

impl<'r> Request<'r> {
    /// A request with this method, this target (origin form or an absolute URL) and these field lines.
    #[must_use]
    pub fn new(
        method: &'r (impl AsRef<[u8]> + ?Sized),
        url: &'r (impl AsRef<[u8]> + ?Sized),
        fields: &'r [Field<'r>],
    ) -> Self {
        Self { method: method.as_ref(), url: url.as_ref(), fields, body: None, peer: None }
    }

    /// The same with its content, which matters only where a policy takes tokens from forms.
    #[must_use]
    pub const fn with_body(self, body: &'r [u8]) -> Self {
        Self { body: Some(body), ..self }
    }

    /// The same with the address of the connection that it came over: whoever holds the other end, be it a proxy. It matters
    /// only where a policy limits failures by peer.
    #[must_use]
    pub const fn with_peer(self, peer: IpAddr) -> Self {
        Self { peer: Some(peer), ..self }
    }

    /// The method, as it was sent.
    #[must_use]
    pub const fn method(&self) -> &'r [u8] {
        self.method
    }

    /// The target, as it was sent. Its query may hold a credential.
    #[must_use]
    pub const fn target(&self) -> &'r [u8] {
        self.url
    }

    /// The values of all lines with this name, the last first.
    pub(crate) fn values_from_last(&self, name: &str) -> impl Iterator<Item = &'r [u8]> {
        self.fields.iter().rev().filter_map(move |field| field.value_of(name))
    }

    /// The values of all lines with this name, in order.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &'r [u8]> {
        self.fields.iter().filter_map(move |field| field.value_of(name))
    }
}

impl core::fmt::Debug for Request<'_> {
    /// Shows the shape only: target, fields and body may hold credentials.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Request")
            .field("fields", &self.fields.len())
            .field("body", &self.body.map(<[u8]>::len))
            .finish_non_exhaustive()
    }
}

/// Where a credential may be sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Places {
    /// In the `Authorization` field.
    pub header: bool,
    /// As `access_token` in the query.
    pub query: bool,
    /// As `access_token` in a form body.
    pub form: bool,
}

impl Places {
    /// The header only, which is the default.
    pub const HEADER: Self = Self { header: true, query: false, form: false };

    /// What either allows.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            header: self.header || other.header,
            query: self.query || other.query,
            form: self.form || other.form,
        }
    }

    /// Whether `place` is among them.
    #[must_use]
    pub const fn allow(self, place: Place) -> bool {
        match place {
            Place::Header => self.header,
            Place::Query => self.query,
            Place::Form => self.form,
        }
    }
}

/// Where a credential was found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// In the `Authorization` field.
    Header,
    /// In the query.
    Query,
    /// In a form body.
    Form,
}

impl Place {
    /// A number for each place.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Header => 1,
            Self::Query => 2,
            Self::Form => 3,
        }
    }
}
