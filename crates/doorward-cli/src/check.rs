//! `check`: loads policies and shows every fault with its place.

use crate::arguments::{self, Format};
use crate::ending::{Ending, Failure, complain};
use crate::output::{Output, Style};
use crate::trust::{self, Fetched};
use doorward::Engine;
use doorward::error::{LoadError, LoadErrors};
use doorward::policy::json_schema;
use doorward::policy::model::PolicyModel;
use lexopt::{Arg, Parser};
use serde_json::{Value, json};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::Path;

pub(crate) const HELP: &str = "\
Loads policies with their key files, and shows every fault and warning, and what would be fetched. Nothing is.

usage: doorward check [--format text|json] POLICY…
       doorward check --schema

  --format F       `text`, or `json` with one object for each policy on a line of its own
  --schema         print the JSON Schema of policies, for editors
  POLICY           a policy file, TOML or JSON by its name

exit status: 0 all load, 1 some do not, 2 wrong usage or a file that cannot be read
";

pub(crate) fn run(mut arguments: Parser, output: &mut Output) -> Result<Ending, Failure> {
    let (mut form, mut schema, mut policies) = (Format::Text, false, Vec::<OsString>::new());
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return crate::help(output, HELP),
            Arg::Long("schema") => schema = true,
            Arg::Long("format") => {
                form = arguments::format(&mut arguments, &[Format::Text, Format::Json])?;
            }
            Arg::Value(policy) => policies.push(policy),
            other => return Err(other.unexpected().into()),
        }
    }
    match (schema, policies.as_slice()) {
        (true, []) => {
            output.text(&json_schema())?;
            Ok(Ending::Yes)
        }
        (true, _) => Err(Failure::usage("expected `--schema` or policies, found both")),
        (false, []) => Err(Failure::usage("expected a policy file")),
        (false, policies) => {
            let several = policies.len() > 1;
            policies.iter().try_fold(Ending::Yes, |ending, policy| {
                check(policy, several, form, output).map(|next| ending.and(next))
            })
        }
    }
}

fn check(policy: &OsStr, several: bool, form: Format, output: &mut Output) -> Result<Ending, Failure> {
    let name = Path::new(policy).display().to_string();
    if let Err(error) = File::open(policy) {
        complain(&match error.kind() {
            io::ErrorKind::NotFound => format!("{name}: no such file"),
            _ => format!("{name}: {}", error.to_string().to_lowercase()),
        });
        return Ok(Ending::Unusable);
    }
    let loaded = Engine::load_file(policy);
    let model = trust::model(policy);
    let ending = if loaded.is_ok() { Ending::Yes } else { Ending::No };
    match (form, loaded) {
        (Format::Json, loaded) => output.json(&object(&name, &loaded, model.as_ref()))?,
        (_, Ok(engine)) => {
            let (issuers, routes) = (engine.issuers(), engine.routes());
            let prefix = if several { format!("{name}: ") } else { String::new() };
            let size = format!("{}, {}", count(routes, "route"), count(issuers, "issuer"));
            output.styled(Style::Good, &format!("{prefix}ok: {size}"))?;
            for fetched in model.iter().flat_map(Fetched::all) {
                output.line(&format!("{prefix}{}", fetched.line()))?;
            }
            for warning in warnings(&engine, model.as_ref()) {
                output.line(&format!("{prefix}warning: {warning}"))?;
            }
        }
        (_, Err(errors)) => {
            for error in &errors {
                output.styled(Style::Bad, &error.to_string())?;
            }
        }
    }
    Ok(ending)
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// What the author of a policy that loads should know.
fn warnings(engine: &Engine, model: Option<&PolicyModel>) -> Vec<String> {
    let mut warnings = engine.warnings();
    warnings.extend(model.iter().flat_map(|model| trust::warnings(model)));
    warnings
}

fn object(policy: &str, loaded: &Result<Engine, LoadErrors>, model: Option<&PolicyModel>) -> Value {
    let size = loaded.as_ref().map(|engine| (engine.issuers(), engine.routes())).ok();
    let errors: Vec<Value> = loaded
        .as_ref()
        .err()
        .map(|errors| errors.iter().map(LoadError::to_json).collect())
        .unwrap_or_default();
    let fetched = model.filter(|_| loaded.is_ok()).map(Fetched::all).unwrap_or_default();
    let fetches: Vec<Value> = fetched.iter().map(Fetched::to_json).collect();
    json!({
        "policy": policy,
        "ok": loaded.is_ok(),
        "routes": size.map(|(_, routes)| routes),
        "issuers": size.map(|(issuers, _)| issuers),
        "warnings": loaded.as_ref().map(|engine| warnings(engine, model)).unwrap_or_default(),
        "fetches": fetches,
        "errors": errors,
    })
}
