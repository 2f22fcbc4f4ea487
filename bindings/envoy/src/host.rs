//! Envoy as safe functions: the one place where its pointers are followed and its callbacks called.
//!
//! What Envoy hands over is there until the hook returns or until something is set. So everything that reads borrows the
//! stream, and everything that sets borrows it exclusively: what was read cannot be held over a change.

use crate::abi::{self, EnvoyBuffer, EnvoyHeader, ModuleBuffer, ModulePair};
use core::ffi::c_void;
use core::iter;
use core::marker::PhantomData;
use core::net::IpAddr;
use core::ptr::{self, NonNull};
use core::slice;

/// How many fields an answer has at most: one for each challenge, and some more.
pub(crate) const ANSWER_FIELDS: usize = 20;

/// How many entries of metadata are set at most.
pub(crate) const METADATA_ENTRIES: usize = 16;

/// The namespace of the dynamic metadata that is set.
const NAMESPACE: &str = "doorward";

/// The bytes of a buffer of Envoy's; empty if it is null.
///
/// # Safety
///
/// - The buffer is one that Envoy filled, and `'b` ends before the hook does and before anything is set.
pub(crate) unsafe fn bytes<'b>(buffer: EnvoyBuffer) -> &'b [u8] {
    if buffer.ptr.is_null() || buffer.length == 0 {
        return &[];
    }
    // SAFETY: not null, and the caller vouches for the rest.
    unsafe { slice::from_raw_parts(buffer.ptr, buffer.length) }
}

/// Writes a line to Envoy's log.
pub(crate) fn log(level: u32, line: &str) {
    // SAFETY: the line outlives the call, which keeps nothing of it.
    unsafe { abi::envoy_dynamic_module_callback_log(level, lend(line.as_bytes())) }
}

/// Whether Envoy only looks whether its configuration is good, and serves nothing. To be asked on its main thread.
pub(crate) fn is_validating() -> bool {
    // SAFETY: no argument, and Envoy looks for itself whether this is its main thread.
    unsafe { abi::envoy_dynamic_module_callback_is_validation_mode() }
}

/// A buffer that lends `bytes` to a call. Never null: a null value would remove a header instead of emptying it.
fn lend(bytes: &[u8]) -> ModuleBuffer {
    ModuleBuffer { ptr: bytes.as_ptr(), length: bytes.len() }
}

const NOTHING: ModuleBuffer = ModuleBuffer { ptr: ptr::null(), length: 0 };

/// The configuration that a hook is about.
pub(crate) struct ConfigHost<'h> {
    config: NonNull<c_void>,
    hook: PhantomData<&'h ()>,
}

impl ConfigHost<'_> {
    /// Nothing if there is no configuration.
    ///
    /// # Safety
    ///
    /// - `config` is null or the configuration object that Envoy handed to the running hook, and `self` ends before that does.
    pub(crate) unsafe fn new(config: *mut c_void) -> Option<Self> {
        Some(Self { config: NonNull::new(config)?, hook: PhantomData })
    }

    /// Defines a counter, with a label or without.
    pub(crate) fn counter(&self, name: &str, label: Option<&str>) -> Option<usize> {
        let mut id = 0;
        let mut labels = label.map(|label| lend(label.as_bytes()));
        let (first, length) = match &mut labels {
            Some(label) => (ptr::from_mut(label), 1),
            None => (ptr::null_mut(), 0),
        };
        // SAFETY: `config` is alive as `new` demands; name, labels and `id` outlive the call, which keeps only copies.
        let result = unsafe {
            abi::envoy_dynamic_module_callback_http_filter_config_define_counter(
                self.config.as_ptr(),
                lend(name.as_bytes()),
                first,
                length,
                &raw mut id,
            )
        };
        (result == abi::METRIC_OK).then_some(id)
    }
}

/// The stream that a hook is about.
pub(crate) struct Stream<'h> {
    filter: NonNull<c_void>,
    hook: PhantomData<&'h ()>,
}

