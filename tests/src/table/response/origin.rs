//! Who made the answer.

use crate::case::File;
use crate::response::{Answer, Told, answer, bearer, told};

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
