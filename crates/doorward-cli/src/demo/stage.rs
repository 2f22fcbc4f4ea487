//! Where the demo plays: keys in memory, and a folder with the policy, its key sets and the requests.

use super::keys::Keys;
use super::scenes::{self, Scene};
use crate::ending::Failure;
use crate::input;
use doorward::{Engine, UnixTime};
use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

const POLICY: &str = include_str!("policy.toml");

/// All that the demo needs. The folder stays, so that its files can be looked at and changed.
pub(super) struct Stage {
    pub(super) engine: Engine,
    pub(super) policy: PathBuf,
    pub(super) scenes: Vec<Scene>,
    folder: PathBuf,
}

impl Stage {
    pub(super) fn build(now: UnixTime) -> Result<Self, Failure> {
        let keys = Keys::new().map_err(|_| Failure::input("no keys can be made on this machine"))?;
        let scenes = scenes::all(&keys, now).map_err(|_| Failure::input("the tokens cannot be signed"))?;
        let folder =
            std::env::temp_dir().join(format!("doorward-demo-{}-{}", std::process::id(), now.nanos()));
        let policy = folder.join("doorward.toml");
        let fault = |error: io::Error| Failure::input(format!("{}: {error}", folder.display()));
        private_folder(&folder).map_err(fault)?;
        fs::write(&policy, POLICY).map_err(fault)?;
        fs::write(folder.join("corp.jwks.json"), format!("{:#}\n", keys.published())).map_err(fault)?;
        fs::write(folder.join("batch.jwks.json"), format!("{:#}\n", keys.shared())).map_err(fault)?;
        for scene in &scenes {
            fs::write(folder.join(scene.name).with_extension("http"), &scene.request).map_err(fault)?;
        }
        Ok(Self { engine: input::engine(policy.as_os_str())?, policy, scenes, folder })
    }

    /// Where the policy, its key sets and the requests are.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes the folder away again.
    pub(super) fn clear(self) {
        // What cannot be removed stays in the folder for temporary files, where the system removes it some day.
        let _ = fs::remove_dir_all(self.folder);
    }
}

/// A folder that nobody else can look into, since a shared secret is in it; it must not exist yet.
fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
