//! Events: what happened to keys, files and the policy in the background, for the host's log.

use crate::engine::Engine;
use crate::guard::{guard, guard_or};
use crate::handle::{self, Kind, Pool};
use crate::result::{DOORWARD_RESULT_NO_SUCH_ITEM, ResultCode};
use crate::slice::{Out, OutVersioned, Versioned};
use crate::text::Str;

/// An issuer's keys came: for the first time, different from before, or after a failure.
pub const DOORWARD_EVENT_KEYS_LOADED: u32 = 1;
/// An issuer's keys could not be fetched, or what came was refused.
pub const DOORWARD_EVENT_KEYS_FAILED: u32 = 2;
/// A watched file has changed and is in force.
pub const DOORWARD_EVENT_FILE_RELOADED: u32 = 3;
/// A watched file is gone or was refused; what was read from it before stays in force.
pub const DOORWARD_EVENT_FILE_REFUSED: u32 = 4;
/// The policy was loaded anew and is in force.
pub const DOORWARD_EVENT_POLICY_RELOADED: u32 = 5;
/// The policy was not loaded anew; the one before stays in force.
pub const DOORWARD_EVENT_POLICY_REFUSED: u32 = 6;
/// The thread that fetches met a fault of its own, and goes on.
pub const DOORWARD_EVENT_KEEPER_FAILED: u32 = 7;

/// The events of an engine since they were taken last, the oldest first. Freed with #doorward_events_free.
pub struct Events {
    _private: [u8; 0],
}

/// One event. The view lives until the events are freed.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Event {
    /// The size of this struct: `sizeof(doorward_event)`, set before the call.
    pub size: usize,
    /// What happened, one of `DOORWARD_EVENT_*`; 0 for what this version has no number for.
    pub kind: u32,
    /// 1 if something is wrong that somebody should look at, else 0.
    pub is_fault: u32,
    /// It in words: one line, lower case, no full stop, without secrets.
    pub text: Str,
}

// SAFETY: `repr(C)`, the size comes first, pointers and numbers may be zero, and this is the first version.
unsafe impl Versioned for Event {
    const FIRST: usize = size_of::<Self>();
}

/// An event as it is kept: its number, whether it is a fault, and its line.
pub(crate) struct Line {
    kind: u32,
    is_fault: bool,
    text: String,
}

impl Line {
    fn of(event: &doorward::Event) -> Self {
        let (kind, is_fault) = match event {
            doorward::Event::KeysLoaded { .. } => (DOORWARD_EVENT_KEYS_LOADED, false),
            doorward::Event::KeysFailed { .. } => (DOORWARD_EVENT_KEYS_FAILED, true),
            doorward::Event::FileReloaded { .. } => (DOORWARD_EVENT_FILE_RELOADED, false),
            doorward::Event::FileRefused { .. } => (DOORWARD_EVENT_FILE_REFUSED, true),
            doorward::Event::PolicyReloaded => (DOORWARD_EVENT_POLICY_RELOADED, false),
            doorward::Event::PolicyRefused { .. } => (DOORWARD_EVENT_POLICY_REFUSED, true),
            doorward::Event::KeeperFailed => (DOORWARD_EVENT_KEEPER_FAILED, true),
            // The list may grow in the façade before it does here: rather too loud than lost.
            _ => (0, true),
        };
        Self { kind, is_fault, text: event.to_string() }
    }
}

impl Kind for Events {
    type Value = Vec<Line>;
    const MARK: u64 = 0xd00a_ed05_6576_656e;

    fn pool() -> &'static Pool<Self::Value> {
        static EVENTS: Pool<Vec<Line>> = Pool::new();
        &EVENTS
    }
}

/// Takes the events since the last call: the latest few hundred are kept. A host asks for them every few seconds and writes
/// them to its log.
///
/// On success the caller owns `*out_events` and frees it with #doorward_events_free; where nothing happened it is null.
///
/// Any thread may call it, but not while another frees `engine`; of two that call it at once each gets some. It allocates if
/// something happened. `engine` and `out_events` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_engine_take_events(
    engine: *const Engine,
    out_events: *mut *mut Events,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header, for both pointers; the engine is not freed during the call.
        let (shared, out) = unsafe { (handle::share(engine)?, Out::new(out_events)?) };
        out.put(|| {
            let lines: Vec<Line> = shared.engine.take_events().iter().map(Line::of).collect();
            if lines.is_empty() { core::ptr::null_mut() } else { handle::new(lines, 0) }
        });
        Ok(())
    })
}

/// The number of events; 0 if `events` is null or no handle of events.
///
/// Any thread may call it, but not while another frees `events`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_events_count(events: *const Events) -> usize {
    guard_or(0, || {
        // SAFETY: the conventions of the header: the events are not freed during the call.
        unsafe { handle::share(events) }.map_or(0, Vec::len)
    })
}

/// Writes the event with this index, from 0, the oldest first. `out_event->size` must be set before the call.
///
/// The view in `*out_event` lives until `events` is freed.
///
/// Any thread may call it, but not while another frees `events`. `events` and `out_event` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_events_item(
    events: *const Events,
    index: usize,
    out_event: *mut Event,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header, for both pointers; the events are not freed during the call.
        let (lines, out) = unsafe { (handle::share(events)?, OutVersioned::new(out_event)?) };
        let line = lines.get(index).ok_or(DOORWARD_RESULT_NO_SUCH_ITEM)?;
        out.put(|event| {
            event.kind = line.kind;
            event.is_fault = line.is_fault.into();
            event.text = Str::of(&line.text);
        });
        Ok(())
    })
}

/// Frees events. Null is fine, and a handle that was freed before is left alone.
///
/// Any thread may call it, but not while another uses `events`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn doorward_events_free(events: *mut Events) {
    guard_or((), || {
        // SAFETY: the conventions of the header: nobody uses the handle during the call.
        unsafe { handle::free(events) };
    });
}
