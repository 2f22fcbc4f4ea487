//! Each proxy's way to ask, what it is answered, and what nobody gets past.

use super::server::{Reply, Server, question};
use crate::support::{AT, stage, token};

const POLICY: [&str; 4] = ["--policy", "policy.toml", "--at", AT];

fn server(name: &str, proxy: &str, more: &[&str]) -> Server {
    Server::start(&stage(name), &[&POLICY[..], &["--from", proxy], more].concat())
}

fn bearer() -> String {
    format!("Bearer {}", token(1_795_390_000))
}

fn late() -> String {
    format!("Bearer {}", token(1_795_387_400))
}

/// The fields of one proxy for a request.
fn told<'a>(proxy: &str, method: &'a str, url: &'a str) -> [(&'static str, &'a str); 2] {
    match proxy {
        "nginx" => [("X-Original-URI", url), ("X-Original-Method", method)],
        _ => [("X-Forwarded-Uri", url), ("X-Forwarded-Method", method)],
    }
}

fn ask(server: &Server, proxy: &str, method: &str, url: &str, more: &[(&str, &str)]) -> Reply {
    match proxy {
        "envoy" => server.ask(&question(method, &format!("/auth{url}"), more)),
        _ => server.ask_with(&[&told(proxy, method, url), more].concat()),
    }
}

const EXPIRED: &str = r#"Bearer realm="orders", error="invalid_token", error_description="token_expired""#;
const EXPIRED_BODY: &str =
    r#"{"status":401,"outcome":"unauthenticated","reason":"token_expired","recovery":"refresh_credential"}"#;

