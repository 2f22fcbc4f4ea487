//! One row of the table of products: what an answer looks like, and what it means there.

use crate::diagnose::diagnosis::Origin;
use crate::reason::Reason;

/// What a product is known by, and what it says with it.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The product; empty for words that many use.
    pub product: &'static str,
    /// Whether it answers as a gateway or as an application; unknown where it can be either.
    pub side: Origin,
    /// Where it is seen.
    pub place: Place,
    /// What is seen there; case matters for the sentences of products only.
    pub text: &'static str,
    /// The statuses that go with it; empty for all, of which a content counts with the two that refuse callers only.
    pub statuses: &'static [u16],
    /// A field that must be there as well.
    pub beside: Option<&'static str>,
    /// Whether it matters that a credential was sent.
    pub when: When,
    /// What it means; `None` if it only tells the product.
    pub reason: Option<Reason>,
}

/// Where a product is seen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// In the field with this name: its value begins with the text, or is anything if there is none.
    Field(&'static str),
    /// In the field with this name: its value is the text.
    Value(&'static str),
    /// The error code of a challenge.
    Error,
    /// In the text beside it: somewhere.
    Challenge,
    /// In the text beside it, or in a content that is no page: somewhere.
    Text,
    /// In a content that may be a page: somewhere.
    Page,
    /// The content is this text and nothing else, or the sentence for people in it is, or the text beside the error code.
    Whole,
    /// A word for programs in the content.
    Code,
    /// The beginning of the type of a problem ([RFC 9457, section 3.1.1]).
    ///
    /// [RFC 9457, section 3.1.1]: https://www.rfc-editor.org/rfc/rfc9457#section-3.1.1
    Problem,
    /// The name of an exception where AWS has it: a type, an error in XML, a field.
    Exception,
    /// The beginning of the sentence for people beside the exception with this name.
    Said(&'static str),
}

/// For which requests a row holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum When {
    /// For all.
    Always,
    /// For those with a credential.
    Sent,
    /// For those without.
    Bare,
}

/// A row for all statuses.
pub(super) const fn row(
    product: &'static str,
    side: Origin,
    place: Place,
    text: &'static str,
    reason: Reason,
) -> Row {
    Row { product, side, place, text, statuses: &[], beside: None, when: When::Always, reason: Some(reason) }
}

impl Row {
    /// The row for these statuses only.
    pub(super) const fn with(self, statuses: &'static [u16]) -> Self {
        Self { statuses, ..self }
    }

    /// The row for answers with this field only.
    pub(super) const fn beside(self, field: &'static str) -> Self {
        Self { beside: Some(field), ..self }
    }

    /// The row for these requests only.
    pub(super) const fn when(self, when: When) -> Self {
        Self { when, ..self }
    }

    /// The row that tells the product, and no reason.
    pub(super) const fn only_product(self) -> Self {
        Self { reason: None, ..self }
    }
}
