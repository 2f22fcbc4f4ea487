//! Borrowed text and bytes.

use crate::result::{DOORWARD_RESULT_BAD_UTF8, ResultCode};
use crate::slice;
use core::ffi::c_char;
use core::ptr;

/// A view of text or bytes that somebody else owns. It does not end with a NUL. `data` is null where there is nothing, which
/// is not the same as an empty text; `len` is 0 then.
///
/// As an input it is read during the call only. As an output it is valid for as long as the function says that gave it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str {
    /// The first byte.
    pub data: *const c_char,
    /// The number of bytes.
    pub len: usize,
}

impl Str {
    /// The view of nothing.
    pub(crate) const NOTHING: Self = Self { data: ptr::null(), len: 0 };

    /// The view of a text.
    pub(crate) const fn of(text: &str) -> Self {
        Self { data: text.as_ptr().cast(), len: text.len() }
    }

    /// The view of a text that may be missing.
    pub(crate) fn maybe(text: Option<&str>) -> Self {
        text.map_or(Self::NOTHING, Self::of)
    }

    /// Where it is: views of the same constant are in the same place.
    pub(crate) fn place(self) -> (*const c_char, usize) {
        (self.data, self.len)
    }

    /// The bytes, if there is a text at all.
    ///
    /// # Safety
    ///
    /// `data` is null or points to `len` bytes that can be read, and that do not change during `'b`.
    #[inline]
    pub(crate) unsafe fn bytes<'b>(self) -> Result<Option<&'b [u8]>, ResultCode> {
        if self.data.is_null() && self.len == 0 {
            return Ok(None);
        }
        // SAFETY: the caller's promise, which is the same; `read` refuses null and impossible lengths.
        unsafe { slice::read(self.data.cast::<u8>(), self.len) }.map(Some)
    }

    /// The text, if there is one at all.
    ///
    /// # Safety
    ///
    /// As for [`Str::bytes`].
    pub(crate) unsafe fn utf8<'b>(self) -> Result<Option<&'b str>, ResultCode> {
        // SAFETY: the caller's promise, which is the same.
        match unsafe { self.bytes() }? {
            None => Ok(None),
            Some(bytes) => str::from_utf8(bytes).map(Some).map_err(|_| DOORWARD_RESULT_BAD_UTF8),
        }
    }
}
