//! A command that prints the credential. No shell is asked, it has a time, and its output has a bound.

use super::output;
use super::running::Running;
use crate::caller::{Credential, SourceFault, Want};
use crate::members::Members;
use core::time::Duration;
use doorward_core::limits;
use doorward_core::time::UnixTime;
use std::io::ErrorKind;
use std::process::Command;
use zeroize::Zeroizing;

/// What plugins of Kubernetes want to know before they print an `ExecCredential`.
const KUBERNETES: &str = r#"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}"#;

/// A command.
pub(super) struct Exec {
    program: String,
    /// These may hold secrets, and are never shown.
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    timeout: Duration,
}

impl Exec {
    /// Reads `exec`, `timeout` and `variables` of a source.
    pub(super) fn from_json(members: &Members<'_>) -> Result<Self, String> {
        let mut words = Vec::new();
        for word in members.list("exec")? {
            let word = word.as_str().filter(|word| !word.contains('\0'));
            words.push(word.ok_or("expected `exec` of a source as an array of strings")?.to_owned());
        }
        let mut words = words.into_iter();
        let program = words.next().filter(|program| !program.is_empty());
        let program = program.ok_or("expected `exec` of a source to begin with a command")?;
        let seconds = match members.get("timeout") {
            None => limits::EXEC_DEFAULT,
            Some(value) => value.as_u64().unwrap_or_default(),
        };
        let most = limits::OBTAIN_LIMIT;
        if !(1..=most).contains(&seconds) {
            return Err(format!("expected `timeout` of a source from 1 to {most} seconds"));
        }
        let mut variables = Vec::new();
        if let Some(value) = members.get("variables") {
            let map = value.as_object().ok_or("expected `variables` of a source as an object")?;
            for (name, value) in map {
                let value = value.as_str().filter(|value| !value.contains('\0'));
                let value = value.filter(|_| !name.is_empty() && !name.contains(['=', '\0']));
                let value = value.ok_or("expected `variables` of a source as names with strings")?;
                variables.push((name.clone(), value.to_owned()));
            }
        }
        Ok(Self { program, arguments: words.collect(), variables, timeout: Duration::from_secs(seconds) })
    }

    pub(super) fn name(&self) -> String {
        format!("the command `{}`", self.program.escape_debug())
    }

    /// Runs the command. What is wanted is in its environment, as JSON in `DOORWARD_WANT`.
    pub(super) fn obtain(&self, scheme: &str, want: &Want, now: UnixTime) -> Result<Credential, SourceFault> {
        let text = self.run(want).map_err(|fault| fault.of(&self.name()))?;
        output::credential(scheme, &text, now).map_err(|fault| fault.of(&self.name()))
    }

    fn run(&self, want: &Want) -> Result<Zeroizing<String>, SourceFault> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env("DOORWARD_WANT", want.to_json().to_string())
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        if std::env::var_os("KUBERNETES_EXEC_INFO").is_none() {
            command.env("KUBERNETES_EXEC_INFO", KUBERNETES);
        }
        let running = Running::start(&mut command).map_err(|error| match error.kind() {
            ErrorKind::NotFound => SourceFault::hard("it is not there"),
            ErrorKind::PermissionDenied => SourceFault::hard("it may not be run"),
            _ => SourceFault::transient("it cannot be started"),
        })?;
        running.finish(self.timeout)
    }
}
