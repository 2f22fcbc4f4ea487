//! The results of calls.

use crate::text::Str;

/// How a call ended: one of the `DOORWARD_RESULT_*` constants. Whatever is not #DOORWARD_RESULT_OK is a failure, and then
/// nothing was written to any output (but the error handle with #DOORWARD_RESULT_POLICY, #DOORWARD_RESULT_NOT_READY and
/// #DOORWARD_RESULT_REFUSED). A host that cannot get a decision must refuse the request: answer 500.
pub type ResultCode = u32;

/// The call did what it is for.
pub const DOORWARD_RESULT_OK: ResultCode = 0;
/// A pointer that must not be null is null.
pub const DOORWARD_RESULT_NULL_ARGUMENT: ResultCode = 1;
/// A text that must be UTF-8 is not.
pub const DOORWARD_RESULT_BAD_UTF8: ResultCode = 2;
/// The `size` of a struct is none that this library knows, or a struct of a later version asks for something that this
/// library cannot do, or a length is beyond what memory can hold.
pub const DOORWARD_RESULT_BAD_SIZE: ResultCode = 3;
/// A number is none of those that its parameter can have, or a pointer is not aligned for its type.
pub const DOORWARD_RESULT_BAD_VALUE: ResultCode = 4;
/// A handle was freed, or never was one of its kind.
pub const DOORWARD_RESULT_BAD_HANDLE: ResultCode = 5;
/// The policy has faults: the error handle names all of them.
pub const DOORWARD_RESULT_POLICY: ResultCode = 6;
/// The scratch, or the attempt, is in use by another call at this moment.
pub const DOORWARD_RESULT_SCRATCH_BUSY: ResultCode = 7;
/// The scratch was made for another engine.
pub const DOORWARD_RESULT_SCRATCH_FOREIGN: ResultCode = 8;
/// The request has more than #DOORWARD_FIELDS_MAX lines of fields that the engine looks at.
pub const DOORWARD_RESULT_TOO_MANY_FIELDS: ResultCode = 9;
/// The memory for the answer does not hold it.
pub const DOORWARD_RESULT_BUFFER_TOO_SHORT: ResultCode = 10;
/// There is no item with this index.
pub const DOORWARD_RESULT_NO_SUCH_ITEM: ResultCode = 11;
/// A fault inside the library was caught. The handles stay usable.
pub const DOORWARD_RESULT_PANIC: ResultCode = 12;
/// Keys did not come in time: the error handle names the issuers.
pub const DOORWARD_RESULT_NOT_READY: ResultCode = 13;
/// What an engine was given to take was not taken, and all is as before: the error handle says why.
pub const DOORWARD_RESULT_REFUSED: ResultCode = 14;

/// A sentence on a result for logs, lower case without a full stop; empty for a number that is none. The text lives as long
/// as the library is loaded.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_result_text(result: ResultCode) -> Str {
    let text = match result {
        DOORWARD_RESULT_OK => "the call succeeded",
        DOORWARD_RESULT_NULL_ARGUMENT => "a pointer that must not be null is null",
        DOORWARD_RESULT_BAD_UTF8 => "a text is not UTF-8",
        DOORWARD_RESULT_BAD_SIZE => "the size of a struct or a length is not one that this library can take",
        DOORWARD_RESULT_BAD_VALUE => {
            "a number is none of those that are expected, or a pointer is misaligned"
        }
        DOORWARD_RESULT_BAD_HANDLE => "a handle was freed, or never was one of its kind",
        DOORWARD_RESULT_POLICY => "the policy has faults",
        DOORWARD_RESULT_SCRATCH_BUSY => "the scratch is in use by another call",
        DOORWARD_RESULT_SCRATCH_FOREIGN => "the scratch was made for another engine",
        DOORWARD_RESULT_TOO_MANY_FIELDS => {
            "the request has too many lines of the fields that the engine looks at"
        }
        DOORWARD_RESULT_BUFFER_TOO_SHORT => "the memory for the answer does not hold it",
        DOORWARD_RESULT_NO_SUCH_ITEM => "there is no item with this index",
        DOORWARD_RESULT_PANIC => "a fault inside the library was caught",
        DOORWARD_RESULT_NOT_READY => "keys did not come in time",
        DOORWARD_RESULT_REFUSED => "what the engine was given was not taken",
        _ => return Str::NOTHING,
    };
    Str::of(text)
}
