//! Engines as JavaScript holds them: loaded policies, and the memory that their decisions are made in.

use crate::errors::{faults, invalid};
use core::cell::RefCell;
use doorward::error::LoadErrors;
use doorward::{Engine, Format, Scratch};
use napi::bindgen_prelude::{Either, External};
use napi_derive::napi;
use serde_json::json;
use std::path::Path;

/// An engine with what its decisions need beside it.
pub(crate) struct Desk {
    pub(crate) engine: Engine,
    pub(crate) scratch: Scratch,
    /// The header fields that JavaScript was last told to hand over: a place in a request is one in this list.
    pub(crate) fields: Vec<&'static str>,
    /// The record of the latest decision.
    pub(crate) record: Vec<u8>,
}

thread_local! {
    /// The engines of this thread by their number. A number is quicker to read from an argument than a handle, and
    /// whatever else comes as a number, nothing is reached with it but another engine of the same thread.
    static DESKS: RefCell<Vec<Option<Desk>>> = const { RefCell::new(Vec::new()) };
}

/// Gives `work` the engine of that number. `None` where there is none, or it is at work already.
pub(crate) fn with_desk<R>(number: u32, work: impl FnOnce(&mut Desk) -> R) -> Option<R> {
    DESKS.with(|desks| {
        let mut desks = desks.try_borrow_mut().ok()?;
        desks.get_mut(usize::try_from(number).ok()?)?.as_mut().map(work)
    })
}

/// What keeps an engine alive: JavaScript holds it, and the engine goes when it is collected.
pub struct Handle {
    pub(crate) number: u32,
}

impl Handle {
    fn new(engine: Engine) -> napi::Result<Self> {
        engine.warm_thread();
        let fields = engine.fields().iter().collect();
        let desk = Desk { scratch: engine.scratch(), fields, record: Vec::new(), engine };
        let number = DESKS.with(|desks| {
            let mut desks = desks.try_borrow_mut().ok()?;
            let free = desks.iter().position(Option::is_none).unwrap_or(desks.len());
            match desks.get_mut(free) {
                Some(place) => *place = Some(desk),
                None => desks.push(Some(desk)),
            }
            u32::try_from(free).ok()
        });
        number.map(|number| Self { number }).ok_or_else(|| invalid("expected fewer engines"))
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // At the end of a thread the list may be gone before its handles are.
        let _ = DESKS.try_with(|desks| {
            let mut desks = desks.try_borrow_mut().ok()?;
            desks.get_mut(usize::try_from(self.number).ok()?)?.take()
        });
    }
}

type Loaded = Either<External<Handle>, String>;

fn loaded(result: Result<Engine, LoadErrors>) -> napi::Result<Loaded> {
    match result {
        Ok(engine) => {
            // What Node does not see, it does not collect in time: the stores are the most of an engine.
            let bytes = engine.memory();
            Ok(Either::A(External::new_with_size_hint(Handle::new(engine)?, bytes)))
        }
        Err(errors) => Ok(Either::B(faults(&errors))),
    }
}

/// Loads a policy file: a handle, or the faults as JSON text. Nothing is fetched before [`crate::upkeep::engine_start`].
///
/// # Errors
///
/// More engines than can be counted.
#[napi(catch_unwind)]
pub fn engine_from_file(path: String) -> napi::Result<Loaded> {
    loaded(Engine::load_file(path))
}

/// Loads a policy from text: a handle, or the faults as JSON text. The format is `toml`, `json`, or `object` for
/// JSON that nobody wrote, so that no fault names a line of it.
///
/// # Errors
///
/// Another format; more engines than can be counted.
#[napi(catch_unwind)]
pub fn engine_from_text(text: String, format: String, folder: Option<String>) -> napi::Result<Loaded> {
    let language = match format.as_str() {
        "toml" => Format::Toml,
        "json" | "object" => Format::Json,
        _ => return Err(invalid("expected `toml`, `json` or `object`")),
    };
    let result = Engine::load_text(&text, language, folder.as_deref().map(Path::new));
    loaded(if format == "object" { result.map_err(LoadErrors::without_positions) } else { result })
}

/// What is fixed about an engine until its policy is loaded anew, as JSON text, and the number that it goes by on this thread.
///
/// # Errors
///
/// The handle is of another thread.
#[napi(catch_unwind)]
pub fn engine_facts(handle: &External<Handle>) -> napi::Result<String> {
    let facts = with_desk(handle.number, |Desk { engine, fields, .. }| {
        *fields = engine.fields().iter().collect();
        json!({
            "number": handle.number,
            "epoch": engine.policy_epoch(),
            "memory": engine.memory(),
            "fields": fields,
            "readsBody": engine.reads_body(),
            "formLimit": engine.form_limit(),
            "warnings": engine.warnings(),
            "issuers": engine.issuers(),
            "routes": engine.routes(),
        })
        .to_string()
    });
    facts.ok_or_else(|| invalid("expected an engine of this thread"))
}