impl Stream<'_> {
    /// Nothing if there is no stream.
    ///
    /// # Safety
    ///
    /// - `filter` is null or the filter object that Envoy handed to the running hook, and `self` ends before that does.
    pub(crate) unsafe fn new(filter: *mut c_void) -> Option<Self> {
        Some(Self { filter: NonNull::new(filter)?, hook: PhantomData })
    }

    /// All lines of the request's header, in order, pseudo-headers included; their addresses are noted in `room`.
    pub(crate) fn headers<'s>(&'s self, room: &'s mut Vec<EnvoyHeader>) -> Headers<'s> {
        self.lines(abi::REQUEST_HEADERS, room)
    }

    /// All lines of the request's trailers, which are there once their hook is called.
    pub(crate) fn trailers<'s>(&'s self, room: &'s mut Vec<EnvoyHeader>) -> Headers<'s> {
        self.lines(abi::REQUEST_TRAILERS, room)
    }

    fn lines<'s>(&'s self, map: u32, room: &'s mut Vec<EnvoyHeader>) -> Headers<'s> {
        // SAFETY: the filter is alive as `new` demands.
        let length =
            unsafe { abi::envoy_dynamic_module_callback_http_get_headers_size(self.filter.as_ptr(), map) };
        room.clear();
        room.resize(length, EnvoyHeader { name: EnvoyBuffer::NONE, value: EnvoyBuffer::NONE });
        // SAFETY: the filter is alive, and `room` has as many places as Envoy just said that it will fill.
        let filled = unsafe {
            abi::envoy_dynamic_module_callback_http_get_headers(self.filter.as_ptr(), map, room.as_mut_ptr())
        };
        Headers { lines: if filled { room } else { &[] } }
    }

    /// Sets a header of the request, in place of all lines of that name.
    pub(crate) fn set(&mut self, name: &str, value: &[u8]) -> bool {
        // SAFETY: the filter is alive; both buffers outlive the call, which copies them.
        unsafe {
            abi::envoy_dynamic_module_callback_http_set_header(
                self.filter.as_ptr(),
                abi::REQUEST_HEADERS,
                lend(name.as_bytes()),
                lend(value),
            )
        }
    }

    /// Removes all lines of a name from the request's header.
    pub(crate) fn remove(&mut self, name: &[u8]) -> bool {
        self.remove_from(abi::REQUEST_HEADERS, name)
    }

    /// Removes all lines of a name from the request's trailers.
    pub(crate) fn remove_trailer(&mut self, name: &[u8]) -> bool {
        self.remove_from(abi::REQUEST_TRAILERS, name)
    }

    fn remove_from(&mut self, map: u32, name: &[u8]) -> bool {
        // SAFETY: the filter is alive; the name outlives the call; a null value is how the ABI says "remove".
        unsafe {
            abi::envoy_dynamic_module_callback_http_set_header(self.filter.as_ptr(), map, lend(name), NOTHING)
        }
    }

    /// Adds a line to the header of the response.
    pub(crate) fn add_to_response(&mut self, name: &str, value: &str) -> bool {
        // SAFETY: the filter is alive; both buffers outlive the call, which copies them.
        unsafe {
            abi::envoy_dynamic_module_callback_http_add_header(
                self.filter.as_ptr(),
                abi::RESPONSE_HEADERS,
                lend(name.as_bytes()),
                lend(value.as_bytes()),
            )
        }
    }

    /// The address of the connection's other end, if it has one: what no field and no caller can change. Envoy's attribute
    /// `source.address` is not that: as Envoy is configured by default, it is the last of `X-Forwarded-For`.
    pub(crate) fn peer(&self) -> Option<IpAddr> {
        let mut address = EnvoyBuffer::NONE;
        // SAFETY: the filter is alive, and `address` is there for Envoy to fill.
        let found = unsafe {
            abi::envoy_dynamic_module_callback_http_get_downstream_direct_remote_address(
                self.filter.as_ptr(),
                &raw mut address,
            )
        };
        if !found {
            return None;
        }
        // SAFETY: Envoy filled the buffer in the call above, and nothing was set since.
        let text = unsafe { bytes(address) };
        doorward::peer(core::str::from_utf8(text).ok()?)
    }

    /// Answers in place of the upstream, with a body of this media type. The stream may be over when this returns.
    pub(crate) fn reply<'o, 'n, 'v>(
        &mut self,
        status: u16,
        media_type: &'o str,
        fields: impl IntoIterator<Item = (&'o str, &'o str)>,
        more: impl IntoIterator<Item = (&'n str, &'v str)>,
        body: &str,
        details: &str,
    ) {
        let mut pairs = [ModulePair { name: NOTHING, value: NOTHING }; ANSWER_FIELDS];
        let own = fill(&mut pairs, iter::once(("content-type", media_type)).chain(fields));
        let length = own.saturating_add(fill(pairs.get_mut(own..).unwrap_or_default(), more));
        // SAFETY: the filter is alive; `length` places of `pairs` are filled with buffers that outlive the call, as the
        // others do, and Envoy copies them before it returns.
        unsafe {
            abi::envoy_dynamic_module_callback_http_send_response(
                self.filter.as_ptr(),
                u32::from(status),
                pairs.as_mut_ptr(),
                length,
                lend(body.as_bytes()),
                lend(details.as_bytes()),
            );
        }
    }

    /// Answers in place of the upstream with exactly this, as an upstream would: Envoy makes no gRPC answer of it, and is
    /// told no details. The stream may be over when this returns.
    pub(crate) fn reply_as_is<'o, 'n, 'v>(
        &mut self,
        status: u16,
        own: [(&'o str, &'o str); 2],
        more: impl IntoIterator<Item = (&'n str, &'v str)>,
        body: Option<&str>,
    ) {
        let status = status.to_string();
        let mut pairs = [ModulePair { name: NOTHING, value: NOTHING }; ANSWER_FIELDS];
        let own = fill(&mut pairs, iter::once((":status", status.as_str())).chain(own));
        let length = own.saturating_add(fill(pairs.get_mut(own..).unwrap_or_default(), more));
        // SAFETY: the filter is alive; `length` places of `pairs` are filled with buffers that outlive the call, and Envoy
        // copies them before it returns.
        unsafe {
            abi::envoy_dynamic_module_callback_http_send_response_headers(
                self.filter.as_ptr(),
                pairs.as_mut_ptr(),
                length,
                body.is_none(),
            );
        }
        if let Some(body) = body {
            // SAFETY: the filter is alive until the hook returns, also if the call above ended the stream, which Envoy then
            // sees for itself; the body outlives the call, which copies it.
            unsafe {
                abi::envoy_dynamic_module_callback_http_send_response_data(
                    self.filter.as_ptr(),
                    lend(body.as_bytes()),
                    true,
                );
            }
        }
    }

    /// Sets entries of the stream's dynamic metadata.
    pub(crate) fn set_metadata<'e>(&mut self, entries: impl IntoIterator<Item = (&'e str, &'e str)>) {
        let mut pairs = [ModulePair { name: NOTHING, value: NOTHING }; METADATA_ENTRIES];
        let length = fill(&mut pairs, entries);
        // SAFETY: the filter is alive; `length` places of `pairs` are filled with buffers that outlive the call, which copies.
        unsafe {
            abi::envoy_dynamic_module_callback_http_set_dynamic_metadata_string_batch(
                self.filter.as_ptr(),
                lend(NAMESPACE.as_bytes()),
                pairs.as_ptr(),
                length,
            );
        }
    }

    /// Adds one to a counter. A counter that Envoy does not find is not worth a request.
    pub(crate) fn count(&self, counter: usize, label: Option<&str>) {
        let mut labels = label.map(|label| lend(label.as_bytes()));
        let (first, length) = match &mut labels {
            Some(label) => (ptr::from_mut(label), 1),
            None => (ptr::null_mut(), 0),
        };
        // SAFETY: the filter is alive; the labels outlive the call, which copies them.
        let _ = unsafe {
            abi::envoy_dynamic_module_callback_http_filter_increment_counter(
                self.filter.as_ptr(),
                counter,
                first,
                length,
                1,
            )
        };
    }

    /// Makes Envoy choose the route anew.
    pub(crate) fn clear_route(&mut self) {
        // SAFETY: the filter is alive.
        unsafe { abi::envoy_dynamic_module_callback_http_clear_route_cache(self.filter.as_ptr()) }
    }

    /// The number that the route of this stream was configured with, 0 if with none. It may be another module's pointer.
    pub(crate) fn route_number(&self) -> usize {
        // SAFETY: the filter is alive. What comes back is not followed.
        unsafe { abi::envoy_dynamic_module_callback_get_most_specific_route_config(self.filter.as_ptr()) }
            .addr()
    }

    /// How many bytes of the request's body are there: kept ones, and ones that the present event brought.
    pub(crate) fn body_length(&self) -> usize {
        self.parts().map(|part| self.part_length(part)).sum()
    }

    /// Copies the body that is there into `out`, in place of what was there.
    pub(crate) fn copy_body(&self, room: &mut Vec<EnvoyBuffer>, out: &mut Vec<u8>) {
        out.clear();
        for part in self.parts() {
            // SAFETY: the filter is alive.
            let length = unsafe {
                abi::envoy_dynamic_module_callback_http_get_body_chunks_size(self.filter.as_ptr(), part)
            };
            room.clear();
            room.resize(length, EnvoyBuffer::NONE);
            // SAFETY: the filter is alive, and `room` has as many places as Envoy just said that it will fill.
            let filled = unsafe {
                abi::envoy_dynamic_module_callback_http_get_body_chunks(
                    self.filter.as_ptr(),
                    part,
                    room.as_mut_ptr(),
                )
            };
            for chunk in room.iter().filter(|_| filled) {
                // SAFETY: Envoy filled the buffer in the call above, and nothing was set since.
                out.extend_from_slice(unsafe { bytes(*chunk) });
            }
        }
    }

    /// The parts that make up the body: what was kept, then what is new, unless the new is what was kept.
    fn parts(&self) -> impl Iterator<Item = u32> + use<> {
        // SAFETY: the filter is alive.
        let same = unsafe {
            abi::envoy_dynamic_module_callback_http_received_buffered_request_body(self.filter.as_ptr())
        };
        let kept = if same { None } else { Some(abi::BUFFERED_REQUEST_BODY) };
        kept.into_iter().chain(iter::once(abi::RECEIVED_REQUEST_BODY))
    }

    fn part_length(&self, part: u32) -> usize {
        // SAFETY: the filter is alive.
        unsafe { abi::envoy_dynamic_module_callback_http_get_body_size(self.filter.as_ptr(), part) }
    }
}

/// Puts names and values into `pairs`, and tells how many.
fn fill<'n, 'v>(pairs: &mut [ModulePair], from: impl IntoIterator<Item = (&'n str, &'v str)>) -> usize {
    let mut length: usize = 0;
    for (place, (name, value)) in pairs.iter_mut().zip(from) {
        *place = ModulePair { name: lend(name.as_bytes()), value: lend(value.as_bytes()) };
        length = length.saturating_add(1);
    }
    length
}

/// The lines of a header, as long as nothing is set.
#[derive(Clone, Copy)]
pub(crate) struct Headers<'s> {
    lines: &'s [EnvoyHeader],
}

impl<'s> Headers<'s> {
    /// Names, in lower case, and values.
    pub(crate) fn iter(self) -> impl Iterator<Item = (&'s [u8], &'s [u8])> {
        self.lines.iter().map(|line| {
            // SAFETY: Envoy filled the lines while the stream was borrowed for `'s`, so that nothing was set since.
            unsafe { (bytes(line.name), bytes(line.value)) }
        })
    }
}
