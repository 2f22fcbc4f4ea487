//! The core decides in a program without std, without alloc and without an allocator. It links only while the core needs
//! none of them, and exits with zero only if one allow and three refusals come out right, and the same once more from memory.
#![no_std]
#![no_main]

use core::ffi::{c_int, c_void};
use core::panic::PanicInfo;
use doorward_core::decide::decide_with;
use doorward_core::key::{
    Algorithm, Algorithms, Keys, Material, PrepareError, Provider, PublishedKey, SignatureInvalid, Verify,
};
use doorward_core::outcome::Disclosure;
use doorward_core::policy::{
    Delegation, ForwardedField, Issuer, Node, NothingRevoked, Policy, Profile, Route, Settings, Tables,
    Trace, Unmatched,
};
use doorward_core::reason::Reason;
use doorward_core::request::{Field, Places, Request};
use doorward_core::store::{Digest, Digester, Domain, Failures, Remembered, Replay, failures, known, replay};
use doorward_core::stores::Stores;
use doorward_core::text::Span;
use doorward_core::time::{Seconds, UnixTime};
use doorward_core::wire::Scratch;
use doorward_core::wire::json::Member;

#[link(name = "c")]
unsafe extern "C" {
    fn write(file: c_int, text: *const c_void, len: usize) -> isize;
    fn exit(code: c_int) -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    say("no_std: panicked\n");
    // SAFETY: `exit` takes any code.
    unsafe { exit(2) }
}

fn say(text: &str) {
    // SAFETY: pointer and length are those of `text`.
    unsafe { write(1, text.as_ptr().cast(), text.len()) };
}

/// "Signs" with the exclusive or of all bytes: no cryptography, only something that can be right or wrong.
struct InsecureXor;

impl Provider for InsecureXor {
    type Key = InsecureXor;

    fn name(&self) -> &'static str {
        "insecure xor"
    }

    fn supports(&self, _: Algorithm) -> bool {
        true
    }

    fn prepare(&self, _: Algorithm, _: &Material<'_>) -> Result<Self, PrepareError> {
        Ok(Self)
    }
}

impl Verify for InsecureXor {
    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureInvalid> {
        let sum = message.iter().fold(0, |sum, byte| sum ^ byte);
        if signature == [sum] { Ok(()) } else { Err(SignatureInvalid) }
    }
}

impl PublishedKey for InsecureXor {
    fn id(&self) -> Option<&str> {
        None
    }

    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

struct OneKey([InsecureXor; 1]);

impl Keys for OneKey {
    type Key = InsecureXor;

    fn of_issuer(&self, issuer: usize) -> &[InsecureXor] {
        if issuer == 0 { &self.0 } else { &[] }
    }
}

/// Digests that anybody could make alike: enough to see that a memory on the stack will do.
struct InsecureFold;

impl Digester for InsecureFold {
    fn digest(&self, _: Domain, parts: &[&[u8]]) -> Digest {
        let fold =
            |sum: u64, byte: &u8| sum.rotate_left(7) ^ u64::from(*byte).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let all = parts.iter().flat_map(|part| part.iter()).fold(1, fold);
        [all, !all]
    }
}

/// What is remembered, on the stack.
struct Memory {
    known: Remembered<[known::Bucket; 2]>,
    refused: Remembered<[known::Bucket; 2]>,
}

impl Stores for Memory {
    type Digester = InsecureFold;
    type Credentials = [known::Bucket; 2];
    type Uses = [replay::Bucket; 0];
    type Counts = [failures::Bucket; 0];
    type Revoked = NothingRevoked;

    fn digester(&self) -> Option<&InsecureFold> {
        Some(&InsecureFold)
    }

    fn epoch(&self) -> u32 {
        1
    }

    fn known(&self) -> Option<&Remembered<[known::Bucket; 2]>> {
        Some(&self.known)
    }

    fn refused(&self) -> Option<&Remembered<[known::Bucket; 2]>> {
        Some(&self.refused)
    }

    fn replay(&self) -> Option<&Replay<[replay::Bucket; 0]>> {
        None
    }

    fn failures(&self) -> Option<&Failures<[failures::Bucket; 0]>> {
        None
    }

