//! `demo`: what a service and its callers see, for each thing that can go wrong.

mod answer;
mod keys;
mod scenes;
mod serve;
mod show;
mod stage;

use crate::arguments::{self, Format};
use crate::ending::{Ending, Failure};
use crate::http;
use crate::output::Output;
use core::net::{IpAddr, Ipv4Addr, SocketAddr};
use doorward::UnixTime;
use doorward::report::Report;
use lexopt::{Arg, Parser, ValueExt};
use scenes::Scene;
use serde_json::{Map, Value, json};
use stage::Stage;

pub(crate) const HELP: &str = "\
Makes keys, a policy and tokens, and shows a request for each thing that can go wrong, with its answer.

usage: doorward demo [--format text|json]
       doorward demo --serve [ADDRESS]

  --format F       `text`, or `json` with one object for each request on a line of its own
  --serve          answer real requests, and print `curl` lines to try
  ADDRESS          where to listen, on this machine only: an address with a port, or a port; default 127.0.0.1:8401
";

/// Where `--serve` listens if nothing else is said.
const ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8401);

pub(crate) fn run(mut arguments: Parser, output: &mut Output) -> Result<Ending, Failure> {
    let (mut form, mut serve, mut address) = (Format::Text, false, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return crate::help(output, HELP),
            Arg::Long("format") => {
                form = arguments::format(&mut arguments, &[Format::Text, Format::Json])?;
            }
            Arg::Long("serve") => {
                serve = true;
                if let Some(value) = arguments.optional_value() {
                    address = Some(loopback(&value.string()?)?);
                }
            }
            Arg::Value(value) if serve && address.is_none() => address = Some(loopback(&value.string()?)?),
            other => return Err(other.unexpected().into()),
        }
    }
    let now = doorward::now();
    let stage = Stage::build(now)?;
    if serve { serve::run(stage, address.unwrap_or(ADDRESS), output) } else { play(stage, now, form, output) }
}

/// An address of this machine alone: the demo's answers are for whoever runs it.
fn loopback(text: &str) -> Result<SocketAddr, Failure> {
    let address = match text.parse::<u16>() {
        Ok(port) => Some(SocketAddr::new(ADDRESS.ip(), port)),
        Err(_) => text.parse().ok(),
    };
    address.filter(|address: &SocketAddr| address.ip().is_loopback()).ok_or_else(|| {
        let found = text.escape_debug();
        Failure::usage(format!("expected a loopback address with a port, as 127.0.0.1:8401, found `{found}`"))
    })
}

fn play(mut stage: Stage, now: UnixTime, form: Format, output: &mut Output) -> Result<Ending, Failure> {
    // In whole seconds, so that an hour is shown as an hour.
    let now = UnixTime::from_seconds(now.seconds());
    let mut scratch = stage.engine.scratch();
    let mut played = Vec::new();
    for scene in stage.scenes.drain(..) {
        let request = http::whole(scene.request.as_bytes()).map_err(Failure::input)?;
        let report = request.lend(|request| Report::new(&stage.engine.decide(request, now, &mut scratch)));
        played.push((scene, report));
    }
    if form == Format::Json {
        for (scene, report) in &played {
            output.json(&object(scene, report))?;
        }
        stage.clear();
        return Ok(Ending::Yes);
    }
    output.line(&format!("policy: {}", stage.policy.display()))?;
    output.line("Doorward decides on requests: `>` is what a caller sends, `<` what it gets.")?;
    for (index, (scene, report)) in played.iter().enumerate() {
        show::scene(output, index.saturating_add(1), scene, report)?;
    }
    show::summary(output, &played)?;
    let folder = stage.folder().display();
    output.line("")?;
    output.line("The policy, its keys and each request are files now; change them and try again:")?;
    output.line(&format!("  cd {folder}"))?;
    output.line("  doorward decide --policy doorward.toml expired.http")?;
    output.line("  doorward demo --serve          # the same with curl")?;
    Ok(Ending::Yes)
}

fn object(scene: &Scene, report: &Report) -> Value {
    let mut object = Map::new();
    object.insert("input".to_owned(), json!(scene.name));
    object.insert("title".to_owned(), json!(scene.title));
    object.insert("request".to_owned(), show::request(scene).collect());
    if let Value::Object(fields) = report.to_json() {
        object.extend(fields);
    }
    Value::Object(object)
}
