//! The table of decisions through `serve`: status, challenges, other fields, content and reason as the engine gives them.

use super::server::{Reply, Server, question};
use crate::support::folder;
use doorward::cases::{Case, CaseFile};
use doorward::report::Report;
use doorward::time::rfc3339;
use doorward::{Body, Engine};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Every case file below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
}

/// The policy of a case file as a file of its own.
fn policy(file: &Path, place: &Path) -> Option<PathBuf> {
    let mut text: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let folder = fs::canonicalize(file.parent().unwrap()).unwrap();
    match text.get_mut("policy")? {
        Value::String(name) => Some(folder.join(name)),
        inline => {
            for issuer in inline.get_mut("issuers").and_then(Value::as_object_mut).into_iter().flatten() {
                // Key files are beside the case file.
                if let Some(keys) = issuer.1.pointer_mut("/keys/file") {
                    *keys = folder.join(keys.as_str().unwrap()).to_str().unwrap().into();
                }
            }
            fs::write(place, inline.to_string()).unwrap();
            Some(place.to_owned())
        }
    }
}

/// What of a request a proxy tells, or nothing where HTTP/1.1 cannot carry it.
fn fields(case: &Case) -> Option<Vec<(String, String)>> {
    let request = case.request();
    let url = String::from_utf8(request.url.clone()).ok()?;
    // A proxy tells of path and query, whatever its caller wrote before them.
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find(['/', '?']).and_then(|at| rest.get(at..)).unwrap_or_default(),
        None => url.as_str(),
    };
    let path = if path.is_empty() || path.starts_with('?') { format!("/{path}") } else { path.to_owned() };
    let mut fields = vec![
        ("X-Original-URI".to_owned(), path),
        ("X-Original-Method".to_owned(), String::from_utf8(request.method.clone()).ok()?),
    ];
    for (name, value) in &request.headers {
        fields.push((String::from_utf8(name.clone()).ok()?, String::from_utf8(value.clone()).ok()?));
    }
    let is_value = |value: &str| value.chars().all(|c| c == '\t' || !c.is_control()) && value.trim() == value;
    let is_target = fields[0].1.starts_with('/') || fields[0].1 == "*";
    let is_carried = is_target && fields.iter().all(|(_, value)| is_value(value)) && request.body.is_none();
    let is_framing = |name: &str| name.eq_ignore_ascii_case("host") || name.starts_with("Content-L");
    (is_carried && !fields.iter().any(|(name, _)| is_framing(name)) && !fields[1].1.is_empty())
        .then_some(fields)
}

/// What must come back: of a decision that lets in by a path that is not written as it was judged, the refusal.
fn expected(engine: &Engine, case: &Case, path: &str) -> (Report, String) {
    let request = case.request();
    let mut scratch = engine.scratch();
    let mut decide = |url: &[u8]| {
        let mut raw = request.clone();
        raw.url = url.to_vec();
        raw.lend(|request| {
            let decision = engine.decide(request, case.at(), &mut scratch);
            (Report::new(&decision), Body::new(&decision).as_str().to_owned())
        })
    };
    let (report, body) = decide(path.as_bytes());
    let written = path.split('?').next().unwrap();
    if report.is_allow() && written != report.path { decide(b"//") } else { (report, body) }
}

/// Every field that differs from the decision.
fn differences(reply: &Reply, report: &Report, body: &str, is_head: bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut check = |name: &str, seen: Option<&str>, wanted: Option<&str>| {
        if seen != wanted {
            found.push(format!("{name}: expected {wanted:?}, found {seen:?}"));
        }
    };
    let field =
        |name: &str| report.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    check("cache-control", reply.field("cache-control"), field("Cache-Control"));
    let challenge = reply.field("www-authenticate").or(reply.field("x-doorward-challenge"));
    check("challenge", challenge, report.challenges().next());
    if report.is_allow() {
        check("status", Some(&reply.status.to_string()), Some("200"));
        check("outcome", reply.field("x-doorward-outcome"), Some("allow"));
        let subject = report.principal.as_ref().map_or("", |caller| &caller.subject);
        if subject.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'%') {
            check("subject", reply.field("x-doorward-subject"), Some(subject));
        }
        return found;
    }
    let shown = if report.status == 401 { "401" } else { "403" };
    check("status for nginx", Some(&reply.status.to_string()), Some(shown));
    check("status", reply.field("x-doorward-status"), Some(&report.status.to_string()));
    check("reason", reply.field("x-doorward-true-reason"), report.true_reason().map(doorward::Reason::code));
    check("body", reply.field("x-doorward-body"), Some(body));
    check("content", Some(&reply.body), Some(if is_head { "" } else { body }));
    check("outcome", reply.field("x-doorward-outcome"), None);
    found
}

#[test]
fn the_table_is_decided_as_the_engine_decides_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
    let place = folder("serve-table");
    let mut all = Vec::new();
    files(&root, &mut all);
    all.sort();
    let (mut checked, mut left_out, mut wrong) = (0, 0, Vec::new());
    for (number, file) in all.iter().enumerate() {
        let cases = CaseFile::load(file).unwrap();
        let Ok(engine) = cases.engine() else { continue };
        let Some(policy) = policy(file, &place.join(format!("{number}.json"))) else { continue };
        let mut groups: BTreeMap<(i64, u32), Vec<&Case>> = BTreeMap::new();
        // What came before a case came at times of its own, and a service has one for all.
        let in_reach = |case: &&Case| case.before().is_none();
        for case in cases.cases().iter().filter(in_reach) {
            groups.entry((case.at().seconds(), case.at().nanos())).or_default().push(case);
        }
        if engine.reads_body() {
            left_out += groups.values().map(Vec::len).sum::<usize>();
            continue;
        }
        for group in groups.values() {
            let at = group[0].at();
            let at = if at.nanos() == 0 { at.seconds().to_string() } else { rfc3339(at) };
            let policy = policy.to_str().unwrap();
            let arguments =
                ["--policy", policy, "--from", "nginx", "--at", &at, "--log", "none", "--threads", "1"];
            let server = Server::start(&place, &arguments);
            let mut stream = server.connect();
            for case in group {
                let Some(fields) = fields(case) else {
                    left_out += 1;
                    continue;
                };
                let (report, body) = expected(&engine, case, &fields[0].1);
                let lent: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
                stream.write_all(question("GET", "/auth", &lent).as_bytes()).unwrap();
                let reply = Reply::read(&mut stream);
                checked += 1;
                let found = differences(&reply, &report, &body, fields[1].1 == "HEAD");
                if !found.is_empty() {
                    wrong.push(format!("{}: {}", case.id(), found.join("; ")));
                }
                if reply.field("connection") == Some("close") {
                    stream = server.connect();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {checked}:\n{}", wrong.len(), wrong.join("\n"));
    println!("{checked} cases through `serve`, {left_out} that a proxy's question cannot carry");
    assert!(checked >= 1200 && left_out < 150, "{checked} checked, {left_out} left out");
}
