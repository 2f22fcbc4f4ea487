//! `serve`: the endpoint for proxies that ask about each request, and hand on the answer of whom they asked.

mod address;
mod answer;
mod identity;
mod judge;
mod limits;
mod log;
mod options;
mod original;
mod page;
mod policy;
mod proxy;
mod pulse;
mod signals;
mod worker;

use crate::ending::{Ending, Failure, complain};
use crate::output::{Output, Style};
use address::{Address, Listener};
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;
use doorward::time::rfc3339;
use judge::Site;
use lexopt::Parser;
use log::Log;
use options::Options;
use policy::Policy;
use signals::{Call, Signals};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use worker::Crew;

pub(crate) const HELP: &str = "\
Answers a proxy that asks, for each request, whether its caller is let in.

usage: doorward serve --policy P --from nginx|traefik|caddy|envoy [OPTION]…

  --policy P         the policy, TOML or JSON; read again on SIGHUP, and kept if the new one does not load; key files
                     and revocations that it names are read again whenever they change
  --from X           the proxy that asks, and by which fields it tells of the original request:
                       nginx    auth_request: X-Original-URI and X-Original-Method, which its configuration sets
                       traefik  ForwardAuth: X-Forwarded-Uri and X-Forwarded-Method
                       caddy    forward_auth: the same
                       envoy    ext_authz over HTTP: method and path as they are, the path behind the endpoint
                     the fields of the other proxies are refused: only a caller can have sent them
  --listen A         where to listen: an address with a port, a port on this machine, or unix:/path;
                     default 127.0.0.1:8402; port 0 lets the system choose
  --endpoint PATH    the path that the proxy asks at; default /auth. For envoy it is a prefix; / is for none
  --health PATH      a path that answers 200 to whoever asks, as long as the service runs
  --status A         another place to listen, for operators: GET /status tells what is trusted, how fresh it is and
                     what happens next (`?format=json` for programs; `doorward status http://A` prints it), /healthz
                     is 200 as long as the service runs, /readyz while every issuer that is asked has usable keys
  --status-anywhere  let --status be an address that other machines reach
  --ready SECONDS    wait so long for the first keys before listening; after that it listens without them
  --threads N        how many threads decide; default one for each core
  --connections N    how many connections are open at once; default 512; more wait
  --log WHAT         `refusals`, `all` or `none`: one JSON object for each on a line of the error stream;
                     default refusals; no credential is ever in it, and no query. What becomes of keys and files is
                     always there, as an `event`
  --log-subject      name the caller there too, which is personal
  --trace-marker     put a marker into refusals that nginx sends on to the application in place of the credential; other
                     proxies hand it to the caller, who learns the reason's number from it
  --port-file FILE   write the port that is listened on into this file
  --at T             judge everything at this time instead of now, for tests: Unix seconds or RFC 3339

A caller who is let in is answered 200 with x-doorward-outcome, x-doorward-issuer and x-doorward-subject,
percent-encoded and always all there. A refusal has the status, the challenge and the words that the policy asks
for. nginx passes on 401 and 403 only: for it the true status is in x-doorward-status, the content in
x-doorward-body, and the challenge of any status but 401 in x-doorward-challenge.

If the proxy does not tell of the original request, the answer is 500 and the log says what is missing. A path that
is not written as it is judged (dot segments, needless percent-encodings) is answered 400 path_ambiguous, since the
proxy would send it on as it is. A policy that takes tokens from form bodies does not load: a question has no body.

A head may have 128 KiB and 100 fields and take 10 seconds. A silent connection is closed after 130 seconds, or
after 10 while more than half of the places are taken. SIGTERM and SIGINT stop the service once what is under way is
answered, after 10 seconds at most, and at once when sent again.

exit status: 0 stopped by a signal, 2 wrong usage, a policy that does not load or an address that cannot be had
";

pub(crate) fn run(mut arguments: Parser, output: &mut Output) -> Result<Ending, Failure> {
    let Some(options) = Options::read(&mut arguments)? else { return crate::help(output, HELP) };
    let policy = Arc::new(Policy::load(options.policy.clone()).map_err(Failure::input)?);
    policy.warn();
    let log = Arc::new(Log::start(options.level, options.log_subject).map_err(unstarted)?);
    let site = Arc::new(Site { options, policy, log });
    let ended = serve(&site, output);
    site.log.end();
    ended
}

