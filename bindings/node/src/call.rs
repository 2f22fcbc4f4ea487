//! The one call that every request makes, bound to Node by hand.
//!
//! What `#[napi]` generates for a function with arguments costs as much again as the call: a list of borrows on the
//! heap, a look-up of the handle in a table behind a lock, two checks per argument. Everything else is bound by
//! `#[napi]`.
#![expect(unsafe_code, reason = "Node's C interface is called here, and nowhere else")]

use crate::decide::{self, Invalid};
use core::ffi::c_void;
use core::panic::AssertUnwindSafe;
use core::ptr;
use core::slice;
use napi::bindgen_prelude::{JsObjectValue, Object};
use napi::sys;
use napi_derive::napi;
use std::panic::catch_unwind;

/// Work on an engine, by its number, and on memory.
type Work = fn(u32, &mut [u8]) -> Result<f64, Invalid>;

/// Adds `decide(engine, memory, offset)` and `record(engine, memory, offset)`, both of which give a number.
///
/// # Errors
///
/// Node cannot make a function.
#[napi(module_exports)]
pub fn add_calls(mut exports: Object<'_>) -> napi::Result<()> {
    exports.create_named_method("decide", decide_callback)?;
    exports.create_named_method("record", record_callback)
}

unsafe extern "C" fn decide_callback(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: Node calls this with its environment and the information of this call.
    unsafe { call(env, info, decide::decide) }
}

unsafe extern "C" fn record_callback(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: Node calls this with its environment and the information of this call.
    unsafe { call(env, info, decide::record) }
}

/// Reads the arguments, does the work, and gives its number; throws where there is none. No panic leaves it.
///
/// # Safety
///
/// `env` and `info` are those that Node passed to the callback that is running on this thread.
unsafe fn call(env: sys::napi_env, info: sys::napi_callback_info, work: Work) -> sys::napi_value {
    // SAFETY: what `call` asks for is what `arguments` asks for.
    let result = unsafe { arguments(env, info) }.and_then(|(engine, memory, offset)| {
        let memory = usize::try_from(offset).ok().and_then(|offset| memory.get_mut(offset..));
        let memory = memory.ok_or("expected an offset within the memory")?;
        catch_unwind(AssertUnwindSafe(|| work(engine, memory))).unwrap_or(Err("the engine failed"))
    });
    let mut value = ptr::null_mut();
    match result {
        // SAFETY: `env` is the environment of the running callback; `value` is a place for one value. Should Node
        // refuse, it stays null, which JavaScript gets as `undefined`.
        Ok(number) => unsafe {
            sys::napi_create_double(env, number, &raw mut value);
        },
        Err(message) => {
            let length = isize::try_from(message.len()).unwrap_or_default();
            // SAFETY: `env` as above; `message` is as long as `length` says, and is copied.
            unsafe {
                let mut text = ptr::null_mut();
                let mut error = ptr::null_mut();
                sys::napi_create_string_utf8(env, message.as_ptr().cast(), length, &raw mut text);
                sys::napi_create_type_error(env, ptr::null_mut(), text, &raw mut error);
                sys::napi_throw(env, error);
            }
        }
    }
    value
}

/// The engine's number, the memory, and the offset in it.
///
/// # Safety
///
/// As for [`call`]. The memory is borrowed from JavaScript for as long as the callback runs, and nothing else may
/// touch it in that time: no JavaScript of this thread runs before the callback returns, and `lib/memory.js`, whose
/// memory it is, shares it with no other.
unsafe fn arguments<'c>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
) -> Result<(u32, &'c mut [u8], u32), Invalid> {
    let mut values = [ptr::null_mut(); 3];
    let mut count = values.len();
    // SAFETY: `values` has room for `count` values, and Node fills those that are missing with `undefined`.
    let status = unsafe {
        sys::napi_get_cb_info(
            env,
            info,
            &raw mut count,
            values.as_mut_ptr(),
            ptr::null_mut(),
            ptr::null_mut(),
        )
    };
    ok(status, "expected a call")?;
    let [engine, memory, offset] = values;
    // SAFETY: these are values of this call.
    let (engine, offset) = unsafe { (number(env, engine)?, number(env, offset)?) };

    let (mut kind, mut length, mut data) = (-1, 0_usize, ptr::null_mut::<c_void>());
    // SAFETY: `memory` is a value of this call; what is no typed array is refused by Node with a status.
    let status = unsafe {
        sys::napi_get_typedarray_info(
            env,
            memory,
            &raw mut kind,
            &raw mut length,
            &raw mut data,
            ptr::null_mut(),
            ptr::null_mut(),
        )
    };
    ok(status, "expected memory")?;
    if kind != sys::TypedarrayType::uint8_array || data.is_null() {
        return Err("expected memory");
    }
    // SAFETY: Node gave `data` as the start of `length` bytes that live as long as the callback runs; `kind` says
    // that they are bytes; it is not null as of the check above.
    let memory = unsafe { slice::from_raw_parts_mut(data.cast::<u8>(), length) };
    Ok((engine, memory, offset))
}

/// # Safety
///
/// `value` is a value of the callback that is running on this thread, and `env` its environment.
unsafe fn number(env: sys::napi_env, value: sys::napi_value) -> Result<u32, Invalid> {
    let mut number = 0;
    // SAFETY: as promised by the caller; what is no number is refused by Node with a status.
    ok(unsafe { sys::napi_get_value_uint32(env, value, &raw mut number) }, "expected a number")?;
    Ok(number)
}

fn ok(status: sys::napi_status, expected: Invalid) -> Result<(), Invalid> {
    if status == sys::Status::napi_ok { Ok(()) } else { Err(expected) }
}
