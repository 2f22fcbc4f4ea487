//! The hosts: how each is made ready, and how it is asked.

use core::time::Duration;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;

use super::compare::compare;
use super::sets::{Sets, program};
use super::tally::{Row, Tally, Trouble};
use crate::bindings::{c, envoy, nginx, node, python};
use crate::project::{self, Project};

/// No host takes longer, at night neither.
const PATIENCE: Duration = Duration::from_secs(20 * 60);

/// A host and the way to ask it.
pub(super) struct Host {
    name: &'static str,
    /// Programs without which the machine does not have this host.
    needs: &'static [(&'static str, &'static str)],
    kind: Kind,
}

enum Kind {
    /// A program that prints its answers: `command ROOT FILE…`.
    Runner(fn(&Project) -> Result<Command, String>),
    /// A server that is asked over HTTP.
    Server(&'static str, fn(&Project) -> Result<Served, String>),
}

/// A server's program and, where it has one, its module.
type Served = (PathBuf, Option<PathBuf>);

/// Every host, in the order of the table.
pub(super) const HOSTS: &[Host] = &[
    Host { name: "Rust", needs: &[], kind: Kind::Runner(rust) },
    Host { name: "Python", needs: &[("python3", "--version")], kind: Kind::Runner(python) },
    Host { name: "Node", needs: &[("node", "--version"), ("npm", "--version")], kind: Kind::Runner(node) },
    Host { name: "C", needs: &[("gcc", "--version"), ("objcopy", "--version")], kind: Kind::Runner(c) },
    Host {
        name: "nginx",
        needs: &[("nginx", "-v"), ("cc", "--version")],
        kind: Kind::Server("nginx", nginx),
    },
    Host {
        name: "Envoy",
        needs: &[("python3", "--version"), ("cc", "--version")],
        kind: Kind::Server("envoy", envoy),
    },
    Host { name: "`doorward serve`", needs: &[("cc", "--version")], kind: Kind::Server("serve", serve) },
];

impl Host {
    /// Asks the host about all sets.
    pub(super) fn row(&self, project: &Project, sets: &Sets) -> Row {
        println!("\n--> {}", self.name);
        let runs = |(program, argument): &(&str, &str)| {
            project::ask(project.command(program).arg(argument)).is_some()
        };
        if let Some((missing, _)) = self.needs.iter().find(|need| !runs(need)) {
            let why = format!("`{missing}` is not installed");
            return Row { host: self.name, result: Err(Trouble::Absent(why)) };
        }
        let tallies = match &self.kind {
            Kind::Runner(command) => command(project).and_then(|command| ask_runner(command, sets)),
            Kind::Server(name, parts) => {
                parts(project).and_then(|parts| ask_server(project, name, &parts, sets))
            }
        };
        let count = |len: usize| u64::try_from(len).unwrap_or(u64::MAX);
        let due: Vec<(&str, u64)> =
            sets.all.iter().map(|set| (set.name, count(set.reference.len()))).collect();
        match tallies {
            Ok(tallies) => Row::new(self.name, tallies, &due),
            Err(why) => Row { host: self.name, result: Err(Trouble::Broken(why)) },
        }
    }
}

/// Runs a program over each set, and compares what it prints.
fn ask_runner(command: Command, sets: &Sets) -> Result<Vec<(String, Tally)>, String> {
    let mut tallies = Vec::new();
    for set in &sets.all {
        let mut asked = again(&command);
        let printed = lines(asked.arg(&set.root).args(&set.files))?;
        tallies.push((set.name.to_owned(), compare(set.name, &set.reference, &printed)));
    }
    Ok(tallies)
}

/// Has a program of the tests ask a server about all sets.
fn ask_server(
    project: &Project,
    name: &str,
    (server, module): &(PathBuf, Option<PathBuf>),
    sets: &Sets,
) -> Result<Vec<(String, Tally)>, String> {
    let clock = clock(project, &sets.work)?;
    let mut command = project.command(&program(project, "http_hosts"));
    command.arg(name).arg(server).arg(module.as_deref().unwrap_or(Path::new("-"))).arg(clock);
    command.arg(project.root().join("tests/hosts/exceptions.json")).arg(sets.work.join(name));
    for set in &sets.all {
        command.arg("--set").arg(set.name).arg(&set.root).args(&set.files);
    }
    let read = |line: &String| {
        let json = serde_json::from_str(line).ok();
        json.as_ref().and_then(Tally::read).ok_or_else(|| format!("expected a tally, found `{line}`"))
    };
    lines(&mut command)?.iter().map(read).collect()
}

/// The library that shows servers the time of each case.
fn clock(project: &Project, work: &Path) -> Result<PathBuf, String> {
    let library = work.join("clock.so");
    let mut command = project.command("cc");
    command.args(["-std=c11", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-shared", "-fPIC", "-o"]);
    project::run(command.arg(&library).arg("tests/hosts/clock.c"))?;
    Ok(library)
}

/// What others are held against is the decision itself; this is the copy of it that owns its bytes.
fn rust(project: &Project) -> Result<Command, String> {
    let mut command = project.command(&program(project, "answers"));
    command.arg("--snapshot");
    Ok(command)
}

fn python(project: &Project) -> Result<Command, String> {
    let mut command = project.command(&python::ready(project)?.display().to_string());
    command.arg("bindings/python/tests/run_cases.py").env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(command)
}

fn node(project: &Project) -> Result<Command, String> {
    let mut command = project.command("node");
    command.arg(node::package(project)?.join("tests/run-cases.mjs"));
    Ok(command)
}

fn c(project: &Project) -> Result<Command, String> {
    let installed = c::prefix(project);
    c::install(project, &["--prefix".to_owned(), installed.display().to_string()])?;
    let mut command = project.command(&c::runner(project)?.display().to_string());
    command.env("LD_LIBRARY_PATH", installed.join("lib"));
    Ok(command)
}

fn nginx(project: &Project) -> Result<(PathBuf, Option<PathBuf>), String> {
    Ok((PathBuf::from("nginx"), Some(nginx::module(project)?)))
}

fn envoy(project: &Project) -> Result<(PathBuf, Option<PathBuf>), String> {
    Ok((envoy::envoy(project)?, Some(envoy::module(project)?)))
}

fn serve(project: &Project) -> Result<(PathBuf, Option<PathBuf>), String> {
    Ok((PathBuf::from(program(project, "doorward")), None))
}

/// The same command once more, without what was added to the other.
fn again(command: &Command) -> Command {
    let mut copy = Command::new(command.get_program());
    copy.args(command.get_args()).stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => copy.env(name, value),
            None => copy.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        copy.current_dir(folder);
    }
    copy
}

/// The lines that a program prints until it ends, well and in time.
pub(super) fn lines(command: &mut Command) -> Result<Vec<String>, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let fault = |error: std::io::Error| format!("`{name}`: {error}");
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(fault)?;
    let mut output = child.stdout.take().ok_or_else(|| format!("`{name}` has no output"))?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = output.read_to_end(&mut bytes).map(|_| bytes);
        // Nobody listens any more when it took too long.
        let _ = sender.send(read);
    });
    let Ok(bytes) = receiver.recv_timeout(PATIENCE) else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(format!("`{name}` took longer than {PATIENCE:?}"));
    };
    let status = child.wait().map_err(fault)?;
    if !status.success() {
        return Err(format!("`{name}` ended with {status}"));
    }
    let text = String::from_utf8(bytes.map_err(fault)?).map_err(|error| format!("`{name}`: {error}"))?;
    Ok(text.lines().map(str::to_owned).collect())
}
