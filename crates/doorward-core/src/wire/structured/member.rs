//! Members of lists and dictionaries: items and inner lists, with their parameters.

use super::super::Malformed;
use super::bare::BareItem;
use super::cursor::Cursor;

/// A member of a list or dictionary.
#[derive(Clone, Copy, Debug)]
pub enum Member<'a> {
    /// An item.
    Item(Item<'a>),
    /// A list of items.
    InnerList(InnerList<'a>),
}

/// A value with its parameters.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The value.
    pub value: BareItem<'a>,
    /// Its parameters.
    pub parameters: Parameters<'a>,
}

/// A list within a list or dictionary ([RFC 9651, section 3.1.1]).
///
/// [RFC 9651, section 3.1.1]: https://www.rfc-editor.org/rfc/rfc9651#section-3.1.1
#[derive(Clone, Copy)]
pub struct InnerList<'a> {
    /// What stands behind the opening parenthesis.
    inside: &'a [u8],
    /// The parameters of the list itself.
    pub parameters: Parameters<'a>,
}

/// Parameters, of which there may be none ([RFC 9651, section 3.1.2]).
///
/// [RFC 9651, section 3.1.2]: https://www.rfc-editor.org/rfc/rfc9651#section-3.1.2
#[derive(Clone, Copy)]
pub struct Parameters<'a> {
    text: &'a [u8],
}

impl<'a> Member<'a> {
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        if cursor.eat(b'(') {
            InnerList::read(cursor).map(Self::InnerList)
        } else {
            Item::read(cursor).map(Self::Item)
        }
    }

    /// A key with its member; a key alone is true.
    pub(super) fn read_named(cursor: &mut Cursor<'a>) -> Result<(&'a [u8], Self), Malformed> {
        let key = cursor.key()?;
        if cursor.eat(b'=') {
            return Ok((key, Self::read(cursor)?));
        }
        let value = BareItem::Boolean(true);
        Ok((key, Self::Item(Item { value, parameters: Parameters::read(cursor)? })))
    }

    /// The parameters of the item or of the list.
    #[must_use]
    pub const fn parameters(&self) -> Parameters<'a> {
        match self {
            Self::Item(item) => item.parameters,
            Self::InnerList(list) => list.parameters,
        }
    }
}

impl<'a> Item<'a> {
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        Ok(Self { value: BareItem::read(cursor)?, parameters: Parameters::read(cursor)? })
    }
}

impl<'a> InnerList<'a> {
    /// Reads a list whose opening parenthesis was passed.
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        let inside = cursor.rest;
        while item(cursor)?.is_some() {}
        Ok(Self { inside, parameters: Parameters::read(cursor)? })
    }

    /// The items, in order.
    pub fn items(&self) -> impl Iterator<Item = Item<'a>> + use<'a> {
        let mut cursor = Cursor::new(self.inside);
        let mut ended = false;
        core::iter::from_fn(move || {
            if ended {
                return None;
            }
            let next = item(&mut cursor).ok().flatten();
            ended = next.is_none();
            next
        })
    }
}

/// The next item of an inner list; `None` where its parenthesis closes.
fn item<'a>(cursor: &mut Cursor<'a>) -> Result<Option<Item<'a>>, Malformed> {
    cursor.spaces();
    if cursor.eat(b')') {
        return Ok(None);
    }
    let item = Item::read(cursor)?;
    if matches!(cursor.peek(), Some(b' ' | b')')) { Ok(Some(item)) } else { Err(Malformed) }
}

impl core::fmt::Debug for InnerList<'_> {
    /// Shows how many items there are.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "InnerList({} items)", self.items().count())
    }
}

impl<'a> Parameters<'a> {
    fn read(cursor: &mut Cursor<'a>) -> Result<Self, Malformed> {
        let text = cursor.rest;
        while parameter(cursor)?.is_some() {}
        let len = text.len().saturating_sub(cursor.rest.len());
        Ok(Self { text: text.get(..len).unwrap_or_default() })
    }

    /// The parameters as they were written: of those with one key, the last one counts.
    pub fn iter(&self) -> impl Iterator<Item = (&'a [u8], BareItem<'a>)> + use<'a> {
        let mut cursor = Cursor::new(self.text);
        core::iter::from_fn(move || parameter(&mut cursor).ok().flatten())
    }

    /// The parameter with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<BareItem<'a>> {
        self.iter().filter(|(found, _)| *found == key.as_bytes()).last().map(|(_, value)| value)
    }
}

/// The next parameter; `None` where there is none. A key alone is true.
fn parameter<'a>(cursor: &mut Cursor<'a>) -> Result<Option<(&'a [u8], BareItem<'a>)>, Malformed> {
    if !cursor.eat(b';') {
        return Ok(None);
    }
    cursor.spaces();
    let key = cursor.key()?;
    let value = if cursor.eat(b'=') { BareItem::read(cursor)? } else { BareItem::Boolean(true) };
    Ok(Some((key, value)))
}

impl core::fmt::Debug for Parameters<'_> {
    /// Shows how many there are.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Parameters({})", self.iter().count())
    }
}
