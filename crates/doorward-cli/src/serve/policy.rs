//! The policy in force: read by every thread, replaced as a whole, and never by one that does not load.

use core::sync::atomic::{AtomicU64, Ordering};
use doorward::Engine;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// A policy file and the engine that it gave last.
pub(super) struct Policy {
    file: PathBuf,
    engine: RwLock<Arc<Engine>>,
    /// Counts the engines, so that a thread sees a new one without taking the lock.
    epoch: AtomicU64,
}

impl Policy {
    /// Loads the file.
    ///
    /// # Errors
    ///
    /// Every fault of the policy, each on a line; that it takes tokens from forms.
    pub(super) fn load(file: PathBuf) -> Result<Self, String> {
        let engine = RwLock::new(Arc::new(engine(&file)?));
        Ok(Self { file, engine, epoch: AtomicU64::new(0) })
    }

    /// Loads the file again; what is in force stays so if that fails.
    ///
    /// # Errors
    ///
    /// As for [`Policy::load`].
    pub(super) fn reload(&self) -> Result<Arc<Engine>, String> {
        let engine = Arc::new(engine(&self.file)?);
        *self.engine.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&engine);
        self.epoch.fetch_add(1, Ordering::Release);
        Ok(engine)
    }

    /// The engine in force.
    pub(super) fn engine(&self) -> Arc<Engine> {
        Arc::clone(&self.engine.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The number of the engine in force. To be asked before [`Policy::engine`]: an engine may then be newer than its
    /// number, which is put right at the next look, and never older.
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }
}

fn engine(file: &Path) -> Result<Engine, String> {
    let engine = Engine::from_file(file).map_err(|errors| errors.to_string())?;
    if engine.reads_body() {
        // Judged without it, a second credential in the content would not be seen.
        let file = file.display();
        return Err(format!(
            "{file}: expected `token_in` without `form`: the question of a proxy does not carry the caller's content"
        ));
    }
    Ok(engine)
}
