//! Envoy's dynamic module ABI, version `v0.2.0`: the parts of it that the filter uses, with the signatures of Envoy 1.40.
//!
//! Two directions: the callbacks that Envoy's program offers, and the hooks that it calls. Nothing is decided here: each
//! hook checks what it was handed, and hands on to [`crate::filter`].

use crate::config::{self, Judge};
use crate::filter::{Filter, Verdict};
use crate::guard::guard;
use crate::host::{self, ConfigHost, Stream};
use crate::registry;
use crate::version;
use core::ffi::{c_char, c_void};
use core::ptr;
use doorward::Event;
use std::rc::Rc;
use std::sync::Arc;

/// The version of the ABI that all of this file is written against.
pub(crate) const VERSION: &core::ffi::CStr = c"v0.2.0";

/// Bytes that Envoy owns; they are there until the hook returns, or until something is set.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct EnvoyBuffer {
    pub(crate) ptr: *const u8,
    pub(crate) length: usize,
}

impl EnvoyBuffer {
    pub(crate) const NONE: Self = Self { ptr: ptr::null(), length: 0 };
}

/// Bytes that the module owns; Envoy copies them before the call returns.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct ModuleBuffer {
    pub(crate) ptr: *const u8,
    pub(crate) length: usize,
}

/// One line of a header map that Envoy owns.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct EnvoyHeader {
    pub(crate) name: EnvoyBuffer,
    pub(crate) value: EnvoyBuffer,
}

/// A name and a value that the module owns: a header line of an answer, or an entry of metadata.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct ModulePair {
    pub(crate) name: ModuleBuffer,
    pub(crate) value: ModuleBuffer,
}

/// Which header map.
pub(crate) const REQUEST_HEADERS: u32 = 0;
pub(crate) const REQUEST_TRAILERS: u32 = 1;
pub(crate) const RESPONSE_HEADERS: u32 = 2;

/// Which part of a body: what the present event brought, and what was kept from earlier ones.
pub(crate) const RECEIVED_REQUEST_BODY: u32 = 0;
pub(crate) const BUFFERED_REQUEST_BODY: u32 = 1;

/// Levels of Envoy's log.
pub(crate) const LOG_INFO: u32 = 2;
pub(crate) const LOG_WARN: u32 = 3;
pub(crate) const LOG_ERROR: u32 = 4;

/// What a metrics callback returns when all went well.
pub(crate) const METRIC_OK: u32 = 0;

/// What request hooks return; the numbers differ between headers, body and trailers only where not used here.
const CONTINUE: u32 = 0;
const STOP: u32 = 1;

