//! Every limit on what an attacker can stretch, each with the source of its number.

/// Default for the longest credential that is looked at, in bytes of the token.
///
/// nginx's `large_client_header_buffers` and Apache's `LimitRequestFieldSize` take about 8 KiB for one field;
/// a token of an ML-DSA-65 issuer, the longest signature in use, needs 4.4 kB for the signature.
pub const CREDENTIAL_DEFAULT: usize = 8 * 1024;

/// The longest credential that a policy may allow, in bytes: the largest field that common servers can be told
/// to take (Node's `--max-http-header-size` and HTTP/2's customary header list stay below it).
pub const CREDENTIAL_MAX: usize = 64 * 1024;

/// The smallest limit that a policy may set, in bytes: below it hardly any token signed with RSA fits, whose signature
/// alone takes 342.
pub const CREDENTIAL_MIN: usize = 512;

/// How many bytes of a form may stand beside its token, where a form is read to look for one.
///
/// Servers hold as much of a stranger's header without being asked (Apache's 100 fields of 8 KiB, nginx's 4 buffers of 8 KiB
/// and Node's 16 KiB lie around it); forms that upload something are `multipart/form-data` and never read here.
pub const FORM_BESIDES: usize = 64 * 1024;

/// The longest path that is normalised, in bytes: RFC 9110, section 4.1 asks for at least 8000.
pub const PATH: usize = 8 * 1024;

/// How deep objects and arrays of a token may nest.
///
/// Claims in use stay below six levels; `serde_json` refuses at 128, and each level costs one stack frame there
/// and two words here.
pub const JSON_DEPTH: usize = 32;

/// How many object members may be open at once on the way to any point of a token, over all levels.
///
/// The widest tokens in use (one member per client below `resource_access`) have some dozens.
pub const JSON_MEMBERS: usize = 256;

/// How many keys are tried for one token: the keys that share its `kid`, or all that fit when it names none.
///
/// Each try costs a signature check. Providers publish two or three keys at a time, the largest known sets eight.
pub const KEYS_TRIED: usize = 8;

/// The longest span that a policy may give as clock-skew allowance, in seconds.
///
/// RFC 7519, section 4.1.4 says "no more than a few minutes".
pub const LEEWAY_MAX: u64 = 300;

/// The default allowance for clock skew, in seconds: hosts that keep time by NTP stay well below it.
pub const LEEWAY_DEFAULT: u64 = 30;

/// The longest SPIFFE id in bytes (SPIFFE ID, section 2.3).
pub const SPIFFE_ID: usize = 2048;

/// How many challenges one answer may carry: one for each scheme that a route can accept.
pub const CHALLENGES: usize = 4;
