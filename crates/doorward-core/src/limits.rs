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

/// The longest span between fetches of keys that a policy may ask for, in seconds.
///
/// A key that was withdrawn at its provider is good until the next fetch; a day is the longest that anybody should need to
/// notice.
pub const KEYS_REFRESH_MAX: u64 = 86_400;

/// The longest span that a policy may let keys be used past their lifetime while they cannot be fetched, in seconds.
///
/// A month: longer than any outage, and a provider that cannot be reached for so long is no longer one.
pub const KEYS_STALE_MAX: u64 = 30 * 86_400;

/// How many verified credentials are remembered unless the policy says otherwise: the callers of a busy service within the
/// hour that their tokens live, in below two megabytes.
pub const KNOWN_DEFAULT: usize = 10_000;

/// How many refused credentials are remembered unless the policy says otherwise: a retry storm repeats few, and distinct
/// ones are a flood for which no room is enough.
pub const REFUSED_DEFAULT: usize = 2_000;

/// How many used values are remembered unless the policy says otherwise: a hundred a second for the quarter of an hour that
/// tokens for one use live at most in practice.
pub const REPLAY_DEFAULT: usize = 100_000;

/// The most entries that a policy may give to any store: sixteen million, over 2 GiB of verified credentials, beyond which a
/// mistyped number would be a process that cannot start.
pub const STORE_MAX: usize = 1 << 24;

/// The most failures that a policy may allow one caller at once: more than any human or retry loop makes by mistake.
pub const FAILURES_MAX: usize = 10_000;

/// The longest span over which a policy may count failures, in seconds: with one failure in it, the longest wait that a
/// throttled caller is told, and as long as we would wait for somebody who asks it of us ([`KEYS_RETRY_AFTER_MAX`]).
pub const FAILURES_PER_MAX: u64 = 3_600;

/// The most revocations that are read from one file, and the most that are taken through the API beside them.
///
/// As many as the default of the replay store: an entry is needed only until its token would have expired, so this is more
/// than one token revoked in every second of a day.
pub const REVOCATIONS: usize = 100_000;

/// The largest revocation file that is read, in bytes: [`REVOCATIONS`] entries of 320 bytes, twice what a URL as issuer and
/// a SPIFFE id or UUID take.
pub const REVOCATION_BYTES: usize = 32 * 1_000 * 1_000;

/// How long a fetch of keys may take to look up a name and, again, to connect with TLS, in seconds.
///
/// TCP sends its first packet again after one second and once more after three (RFC 6298, section 2): two of the three may be lost.
pub const FETCH_CONNECT: u64 = 3;

/// How long a fetch of keys may take in all, discovery of their address included, in seconds: no longer than the span
/// between two fetches ([`KEYS_WINDOW`]), and ten times what distant providers take for both requests.
pub const FETCH_WHOLE: u64 = 10;

/// How many fetches of keys one engine runs at the same time.
///
/// A thousand issuers at fifty milliseconds each are loaded in thirteen seconds with four, and three that hang leave one free.
pub const FETCHES_AT_ONCE: usize = 4;

/// The longest header of an answer with keys, in bytes: what common servers take of a request, eight fields of 8 KiB.
pub const FETCH_HEADER_BYTES: usize = 64 * 1024;

/// The largest file of certificates that servers of keys are known by, in bytes: four times Mozilla's whole list as PEM.
pub const FETCH_CA_BYTES: u64 = 1 << 20;

/// How often watched files are looked at, in seconds: a tenth of what a kubelet takes at best to bring a change to a pod,
/// and for a hundred files one system call every twenty milliseconds.
pub const WATCH_EVERY: u64 = 2;

/// How long a watched file must have looked the same before it is read, in milliseconds: more than the coarsest time
/// stamps of current file systems (ten milliseconds on ext4 and XFS), and than one pause of a program that writes it in pieces.
pub const WATCH_SETTLE_MILLIS: u64 = 250;

