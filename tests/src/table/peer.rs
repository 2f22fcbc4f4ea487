//! Whose attempts count together: the connection's address, or the one that a trusted proxy speaks for.

use super::{corp_issuer, policy, with};
use crate::case::{File, Request, SVC_A, allow, get, refuse};
use crate::mint::corp;
use serde_json::{Value, json};

const PROVES: &str = "9.1/throttled reason/too_many_failures";
const CLIENT: &str = "203.0.113.7";
const PROXY: &str = "10.0.0.1";

/// An address, and what the fields say about it.
type From<'a> = (&'a str, &'a [&'a str]);

pub(super) fn files() -> Vec<File> {
    let proxies = || json!(["10.0.0.0/8", "2001:db8:ffff::/48"]);
    let mut nobody = File::new("peer", table(json!({})));
    direct(&mut nobody);
    let mut proxied = File::new("peer/x_forwarded_for", table(json!({"trusted_proxies": proxies()})));
    x_forwarded_for(&mut proxied);
    let field = json!({"trusted_proxies": proxies(), "forwarded": "forwarded"});
    let mut forwarded = File::new("peer/forwarded", table(field));
    forwarded_field(&mut forwarded);
    vec![nobody, proxied, forwarded]
}

/// One failure an hour for each peer.
fn table(proxies: Value) -> Value {
    let table = policy(json!({"corp": corp_issuer(json!({}))}), json!([{"path": "/any", "accept": "corp"}]));
    with(with(table, json!({"limit": {"failures": 1, "per": "1h", "by": "peer"}})), proxies)
}

fn from(request: Request, field: &str, (peer, lines): From<'_>) -> Request {
    let request = if peer.is_empty() { request } else { request.peer(peer) };
    lines.iter().fold(request, |request, line| request.with(field, line))
}

/// Somebody has failed there, and a good caller comes from here: the two are one or they are not.
fn pair(f: &mut File, name: &str, field: &str, there: From<'_>, here: From<'_>, together: bool) {
    let failed = from(get("/any").bearer(&corp().scratched()), field, there);
    let good = from(get("/any").bearer(&corp()), field, here);
    let e = if together { refuse("too_many_failures").wait(3600) } else { allow(SVC_A) };
    f.case(name, if together { PROVES } else { "9.1/throttled" }, good.after(failed.asked()), &e);
}

/// Nobody is trusted, so that fields say nothing.
fn direct(f: &mut File) {
    let field = "X-Forwarded-For";
    for (case, there, here, together) in [
        ("same", CLIENT, CLIENT, true),
        ("another", CLIENT, "203.0.113.8", false),
        ("mapped", CLIENT, "::ffff:203.0.113.7", true),
        ("mapped-and-another", CLIENT, "::ffff:203.0.113.8", false),
        ("same-ipv6", "2001:db8::1", "2001:db8::1", true),
        ("same-network-ipv6", "2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true),
        ("last-network-bit-ipv6", "2001:db8::1", "2001:db8:0:1::1", false),
        ("same-network-ipv4", CLIENT, "203.0.113.6", false),
        ("not-told-there", "", CLIENT, false),
        ("not-told-here", CLIENT, "", false),
        ("never-told", "", "", false),
    ] {
        pair(f, &format!("direct-{case}"), field, (there, &[]), (here, &[]), together);
    }
    let two = |first: From<'_>, second: From<'_>, name: &str, together: bool, f: &mut File| {
        pair(f, &format!("untrusted-{name}"), field, first, second, together);
    };
    two((CLIENT, &["192.0.2.1"]), (CLIENT, &["192.0.2.2"]), "field-is-not-heard", true, f);
    two((CLIENT, &["192.0.2.1"]), ("192.0.2.1", &[]), "field-accuses-nobody", false, f);
    two((PROXY, &["192.0.2.1"]), (PROXY, &["192.0.2.2"]), "proxy-is-a-caller", true, f);
    two(("", &["192.0.2.1"]), ("", &["192.0.2.1"]), "field-without-a-peer", false, f);
}

fn x_forwarded_for(f: &mut File) {
    let field = "X-Forwarded-For";
    let by = |lines: &'static [&'static str]| -> From<'static> { (PROXY, lines) };
    let same: [(&str, From<'_>, From<'_>); 23] = [
        ("behind-one-proxy", by(&[CLIENT]), by(&[CLIENT])),
        ("behind-two-proxies", by(&[CLIENT]), ("10.0.0.2", &[CLIENT])),
        ("behind-a-proxy-by-ipv6", by(&[CLIENT]), ("2001:db8:ffff::1", &[CLIENT])),
        ("behind-a-proxy-by-a-mapped-address", by(&[CLIENT]), ("::ffff:10.0.0.1", &[CLIENT])),
        ("behind-a-proxy-and-direct", by(&[CLIENT]), (CLIENT, &[])),
        ("behind-several-hops", by(&["203.0.113.7, 10.0.0.2, 10.9.9.9"]), (CLIENT, &[])),
        ("behind-several-hops-and-lines", by(&[CLIENT, "10.0.0.2,10.9.9.9"]), (CLIENT, &[])),
        ("behind-a-proxy-with-a-port", by(&["203.0.113.7:4711"]), (CLIENT, &[])),
        ("behind-a-proxy-with-space", by(&[" \t203.0.113.7 "]), (CLIENT, &[])),
        ("behind-a-proxy-mapped", by(&["::ffff:203.0.113.7"]), (CLIENT, &[])),
        ("behind-a-proxy-ipv6", by(&["2001:db8::1"]), ("2001:db8::2", &[])),
        ("behind-a-proxy-ipv6-with-brackets", by(&["[2001:db8::1]"]), ("2001:db8::2", &[])),
        ("behind-a-proxy-ipv6-with-a-port", by(&["[2001:db8::1]:443"]), ("2001:db8::2", &[])),
        ("forged-on-the-left", by(&["192.0.2.1, 203.0.113.7"]), by(&["192.0.2.2, 203.0.113.7"])),
        ("forged-in-a-line-before", by(&["192.0.2.1", CLIENT]), by(&["192.0.2.2", CLIENT])),
        ("forged-as-one-of-ours", by(&["10.0.0.5, 203.0.113.7"]), (CLIENT, &[])),
        ("forged-garbage-on-the-left", by(&["x y,,203.0.113.7"]), (CLIENT, &[])),
        ("stranger-in-between", by(&["203.0.113.7, 198.51.100.5"]), ("198.51.100.5", &[])),
        ("no-address", by(&["unknown"]), by(&["_hidden"])),
        ("no-address-behind-a-forged-one", by(&["192.0.2.1, unknown"]), by(&["192.0.2.2, unknown"])),
        ("no-address-and-none", by(&[""]), (PROXY, &[])),
        ("not-behind-a-proxy", (CLIENT, &["192.0.2.1"]), (CLIENT, &["10.0.0.2"])),
        ("one-of-ours", by(&["10.0.0.5, 10.0.0.6"]), by(&["10.0.0.5"])),
    ];
    for (case, there, here) in same {
        pair(f, &format!("together-{case}"), field, there, here, true);
    }
    let apart: [(&str, From<'_>, From<'_>); 12] = [
        ("behind-one-proxy", by(&[CLIENT]), by(&["203.0.113.8"])),
        ("the-proxy-and-its-client", by(&[CLIENT]), (PROXY, &[])),
        ("forged-alike", by(&["192.0.2.1, 203.0.113.7"]), by(&["192.0.2.1, 203.0.113.8"])),
        ("forged-victim", by(&["192.0.2.1, 203.0.113.7"]), ("192.0.2.1", &[])),
        ("forged-victim-behind-the-proxy", by(&["192.0.2.1, 203.0.113.7"]), by(&["192.0.2.1"])),
        ("forged-victim-before-no-address", by(&["192.0.2.1, unknown"]), ("192.0.2.1", &[])),
        ("forged-victim-by-a-stranger", (CLIENT, &["192.0.2.1"]), ("192.0.2.1", &[])),
        ("beyond-a-stranger", by(&["203.0.113.7, 198.51.100.5"]), (CLIENT, &[])),
        ("two-that-are-ours", by(&["10.0.0.5"]), by(&["10.0.0.6"])),
        ("networks-ipv6", by(&["2001:db8::1"]), by(&["2001:db8:0:1::1"])),
        ("field-without-a-peer", ("", &[CLIENT]), (CLIENT, &[])),
        ("a-name-that-looks-like-one", by(&["203.0.113.7.example"]), (CLIENT, &[])),
    ];
    for (case, there, here) in apart {
        pair(f, &format!("apart-{case}"), field, there, here, false);
    }
    // The other field says nothing here.
    let one: From<'_> = (PROXY, &["for=192.0.2.1"]);
    pair(f, "together-another-field", "Forwarded", one, (PROXY, &["for=192.0.2.2"]), true);
}

