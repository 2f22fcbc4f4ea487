//! nginx with the real module: one server block for each policy, all in one process.

use super::Host;
use super::client::Response;
use super::clock::Clock;
use super::judge::Seen;
use super::predicates::after_origin;
use super::process::{self, Server, free_addresses};
use super::wire::Wire;
use core::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Facts, and the variables that show them.
const SHOWN: &[(&str, &str)] = &[
    ("outcome", "$doorward_outcome"),
    ("reason", "$doorward_reason"),
    ("concealed", "$doorward_concealed"),
    ("recovery", "$doorward_recovery"),
    ("signal", "$doorward_signal"),
    ("grounds", "$doorward_grounds"),
    ("route", "$doorward_route"),
    // Variables of two kinds, so that nobody takes the caller of a refused request for somebody to act for.
    ("issuer", "$doorward_issuer$doorward_refused_issuer"),
    ("subject", "$doorward_subject$doorward_refused_subject"),
];

/// The program and its module.
#[derive(Debug)]
pub(super) struct Nginx {
    pub(super) program: PathBuf,
    pub(super) module: PathBuf,
}

impl Host for Nginx {
    fn start(
        &self,
        policies: &[PathBuf],
        upstream: SocketAddr,
        clock: &Clock,
        work: &Path,
    ) -> Result<Vec<Server>, String> {
        let addresses = free_addresses(policies.len())?;
        let servers = addresses.iter().zip(policies).map(|(address, policy)| server(*address, policy));
        let text = self.configuration(work, upstream, &servers.collect::<String>());
        let path = work.join("nginx.conf");
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        let server =
            Server::start(&mut self.command(work, &path), clock, &work.join("nginx.log"), addresses)?;
        Ok(vec![server])
    }

    fn seen(&self, response: Response) -> Seen {
        let fact = |name: &str| response.field(&format!("x-case-{name}")).unwrap_or_default().to_owned();
        let shown: Vec<_> = SHOWN.iter().map(|(name, _)| (*name, fact(name))).collect();
        Seen { judged: !fact("outcome").is_empty(), shown, behind: Seen::behind(&response), response }
    }

    /// nginx takes scheme and host out of an absolute URL before any module is asked.
    fn handed_over(&self, wire: &Wire) -> Wire {
        let target = match after_origin(&wire.target) {
            None => wire.target.clone(),
            Some([]) => b"/".to_vec(),
            Some(rest) => rest.to_vec(),
        };
        // What a client says by a name of ours is removed before anything is judged.
        let is_ours = |name: &str| name.to_ascii_lowercase().starts_with("x-doorward");
        let mut handed = Wire { target, ..wire.clone() };
        handed.fields.retain(|(name, _)| !is_ours(name));
        handed
    }

    fn refuses(&self, policy: &Path, work: &Path) -> Result<(bool, String), String> {
        let address = SocketAddr::from(([127, 0, 0, 1], 9));
        let path = work.join("refused.conf");
        let text = self.configuration(work, address, &server(address, policy));
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        process::ended(self.command(work, &path).arg("-t"))
    }
}

impl Nginx {
    fn command(&self, work: &Path, configuration: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("-p").arg(work).arg("-c").arg(configuration).arg("-e").arg("stderr");
        command
    }

    fn configuration(&self, work: &Path, upstream: SocketAddr, servers: &str) -> String {
        let facts: String = SHOWN
            .iter()
            .map(|(name, variable)| format!("    add_header X-Case-{name} {variable} always;\n"))
            .collect();
        let folders: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|name| format!("    {name}_temp_path {}/{name};\n", work.display()))
            .collect();
        format!(
            "load_module {};\n\
             daemon off;\n\
             worker_processes 1;\n\
             pid {}/nginx.pid;\n\
             error_log stderr crit;\n\
             events {{ worker_connections 256; }}\n\
             http {{\n\
             \x20   access_log off;\n\
             \x20   large_client_header_buffers 4 128k;\n\
             \x20   proxy_buffer_size 512k;\n\
             \x20   proxy_buffers 4 512k;\n\
             \x20   proxy_busy_buffers_size 1m;\n\
             \x20   keepalive_requests 1000000;\n\
             \x20   keepalive_timeout 600;\n\
             {folders}{facts}\
             \x20   upstream application {{ server {upstream}; keepalive 4; }}\n\
             {servers}}}\n",
            self.module.display(),
            work.display(),
        )
    }
}

fn server(address: SocketAddr, policy: &Path) -> String {
    format!(
        "    server {{\n\
         \x20       listen {address};\n\
         \x20       doorward on;\n\
         \x20       doorward_policy \"{}\";\n\
         \x20       location / {{\n\
         \x20           proxy_pass http://application;\n\
         \x20           proxy_http_version 1.1;\n\
         \x20           proxy_set_header Connection \"\";\n\
         \x20       }}\n\
         \x20   }}\n",
        policy.display()
    )
}