/// How many challenges one answer may carry: one for each scheme that a route can accept.
pub const CHALLENGES: usize = 4;

/// How long a refused credential is remembered, in seconds: RFC 2308, section 5 keeps negative answers about names for hours,
/// but a caller that mends what was wrong must not wait. A client's retries are over in this time, and a storm that lasts
/// longer costs one full check in a minute.
pub const REFUSED_FOR: u64 = 60;

/// The least time between the beginnings of two fetches of one issuer's keys, in seconds, whatever asks for them.
///
/// The shortest that libraries use (aws-jwt-verify 10 s, jose and PyJWT 30 s, Microsoft.IdentityModel 5 min): it bounds how
/// long a flood of unknown kids can delay a new key, and a fetch every ten seconds troubles no provider.
pub const KEYS_WINDOW: u64 = 10;

/// The default for the longest time between two fetches of one issuer's keys, in seconds: what Envoy and jose use.
pub const KEYS_REFRESH_DEFAULT: u64 = 600;

/// The shortest lifetime that a fetched set gets, in seconds, whatever the policy or the provider says.
///
/// Providers answer with `max-age=0` or `no-store`; libjwt's least time between two fetches is the same minute.
pub const KEYS_REFRESH_MIN: u64 = 60;

/// The default for how long keys stay in use past their lifetime while the provider cannot be asked, in seconds.
///
/// A day: an outage that begins in the evening can be mended in the morning.
pub const KEYS_STALE_DEFAULT: u64 = 24 * 60 * 60;

/// How long a fetch may take before it counts as failed, in seconds: nginx's and Apache's usual patience with a server
/// behind them.
pub const KEYS_FETCH_DEADLINE: u64 = 60;

/// The longest wait between fetches that fail, in seconds, unless the provider asks for more: half of the default refresh,
/// so that a provider's return is noticed sooner than by the schedule.
pub const KEYS_BACKOFF_MAX: u64 = 300;

/// The longest `Retry-After` of a provider that is obeyed, in seconds.
///
/// An hour leaves many tries within a day's stale cap; a provider that answers with a date in the next year must not end
/// them. It is obeyed at the cost of nobody: with keys that can be used until [`KEYS_LAST_TRIES`] before their end, and without
/// any for [`KEYS_BACKOFF_MAX`] at most.
pub const KEYS_RETRY_AFTER_MAX: u64 = 60 * 60;

/// How long before the end of an issuer's keys no `Retry-After` is obeyed any more, in seconds: twice the longest wait of our own
/// ([`KEYS_BACKOFF_MAX`]), so that two tries at least are left.
pub const KEYS_LAST_TRIES: u64 = 2 * KEYS_BACKOFF_MAX;

/// How many values of one key's `key_ops` are read: RFC 7517, section 4.3 defines eight, and none may stand there twice.
pub const KEY_OPERATIONS: usize = 8;

/// How many recently missed keys of one issuer are told apart.
///
/// A rotation brings one or two new keys, the largest known sets hold eight; the rest is room for strangers' kids, which
/// push out no more than the knowledge that they were asked for.
pub const KEYS_MISSED: usize = 32;

/// After how many seconds a caller may try again that was turned away because the store of single-use values was full: one turn
/// of its wheel, in which some expire.
pub const REPLAY_FULL_WAIT: u64 = 10;

/// The part of a replay store that one issuer may fill if there are several: one half.
///
/// In most policies one issuer gives nearly all tokens, so that a smaller share would waste memory every day; with this one
/// an issuer that runs amok leaves the others as much as it takes.
pub const REPLAY_SHARE: usize = 2;

/// How many peers and credentials the limit on failures counts at once: as many as one site of IPv6 has networks (RFC 6177,
/// section 2), in half a megabyte.
pub const FAILURES_KEYS: usize = 1 << 16;

