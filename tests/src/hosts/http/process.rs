//! A server as a child process: started with the clock in hand, stopped whatever happens.

use super::clock::Clock;
use core::net::SocketAddr;
use core::time::Duration;
use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    log: PathBuf,
    pub(super) addresses: Vec<SocketAddr>,
}

impl Server {
    /// Starts a server and waits until it listens on all these addresses. What it prints goes to `log`.
    pub(super) fn start(
        command: &mut Command,
        clock: &Clock,
        log: &Path,
        addresses: Vec<SocketAddr>,
    ) -> Result<Self, String> {
        let name = command.get_program().to_string_lossy().into_owned();
        let fault = |error: std::io::Error| format!("{name}: {error}");
        let file = File::create(log).map_err(fault)?;
        let same = file.try_clone().map_err(fault)?;
        clock.preload(command).stdin(Stdio::null()).stdout(file).stderr(same);
        let child = command.spawn().map_err(fault)?;
        let mut server = Self { child, log: log.to_owned(), addresses };
        server.wait().map_err(|why| format!("{name}: {why}: {}", server.said()))?;
        Ok(server)
    }

    fn wait(&mut self) -> Result<(), String> {
        let start = Instant::now();
        for address in &self.addresses {
            while TcpStream::connect_timeout(address, PATIENCE).is_err() {
                if let Ok(Some(status)) = self.child.try_wait() {
                    return Err(format!("ended with {status}"));
                }
                if start.elapsed() > PATIENCE {
                    return Err(format!("does not listen on {address} after {PATIENCE:?}"));
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        Ok(())
    }

    /// What the server printed.
    pub(super) fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default().trim().to_owned()
    }
}

impl Drop for Server {
    /// Asks for an end, and then makes one.
    fn drop(&mut self) {
        if let Ok(Some(_)) = self.child.try_wait() {
            return;
        }
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(5) {
            if let Ok(Some(_)) = self.child.try_wait() {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// So many addresses on the loopback interface that nobody listens on.
pub(super) fn free_addresses(count: usize) -> Result<Vec<SocketAddr>, String> {
    let bound: Result<Vec<TcpListener>, _> =
        (0..count).map(|_| TcpListener::bind(("127.0.0.1", 0))).collect();
    let listeners = bound.map_err(|error| format!("no free port: {error}"))?;
    listeners.iter().map(|listener| listener.local_addr().map_err(|error| error.to_string())).collect()
}

/// What a command that must fail says, and whether it did: standard output and error together.
pub(super) fn ended(command: &mut Command) -> Result<(bool, String), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{name}: {error}"))?;
    let text = [output.stdout, output.stderr].concat();
    Ok((output.status.success(), String::from_utf8_lossy(&text).into_owned()))
}