/// A place to listen, and its address as the system gave it.
fn bind(asked: &Address) -> Result<(Listener, Address), Failure> {
    let refused = |error: io::Error| Failure::input(format!("cannot listen on {asked}: {error}"));
    let listener = Listener::bind(asked).map_err(refused)?;
    let address = listener.address(asked).map_err(refused)?;
    Ok((listener, address))
}

/// Listens for those who ask after the status, already while the first keys are waited for.
fn open_status(asked: &Address, policy: &Arc<Policy>, output: &mut Output) -> Result<Address, Failure> {
    let (listener, address) = bind(asked)?;
    page::start(listener, Arc::clone(policy)).map_err(unstarted)?;
    let page = if matches!(address, Address::Tcp(_)) { "/status" } else { "" };
    output.line(&format!("status on {address}{page}"))?;
    output.flush()?;
    Ok(address)
}

fn serve(site: &Arc<Site>, output: &mut Output) -> Result<Ending, Failure> {
    let Options { threads, connections, port_file, at, ready, .. } = &site.options;
    let runtime =
        runtime::Builder::new_current_thread().enable_io().enable_time().build().map_err(unstarted)?;
    let all = connections.saturating_add(*threads);
    let places = Arc::new(Semaphore::new(usize::try_from(all).unwrap_or(Semaphore::MAX_PERMITS)));
    let (stop, stopped) = watch::channel(false);
    runtime.block_on(async {
        // Before anybody is told that we are here, so that no signal finds us unprepared.
        let mut signals = Signals::new().map_err(unstarted)?;
        let status = site.options.status.as_ref();
        let status = status.map(|status| open_status(status, &site.policy, output)).transpose()?;
        let _page = status.as_ref().map(Left::new);
        site.policy.start(&site.log);
        if let Some(patience) = ready
            && !signals.until_ready(site, *patience).await.map_err(unstarted)?
        {
            return Ok(Ending::Yes);
        }
        let (listener, address) = bind(&site.options.address)?;
        let _left = Left::new(&address);
        for _ in 1..*threads {
            let crew = Crew { site: Arc::clone(site), places: Arc::clone(&places), stop: stopped.clone() };
            crew.start(listener.try_clone().map_err(unstarted)?).map_err(unstarted)?;
        }
        let crew = Crew { site: Arc::clone(site), places: Arc::clone(&places), stop: stopped };
        crew.start(listener).map_err(unstarted)?;
        if !address.is_local() {
            complain(&format!(
                "warning: {address} is open to other machines: whoever reaches it can ask as a proxy does"
            ));
        }
        if let Some(at) = at {
            complain(&format!("warning: every request is judged at {}, whatever the time is", rfc3339(*at)));
        }
        if let (Some(file), Address::Tcp(address)) = (port_file, &address) {
            write_port(file, address.port())?;
        }
        output.styled(Style::Strong, &format!("listening on {address}"))?;
        output.flush()?;
        while signals.next().await == Call::Reload {
            site.policy.reload(&site.log);
        }
        // Whoever waits for a stop has gone if this fails.
        let _ = stop.send(true);
        let finished = timeout(limits::HEAD_TIME, places.acquire_many(all));
        let mut finished = pin!(finished);
        let mut again = pin!(signals.until_stop());
        poll_fn(|cx| {
            let over = finished.as_mut().poll(cx).is_ready() || again.as_mut().poll(cx).is_ready();
            if over { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        Ok(Ending::Yes)
    })
}

/// The socket file of an address, which is removed at the end. One that cannot be removed is replaced at the next start.
struct Left(Option<PathBuf>);

impl Left {
    fn new(address: &Address) -> Self {
        Self(match address {
            Address::Unix(path) => Some(path.clone()),
            Address::Tcp(_) => None,
        })
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        self.0.take().map(fs::remove_file);
    }
}

fn unstarted(error: io::Error) -> Failure {
    Failure::input(format!("the service cannot be started: {error}"))
}

/// Whole or not at all, so that a reader never finds half a number.
fn write_port(file: &Path, port: u16) -> Result<(), Failure> {
    let mut draft = file.as_os_str().to_owned();
    draft.push(".new");
    let written = fs::write(&draft, format!("{port}\n")).and_then(|()| fs::rename(&draft, file));
    written.map_err(|error| Failure::input(format!("{}: {error}", file.display())))
}