/// The longest field of an answer that is read, in bytes: with less than all of it, as much as [`FETCH_HEADER_BYTES`] takes of
/// a whole header.
pub const RESPONSE_FIELD_BYTES: usize = 64 * 1024;

/// How many challenges are read of one line, and of one answer: RFC 9110 has a dozen schemes registered, and no server asks for all.
pub const CHALLENGES_READ: usize = 16;

/// How many parameters of one challenge are read: a Digest challenge, the widest that is registered, has nine (RFC 7616, section 3.3).
pub const CHALLENGE_PARAMETERS: usize = 32;

/// How many empty elements of a list are passed over: RFC 9110, section 5.6.1.2 asks for a reasonable number, and what joins lines
/// leaves one for each.
pub const EMPTY_ELEMENTS: usize = 32;

/// How much of an answer's body is looked at, in bytes: error objects of this field stay below one or two KiB, and their words for
/// programs stand in front; pages of proxies run on, and say no more at their end.
pub const RESPONSE_BODY_BYTES: usize = 16 * 1024;

/// The longest message that a trace marker is authenticated with, in bytes: the longest path that is normalised ([`PATH`]), and
/// room for a method, of which the longest that is registered has 17 (RFC 4437, section 6).
pub const TRACE_MESSAGE: usize = PATH + 256;

/// How far a trace marker's time may be from ours, leeway not counted, in seconds: what proxies wait for a server behind them
/// by default (nginx's `proxy_read_timeout`), so that none outlives the request that it goes with by much.
pub const TRACE_WINDOW: u64 = 60;

/// The shortest key of trace markers, in bytes: the hash's output (RFC 2104, section 3).
pub const TRACE_KEY_MIN: usize = 32;

/// The longest key of trace markers, in bytes: four blocks of the hash, which makes no key stronger that is longer than one
/// (RFC 2104, section 3); a file with more is another file.
pub const TRACE_KEY_MAX: usize = 256;

/// The longest name that a policy may give in `Proxy-Status`, in bytes: that of a host (RFC 1035, section 2.3.4).
pub const HOP_NAME: usize = 255;

/// How much of a body is searched for texts that products are known by, in bytes: they are one sentence, or stand in the first
/// lines of a page.
pub const RESPONSE_TEXT_BYTES: usize = 4 * 1024;

/// The longest wait that is taken from an answer, in seconds: a day, in which every quota in use begins again; whoever asks for
/// more gets no more said of it.
pub const ANSWER_WAIT_MAX: u64 = 86_400;

/// How long a credential counts as fresh, in seconds: no issuer gives tokens that live shorter, so that one of this age cannot
/// have expired.
pub const CREDENTIAL_FRESH: u64 = 60;

/// How long to wait with a token that is not valid yet where nothing tells for how long, in seconds: hosts that keep time by NTP
/// differ by less.
pub const NOT_YET_VALID_WAIT: u64 = 5;

/// How long to wait where a refusal is a limit and does not say for how long, in seconds: what GitHub's documentation of its limits asks
/// for.
pub const UNTOLD_LIMIT_WAIT: u64 = 60;

/// Where numbers begin that are a point in time, and no span until a limit begins anew, in seconds: 31 years, or the year 2001.
pub const LATEST_SPAN: u64 = 1_000_000_000;

/// By how much of a clock's difference verifiers commonly let a token be early, in seconds: RFC 7519, section 4.1.5 speaks of no more
/// than a few minutes, and most take one.
pub const USUAL_LEEWAY: u64 = 60;

/// How far off a measured clock may be when nobody knows when the request was sent, in seconds: what common clients wait for an
/// answer by default.
pub const UNTIMED_REQUEST: u64 = 30;

/// How often a client sends one request by default, the first time included: once for a stale nonce, once for a stale
/// credential.
pub const SENDS_DEFAULT: u8 = 3;

/// The most that it may be told to: what google-auth (2), azure-core (3) and the MCP SDKs (3) use at most, with room.
pub const SENDS_MAX: u8 = 8;

