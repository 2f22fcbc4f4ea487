//! Where the project is, and how its commands are started.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The checkout that the task works on.
pub(crate) struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// Finds the project at or above the current folder.
    pub(crate) fn find() -> Result<Self, String> {
        let here = env::current_dir().map_err(|error| format!("no current folder: {error}"))?;
        let root = here
            .ancestors()
            .find(|folder| folder.join("crates/xtask/Cargo.toml").is_file())
            .ok_or("not inside the project")?
            .to_path_buf();
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |set| root.join(set));
        Ok(Self { root, target })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder that builds go to.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Cargo with these arguments, by the toolchain in force.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = self.command("cargo");
        command.args(arguments);
        command
    }

    /// Cargo of another toolchain. Not `cargo +name`, which only rustup's own `cargo` understands.
    pub(crate) fn cargo_of(&self, toolchain: &str, arguments: &[&str]) -> Command {
        let mut command = self.command("rustup");
        command.args(["run", toolchain, "cargo"]).args(arguments);
        command
    }

    /// A program, started at the root, without standard input, and without what `cargo run` told about the xtask
    /// package: build scripts that watch those variables would run again and again.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).stdin(Stdio::null());
        for (name, _) in env::vars_os() {
            let foreign = name.to_str().is_some_and(|name| {
                name == "CARGO" || name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
            });
            if foreign {
                command.env_remove(name);
            }
        }
        let own = self.target.join("tools/bin");
        let search = env::var_os("PATH").unwrap_or_default();
        if let Ok(path) = env::join_paths(core::iter::once(own).chain(env::split_paths(&search))) {
            command.env("PATH", path);
        }
        command
    }
}

/// Runs a command to its end, its output going where ours goes.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    println!("$ {}", line(command));
    let status = command.status().map_err(|error| format!("`{}` did not start: {error}", line(command)))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` ended with {status}", line(command))) }
}

/// What a command printed, or `None` when it could not be run or failed.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    if output.status.success() { String::from_utf8(output.stdout).ok() } else { None }
}

/// A command as one would type it.
pub(crate) fn line(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}
