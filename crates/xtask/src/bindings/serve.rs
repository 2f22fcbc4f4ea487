//! `doorward serve` behind real proxies: nginx and Caddy as the system has them, Envoy below the target folder.

use std::path::PathBuf;

use super::envoy;
use crate::project::{self, Project};
use crate::test::step::{Context, Report, tests};

const RUNNER: &str = "crates/doorward-cli/tests/proxies/run.py";

/// A proxy that is a package of the system.
pub(super) struct Package {
    name: &'static str,
    version: &'static str,
    /// Where it is, if the folder is not among those that are searched.
    place: &'static str,
}

pub(super) const NGINX: Package = Package { name: "nginx", version: "-v", place: "/usr/sbin/nginx" };
const CADDY: Package = Package { name: "caddy", version: "version", place: "/usr/bin/caddy" };

/// Builds the command, and runs it behind every proxy. Traefik is not packaged anywhere that is reached from here: the
/// runner imitates what it sends.
pub(crate) fn test(context: &Context<'_>) -> Report {
    let project = context.project;
    if project::ask(project.command("python3").arg("--version")).is_none() {
        return unready(context, "python3 is not installed".to_owned());
    }
    let proxies = NGINX.find(project).and_then(|nginx| Ok((nginx, envoy::envoy(project)?)));
    let (nginx, envoy) = match proxies {
        Ok(proxies) => proxies,
        Err(why) => return unready(context, why),
    };
    let caddy = CADDY.find(project);
    if let (true, Err(why)) = (context.install, &caddy) {
        return Report::failed(why.clone());
    }
    if let Err(why) = project::run(&mut project.cargo(&["build", "--release", "--package", "doorward-cli"])) {
        return Report::failed(why);
    }
    let mut command = project.command("python3");
    command.arg(RUNNER).arg("--doorward").arg(project.target().join("release/doorward"));
    command.arg("--nginx").arg(nginx).arg("--envoy").arg(envoy).env("PYTHONDONTWRITEBYTECODE", "1");
    // Without Caddy the runner says that it left it out, and counts it.
    if let Ok(caddy) = caddy {
        command.arg("--caddy").arg(caddy);
    }
    tests(&mut command)
}

impl Package {
    pub(super) fn find(&self, project: &Project) -> Result<PathBuf, String> {
        let Self { name, version, place } = self;
        let runs = |program: &str| project::ask(project.command(program).arg(version)).is_some();
        let found = [*name, *place].into_iter().find(|program| runs(program));
        found.map(PathBuf::from).ok_or_else(|| format!("{name} is not installed: `apt-get install {name}`"))
    }
}

/// What is missing is a reason to skip, unless it should have been installed.
pub(super) fn unready(context: &Context<'_>, why: String) -> Report {
    if context.install { Report::failed(why) } else { Report::skipped(why) }
}
