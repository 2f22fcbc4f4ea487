//! Every limit on what a connection can stretch, each with the source of its number.

use core::time::Duration;
use doorward_core::limits::CREDENTIAL_MAX;

/// The longest head of a request, in bytes: twice the longest credential that a policy may allow, so that it is the policy
/// that refuses a long one. nginx lets 32 KiB through to begin with, Envoy 60 KiB.
///
/// The number of field lines is bounded by hyper, at 100, as Envoy's and Apache's is: room for them is on its stack.
pub(super) const HEAD_BYTES: usize = 2 * CREDENTIAL_MAX;

/// How long a head may take from its first byte to its last, and a new connection to its first byte.
///
/// Apache's `mod_reqtimeout` gives any client on the internet 20 seconds to begin with; a proxy next door has its head
/// ready before it connects. Also how long a stop waits for what is under way, which can be no more than such a head.
pub(super) const HEAD_TIME: Duration = Duration::from_secs(10);

/// How long an answered connection may stay silent.
///
/// Longer than the idle connections of Caddy (120 s), of Go (90 s) and of nginx (60 s) live: of two ends that tire, the
/// proxy should be the first, since a request that crosses our closing is lost.
pub(super) const IDLE_TIME: Duration = Duration::from_secs(130);

/// How many connections are open at once unless `--connections` says otherwise: nginx's own default for one worker.
/// The 1,024 files that a process may usually open leave room for them.
pub(super) const CONNECTIONS: u32 = 512;

/// The most that `--connections` may ask for: the ports of one address of a proxy.
pub(super) const CONNECTIONS_MAX: u32 = 65_535;

/// The most threads that may be asked for: more than the cores of any machine in use are of no help.
pub(super) const THREADS_MAX: u32 = 1024;

/// How many connections the status is asked for by at once: a few probes and a few operators. Each lives for one answer.
pub(super) const STATUS_CONNECTIONS: usize = 16;

/// The longest that `--ready` may wait, in seconds: an hour, beyond which a start that waits is a start that hangs.
pub(super) const READY_MAX: u32 = 3600;

/// How many lines of the log wait for a reader who is slow. A line is about 300 bytes, so that it is a megabyte; what
/// comes on top is dropped and counted, since a log that nobody reads must not keep callers waiting.
pub(super) const LOG_LINES: usize = 4096;

/// How many bytes of lines are written at once: what a pipe of Linux holds.
pub(super) const LOG_BYTES: usize = 64 * 1024;

/// How long the last lines of the log may take to be written at the end.
pub(super) const LOG_TIME: Duration = Duration::from_secs(1);

/// How long to wait before the next connection is taken, if the system has no room for it.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
