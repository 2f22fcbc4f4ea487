//! The hosts that are servers, asked over real HTTP on the loopback interface, at the time that each case names.

mod client;
mod clock;
mod envoy;
mod judge;
mod nginx;
mod predicates;
mod process;
mod rules;
mod serve;
mod upstream;
mod wire;

use super::table::{Source, TableFile};
use client::{Client, Response};
use clock::Clock;
use core::net::SocketAddr;
use core::time::Duration;
use doorward::Engine;
use doorward::raw_request::RawRequest;
use judge::{Expected, Seen};
use predicates::Request;
use process::Server;
use rules::{Outcome, Rules, Score};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;
use wire::Wire;

/// A server that decides.
trait Host {
    /// Starts it for these policies; the addresses of all servers together are in their order.
    fn start(
        &self,
        policies: &[PathBuf],
        upstream: SocketAddr,
        clock: &Clock,
        work: &Path,
    ) -> Result<Vec<Server>, String>;

    /// The bytes of a request to it.
    fn request(&self, wire: &Wire) -> Vec<u8> {
        wire.bytes()
    }

    /// The request as the server hands it to the part that decides.
    fn handed_over(&self, wire: &Wire) -> Wire {
        wire.clone()
    }

    /// What an answer of it says.
    fn seen(&self, response: Response) -> Seen;

    /// The rule by which it cannot work by a policy at all.
    fn cannot_take(&self, _engine: &Engine) -> Option<&'static str> {
        None
    }

    /// Tries to start it with a policy that must not load: whether it did, and what it said.
    fn refuses(&self, policy: &Path, work: &Path) -> Result<(bool, String), String>;
}

/// How long the cases of one file may take: a server that hangs at each of them is no server.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// What the program is told to run.
#[derive(Debug)]
pub struct Run<'a> {
    /// `nginx`, `envoy` or `serve`.
    pub host: &'a str,
    /// The server's program.
    pub program: &'a Path,
    /// The module that it loads, if it loads one.
    pub module: Option<&'a Path>,
    /// The library of `tests/hosts/clock.c`.
    pub clock: &'a Path,
    /// The file of written rules.
    pub rules: &'a Path,
    /// A folder for configurations and logs.
    pub work: &'a Path,
    /// Named sets of case files: a name, a root and files below it.
    pub sets: Vec<(&'a str, &'a Path, Vec<&'a str>)>,
}

/// How one set of cases came out.
#[derive(Debug, Default)]
struct Tally {
    cases: usize,
    same: usize,
    cannot_carry: BTreeMap<&'static str, usize>,
    excepted: BTreeMap<String, usize>,
    faults: Vec<String>,
}

impl Tally {
    fn to_json(&self, host: &str, set: &str) -> Value {
        json!({
            "host": host, "set": set, "cases": self.cases, "same": self.same,
            "cannot_carry": self.cannot_carry, "excepted": self.excepted, "faults": self.faults,
        })
    }
}

/// A policy with its engine, and the way to its server, or the rule by which there is none.
struct Site {
    engine: Engine,
    client: Result<Client, &'static str>,
}

/// Asks a host about all cases, and tells for each set how its answers compare with the façade's: a line of JSON.
///
/// # Errors
///
/// That the host could not be asked at all.
pub fn run(run: &Run<'_>) -> Result<Vec<Value>, String> {
    let host = host(run)?;
    let fault = |error: std::io::Error| format!("{}: {error}", run.work.display());
    std::fs::create_dir_all(run.work).map_err(fault)?;
    let work = run.work.canonicalize().map_err(fault)?;
    let clock = Clock::new(run.clock, &work.join("clock"))?;
    let mut rules = Rules::load(run.rules, run.host)?;
    let mut sets = Vec::new();
    for (name, root, files) in &run.sets {
        let files: Result<Vec<_>, _> = files.iter().map(|file| TableFile::load(root, file)).collect();
        sets.push((*name, files?));
    }
    let mut sites: BTreeMap<Source, Site> = BTreeMap::new();
    let mut policies = Vec::new();
    let asked = sets.iter().flat_map(|(_, files)| files).filter(|file| file.shared_cases().next().is_some());
    for source in asked.filter_map(|file| file.policy.as_ref()) {
        if sites.contains_key(source) {
            continue;
        }
        let engine = source.load().map_err(|errors| errors.to_string())?;
        let refused = host.cannot_take(&engine);
        if refused.is_none() {
            policies.push((source, file_of(source, &work, &format!("policy-{:02}", policies.len()))?));
        }
        sites.insert(source.clone(), Site { engine, client: Err(refused.unwrap_or_default()) });
    }
    let paths: Vec<PathBuf> = policies.iter().map(|(_, path)| path.clone()).collect();
    let servers = started(&*host, &paths, &clock, &work)?;
    let addresses = servers.iter().flat_map(|server| &server.addresses);
    for ((source, _), address) in policies.iter().zip(addresses) {
        if let Some(site) = sites.get_mut(*source) {
            site.client = Ok(Client::new(*address));
        }
    }
    let mut tallies = Vec::new();
    for (name, files) in &sets {
        let mut tally = Tally::default();
        for file in files {
            cases(&*host, file, &mut sites, &clock, &mut rules, &mut tally)?;
            for policy in &file.refused {
                tally.cases += 1;
                match refused(&*host, policy, &work)? {
                    None => tally.same += 1,
                    Some(why) => tally.faults.push(format!("{}: {why}", policy.name)),
                }
            }
        }
        tallies.push((*name, tally));
    }
    if let Some((_, tally)) = tallies.last_mut() {
        tally.faults.extend(rules.unused());
    }
    Ok(tallies.iter().map(|(name, tally)| tally.to_json(run.host, name)).collect())
}

