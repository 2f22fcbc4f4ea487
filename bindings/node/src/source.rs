//! Sources that the façade has: read from JSON text, and asked on a thread of Node's pool.

use crate::caller::{Held, ticket_of};
use crate::errors::invalid;
use doorward::UnixTime;
use doorward::caller::{Ticket, Want};
use doorward::source::{self, Source};
use napi::bindgen_prelude::{AsyncTask, Either, External};
use napi::{Env, Task};
use napi_derive::napi;
use std::sync::Arc;

/// A source from JSON text: a handle, or what is wrong with it.
///
/// # Errors
///
/// No JSON.
#[napi(catch_unwind)]
pub fn source_new(json: String) -> napi::Result<Either<External<Arc<Source>>, String>> {
    let value = serde_json::from_str(&json).map_err(|_| invalid("expected a source as JSON"))?;
    Ok(match Source::from_json(&value) {
        Ok(source) => Either::A(External::new(Arc::new(source))),
        Err(fault) => Either::B(fault),
    })
}

/// Whether a token endpoint that refuses with this error would do so again.
#[napi(catch_unwind)]
#[must_use]
pub fn is_final(code: String) -> bool {
    source::is_final(&code)
}

/// One try to get a credential.
pub struct Obtaining {
    held: Held,
    source: Arc<Source>,
    ticket: Ticket,
    want: Want,
}

impl Task for Obtaining {
    type Output = ();
    type JsValue = ();

    fn compute(&mut self) -> napi::Result<()> {
        let source = |want: &Want, now: UnixTime| {
            self.source.obtain(want, now).map(|credential| self.held.as_sent(credential))
        };
        self.held.caller.obtain_from(&source, self.ticket, &self.want);
        Ok(())
    }

    fn resolve(&mut self, _env: Env, _output: ()) -> napi::Result<()> {
        Ok(())
    }
}

/// Asks a source, and tells the caller what came of it: a promise that is kept when it knows.
///
/// # Errors
///
/// No want.
#[napi(catch_unwind)]
pub fn caller_obtain(
    held: &External<Held>,
    source: &External<Arc<Source>>,
    ticket: i64,
    want: String,
) -> napi::Result<AsyncTask<Obtaining>> {
    let want = serde_json::from_str(&want).map_err(|_| invalid("expected a want as JSON"))?;
    let want = Want::from_json(&want).map_err(|fault| invalid(&fault))?;
    Ok(AsyncTask::new(Obtaining {
        held: Held::clone(held),
        source: Arc::clone(source),
        ticket: ticket_of(ticket),
        want,
    }))
}
