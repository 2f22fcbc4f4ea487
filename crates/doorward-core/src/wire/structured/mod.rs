//! Structured fields ([RFC 9651]): lists, dictionaries and items, checked as a whole and then walked where they stand.
//!
//! A field that is malformed anywhere is malformed as a whole ([RFC 9651, section 4.2]); what was checked is read again by
//! iterators that borrow from it, so that nothing is copied and nothing allocates.
//!
//! [RFC 9651]: https://www.rfc-editor.org/rfc/rfc9651
//! [RFC 9651, section 4.2]: https://www.rfc-editor.org/rfc/rfc9651#section-4.2

mod bare;
mod cursor;
mod member;
#[cfg(test)]
mod tests;
mod text;

pub use bare::{BareItem, Decimal};
pub use member::{InnerList, Item, Member, Parameters};
pub use text::{ByteSequence, DisplayString};

use super::Malformed;
use crate::limits;
use cursor::Cursor;

/// A list, which may be empty ([RFC 9651, section 3.1]).
///
/// [RFC 9651, section 3.1]: https://www.rfc-editor.org/rfc/rfc9651#section-3.1
#[derive(Clone, Copy)]
pub struct List<'a> {
    text: &'a [u8],
}

impl<'a> List<'a> {
    /// Reads a field that is a list. Lines of one field are one list each.
    ///
    /// # Errors
    ///
    /// [`Malformed`] for everything else.
    pub fn parse(value: &'a [u8]) -> Result<Self, Malformed> {
        let text = whole(value)?;
        let mut cursor = Cursor::new(text);
        while cursor.is_left() {
            Member::read(&mut cursor)?;
            cursor.separator()?;
        }
        Ok(Self { text })
    }

    /// The members, in order.
    pub fn members(&self) -> impl Iterator<Item = Member<'a>> + use<'a> {
        let mut cursor = Cursor::new(self.text);
        core::iter::from_fn(move || {
            let member = Member::read(&mut cursor).ok()?;
            cursor.separator().ok()?;
            Some(member)
        })
    }
}

impl core::fmt::Debug for List<'_> {
    /// Shows how many members there are.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "List({} members)", self.members().count())
    }
}

/// A dictionary, which may be empty ([RFC 9651, section 3.2]).
///
/// [RFC 9651, section 3.2]: https://www.rfc-editor.org/rfc/rfc9651#section-3.2
#[derive(Clone, Copy)]
pub struct Dictionary<'a> {
    text: &'a [u8],
}

impl<'a> Dictionary<'a> {
    /// Reads a field that is a dictionary. Lines of one field are one dictionary each, of which the later ones count.
    ///
    /// # Errors
    ///
    /// [`Malformed`] for everything else.
    pub fn parse(value: &'a [u8]) -> Result<Self, Malformed> {
        let text = whole(value)?;
        let mut cursor = Cursor::new(text);
        while cursor.is_left() {
            Member::read_named(&mut cursor)?;
            cursor.separator()?;
        }
        Ok(Self { text })
    }

    /// The members as they were written: of those with one key, the last one counts.
    pub fn members(&self) -> impl Iterator<Item = (&'a [u8], Member<'a>)> + use<'a> {
        let mut cursor = Cursor::new(self.text);
        core::iter::from_fn(move || {
            let member = Member::read_named(&mut cursor).ok()?;
            cursor.separator().ok()?;
            Some(member)
        })
    }

    /// The member with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Member<'a>> {
        self.members().filter(|(found, _)| *found == key.as_bytes()).last().map(|(_, member)| member)
    }
}

impl core::fmt::Debug for Dictionary<'_> {
    /// Shows how many members there are.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Dictionary({} members)", self.members().count())
    }
}

impl<'a> Item<'a> {
    /// Reads a field that is one item ([RFC 9651, section 3.3]).
    ///
    /// # Errors
    ///
    /// [`Malformed`] for everything else.
    ///
    /// [RFC 9651, section 3.3]: https://www.rfc-editor.org/rfc/rfc9651#section-3.3
    pub fn parse(value: &'a [u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new(whole(value)?);
        let item = Self::read(&mut cursor)?;
        if cursor.is_left() { Err(Malformed) } else { Ok(item) }
    }
}

/// The field without the spaces around it, if it is not too long.
fn whole(mut value: &[u8]) -> Result<&[u8], Malformed> {
    if value.len() > limits::RESPONSE_FIELD_BYTES {
        return Err(Malformed);
    }
    while let [b' ', rest @ ..] | [rest @ .., b' '] = value {
        value = rest;
    }
    Ok(value)
}
