//! Forks of the process: in a child, no thread of ours runs.

use core::sync::atomic::{AtomicU64, Ordering};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

/// How many forks lie between the first process and this one.
static FORKS: AtomicU64 = AtomicU64::new(0);

/// Whether this process is still the one that it was told of.
pub(crate) struct Process(AtomicU64);

impl Process {
    /// The process that this is. Has Python tell of forks from now on; where there are none, nothing is told.
    pub(crate) fn this(py: Python<'_>) -> PyResult<Self> {
        static WATCHED: PyOnceLock<()> = PyOnceLock::new();
        WATCHED.get_or_try_init(py, || watch(py))?;
        Ok(Self(AtomicU64::new(FORKS.load(Ordering::Relaxed))))
    }

    /// Whether it is a child that has not been asked this before.
    #[inline]
    pub(crate) fn is_new(&self) -> bool {
        let forks = FORKS.load(Ordering::Relaxed);
        self.0.load(Ordering::Relaxed) != forks && self.0.swap(forks, Ordering::Relaxed) != forks
    }
}

fn watch(py: Python<'_>) -> PyResult<()> {
    let os = py.import("os")?;
    if let Some(register) = os.getattr_opt("register_at_fork")? {
        let when = PyDict::new(py);
        when.set_item("after_in_child", wrap_pyfunction!(forked, py)?)?;
        register.call((), Some(&when))?;
    }
    Ok(())
}

#[pyfunction]
fn forked() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}
