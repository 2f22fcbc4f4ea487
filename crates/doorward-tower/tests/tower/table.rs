//! Every case of the table through the layer: status, fields, caller and path are those of the direct decision.

use bytes::Bytes;
use core::cell::Cell;
use core::convert::Infallible;
use doorward::UnixTime;
use doorward::cases::{Case, CaseFile};
use doorward::provider::DefaultProvider;
use doorward::raw_request::RawRequest;
use doorward::report::Report;
use doorward_tower::{Caller, DoorwardLayer, Peer, Refused, RequestBody};
use futures_util::FutureExt;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};
use http_body_util::Full;
use std::fs;
use std::path::{Path, PathBuf};
use tower::{Layer, ServiceExt, service_fn};

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cases");

/// How many cases go through the layer at least; the others have bytes that no HTTP library lets through.
const LEAST: usize = 1300;

thread_local! {
    static NOW: Cell<UnixTime> = const { Cell::new(UnixTime::LATEST) };
}

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

/// The request as `http` types, if they can carry it unchanged.
fn carried(raw: &RawRequest) -> Option<Request<Full<Bytes>>> {
    let url = core::str::from_utf8(&raw.url).ok()?;
    let uri: Uri = url.parse().ok()?;
    let same =
        uri == url && !url.contains('#') && uri.scheme_str().is_none_or(|scheme| scheme.starts_with("http"));
    let mut request = Request::new(Full::from(raw.body.clone().unwrap_or_default()));
    raw.peer.map(|peer| request.extensions_mut().insert(Peer(peer)));
    *request.method_mut() = Method::from_bytes(&raw.method).ok().filter(|_| same)?;
    *request.uri_mut() = uri;
    for (name, value) in &raw.headers {
        let (name, value) = (HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?);
        request.headers_mut().append(name, value);
    }
    Some(request)
}

/// What the inner service saw of a request that was let in.
#[derive(Clone, Debug)]
struct Seen {
    path: String,
    caller: Option<(String, String)>,
}

async fn inner(request: Request<RequestBody<Full<Bytes>>>) -> Result<Response<Full<Bytes>>, Infallible> {
    let caller = request.extensions().get::<Caller>();
    let caller = caller.map(|caller| (caller.issuer().to_owned(), caller.subject().to_owned()));
    let mut response = Response::default();
    response.extensions_mut().insert(Seen { path: request.uri().path().to_owned(), caller });
    Ok(response)
}

/// How the answer of the layer differs from the direct decision.
fn differences(
    report: &Report,
    response: &Response<doorward_tower::ResponseBody<Full<Bytes>>>,
) -> Vec<String> {
    let mut faults = Vec::new();
    let mut same = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            faults.push(format!("{what}: expected {theirs}, found {ours}"));
        }
    };
    same("status", response.status().as_u16().to_string(), report.status.to_string());
    let own = ["content-type", "content-length"];
    let headers: Vec<_> =
        response.headers().iter().filter(|(name, _)| !own.contains(&name.as_str())).collect();
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    let expected: Vec<_> =
        report.headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect();
    same("headers", format!("{headers:?}"), format!("{expected:?}"));
    let refused = response.extensions().get::<Refused>();
    same(
        "reason",
        format!("{:?}", refused.and_then(|refused| refused.reason)),
        format!("{:?}", report.reason),
    );
    if report.is_allow() {
        let seen = response.extensions().get::<Seen>().unwrap();
        let principal = report.principal.as_ref();
        let caller = principal.map(|caller| (caller.issuer.clone(), caller.subject.clone()));
        same("path", seen.path.clone(), report.path.clone());
        same("caller", format!("{:?}", seen.caller), format!("{caller:?}"));
    } else if response.extensions().get::<Seen>().is_some() {
        faults.push("the inner service was called".to_owned());
    }
    faults
}

#[test]
fn the_layer_answers_every_case_as_the_engine_does() {
    let mut paths = Vec::new();
    files(Path::new(CASES), &mut paths);
    let (mut carried_cases, mut left_out, mut faults) = (0, 0, Vec::new());
    for path in paths {
        let file = CaseFile::load(&path).unwrap();
        if file.cases().is_empty() {
            continue;
        }
        let shared = file.engine().unwrap();
        for case in file.cases() {
            let Some(request) = carried(case.request()) else {
                left_out += 1;
                continue;
            };
            NOW.set(Case::at(case));
            // What came before a case came to an engine of its own, and one for each of the two: a token may be good once only.
            let engine = || match file.engine_for(case, &DefaultProvider::new()) {
                Some(own) => own.unwrap(),
                None => shared.clone(),
            };
            let direct = engine();
            let report = case.decide(&direct, &mut direct.scratch());
            let door = DoorwardLayer::new(engine()).with_clock(|| NOW.get()).before_routing();
            let response = door.layer(service_fn(inner)).oneshot(request).now_or_never().unwrap().unwrap();
            let found = differences(&report, &response);
            faults.extend(found.iter().map(|fault| format!("{}#{}: {fault}", path.display(), case.id())));
            carried_cases += 1;
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    println!("{carried_cases} cases, {left_out} left out");
    assert!(carried_cases >= LEAST, "{carried_cases} cases, {left_out} left out");
}
