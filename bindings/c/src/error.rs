//! Load errors: what is wrong with a policy.

use crate::guard::{guard, guard_or};
use crate::handle::{self, Kind, Pool};
use crate::result::{DOORWARD_RESULT_NO_SUCH_ITEM, ResultCode};
use crate::slice::{Out, OutVersioned, Versioned};
use crate::text::Str;
use doorward::error::{LoadError, LoadErrors};

/// All faults that were found in a policy that could not be loaded, or in something else that an engine was given: at least
/// one. Freed with #doorward_error_free.
pub struct Error {
    _private: [u8; 0],
}

/// One fault. All views live until the error is freed; the text never holds a key or another secret.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Fault {
    /// The size of this struct: `sizeof(doorward_fault)`, set before the call.
    pub size: usize,
    /// The policy file, as it was named; nothing if the policy came as text.
    pub file: Str,
    /// The line, from 1; 0 if the fault has none.
    pub line: u64,
    /// The column, from 1, in characters; 0 if the fault has none.
    pub column: u64,
    /// Where in the policy, as a dotted path such as `routes[2].scopes`; empty for the policy as a whole.
    pub place: Str,
    /// What is wrong: one line, lower case, no full stop.
    pub message: Str,
    /// What would mend it, or nothing.
    pub help: Str,
}

// SAFETY: `repr(C)`, the size comes first, pointers and numbers may be zero, and this is the first version.
unsafe impl Versioned for Fault {
    const FIRST: usize = size_of::<Self>();
}

impl Fault {
    fn fill(&mut self, error: &LoadError) {
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        self.file = Str::maybe(error.file.as_deref());
        self.line = error.at.map_or(0, |at| count(at.line));
        self.column = error.at.map_or(0, |at| count(at.column));
        self.place = Str::of(&error.place);
        self.message = Str::of(&error.message);
        self.help = Str::maybe(error.help.as_deref());
    }
}

/// What an error handle holds.
pub(crate) struct Faults {
    text: String,
    errors: Vec<LoadError>,
}

impl Kind for Error {
    type Value = Faults;
    const MARK: u64 = 0xd00a_ed02_6572_726e;

    fn pool() -> &'static Pool<Self::Value> {
        static ERRORS: Pool<Faults> = Pool::new();
        &ERRORS
    }
}

fn new_handle(errors: &LoadErrors) -> *mut Error {
    handle::new(Faults { text: errors.to_string(), errors: errors.iter().cloned().collect() }, 0)
}

/// Fails with `result`, and hands out the faults to whoever wants to know them.
///
/// # Safety
///
/// `out_error` is null or points to a place for a pointer.
pub(crate) unsafe fn hand_out(
    errors: &LoadErrors,
    result: ResultCode,
    out_error: *mut *mut Error,
) -> Result<(), ResultCode> {
    if !out_error.is_null() {
        // SAFETY: the caller's promise, which is the same.
        let out_error = unsafe { Out::new(out_error) }?;
        out_error.put(|| new_handle(errors));
    }
    Err(result)
}

/// The faults as text, one per line, without a line end after the last; empty if `error` is null or no error handle. It lives
/// until `error` is freed.
///
/// Any thread may call it, but not while another frees `error`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_error_text(error: *const Error) -> Str {
    guard_or(Str::NOTHING, || {
        // SAFETY: the conventions of the header: the error is not freed during the call.
        unsafe { handle::share(error) }.map_or(Str::NOTHING, |faults| Str::of(&faults.text))
    })
}

/// The number of faults; 0 if `error` is null or no error handle.
///
/// Any thread may call it, but not while another frees `error`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_error_count(error: *const Error) -> usize {
    guard_or(0, || {
        // SAFETY: the conventions of the header: the error is not freed during the call.
        unsafe { handle::share(error) }.map_or(0, |faults| faults.errors.len())
    })
}

/// Writes the fault with this index, from 0, in the order of the text. `out_fault->size` must be set before the call.
///
/// The views in `*out_fault` live until `error` is freed.
///
/// Any thread may call it, but not while another frees `error`. `error` and `out_fault` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_error_fault(
    error: *const Error,
    index: usize,
    out_fault: *mut Fault,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header, for both pointers; the error is not freed during the call.
        let (faults, out) = unsafe { (handle::share(error)?, OutVersioned::new(out_fault)?) };
        let error = faults.errors.get(index).ok_or(DOORWARD_RESULT_NO_SUCH_ITEM)?;
        out.put(|fault| fault.fill(error));
        Ok(())
    })
}

/// Frees an error. Null is fine, and a handle that was freed before is left alone.
///
/// Any thread may call it, but not while another uses `error`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn doorward_error_free(error: *mut Error) {
    guard_or((), || {
        // SAFETY: the conventions of the header: nobody uses the handle during the call.
        unsafe { handle::free(error) };
    });
}
