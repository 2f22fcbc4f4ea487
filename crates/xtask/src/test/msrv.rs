//! The oldest Rust that the workspace promises to build with.

use std::fs;

use super::step::{Context, Report, check};
use crate::{project, tools};

pub(super) fn run(context: &Context<'_>) -> Report {
    let manifest = fs::read_to_string(context.project.root().join("Cargo.toml")).unwrap_or_default();
    let Some(promised) = rust_version(&manifest) else {
        return Report::failed("Cargo.toml names no rust-version");
    };
    let running = project::ask(context.project.command("rustc").arg("--version")).unwrap_or_default();
    if is_release(&running, promised) {
        return Report::ok(format!("the steps above ran on it: {}", running.trim()));
    }
    let Some(toolchain) = tools::toolchain(context.project, promised, &['-', '.']) else {
        return Report::skipped(format!(
            "promised is {promised}, running is {}, and {promised} is not installed",
            running.trim()
        ));
    };
    check(&mut context.project.cargo_of(&toolchain, &["check", "--workspace", "--all-targets"]))
}

/// The value of `rust-version` in a manifest.
fn rust_version(manifest: &str) -> Option<&str> {
    manifest.lines().find_map(|line| {
        let value = line.strip_prefix("rust-version")?.trim_start().strip_prefix('=')?;
        value.split('"').nth(1)
    })
}

/// Whether `rustc --version` names a release of the promised version.
fn is_release(version: &str, promised: &str) -> bool {
    let Some(number) = version.strip_prefix("rustc ").and_then(|rest| rest.split_whitespace().next()) else {
        return false;
    };
    number.strip_prefix(promised).is_some_and(|rest| {
        rest.is_empty()
            || rest.strip_prefix('.').is_some_and(|patch| patch.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_promise_is_read() {
        assert_eq!(rust_version("[workspace.package]\nrust-version = \"1.95\" # why\n"), Some("1.95"));
        assert_eq!(rust_version("rust-version.workspace = true\n"), None);
    }

    #[test]
    fn releases_are_told_from_others() {
        assert!(is_release("rustc 1.95.0 (59807616e 2026-04-14)\n", "1.95"));
        assert!(is_release("rustc 1.95.0 (59807616e 2026-04-14)\n", "1.95.0"));
        assert!(!is_release("rustc 1.96.0 (x)", "1.95"));
        assert!(!is_release("rustc 1.95.0-nightly (x)", "1.95"));
        assert!(!is_release("rustc 1.95.0 (x)", "1.9"));
        assert!(!is_release("", "1.95"));
    }
}
