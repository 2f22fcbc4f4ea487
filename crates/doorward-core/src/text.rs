//! Text of a compiled policy: places in one pool of characters, and lists of them.

/// A range of indices into a table.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Span {
    /// The first index.
    pub start: u32,
    /// How many there are.
    pub len: u32,
}

impl Span {
    /// The part of `table` that this names; empty if it is not inside, which checked policies rule out.
    #[must_use]
    pub fn of<T>(self, table: &[T]) -> &[T] {
        self.get(table).unwrap_or_default()
    }

    /// The part of `table` that this names, if it is inside.
    #[must_use]
    pub fn get<T>(self, table: &[T]) -> Option<&[T]> {
        let (start, end) = self.bounds()?;
        table.get(start..end)
    }

    /// The part of `pool` that this names, if it is inside and cuts no character.
    #[must_use]
    pub fn text(self, pool: &str) -> Option<&str> {
        let (start, end) = self.bounds()?;
        pool.get(start..end)
    }

    /// Whether it names nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.len == 0
    }

    fn bounds(self) -> Option<(usize, usize)> {
        let start = usize::try_from(self.start).ok()?;
        Some((start, start.checked_add(usize::try_from(self.len).ok()?)?))
    }
}

/// A list of texts in a pool.
#[derive(Clone, Copy, Default)]
pub struct Texts<'p> {
    pool: &'p str,
    list: &'p [Span],
}

impl<'p> Texts<'p> {
    /// The texts that `list` names in `pool`.
    #[must_use]
    pub const fn new(pool: &'p str, list: &'p [Span]) -> Self {
        Self { pool, list }
    }

    /// The texts in order.
    pub fn iter(&self) -> impl Iterator<Item = &'p str> + use<'p> {
        let pool = self.pool;
        self.list.iter().map(move |span| span.text(pool).unwrap_or_default())
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl core::fmt::Debug for Texts<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
/// A number in decimal digits, on the stack.
pub(crate) struct Digits {
    /// Twenty digits hold every u64.
    digits: [u8; 20],
    from: usize,
}

impl Digits {
    /// The digits of a number.
    pub(crate) fn of(mut value: u64) -> Self {
        let mut digits = [0; 20];
        let mut from = digits.len();
        loop {
            from -= 1;
            if let (Some(digit), Ok(last)) = (digits.get_mut(from), u8::try_from(value % 10)) {
                *digit = b'0' + last;
            }
            value /= 10;
            if value == 0 {
                return Self { digits, from };
            }
        }
    }

    /// The digits as text, without leading zeros.
    pub(crate) fn text(&self) -> &str {
        let digits = self.digits.get(self.from..).and_then(|digits| core::str::from_utf8(digits).ok());
        digits.unwrap_or_default()
    }
}
