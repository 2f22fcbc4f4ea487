//! Who made the answer.

use crate::case::File;
use crate::response::{Answer, Told, answer, bearer, told};

/// The types of RFC 9209, section 2.3 that only proxies' own answers have.
const MADE_BY_PROXIES: [&str; 17] = [
    "dns_timeout",
    "dns_error",
    "destination_not_found",
    "destination_unavailable",
    "destination_ip_prohibited",
    "destination_ip_unroutable",
    "connection_refused",
    "connection_timeout",
    "connection_limit_reached",
    "tls_certificate_error",
    "http_request_error",
    "http_request_denied",
    "http_upgrade_failed",
    "proxy_internal_response",
    "proxy_internal_error",
    "proxy_configuration_error",
    "proxy_loop_detected",
];

/// Some of the others, and one that is not registered.
const PASSED_ON_TOO: [&str; 5] = [
    "connection_terminated",
    "http_response_incomplete",
    "http_response_timeout",
    "http_protocol_error",
    "example_mood",
];

pub(super) fn file() -> File {
    let mut f = File::responses("response/origin");
    let forbidden = || answer(403);
    let unexplained = || told("refusal_unexplained", "guess", "ask_operator", "never");
    let mut told_by = |name: &str, proves: &'static str, answer: Answer, expected: Told| {
        f.response(name, proves, bearer(), answer, expected);
    };
    let hops = |value: &str| forbidden().header("Proxy-Status", value);
    told_by(
        "denied-by-a-proxy",
        "H-PS-02",
        hops("edge; error=http_request_denied"),
        unexplained().gateway().clues(&["status", "proxy_status"]),
    );
    told_by(
        "denied-with-a-string",
        "H-PS-03",
        hops("\"the edge\"; error=\"http_request_denied\""),
        unexplained().gateway(),
    );
    told_by(
        "received-from-behind",
        "H-PS-03",
        hops("edge; received-status=403"),
        unexplained().application(),
    );
    told_by("received-another-status", "H-PS-03", hops("edge; received-status=500"), unexplained());
    told_by(
        "unknown-parameters",
        "H-PS-03",
        hops("edge; colour=blue; error=http_request_denied"),
        unexplained().gateway(),
    );
    // A type that is registered as one of proxies' own answers says that the proxy made it, and no other does.
    for kind in MADE_BY_PROXIES {
        told_by(
            &format!("made-with-{kind}"),
            "H-PS-02",
            hops(&format!("edge; received-status=403; error={kind}")),
            unexplained().gateway(),
        );
    }
    for kind in PASSED_ON_TOO {
        told_by(
            &format!("nobody-with-{kind}"),
            "H-PS-02",
            hops(&format!("edge; error={kind}")),
            unexplained(),
        );
        told_by(
            &format!("passed-on-with-{kind}"),
            "H-PS-02 H-PS-03",
            hops(&format!("edge; received-status=403; error={kind}")),
            unexplained().application(),
        );
    }
    told_by(
        "cut-off-behind-a-proxy-that-denied",
        "H-PS-02",
        hops("inner; error=http_request_denied, outer; received-status=403; error=http_response_incomplete"),
        unexplained().gateway(),
    );
    // The nearest to the origin comes first: the outer one says that it received what the inner one made.
    told_by(
        "inner-hop",
        "H-PS-01",
        hops("inner; error=http_request_denied, outer; received-status=403"),
        unexplained().gateway(),
    );
    told_by(
        "outer-hop",
        "H-PS-01",
        hops("inner; received-status=200, outer; error=http_request_denied"),
        unexplained().gateway(),
    );
    told_by(
        "two-lines",
        "H-PS-01",
        hops("inner; received-status=403").header("Proxy-Status", "outer; received-status=403"),
        unexplained().application(),
    );
    told_by("no-list", "H-PS-01", hops("edge; error="), unexplained());
    told_by("only-names", "H-PS-01", hops("inner, outer"), unexplained());
    told_by(
        "envoy-forwarded-it",
        "9.3/vendor",
        forbidden().header("x-envoy-upstream-service-time", "7").header("server", "envoy"),
        unexplained().application(),
    );
    told_by("only-envoys-name", "H-SRVR-01", forbidden().header("server", "envoy"), unexplained());
    told_by("no-via", "H-VIA-01", forbidden(), unexplained().clues(&["status"]));
    told_by(
        "via",
        "H-VIA-01",
        forbidden().header("Via", "1.1 edge"),
        unexplained().clues(&["status", "via"]),
    );
    told_by(
        "via-that-cannot-be-read",
        "H-VIA-02",
        forbidden().header("Via", "(1.1 edge)"),
        unexplained().clues(&["status"]),
    );
    told_by(
        "an-application-server",
        "H-SRVR-01",
        forbidden().header("Server", "gunicorn"),
        unexplained().product("Gunicorn").application(),
    );
    told_by(
        "what-a-proxy-says-outweighs-a-name",
        "H-PS-02",
        forbidden().header("Server", "Kestrel").header("Proxy-Status", "edge; error=http_request_denied"),
        unexplained().product("Kestrel").gateway(),
    );
    f
}
