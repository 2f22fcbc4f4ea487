//! The policy in force: one engine for every thread, loaded anew as a whole, and never with what cannot be judged here.

use super::log::Log;
use crate::ending::complain;
use crate::trust;
use core::time::Duration;
use doorward::policy::model::{Accept, PolicyModel};
use doorward::{Engine, Event, NotReady};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A policy file and its engine.
pub(super) struct Policy {
    file: PathBuf,
    engine: Engine,
}

impl Policy {
    /// Loads the file. Nothing is fetched or watched before [`Policy::start`].
    ///
    /// # Errors
    ///
    /// Every fault of the policy, each on a line; that it takes tokens from forms.
    pub(super) fn load(file: PathBuf) -> Result<Self, String> {
        let engine = Engine::load_file(&file).map_err(|errors| errors.to_string())?;
        if engine.reads_body() {
            return Err(forms(&file));
        }
        Ok(Self { file, engine })
    }

    /// Begins to fetch and to watch, and has the log told of what comes of it.
    pub(super) fn start(&self, log: &Arc<Log>) {
        let log = Arc::clone(log);
        self.engine.on_event(move |event| log.event(event));
        self.engine.start();
    }

    /// Waits until every issuer whose keys are fetched has some.
    ///
    /// # Errors
    ///
    /// The issuers that have none when the time is over.
    pub(super) fn ready(&self, patience: Duration) -> Result<(), NotReady> {
        self.engine.ready(patience)
    }

    /// Loads the file anew; what is in force stays so if that fails. The log is told which of both it is.
    pub(super) fn reload(&self, log: &Log) {
        // A file that cannot be read is left to the engine, which says why.
        if reads_forms(&self.file).unwrap_or(false) {
            log.event(&Event::PolicyRefused { detail: forms(&self.file) });
        } else if self.engine.reload().is_ok() {
            self.warn();
        }
    }

    /// Says what the policy's author should know.
    pub(super) fn warn(&self) {
        let model = trust::model(self.file.as_os_str());
        let peers = model.as_ref().and_then(trust::peer_warning).map(str::to_owned);
        let warnings = self.engine.warnings().into_iter().chain(peers);
        warnings.for_each(|warning| complain(&format!("warning: {warning}")));
    }

    /// The engine.
    pub(super) const fn engine(&self) -> &Engine {
        &self.engine
    }
}

/// Whether some route takes tokens from forms. If the file changes between this look and the next, the judge still sees it:
/// it lets nobody in by such a policy.
fn reads_forms(file: &Path) -> Option<bool> {
    let PolicyModel { issuers, routes, .. } = trust::model(file.as_os_str())?;
    let takes_form = |index: usize| issuers.get(index).is_some_and(|issuer| issuer.token_in.form);
    Some(routes.iter().any(|route| match &route.accept {
        Accept::Issuers(accepted) => accepted.iter().any(|index| takes_form(index.value)),
        Accept::Anyone => false,
    }))
}

/// Judged without it, a second credential in the content would not be seen.
fn forms(file: &Path) -> String {
    let file = file.display();
    format!(
        "{file}: expected `token_in` without `form`: the question of a proxy does not carry the caller's content"
    )
}