/// How long a client may take to obtain a credential before others stop waiting for it, in seconds: a command that asks a
/// person or a slow issuer takes less; a process that died with the duty takes for ever.
pub const OBTAIN_LIMIT: u64 = 60;

/// The least time between two tries of a client to obtain a credential after one that brought nothing, in milliseconds: RFC 8628,
/// section 3.5 asks for five seconds of devices that wait for a person, and no person waits here.
pub const OBTAIN_PACE_MILLIS: u64 = 1_000;

/// The longest time between two looks at a source that had nothing but what was refused, in milliseconds: a file that is rotated is
/// noticed as soon as by [`WATCH_EVERY`] and one such look, and an issuer that repeats itself is asked fifteen times a minute.
pub const OBTAIN_SAME_PACE_MILLIS: u64 = 4_000;

/// The longest time between such tries that fail, in seconds, unless the source asks for more: half of what kubelets take to
/// bring a new token. Where requests may wait for less than three quarters of a minute, what they may wait bounds it.
pub const OBTAIN_BACKOFF_MAX: u64 = 30;

/// How long a refusal is held against the next credential at most where the last one was not tried, in seconds: an issuer is asked
/// some forty times in an hour for a service that refuses whatever comes, and tokens that end sooner and do not say so are rare.
pub const UNTRIED_PAUSE_MAX: u64 = 80;

/// The longest `Retry-After` of a source of credentials that is obeyed, in seconds: as for keys ([`KEYS_RETRY_AFTER_MAX`]).
pub const OBTAIN_RETRY_AFTER_MAX: u64 = KEYS_RETRY_AFTER_MAX;

/// The least wait before the very same request is sent again, in milliseconds; doubled each time. What SDKs of clouds begin with
/// lies between 0.1 and 1 s.
pub const RESEND_PACE_MILLIS: u64 = 250;

/// How far back in time threads may be that tell a client the time, in seconds: longer than any pause of a scheduler, shorter than
/// what a clock is set back by when somebody sets it.
pub const CLOCK_DISORDER: u64 = 2;

/// How many kinds of suspicious refusals a client keeps until they are taken: more than there are reasons that smell of an attack,
/// by themselves or by what is behind them.
pub const REPORTS: usize = 24;

/// How many parts of one service a client remembers, by whether they accept credentials: the paths that a busy client asks for
/// again and again, in two kilobytes.
pub const PLACES: usize = 64;

/// How far clocks may be apart for a client to reckon with it, in seconds: a day, for a machine whose date was set by hand or in
/// the wrong time zone. What is further off is no clock.
pub const CLOCK_OFFSET_MAX: u64 = 86_400;

/// How many demands a client remembers that a new credential did not satisfy: a client has few uses for one service that it may not
/// make of it.
pub const FRUITLESS: usize = 8;

/// The longest text of a service that a client hands on to its source of credentials: scopes and claims of one challenge fit into a
/// header field, which common servers let grow to 8 KiB.
pub const WANT_BYTES: usize = 8 * 1024;

/// The most that is read of what a source of credentials says, in bytes, be it a file, a command or an issuer: twice the longest
/// credential, for what stands beside it.
pub const SOURCE_BYTES: usize = 2 * CREDENTIAL_MAX;

/// How long a command may take that gives a credential unless its source says otherwise, in seconds: half of what others wait for it
/// ([`OBTAIN_LIMIT`]).
pub const EXEC_DEFAULT: u64 = 30;

/// How often sources are looked at again that do not say until when their credential is good, in seconds: what client-go does with
/// tokens of Kubernetes.
pub const SOURCE_LOOK_AGAIN: u64 = 60;

/// How long a service may take to say by which name a token for it is asked for, in seconds: less than the issuer gets to connect
/// ([`FETCH_CONNECT`]), for it only saves the caller a guess.
pub const METADATA_WHOLE: u64 = 2;