unsafe extern "C" {
    pub(crate) fn envoy_dynamic_module_callback_log(level: u32, message: ModuleBuffer);
    pub(crate) fn envoy_dynamic_module_callback_is_validation_mode() -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_filter_config_define_counter(
        config: *mut c_void,
        name: ModuleBuffer,
        label_names: *mut ModuleBuffer,
        label_names_length: usize,
        counter: *mut usize,
    ) -> u32;
    pub(crate) fn envoy_dynamic_module_callback_http_filter_increment_counter(
        filter: *mut c_void,
        counter: usize,
        label_values: *mut ModuleBuffer,
        label_values_length: usize,
        by: u64,
    ) -> u32;
    pub(crate) fn envoy_dynamic_module_callback_http_get_downstream_direct_remote_address(
        filter: *mut c_void,
        address: *mut EnvoyBuffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_get_headers_size(filter: *mut c_void, map: u32)
    -> usize;
    pub(crate) fn envoy_dynamic_module_callback_http_get_headers(
        filter: *mut c_void,
        map: u32,
        headers: *mut EnvoyHeader,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_add_header(
        filter: *mut c_void,
        map: u32,
        name: ModuleBuffer,
        value: ModuleBuffer,
    ) -> bool;
    /// A null value removes all lines of that name.
    pub(crate) fn envoy_dynamic_module_callback_http_set_header(
        filter: *mut c_void,
        map: u32,
        name: ModuleBuffer,
        value: ModuleBuffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_send_response(
        filter: *mut c_void,
        status: u32,
        headers: *mut ModulePair,
        headers_length: usize,
        body: ModuleBuffer,
        details: ModuleBuffer,
    );
    pub(crate) fn envoy_dynamic_module_callback_http_send_response_headers(
        filter: *mut c_void,
        headers: *mut ModulePair,
        headers_length: usize,
        end_of_stream: bool,
    );
    pub(crate) fn envoy_dynamic_module_callback_http_send_response_data(
        filter: *mut c_void,
        data: ModuleBuffer,
        end_of_stream: bool,
    );
    pub(crate) fn envoy_dynamic_module_callback_http_set_dynamic_metadata_string_batch(
        filter: *mut c_void,
        namespace: ModuleBuffer,
        entries: *const ModulePair,
        entries_length: usize,
    );
    pub(crate) fn envoy_dynamic_module_callback_http_clear_route_cache(filter: *mut c_void);
    pub(crate) fn envoy_dynamic_module_callback_get_most_specific_route_config(
        filter: *mut c_void,
    ) -> *const c_void;
    pub(crate) fn envoy_dynamic_module_callback_http_get_body_size(filter: *mut c_void, part: u32) -> usize;
    pub(crate) fn envoy_dynamic_module_callback_http_get_body_chunks_size(
        filter: *mut c_void,
        part: u32,
    ) -> usize;
    pub(crate) fn envoy_dynamic_module_callback_http_get_body_chunks(
        filter: *mut c_void,
        part: u32,
        chunks: *mut EnvoyBuffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_received_buffered_request_body(
        filter: *mut c_void,
    ) -> bool;
}

/// The module was loaded: null makes Envoy unload it and refuse the configuration.
///
/// Envoy 1.40 compares the version and only warns, so that the module has to look for itself.
#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_program_init() -> *const c_char {
    guard(ptr::null(), || match version::check() {
        Ok(()) => VERSION.as_ptr(),
        Err(why) => {
            log(LOG_ERROR, &why);
            ptr::null()
        }
    })
}

/// A configuration was read; null makes Envoy refuse it.
#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_new(
    config: *mut c_void,
    _name: EnvoyBuffer,
    text: EnvoyBuffer,
) -> *const c_void {
    guard(ptr::null(), || {
        // SAFETY: null or Envoy's configuration object, there until this hook returns.
        let Some(config) = (unsafe { ConfigHost::new(config) }) else { return ptr::null() };
        // SAFETY: Envoy's text, there until this hook returns.
        let Some(settings) = told(config::load(&config, unsafe { host::bytes(text) })) else {
            return ptr::null();
        };
        begin(&settings.judge);
        Arc::into_raw(settings).cast()
    })
}

/// What was read; what was wrong goes to Envoy's log, since Envoy itself says no more than that something was.
fn told<T>(result: Result<T, String>) -> Option<T> {
    result.map_err(|faults| faults.lines().for_each(|fault| log(LOG_ERROR, fault))).ok()
}

/// Has the engine keep its keys up to date and tell Envoy's log of it. For a policy that is in force already this changes
/// nothing.
fn begin(judge: &Judge) {
    let engine = &judge.policy.engine;
    engine.warnings().iter().for_each(|warning| log(LOG_WARN, warning));
    if host::is_validating() {
        return;
    }
    // Called on a thread of the engine's: Envoy's log may be written to from any.
    engine.on_event(|event| {
        guard((), || {
            if let Some(level) = level(event) {
                log(level, &event.to_string());
            }
        });
    });
    engine.start();
    if !judge.wait_for_keys.is_zero()
        && let Err(late) = engine.ready(judge.wait_for_keys)
    {
        log(LOG_WARN, &late.to_string());
    }
}

/// How loud an event is told. That a policy was refused is told as the fault of a configuration, line by line.
const fn level(event: &Event) -> Option<u32> {
    match event {
        Event::KeysLoaded { .. } | Event::FileReloaded { .. } | Event::PolicyReloaded => Some(LOG_INFO),
        Event::FileRefused { .. } | Event::KeeperFailed => Some(LOG_ERROR),
        Event::PolicyRefused { .. } => None,
        _ => Some(LOG_WARN),
    }
}

fn log(level: u32, line: &str) {
    host::log(level, &format!("doorward: {line}"));
}

/// A configuration is gone; streams that still use its settings hold them on their own.
#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_destroy(settings: *const c_void) {
    guard((), || {
        if !settings.is_null() {
            // SAFETY: not null, so it is what `config_new` returned, and Envoy gives it back once.
            drop(unsafe { Arc::from_raw(settings.cast::<config::Settings>()) });
        }
    });
}

/// A configuration of a route was read; null makes Envoy refuse it. What is returned is a number, not an address.
#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_per_route_config_new(
    _name: EnvoyBuffer,
    text: EnvoyBuffer,
) -> *const c_void {
    guard(ptr::null(), || {
        // SAFETY: Envoy's text, there until this hook returns.
        let Some(route) = told(config::load_route(unsafe { host::bytes(text) })) else { return ptr::null() };
        if let config::RouteSettings::Judged(judge) = &route {
            begin(judge);
        }
        ptr::without_provenance(registry::insert(route))
    })
}