    fn revoked(&self) -> &NothingRevoked {
        &NothingRevoked
    }
}

/// Realm, issuer and its name, one after the other.
const POOL: &str = "orderscorphttps://idp.example/roles";

const fn span(start: u32, len: u32) -> Span {
    Span { start, len }
}

const NONE: Span = span(0, 0);

/// One issuer, and one route that accepts it for every path.
const TABLES: Tables<'static> = Tables {
    settings: Settings {
        realm: span(0, 6),
        resource_metadata: None,
        disclosure: Disclosure::Reason,
        advertise_scope: false,
        unmatched: Unmatched::Forbid,
        max_credential: 512,
        forwarded: ForwardedField::XForwardedFor,
        limit: None,
        trace: Trace { proxy_status: None, details: false, leeway: Seconds(30) },
    },
    pool: POOL,
    texts: &[],
    issuers: &[Issuer {
        name: span(6, 4),
        issuer: Some(span(10, 19)),
        trust_domain: None,
        display: span(10, 19),
        profile: Profile::Jwt,
        audience: NONE,
        algorithms: Algorithms::NONE.with(Algorithm::HS256),
        leeway: Seconds(30),
        max_age: None,
        required_claims: NONE,
        places: Places::HEADER,
        single_use: false,
    }],
    by_issuer: &[0],
    by_trust_domain: &[],
    nodes: &[Node { edges: NONE, any: None, tail: span(0, 1), here: NONE }],
    edges: &[],
    routes: &[Route {
        number: 0,
        methods: NONE,
        anyone: false,
        accepts: span(0, 1),
        places: Places::HEADER,
        scopes: NONE,
        any_scope: NONE,
        roles: NONE,
        any_role: NONE,
        roles_claim: span(29, 6),
        rules: NONE,
        acr: NONE,
        max_auth_age: None,
        delegation: Delegation::Allow,
        hidden: false,
        cors_preflight: false,
    }],
    accepts: &[0],
    rules: &[],
    scalars: &[],
    trusted_proxies: &[],
};

/// `{"alg":"HS256"}` and `{"iss":"https://idp.example","sub":"svc-a","exp":1795391031}`, and their sum.
const GENUINE: &str = "Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwic3ViIjoic3ZjLWEiLCJleH\
    AiOjE3OTUzOTEwMzF9.aA";

/// The same with another subject, and a sum that is off by one.
const FORGED: &str = "Bearer eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwic3ViIjoic3ZjLWIiLCJleH\
    AiOjE3OTUzOTEwMzF9.ZQ";

/// An hour before `exp`.
const NOW: UnixTime = UnixTime::from_seconds(1_795_387_431);

/// The first moment after `exp` and the leeway.
const LATE: UnixTime = UnixTime::from_seconds(1_795_391_031 + 30);

/// What came of a request: the reason of a refusal, and the challenge that the answer carries.
fn check(
    policy: &Policy<Tables<'static>>,
    memory: &Memory,
    authorization: Option<&str>,
    now: UnixTime,
    expected: Option<Reason>,
    challenge: &str,
) -> bool {
    let mut bytes = [0; Scratch::bytes_for(512)];
    let mut members = [Member::default(); 32];
    let fields = [Field::new("authorization", authorization.unwrap_or_default())];
    let fields = if authorization.is_some() { &fields[..] } else { &[] };
    let request = Request::new("GET", "/v1/orders/../orders/7", fields);
    let material = Material::Symmetric { k: &[] };
    let Ok(key) = InsecureXor.prepare(Algorithm::HS256, &material) else { return false };
    let keys = OneKey([key]);
    let scratch = Scratch::new(&mut bytes, &mut members);
    let decision = decide_with(policy, &keys, memory, &request, now, scratch);
    let mut buffer = [0; 256];
    let Ok(answer) = decision.answer(&mut buffer) else { return false };
    let written = answer.challenges().next().unwrap_or_default();
    let named = decision.principal().is_some_and(|principal| principal.subject == "svc-a");
    decision.reason() == expected
        && written == challenge
        // A genuine token's caller is known even when the token is late.
        && named == (authorization == Some(GENUINE))
        && decision.path() == "/v1/orders/7"
}

#[unsafe(no_mangle)]
extern "C" fn main() -> c_int {
    let Ok(policy) = Policy::new(TABLES) else {
        say("no_std: the tables are inconsistent\n");
        return 1;
    };
    let missing = r#"Bearer realm="orders""#;
    let forged = r#"Bearer realm="orders", error="invalid_token", error_description="signature_invalid""#;
    let expired = r#"Bearer realm="orders", error="invalid_token", error_description="token_expired""#;
    let buckets = || [const { known::Bucket::EMPTY }; 2];
    let memory = Memory { known: Remembered::new(buckets()), refused: Remembered::new(buckets()) };
    let all = || {
        check(&policy, &memory, Some(GENUINE), NOW, None, "")
            && check(&policy, &memory, None, NOW, Some(Reason::CredentialMissing), missing)
            && check(&policy, &memory, Some(FORGED), NOW, Some(Reason::SignatureInvalid), forged)
            && check(&policy, &memory, Some(GENUINE), LATE, Some(Reason::TokenExpired), expired)
    };
    // Once more, when all of them are known.
    let right = all() && all() && memory.known.len() == 1;
    say(if right {
        "no_std: one allow and three refusals, as expected\n"
    } else {
        "no_std: a wrong decision\n"
    });
    c_int::from(!right)
}