/// Starts the servers. Another program may take a port between the choice of it and the start, so that it is tried again.
fn started(host: &dyn Host, policies: &[PathBuf], clock: &Clock, work: &Path) -> Result<Vec<Server>, String> {
    let upstream = upstream::start()?;
    let start = || host.start(policies, upstream, clock, work);
    start().or_else(|_| start()).or_else(|_| start())
}

fn host(run: &Run<'_>) -> Result<Box<dyn Host>, String> {
    let program = run.program.to_owned();
    let module = || {
        run.module
            .ok_or_else(|| format!("{} needs a module", run.host))?
            .canonicalize()
            .map_err(|e| e.to_string())
    };
    match run.host {
        "nginx" => Ok(Box::new(nginx::Nginx { program, module: module()? })),
        "envoy" => Ok(Box::new(envoy::Envoy { program, modules: module()? })),
        "serve" => Ok(Box::new(serve::Serve { program })),
        other => Err(format!("no host is called `{other}`")),
    }
}

/// A policy as a file that a server can be told of.
fn file_of(source: &Source, work: &Path, name: &str) -> Result<PathBuf, String> {
    let (text, ending) = match source {
        Source::File(path) => {
            return path.canonicalize().map_err(|error| format!("{}: {error}", path.display()));
        }
        Source::Object { text, .. } | Source::Json { text, .. } => (text, "json"),
        Source::Toml { text, .. } => (text, "toml"),
    };
    let path = work.join(name).with_extension(ending);
    std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// Asks about all cases of a file that are about one engine.
fn cases(
    host: &dyn Host,
    file: &TableFile,
    sites: &mut BTreeMap<Source, Site>,
    clock: &Clock,
    rules: &mut Rules,
    tally: &mut Tally,
) -> Result<(), String> {
    let begun = Instant::now();
    let apart = file.cases().filter(|(_, case)| case.before().is_some()).count();
    if apart > 0 {
        tally.cases += apart;
        *tally.cannot_carry.entry("before").or_default() += apart;
    }
    let answers = file.responses().count();
    if answers > 0 {
        tally.cases += answers;
        *tally.cannot_carry.entry("response").or_default() += answers;
    }
    let Some(site) = file.policy.as_ref().and_then(|source| sites.get_mut(source)) else { return Ok(()) };
    let mut scratch = site.engine.scratch();
    for (name, case) in file.shared_cases() {
        tally.cases += 1;
        if begun.elapsed() > PATIENCE {
            return Err(format!("{name}: the cases of one file took longer than {PATIENCE:?}"));
        }
        let raw = case.request();
        let client = match &mut site.client {
            Ok(client) => client,
            Err(rule) => {
                *tally.cannot_carry.entry(*rule).or_default() += 1;
                continue;
            }
        };
        let wire = match Wire::of(raw) {
            Ok(wire) => wire,
            Err(rule) => {
                *tally.cannot_carry.entry(rule).or_default() += 1;
                continue;
            }
        };
        let mut decide = |raw: &RawRequest| {
            raw.lend(|request| Expected::new(&site.engine.decide(request, case.at(), &mut scratch)))
        };
        let expected = decide(raw);
        let handed = host.handed_over(&wire);
        let otherwise = decide(&handed.raw());
        let request = Request { wire: &wire, expected: &expected.report, handed_over: &otherwise.report };
        clock.set(case.at())?;
        let outcome = match client.send(&host.request(&wire), wire.method == "HEAD") {
            Ok(response) => {
                let seen = host.seen(response);
                Outcome {
                    differences: expected.differences(&wire, &seen),
                    as_handed_over: otherwise.differences(&handed, &seen).is_empty(),
                    described: seen.described(),
                }
            }
            Err(why) => Outcome { differences: vec![why.clone()], as_handed_over: false, described: why },
        };
        let score = rules.score(&name, &request, &outcome);
        match score {
            Score::Same => tally.same += 1,
            Score::Excepted(rule) => *tally.excepted.entry(rule).or_default() += 1,
            Score::Fault(fault) => tally.faults.push(fault),
        }
    }
    Ok(())
}

/// Why a policy that must not load was not refused as it should be: with the first message that the façade has for it.
fn refused(host: &dyn Host, policy: &super::RefusedPolicy, work: &Path) -> Result<Option<String>, String> {
    let Err(errors) = policy.source.load() else { return Ok(Some("the policy loads".to_owned())) };
    let path = file_of(&policy.source, work, "refused")?;
    // What a policy in the text of a case names lies beside the case.
    if let Source::Object { folder, .. } | Source::Toml { folder, .. } | Source::Json { folder, .. } =
        &policy.source
    {
        let (there, here) = (folder.join("policies"), work.join("policies"));
        if let (Ok(there), false) = (there.canonicalize(), here.exists()) {
            std::os::unix::fs::symlink(there, &here)
                .map_err(|error| format!("{}: {error}", here.display()))?;
        }
    }
    let (started, said) = host.refuses(&path, work)?;
    if started {
        return Ok(Some(format!("expected a refusal to start, found: {said}")));
    }
    let first = errors.iter().next().map(ToString::to_string).unwrap_or_default();
    Ok((!said.contains(&first)).then(|| format!("expected {first}, found: {said}")))
}