#[test]
fn every_proxy_learns_who_was_let_in_and_hands_on_why_not() {
    for proxy in ["nginx", "traefik", "caddy", "envoy"] {
        let server = server(&format!("serve-ask-{proxy}"), proxy, &[]);
        let good = ask(&server, proxy, "GET", "/v1/orders/7?page=2", &[("Authorization", &bearer())]);
        assert_eq!((good.status, good.body.as_str()), (200, ""), "{proxy}");
        for (name, value) in
            [("outcome", "allow"), ("issuer", "https://batch.example"), ("subject", "nightly")]
        {
            assert_eq!(good.field(&format!("x-doorward-{name}")), Some(value), "{proxy}: {name}");
        }
        let late = ask(&server, proxy, "GET", "/v1/orders/7", &[("Authorization", &late())]);
        assert_eq!((late.status, late.body.as_str()), (401, EXPIRED_BODY), "{proxy}");
        assert_eq!(late.field("www-authenticate"), Some(EXPIRED), "{proxy}");
        assert_eq!(late.field("content-type"), Some("application/json"), "{proxy}");
        let head = ask(&server, proxy, "HEAD", "/v1/orders/7", &[]);
        assert_eq!((head.status, head.body.as_str()), (401, ""), "{proxy}");
        // Two credentials are no credential, whether the proxy joins the lines or not.
        let two = [("Authorization", bearer()), ("Authorization", bearer())];
        let two: Vec<(&str, &str)> = two.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let twice = ask(&server, proxy, "GET", "/v1/orders/7", &two);
        let joined = format!("{}, {}", bearer(), bearer());
        let joined = ask(&server, proxy, "GET", "/v1/orders/7", &[("Authorization", &joined)]);
        for reply in [&twice, &joined] {
            let status = if proxy == "nginx" { "x-doorward-status" } else { "" };
            let seen = reply.field(status).map_or(reply.status, |status| status.parse().unwrap());
            assert_eq!(seen, 400, "{proxy}");
            assert!(reply.body.contains(r#""reason":"credentials_ambiguous""#), "{proxy}: {}", reply.body);
        }
        assert_eq!(server.stop().0, Some(0), "{proxy}");
    }
}

#[test]
fn the_bodies_of_heads_are_left_to_the_server() {
    let server = server("serve-head", "envoy", &[]);
    let mut stream = server.connect();
    std::io::Write::write_all(&mut stream, question("HEAD", "/auth/v1/orders/7", &[]).as_bytes()).unwrap();
    std::io::Write::write_all(&mut stream, question("GET", "/auth/v1/orders/7", &[]).as_bytes()).unwrap();
    let mut stream = std::io::BufReader::new(stream);
    let head = Reply::read(&mut stream);
    let get = Reply::read(&mut stream);
    assert_eq!((head.status, head.body.as_str()), (401, ""));
    assert!(get.status == 401 && get.body.starts_with('{'), "{get:?}");
}

/// nginx passes on 401 and 403 alone; everything else travels in fields.
#[test]
fn nginx_gets_the_true_status_challenge_and_content_of_every_refusal() {
    let server = server("serve-nginx", "nginx", &[]);
    let ask = |method, url, more: &[(&str, &str)]| ask(&server, "nginx", method, url, more);
    let late = ask("GET", "/v1/orders/7", &[("Authorization", &late())]);
    assert_eq!((late.status, late.field("x-doorward-status")), (401, Some("401")));
    assert_eq!(late.field("x-doorward-body"), Some(EXPIRED_BODY));
    assert_eq!(late.field("x-doorward-challenge"), None);
    assert_eq!(late.field("x-doorward-true-reason"), Some("token_expired"));
    for (method, url, status, reason) in
        [("GET", "/nowhere", "403", "route_unmatched"), ("GET", "/v1//orders", "400", "path_ambiguous")]
    {
        let reply = ask(method, url, &[]);
        assert_eq!((reply.status, reply.field("x-doorward-status")), (403, Some(status)), "{url}");
        assert_eq!(reply.field("x-doorward-true-reason"), Some(reason), "{url}");
        assert_eq!(reply.field("x-doorward-body"), Some(reply.body.as_str()), "{url}");
    }
    let twice = [("Authorization", "Bearer a"), ("Authorization", "Bearer b")];
    let twice = ask("GET", "/v1/orders/7", &twice);
    assert_eq!((twice.status, twice.field("x-doorward-status")), (403, Some("400")));
    assert_eq!(twice.field("www-authenticate"), None);
    assert!(twice.field("x-doorward-challenge").unwrap().contains("invalid_request"), "{twice:?}");
}

#[test]
fn what_a_hidden_route_conceals_is_told_to_nobody_but_nginx() {
    for proxy in ["nginx", "traefik", "caddy", "envoy"] {
        let server = server(&format!("serve-hidden-{proxy}"), proxy, &[]);
        let hidden = ask(&server, proxy, "GET", "/hidden", &[]);
        let unmatched = ask(&server, proxy, "GET", "/nowhere", &[]);
        assert_eq!((hidden.status, &hidden.body), (403, &unmatched.body), "{proxy}");
        let told = hidden.field("x-doorward-true-reason");
        assert_eq!(told, (proxy == "nginx").then_some("credential_missing"), "{proxy}");
        if proxy != "nginx" {
            assert_eq!(hidden.all("x-doorward-reason").chain(hidden.all("www-authenticate")).count(), 0);
        }
    }
}

#[test]
fn a_request_that_the_proxy_does_not_tell_of_is_500_and_the_log_says_what_its_configuration_lacks() {
    let (method, url) = (("X-Original-Method", "GET"), ("X-Original-URI", "/v1/orders/7"));
    let (other_method, other_url) = (("X-Forwarded-Method", "GET"), ("X-Forwarded-Uri", "/v1/orders/7"));
    let bearer = bearer();
    let credential = ("Authorization", bearer.as_str());
    let nginx = server("serve-missing-nginx", "nginx", &[]);
    for (fields, said) in [
        (&[credential, url][..], "`proxy_set_header X-Original-URI $request_uri;`"),
        (&[credential, method], "expected the field `x-original-uri`, found none"),
        (&[credential, url, method, url], "expected the field `x-original-uri` once"),
        (&[credential, url, method, method], "expected the field `x-original-method` once"),
        (&[credential, other_url, other_method], "`--from nginx` is for another proxy"),
        (&[credential, method, ("X-Original-URI", "https://x?/v1/orders/7")], "expected a path in the field"),
    ] {
        let reply = nginx.ask_with(fields);
        assert_eq!((reply.status, reply.body.as_str()), (500, r#"{"status":500,"outcome":"unavailable"}"#));
        nginx.errors_with(said);
    }
    let elsewhere = nginx.ask(&question("GET", "/", &[credential, url, method]));
    assert_eq!(elsewhere.status, 500);
    nginx.errors_with("expected the path `/auth`");
    let traefik = server("serve-missing-traefik", "traefik", &[]);
    assert_eq!(traefik.ask_with(&[credential, url, method]).status, 500);
    traefik.errors_with("`--from traefik` is for another proxy");
    let envoy = server("serve-missing-envoy", "envoy", &[]);
    assert_eq!(envoy.ask(&question("GET", "/v1/orders/7", &[credential])).status, 500);
    envoy.errors_with("`path_prefix`");
    assert!(!envoy.stop().1.contains(bearer.trim_start_matches("Bearer ")), "a credential in the log");
}

/// Each proxy lets the fields of the others through from whoever sends them.
#[test]
fn a_caller_who_sends_the_fields_of_another_proxy_is_refused() {
    for proxy in ["nginx", "traefik", "caddy", "envoy"] {
        let server = server(&format!("serve-mixed-{proxy}"), proxy, &[]);
        let other = told(if proxy == "nginx" { "traefik" } else { "nginx" }, "GET", "/v1/orders/7");
        for field in other {
            let reply = ask(&server, proxy, "GET", "/v1/orders/7", &[field, ("Authorization", &bearer())]);
            let seen =
                reply.field("x-doorward-status").map_or(reply.status, |status| status.parse().unwrap());
            assert_eq!(seen, 400, "{proxy} {field:?}");
            server.errors_with(&format!("expected no field `{}`", field.0.to_ascii_lowercase()));
        }
    }
}

/// A caller is judged by the path that the application will see.
#[test]
fn a_path_that_is_not_written_as_it_is_judged_is_refused() {
    for proxy in ["nginx", "traefik", "caddy", "envoy"] {
        let server = server(&format!("serve-path-{proxy}"), proxy, &[]);
        for path in ["/v1/./orders/7", "/v1/x/../orders/7", "/v1/%6frders/7", "/v1/orders/%3a"] {
            let reply = ask(&server, proxy, "GET", path, &[("Authorization", &bearer())]);
            let seen =
                reply.field("x-doorward-status").map_or(reply.status, |status| status.parse().unwrap());
            assert_eq!(
                (seen, reply.body.as_str()),
                (400, r#"{"status":400,"outcome":"bad_request"}"#),
                "{path}"
            );
        }
        server.errors_with("cannot be told to rewrite it");
        let upper = ask(&server, proxy, "GET", "/v1/orders/%3A", &[("Authorization", &bearer())]);
        assert_eq!(upper.status, 200, "{proxy}");
    }
}

#[test]
fn the_endpoint_can_be_elsewhere() {
    let nginx = server("serve-endpoint", "nginx", &["--endpoint", "/ask/doorward"]);
    assert_eq!(
        nginx.ask(&question("GET", "/ask/doorward", &told("nginx", "GET", "/v1/orders/7"))).status,
        401
    );
    assert_eq!(nginx.ask_with(&told("nginx", "GET", "/v1/orders/7")).status, 500);
    let envoy = server("serve-endpoint-envoy", "envoy", &["--endpoint", "/"]);
    assert_eq!(envoy.ask(&question("GET", "/v1/orders/7", &[])).status, 401);
    assert_eq!(envoy.ask(&question("GET", "/auth/v1/orders/7", &[])).status, 403);
}

#[test]
fn health_is_for_probes_and_never_for_a_question() {
    let nginx = server("serve-health", "nginx", &["--health", "/healthz"]);
    assert_eq!(nginx.ask(&question("GET", "/healthz", &[])).status, 200);
    assert_eq!(nginx.ask(&question("POST", "/healthz", &[])).status, 500);
    assert_eq!(nginx.ask(&question("GET", "/healthz", &told("nginx", "GET", "/v1/orders/7"))).status, 500);
    let envoy = server("serve-health-envoy", "envoy", &["--health", "/healthz"]);
    assert_eq!(envoy.ask(&question("GET", "/healthz", &[])).status, 200);
    assert_eq!(envoy.ask(&question("GET", "/auth/healthz", &[])).status, 403);
    let none = server("serve-health-none", "nginx", &[]);
    assert_eq!(none.ask(&question("GET", "/healthz", &[])).status, 500);
}

#[test]
fn the_log_has_what_was_asked_for_and_neither_credential_nor_query() {
    let bearer = bearer();
    let ask_both = |server: &Server| {
        ask(server, "nginx", "GET", "/v1/orders/7?key=sesame", &[("Authorization", &bearer)]);
        ask(server, "nginx", "GET", "/v1/orders/7?key=sesame", &[("Authorization", &late())]);
    };
    let logged = |name: &str, more: &[&str]| {
        let server = server(name, "nginx", more);
        ask_both(&server);
        let (code, errors) = server.stop();
        assert_eq!(code, Some(0));
        assert!(!errors.contains("sesame") && !errors.contains("eyJ"), "{errors}");
        let lines = errors.lines().filter(|line| line.starts_with('{'));
        lines.map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<serde_json::Value>>()
    };
    let [refusal] = logged("serve-log", &[]).try_into().unwrap();
    for (name, value) in [
        ("outcome", "unauthenticated"),
        ("reason", "token_expired"),
        ("signal", "noise"),
        ("claim", "exp"),
        ("path", "/v1/orders/7"),
        ("method", "GET"),
        ("issuer", "https://batch.example"),
    ] {
        assert_eq!(refusal[name], value, "{name}");
    }
    assert_eq!((&refusal["status"], &refusal["missed_by"]), (&401.into(), &1.into()));
    assert!(refusal.get("subject").is_none() && refusal["at"].is_string(), "{refusal}");
    let [allow, refusal] = logged("serve-log-all", &["--log", "all", "--log-subject"]).try_into().unwrap();
    assert_eq!((&allow["outcome"], &allow["subject"]), (&"allow".into(), &"nightly".into()));
    assert_eq!((&allow["grounds"], &refusal["subject"]), (&"credential".into(), &"nightly".into()));
    assert!(logged("serve-log-none", &["--log", "none"]).is_empty());
}

/// The marker is for the application behind: only where it is asked for, and never of a hidden route.
#[test]
fn a_refusal_carries_a_marker_where_that_is_asked_for() {
    let folder = stage("serve-trace");
    std::fs::write(folder.join("trace.key"), "a secret that gateway and application share\n").unwrap();
    let policy = std::fs::read_to_string(folder.join("policy.toml")).unwrap();
    std::fs::write(
        folder.join("policy.toml"),
        format!("trace = {{ key = {{ file = 'trace.key' }} }}\n{policy}"),
    )
    .unwrap();
    let start = |more: &[&str]| Server::start(&folder, &[&POLICY[..], &["--from", "nginx"], more].concat());
    let server = start(&["--trace-marker"]);
    let late = ask(&server, "nginx", "GET", "/v1/orders/7", &[("Authorization", &late())]);
    let marker = late.field("x-doorward-trace").unwrap().to_owned();
    assert_eq!((late.status, marker.len()), (401, 79));
    let missing = ask(&server, "nginx", "GET", "/v1/orders/7", &[]);
    assert_eq!((missing.status, missing.field("x-doorward-trace")), (401, None), "nothing was taken away");
    let good = ask(&server, "nginx", "GET", "/v1/orders/7", &[("Authorization", &bearer())]);
    assert_eq!((good.status, good.field("x-doorward-trace")), (200, None));
    // The same service as the application's: it believes what the gateway says, and nothing else.
    let traced = ask(&server, "nginx", "GET", "/v1/orders/7", &[("X-Doorward-Trace", &marker)]);
    let reason = "credential_stripped_upstream";
    assert_eq!((traced.status, traced.field("x-doorward-true-reason")), (401, Some(reason)));
    assert!(traced.body.contains(r#""cause":"token_expired""#), "{}", traced.body);
    let other = ask(&server, "nginx", "GET", "/v1/orders/8", &[("X-Doorward-Trace", &marker)]);
    assert_eq!(other.field("x-doorward-true-reason"), Some("credential_missing"));
    server.stop();
    let quiet = start(&[]);
    let bearer = "Bearer x.y.z";
    let late = ask(&quiet, "nginx", "GET", "/v1/orders/7", &[("Authorization", bearer)]);
    assert_eq!((late.status, late.field("x-doorward-trace")), (401, None));
    quiet.stop();
}
