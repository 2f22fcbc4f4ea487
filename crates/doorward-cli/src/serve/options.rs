//! What the command line of `serve` says.

use super::address::Address;
use super::limits::{CONNECTIONS, CONNECTIONS_MAX, READY_MAX, THREADS_MAX};
use super::log::Level;
use super::proxy::Proxy;
use crate::arguments;
use crate::ending::Failure;
use core::time::Duration;
use doorward::UnixTime;
use lexopt::{Arg, Parser, ValueExt};
use std::path::PathBuf;
use std::thread;

/// Everything that can be chosen.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) policy: PathBuf,
    pub(super) proxy: Proxy,
    pub(super) address: Address,
    pub(super) endpoint: String,
    pub(super) health: Option<String>,
    pub(super) status: Option<Address>,
    pub(super) status_anywhere: bool,
    pub(super) ready: Option<Duration>,
    pub(super) threads: u32,
    pub(super) connections: u32,
    pub(super) level: Level,
    pub(super) log_subject: bool,
    pub(super) trace_marker: bool,
    pub(super) port_file: Option<PathBuf>,
    pub(super) at: Option<UnixTime>,
}

impl Options {
    /// Reads the command line; nothing if help was asked for.
    pub(super) fn read(arguments: &mut Parser) -> Result<Option<Self>, Failure> {
        let (mut policy, mut proxy, mut threads) = (None, None, None);
        let mut options = Self {
            policy: PathBuf::new(),
            proxy: Proxy::Nginx,
            address: Address::default(),
            endpoint: "/auth".to_owned(),
            health: None,
            status: None,
            status_anywhere: false,
            ready: None,
            threads: 1,
            connections: CONNECTIONS,
            level: Level::default(),
            log_subject: false,
            trace_marker: false,
            port_file: None,
            at: None,
        };
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Short('h') | Arg::Long("help") => return Ok(None),
                Arg::Long("policy") => policy = Some(arguments.value()?.into()),
                Arg::Long("from") => proxy = Some(Proxy::parse(&arguments.value()?.string()?)?),
                Arg::Long("listen") => {
                    options.address = Address::parse("--listen", &arguments.value()?.string()?)?;
                }
                Arg::Long("endpoint") => options.endpoint = path(arguments, "--endpoint")?,
                Arg::Long("health") => options.health = Some(path(arguments, "--health")?),
                Arg::Long("status") => {
                    options.status = Some(Address::parse("--status", &arguments.value()?.string()?)?);
                }
                Arg::Long("status-anywhere") => options.status_anywhere = true,
                Arg::Long("ready") => {
                    let seconds = number(arguments, "--ready", READY_MAX)?;
                    options.ready = Some(Duration::from_secs(seconds.into()));
                }
                Arg::Long("threads") => threads = Some(number(arguments, "--threads", THREADS_MAX)?),
                Arg::Long("connections") => {
                    options.connections = number(arguments, "--connections", CONNECTIONS_MAX)?;
                }
                Arg::Long("log") => options.level = Level::parse(&arguments.value()?.string()?)?,
                Arg::Long("log-subject") => options.log_subject = true,
                Arg::Long("trace-marker") => options.trace_marker = true,
                Arg::Long("port-file") => options.port_file = Some(arguments.value()?.into()),
                Arg::Long("at") => options.at = Some(arguments::time(arguments, "--at")?),
                other => return Err(other.unexpected().into()),
            }
        }
        options.policy = policy.ok_or_else(|| Failure::usage("expected `--policy`"))?;
        let missing = "expected `--from` with the proxy that asks: nginx, traefik, caddy or envoy";
        options.proxy = proxy.ok_or_else(|| Failure::usage(missing))?;
        options.threads = threads.unwrap_or_else(cores);
        options.check()?;
        Ok(Some(options))
    }

    fn check(&self) -> Result<(), Failure> {
        if self.port_file.is_some() && matches!(self.address, Address::Unix(_)) {
            return Err(Failure::usage("expected no `--port-file` with a Unix socket, which has no port"));
        }
        match &self.status {
            None if self.status_anywhere => {
                return Err(Failure::usage("expected `--status` beside `--status-anywhere`"));
            }
            Some(status) if !status.is_local() && !self.status_anywhere => {
                return Err(Failure::usage(format!(
                    "expected `--status` on this machine's own address, found `{status}`, which others reach: they learn whom \
                     we trust and what is broken; `--status-anywhere` lets them"
                )));
            }
            _ => {}
        }
        let Some(health) = &self.health else { return Ok(()) };
        // Envoy puts the endpoint before the caller's path: below it, the path is the caller's to choose.
        let is_callers = self.proxy == Proxy::Envoy
            && health
                .strip_prefix(self.endpoint.trim_end_matches('/'))
                .is_some_and(|rest| rest.starts_with('/'));
        if is_callers || *health == self.endpoint {
            let endpoint = &self.endpoint;
            return Err(Failure::usage(format!(
                "expected `--health` apart from the endpoint `{endpoint}`, where callers are judged, found `{health}`"
            )));
        }
        Ok(())
    }
}

fn cores() -> u32 {
    thread::available_parallelism().ok().and_then(|cores| u32::try_from(cores.get()).ok()).unwrap_or(1)
}

/// The value of an option that is a path of URLs.
fn path(arguments: &mut Parser, option: &str) -> Result<String, Failure> {
    let text = arguments.value()?.string()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let is_path = text.starts_with('/') && text.bytes().all(is_plain);
    if is_path && (text.len() == 1 || !text.ends_with('/')) {
        return Ok(text);
    }
    let found = text.escape_debug();
    Err(Failure::usage(format!("expected `{option}` as a path such as /auth, found `{found}`")))
}

/// The value of an option that is a number from 1.
fn number(arguments: &mut Parser, option: &str, most: u32) -> Result<u32, Failure> {
    let text = arguments.value()?.string()?;
    text.parse().ok().filter(|number| (1..=most).contains(number)).ok_or_else(|| {
        let found = text.escape_debug();
        Failure::usage(format!("expected `{option}` as a number from 1 to {most}, found `{found}`"))
    })
}