/// A configuration of a route is gone.
#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_per_route_config_destroy(route: *const c_void) {
    guard((), || registry::remove(route.addr()));
}

/// A stream begins.
#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_new(
    settings: *const c_void,
    _filter: *mut c_void,
) -> *const c_void {
    guard(ptr::null(), || {
        let settings = settings.cast::<config::Settings>();
        if settings.is_null() {
            return ptr::null();
        }
        // SAFETY: not null, so it is what `config_new` returned, and Envoy keeps a configuration while streams begin under it:
        // the count is at least one, and stays so while another is added for the stream.
        let settings = unsafe {
            Arc::increment_strong_count(settings);
            Arc::from_raw(settings)
        };
        Rc::into_raw(Rc::new(Filter::new(settings))).cast()
    })
}

/// A stream is over.
#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_destroy(filter: *const c_void) {
    guard((), || {
        if !filter.is_null() {
            // SAFETY: not null, so it is what `filter_new` returned, and Envoy gives it back once.
            drop(unsafe { Rc::from_raw(filter.cast::<Filter>()) });
        }
    });
}

/// The stream that a hook is about, held until the hook is done with it: an answer may end the stream, and Envoy then calls
/// `filter_destroy` from inside the hook that answered.
///
/// # Safety
///
/// - `filter` is null, or what `filter_new` returned and `filter_destroy` was not called with yet.
unsafe fn hold(filter: *const c_void) -> Option<Rc<Filter>> {
    let filter = filter.cast::<Filter>();
    if filter.is_null() {
        return None;
    }
    // SAFETY: not null, and the caller vouches for the rest: the count is at least one before another is added. All hooks of a
    // stream are called on one thread.
    Some(unsafe {
        Rc::increment_strong_count(filter);
        Rc::from_raw(filter)
    })
}

