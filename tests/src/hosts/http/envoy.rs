//! Envoy with the real filter: one listener for each policy, all in one process.

use super::Host;
use super::client::Response;
use super::clock::Clock;
use super::judge::Seen;
use super::process::{self, Server, free_addresses};
use super::wire::Wire;
use core::net::SocketAddr;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Facts that are codes or numbers, which stand in the filter's metadata under the same names. Issuer and subject stand
/// there as they are, which no field can hold: they are seen behind Envoy.
const SHOWN: &[&str] = &["outcome", "reason", "concealed", "signal", "grounds", "route"];

/// The program, and the folder of its module.
#[derive(Debug)]
pub(super) struct Envoy {
    pub(super) program: PathBuf,
    pub(super) modules: PathBuf,
}

impl Host for Envoy {
    fn start(
        &self,
        policies: &[PathBuf],
        upstream: SocketAddr,
        clock: &Clock,
        work: &Path,
    ) -> Result<Vec<Server>, String> {
        let addresses = free_addresses(policies.len())?;
        let listeners = addresses.iter().zip(policies).map(|(address, policy)| listener(*address, policy));
        let path = written(work, "envoy.json", &configuration(listeners.collect(), upstream))?;
        let server = Server::start(&mut self.command(&path), clock, &work.join("envoy.log"), addresses)?;
        Ok(vec![server])
    }

    fn seen(&self, response: Response) -> Seen {
        // Envoy writes a hyphen for what is not there.
        let fact = |name: &str| match response.field(&format!("x-case-{name}")) {
            None | Some("-") => String::new(),
            Some(value) => value.to_owned(),
        };
        let shown: Vec<_> = SHOWN.iter().map(|name| (*name, fact(name))).collect();
        Seen { judged: !fact("outcome").is_empty(), shown, behind: Seen::behind(&response), response }
    }

    /// Envoy joins the lines of one name with commas and leaves empty ones out, before any filter is asked.
    fn handed_over(&self, wire: &Wire) -> Wire {
        let mut fields: Vec<(String, Vec<u8>)> = Vec::new();
        for (name, value) in &wire.fields {
            match fields.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
                Some((_, joined)) => {
                    if !joined.is_empty() && !value.is_empty() {
                        joined.push(b',');
                    }
                    joined.extend(value);
                }
                None => fields.push((name.clone(), value.clone())),
            }
        }
        Wire { fields, ..wire.clone() }
    }

    fn refuses(&self, policy: &Path, work: &Path) -> Result<(bool, String), String> {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 9));
        let path =
            written(work, "refused-envoy.json", &configuration(vec![listener(nowhere, policy)], nowhere))?;
        process::ended(self.command(&path).args(["--mode", "validate"]))
    }
}

impl Envoy {
    fn command(&self, configuration: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("-c").arg(configuration).args(["--disable-hot-restart", "--concurrency", "1"]);
        command.args(["--log-level", "error"]).env("ENVOY_DYNAMIC_MODULES_SEARCH_PATH", &self.modules);
        command
    }
}

fn written(work: &Path, name: &str, configuration: &Value) -> Result<PathBuf, String> {
    let path = work.join(name);
    std::fs::write(&path, configuration.to_string())
        .map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

fn configuration(listeners: Vec<Value>, upstream: SocketAddr) -> Value {
    let endpoint = json!({"endpoint": {"address": socket(upstream)}});
    let endpoints = json!({"cluster_name": "application", "endpoints": [{"lb_endpoints": [endpoint]}]});
    let cluster = json!({"name": "application", "connect_timeout": "5s", "load_assignment": endpoints});
    json!({"static_resources": {"listeners": listeners, "clusters": [cluster]}})
}

fn listener(address: SocketAddr, policy: &Path) -> Value {
    let shown = SHOWN.iter().map(|name| {
        json!({"header": {"key": format!("x-case-{name}"), "value": format!("%DYNAMIC_METADATA(doorward:{name})%")}})
    });
    let shown: Vec<Value> = shown.collect();
    let every_status = json!({"status_code_filter": {
        "comparison": {"op": "GE", "value": {"default_value": 100, "runtime_key": "tests.every_status"}},
    }});
    let filter = of(
        "envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter",
        json!({
            "dynamic_module_config": {"name": "doorward", "do_not_close": true},
            "filter_name": "doorward",
            "filter_config": of("google.protobuf.Struct", json!({"value": {"policy_file": policy}})),
        }),
    );
    let route = json!({"match": {"prefix": ""}, "route": {"cluster": "application"}});
    let host = json!({"name": "all", "domains": ["*"], "routes": [route], "response_headers_to_add": shown});
    let manager = of(
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        json!({
            "stat_prefix": "edge",
            "max_request_headers_kb": 512,
            "http_protocol_options": {"allow_custom_methods": true},
            "http_filters": [
                {"name": "doorward", "typed_config": filter},
                {"name": "router", "typed_config": of("envoy.extensions.filters.http.router.v3.Router", json!({}))},
            ],
            "route_config": {"name": "all", "virtual_hosts": [host]},
            "local_reply_config": {"mappers": [{"filter": every_status, "headers_to_add": shown}]},
        }),
    );
    json!({
        "name": address.to_string(),
        "address": socket(address),
        "filter_chains": [{"filters": [{"name": "http", "typed_config": manager}]}],
    })
}

/// A message of a type.
fn of(kind: &str, mut message: Value) -> Value {
    if let Some(members) = message.as_object_mut() {
        members.insert("@type".to_owned(), json!(format!("type.googleapis.com/{kind}")));
    }
    message
}

fn socket(address: SocketAddr) -> Value {
    json!({"socket_address": {"address": address.ip().to_string(), "port_value": address.port()}})
}
