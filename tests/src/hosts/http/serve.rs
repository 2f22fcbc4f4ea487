//! `doorward serve`: one process for each policy, asked as Caddy's forward_auth asks it.

use super::Host;
use super::client::Response;
use super::clock::Clock;
use super::judge::{Behind, Seen};
use super::process::{self, Server, free_addresses};
use super::wire::Wire;
use core::net::SocketAddr;
use doorward::Engine;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The program.
#[derive(Debug)]
pub(super) struct Serve {
    pub(super) program: PathBuf,
}

impl Host for Serve {
    fn start(
        &self,
        policies: &[PathBuf],
        _: SocketAddr,
        clock: &Clock,
        work: &Path,
    ) -> Result<Vec<Server>, String> {
        let addresses = free_addresses(policies.len())?;
        let mut servers = Vec::new();
        for (number, (address, policy)) in addresses.into_iter().zip(policies).enumerate() {
            let log = work.join(format!("serve-{number:02}.log"));
            servers.push(Server::start(&mut self.command(address, policy), clock, &log, vec![address])?);
        }
        Ok(servers)
    }

    fn request(&self, wire: &Wire) -> Vec<u8> {
        // The original request stands in fields; its content is not handed on.
        // A proxy sets these fields, whatever the caller has sent under their names.
        const OWN: [&str; 2] = ["X-Forwarded-Method", "X-Forwarded-Uri"];
        let mut asked =
            Wire { method: "GET".to_owned(), target: b"/auth".to_vec(), body: None, ..wire.clone() };
        asked.fields.retain(|(name, _)| !OWN.iter().any(|own| own.eq_ignore_ascii_case(name)));
        let values = [wire.method.clone().into_bytes(), wire.target.clone()];
        asked.fields.extend(OWN.iter().map(|own| (*own).to_owned()).zip(values));
        asked.bytes()
    }

    fn seen(&self, response: Response) -> Seen {
        let judged =
            response.field("x-doorward-outcome").is_some() || response.field("content-type").is_some();
        Seen { judged, shown: Vec::new(), behind: Behind::Answer, response }
    }

    fn cannot_take(&self, engine: &Engine) -> Option<&'static str> {
        engine.reads_body().then_some("content")
    }

    fn refuses(&self, policy: &Path, _: &Path) -> Result<(bool, String), String> {
        process::ended(&mut self.command(SocketAddr::from(([127, 0, 0, 1], 0)), policy))
    }
}

impl Serve {
    fn command(&self, address: SocketAddr, policy: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("serve").arg("--policy").arg(policy).args([
            "--from",
            "caddy",
            "--threads",
            "1",
            "--listen",
        ]);
        command.arg(address.to_string());
        command
    }
}