/// Runs what a request hook does. Whatever goes wrong is answered 500 and never passed on.
fn request_hook(
    envoy: *mut c_void,
    filter: *const c_void,
    hook: impl FnOnce(&Filter, &mut Stream<'_>) -> Verdict,
) -> u32 {
    // SAFETY: Envoy hands over the stream's object, there until this hook returns, which outlives `stream`.
    let Some(mut stream) = (unsafe { Stream::new(envoy) }) else { return STOP };
    // SAFETY: Envoy hands over what `filter_new` returned, and calls no hook of a stream after `filter_destroy`.
    let filter = unsafe { hold(filter) };
    let verdict = guard(Verdict::Broken, || match &filter {
        Some(filter) => hook(filter, &mut stream),
        None => Verdict::Broken,
    });
    match verdict {
        Verdict::Pass => CONTINUE,
        Verdict::Hold | Verdict::Answered => STOP,
        Verdict::Broken => {
            guard((), || {
                if let Some(filter) = &filter {
                    filter.on_fault(&mut stream);
                }
                crate::answer::broken(&mut stream);
            });
            STOP
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_request_headers(
    envoy: *mut c_void,
    filter: *const c_void,
    end_of_stream: bool,
) -> u32 {
    request_hook(envoy, filter, |filter, stream| filter.on_headers(stream, end_of_stream))
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_request_body(
    envoy: *mut c_void,
    filter: *const c_void,
    end_of_stream: bool,
) -> u32 {
    request_hook(envoy, filter, |filter, stream| filter.on_body(stream, end_of_stream))
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_request_trailers(
    envoy: *mut c_void,
    filter: *const c_void,
) -> u32 {
    request_hook(envoy, filter, Filter::on_trailers)
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_response_headers(
    envoy: *mut c_void,
    filter: *const c_void,
    _end_of_stream: bool,
) -> u32 {
    guard((), || {
        // SAFETY: as for `request_hook`.
        let stream = unsafe { Stream::new(envoy) };
        // SAFETY: as for `request_hook`.
        let filter = unsafe { hold(filter) };
        if let (Some(mut stream), Some(filter)) = (stream, filter) {
            filter.on_response(&mut stream);
        }
    });
    CONTINUE
}

/// Hooks that Envoy insists on and that have nothing to do here.
macro_rules! idle {
    ($($hook:ident($($argument:ty),*) $(-> $answer:expr)?;)*) => {
        $(idle!(@one $hook($($argument),*) $(-> $answer)?);)*
    };
    (@one $hook:ident($($argument:ty),*)) => {
        #[unsafe(no_mangle)]
        extern "C" fn $hook($(_: $argument),*) {}
    };
    (@one $hook:ident($($argument:ty),*) -> $answer:expr) => {
        #[unsafe(no_mangle)]
        extern "C" fn $hook($(_: $argument),*) -> u32 { $answer }
    };
}

idle! {
    envoy_dynamic_module_on_http_filter_response_body(*mut c_void, *const c_void, bool) -> CONTINUE;
    envoy_dynamic_module_on_http_filter_response_trailers(*mut c_void, *const c_void) -> CONTINUE;
    envoy_dynamic_module_on_http_filter_stream_complete(*mut c_void, *const c_void);
    envoy_dynamic_module_on_http_filter_scheduled(*mut c_void, *const c_void, u64);
    envoy_dynamic_module_on_http_filter_downstream_above_write_buffer_high_watermark(*mut c_void, *const c_void);
    envoy_dynamic_module_on_http_filter_downstream_below_write_buffer_low_watermark(*mut c_void, *const c_void);
    envoy_dynamic_module_on_http_filter_http_callout_done(
        *mut c_void, *const c_void, u64, u32, *mut EnvoyHeader, usize, *mut EnvoyBuffer, usize);
    envoy_dynamic_module_on_http_filter_http_stream_headers(
        *mut c_void, *const c_void, u64, *mut EnvoyHeader, usize, bool);
    envoy_dynamic_module_on_http_filter_http_stream_data(
        *mut c_void, *const c_void, u64, *const EnvoyBuffer, usize, bool);
    envoy_dynamic_module_on_http_filter_http_stream_trailers(
        *mut c_void, *const c_void, u64, *mut EnvoyHeader, usize);
    envoy_dynamic_module_on_http_filter_http_stream_complete(*mut c_void, *const c_void, u64);
    envoy_dynamic_module_on_http_filter_http_stream_reset(*mut c_void, *const c_void, u64, u32);
}