fn forwarded_field(f: &mut File) {
    let field = "Forwarded";
    let by = |lines: &'static [&'static str]| -> From<'static> { (PROXY, lines) };
    let same: [(&str, From<'_>); 9] = [
        ("plain", by(&["for=203.0.113.7"])),
        ("quoted", by(&["for=\"203.0.113.7\""])),
        ("with-a-port", by(&["for=\"203.0.113.7:4711\""])),
        ("in-capitals", by(&["FOR=203.0.113.7;PROTO=https"])),
        ("among-others", by(&["by=10.0.0.1; proto=https ;for=203.0.113.7;host=api.example"])),
        ("behind-several-hops", by(&["for=203.0.113.7, for=10.0.0.2, for=\"10.9.9.9:1\""])),
        ("in-several-lines", by(&["for=203.0.113.7", "for=10.0.0.2"])),
        ("forged-on-the-left", by(&["for=192.0.2.1, for=203.0.113.7"])),
        ("forged-in-quotes", by(&["for=192.0.2.1;host=\"a, for=192.0.2.2;\", for=203.0.113.7"])),
    ];
    for (case, there) in same {
        pair(f, &format!("forwarded-{case}"), field, there, (CLIENT, &[]), true);
    }
    let six = by(&["for=\"[2001:db8:cafe::17]:4711\""]);
    pair(f, "forwarded-ipv6", field, six, ("2001:db8:cafe::18", &[]), true);
    for (case, there) in [
        ("hidden", by(&["for=_hidden"])),
        ("unknown", by(&["for=unknown"])),
        ("without-for", by(&["proto=https"])),
        ("for-twice", by(&["for=203.0.113.7;for=203.0.113.8"])),
        ("forged-before-hidden", by(&["for=203.0.113.7, for=_hidden"])),
        ("quote-without-end", by(&["for=\"203.0.113.7"])),
    ] {
        pair(f, &format!("forwarded-{case}"), field, there, (CLIENT, &[]), false);
        pair(f, &format!("forwarded-{case}-is-the-proxys"), field, there, (PROXY, &[]), true);
    }
    pair(f, "forwarded-by-a-stranger", field, (CLIENT, &["for=192.0.2.1"]), ("192.0.2.1", &[]), false);
    let one: From<'_> = (PROXY, &["192.0.2.1"]);
    pair(f, "forwarded-another-field", "X-Forwarded-For", one, (PROXY, &["192.0.2.2"]), true);
}
