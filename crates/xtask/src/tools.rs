//! Cargo's helpers that the project uses: which, in which version, and where they are put.

use crate::project::{self, Project};

/// A helper as the registry of crates has it: `cargo-name`, run as `cargo name`.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    version: &'static str,
}

pub(crate) const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };
pub(crate) const FUZZ: Tool = Tool { name: "cargo-fuzz", version: "0.13.2" };
pub(crate) const MUTANTS: Tool = Tool { name: "cargo-mutants", version: "27.1.0" };

/// Makes sure that a helper can be run; builds it below the target folder when `install` allows that, which takes
/// minutes.
pub(crate) fn ensure(project: &Project, tool: &Tool, install: bool) -> Result<(), String> {
    let Tool { name, version } = tool;
    let verb = name.strip_prefix("cargo-").unwrap_or(name);
    let installed = || project::ask(&mut project.cargo(&[verb, "--version"])).is_some();
    if installed() {
        return Ok(());
    }
    if !install {
        return Err(format!(
            "{name} is not installed, and building it takes minutes: `cargo xtask test --install`"
        ));
    }
    let folder = project.target().join("tools");
    // Helpers run for seconds: building them without optimisation is what saves time.
    let mut command =
        project.cargo(&["install", "--locked", "--quiet", "--debug", "--version", version, "--root"]);
    command.env("CARGO_PROFILE_DEV_DEBUG", "0");
    project::run(command.arg(folder).arg(name))
        .map_err(|error| format!("{name} could not be installed: {error}"))?;
    if installed() { Ok(()) } else { Err(format!("{name} was installed, yet does not run")) }
}

/// The first installed toolchain whose name starts with `name` and then ends, or goes on after one of `ends`.
pub(crate) fn toolchain(project: &Project, name: &str, ends: &[char]) -> Option<String> {
    let listed = project::ask(project.command("rustup").args(["toolchain", "list"]))?;
    named(&listed, name, ends).map(str::to_owned)
}

fn named<'a>(listed: &'a str, name: &str, ends: &[char]) -> Option<&'a str> {
    listed.lines().filter_map(|line| line.split_whitespace().next()).find(|toolchain| {
        toolchain.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(ends))
    })
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn toolchains_are_found_by_name() {
        let listed = "stable-x86_64-unknown-linux-gnu (active, default)\nnightly-x86_64\n1.95.0-x86_64\n";
        assert_eq!(named(listed, "nightly", &['-']), Some("nightly-x86_64"));
        assert_eq!(named(listed, "1.95", &['-', '.']), Some("1.95.0-x86_64"));
        assert_eq!(named(listed, "1.9", &['-', '.']), None);
    }
}
