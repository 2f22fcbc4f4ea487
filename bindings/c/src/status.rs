//! What an engine trusts, how fresh it is and what happens next, as a text that the caller owns.

use crate::engine::Engine;
use crate::guard::{guard, guard_or};
use crate::handle::{self, Kind, Pool};
use crate::result::{DOORWARD_RESULT_BAD_VALUE, ResultCode};
use crate::slice::Out;
use crate::text::Str;
use crate::time::Time;

/// A status is a page for people, in lines.
pub const DOORWARD_STATUS_TEXT: u32 = 1;
/// A status is a JSON object, the same in every language, on one line: every member is always there, `null` where it has no
/// value; times are Unix seconds.
pub const DOORWARD_STATUS_JSON: u32 = 2;

/// A text that its caller owns. Freed with #doorward_text_free.
pub struct Text {
    _private: [u8; 0],
}

impl Kind for Text {
    type Value = String;
    const MARK: u64 = 0xd00a_ed04_7465_7874;

    fn pool() -> &'static Pool<Self::Value> {
        static TEXTS: Pool<String> = Pool::new();
        &TEXTS
    }
}

/// What an engine trusts, how fresh it is and what happens next, at `now`, as #DOORWARD_STATUS_TEXT or #DOORWARD_STATUS_JSON.
/// Nothing in it is secret, but it tells where keys come from: it is for operators.
///
/// On success the caller owns `*out_text` and frees it with #doorward_text_free.
///
/// Any thread may call it, but not while another frees `engine`; it allocates. `engine` and `out_text` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_engine_status(
    engine: *const Engine,
    now: Time,
    format: u32,
    out_text: *mut *mut Text,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header, for both pointers; the engine is not freed during the call.
        let (shared, out) = unsafe { (handle::share(engine)?, Out::new(out_text)?) };
        let now = now.read()?;
        let text = match format {
            DOORWARD_STATUS_TEXT => shared.engine.status(now).to_string(),
            DOORWARD_STATUS_JSON => shared.engine.status(now).to_json().to_string(),
            _ => return Err(DOORWARD_RESULT_BAD_VALUE),
        };
        out.put(|| handle::new(text, 0));
        Ok(())
    })
}

/// The view of a text, which lives until `text` is freed; nothing if `text` is null or no text handle.
///
/// Any thread may call it, but not while another frees `text`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_text_view(text: *const Text) -> Str {
    guard_or(Str::NOTHING, || {
        // SAFETY: the conventions of the header: the text is not freed during the call.
        unsafe { handle::share(text) }.map_or(Str::NOTHING, |text| Str::of(text))
    })
}

/// Frees a text. Null is fine, and a handle that was freed before is left alone.
///
/// Any thread may call it, but not while another uses `text`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn doorward_text_free(text: *mut Text) {
    guard_or((), || {
        // SAFETY: the conventions of the header: nobody uses the handle during the call.
        unsafe { handle::free(text) };
    });
}
