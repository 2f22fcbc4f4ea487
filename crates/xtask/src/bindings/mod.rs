//! What is done for each host of the core: its derived files, and its step of the test run.

pub(crate) mod c;
pub(crate) mod envoy;
pub(crate) mod hosts;
pub(crate) mod nginx;
pub(crate) mod node;
pub(crate) mod python;
pub(crate) mod readme;
pub(crate) mod serve;
pub(crate) mod stories;

/// A file that is derived from the code: committed, and compared with what the code says in every test run.
#[derive(Debug)]
pub(crate) struct Derived {
    /// Relative to the project's root, with slashes.
    pub(crate) path: String,
    pub(crate) content: Vec<u8>,
}

/// The derived files of all hosts.
pub(crate) fn derived(project: &crate::project::Project) -> Result<Vec<Derived>, String> {
    let mut files = c::derived(project)?;
    files.extend(python::derived(project)?);
    files.extend(node::derived(project)?);
    Ok(files)
}
