//! The keeper, over a ward of the tests' own.

use super::patient;
use super::server::{Reply, Server, soon};
use crate::trust::event::Event;
use crate::trust::keeper::Keeper;
use crate::trust::{Delivery, Plan, Source, Taken, Ward};
use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use core::time::Duration;
use doorward_core::key::{FetchFault, Refresh, RefreshRules, Trust};
use doorward_core::time::{Seconds, UnixTime};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

const SET: &str = r#"{"keys":[]}"#;
const RULES: RefreshRules = RefreshRules { refresh: Seconds(600), stale_for: Seconds(86_400) };

/// An engine's inside without an engine.
#[derive(Default)]
struct Fake {
    epoch: AtomicU32,
    sources: Mutex<Vec<Source>>,
    files: Mutex<Vec<PathBuf>>,
    machines: Mutex<Vec<Refresh>>,
    taken: Mutex<Vec<(usize, String)>>,
    changed: Mutex<Vec<PathBuf>>,
    faults: Mutex<HashMap<usize, Option<String>>>,
    events: Mutex<Vec<Event>>,
    panics: AtomicUsize,
    looks: AtomicUsize,
    late: AtomicUsize,
}

impl Fake {
    fn new(sources: Vec<Source>) -> Arc<Self> {
        let fake = Self::default();
        fake.set(sources);
        Arc::new(fake)
    }

    fn set(&self, sources: Vec<Source>) {
        *self.machines.lock().unwrap() = sources.iter().map(|_| Refresh::new(RULES, 7)).collect();
        *self.sources.lock().unwrap() = sources;
    }

    /// Makes an issuer's next fetch due, as if its last had been long ago.
    fn age(&self, issuer: usize) {
        let long_ago = crate::now().minus(Seconds(1_000));
        self.machines.lock().unwrap()[issuer] = Refresh::restored(RULES, 7, long_ago, None);
    }

    fn trust(&self, issuer: usize) -> Trust {
        self.machines.lock().unwrap()[issuer].trust(crate::now())
    }

    fn failures(&self, issuer: usize) -> u32 {
        self.machines.lock().unwrap()[issuer].facts(crate::now()).failures
    }

    fn texts(&self) -> Vec<(usize, String)> {
        self.taken.lock().unwrap().clone()
    }

    fn events(&self) -> Vec<String> {
        self.events.lock().unwrap().iter().map(ToString::to_string).collect()
    }
}

impl Ward for Fake {
    fn plan(&self) -> Plan {
        let sources = self.sources.lock().unwrap().iter().cloned().enumerate().collect();
        Plan { epoch: self.policy_epoch(), sources, files: self.files.lock().unwrap().clone() }
    }

    fn policy_epoch(&self) -> u32 {
        self.epoch.load(Ordering::SeqCst)
    }

    fn take_keys(
        &self,
        issuer: usize,
        epoch: u32,
        text: &str,
        delivery: Delivery,
        _: UnixTime,
    ) -> Result<Taken, (FetchFault, String)> {
        assert!(text != "panic", "as the test asks");
        if epoch != self.policy_epoch() {
            self.late.fetch_add(1, Ordering::SeqCst);
            return Err((FetchFault::Malformed, "expected keys for this policy".to_owned()));
        }
        if !text.starts_with("{\"keys\":[") || !text.ends_with("]}") {
            return Err((FetchFault::Malformed, "expected a key set".to_owned()));
        }
        let mut taken = self.taken.lock().unwrap();
        let changed = taken.iter().rfind(|(of, _)| *of == issuer).is_none_or(|(_, before)| before != text);
        taken.push((issuer, text.to_owned()));
        let lifetime = match delivery {
            Delivery::Fetch { lifetime, .. } => lifetime,
            Delivery::File | Delivery::Host => None,
        };
        Ok(Taken { lifetime, changed })
    }

    fn key_file(&self, issuer: usize, _: u32, fault: Option<&str>) -> bool {
        let fault = fault.map(str::to_owned);
        self.faults.lock().unwrap().insert(issuer, fault.clone()).flatten() != fault
    }

    fn file_changed(&self, path: &Path) -> bool {
        self.changed.lock().unwrap().push(path.to_path_buf());
        path.is_file()
    }

    fn with_refresh<R>(&self, issuer: usize, epoch: u32, f: impl FnOnce(&mut Refresh) -> R) -> Option<R> {
        self.looks.fetch_add(1, Ordering::SeqCst);
        if epoch != self.policy_epoch() {
            return None;
        }
        self.machines.lock().unwrap().get_mut(issuer).map(f)
    }

    fn event(&self, event: Event) {
        self.events.lock().unwrap().push(event);
        let panics = self.panics.load(Ordering::SeqCst);
        if panics > 0 {
            self.panics.store(panics - 1, Ordering::SeqCst);
            panic!("as the test asks");
        }
    }
}

fn url(server: &Server) -> Source {
    Source::Url { url: server.url("/"), ca: None }
}

fn start(ward: &Arc<Fake>) -> Keeper {
    Keeper::start_with(ward, patient()).unwrap()
}

const LONG: Duration = Duration::from_millis(2_500);

#[test]
fn keys_are_loaded_once_and_then_left_alone_until_they_are_due() {
    let server = Server::start(|_| Reply::ok(SET));
    let ward = Fake::new(vec![Source::Static, url(&server)]);
    let keeper = start(&ward);
    assert_eq!(keeper.wait_first_load(&*ward, LONG), Ok(()));
    assert_eq!((ward.texts(), ward.trust(1)), (vec![(1, SET.to_owned())], Trust::Fresh));
    for _ in 0..20 {
        keeper.wake();
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(server.hits(), 1);
    ward.age(1);
    keeper.wake();
    assert!(soon(|| ward.texts().len() == 2));
    assert!(soon(|| ward.trust(1) == Trust::Fresh));
    assert_eq!(ward.events(), ["issuers.1: keys loaded"], "the same again is no event");
}

#[test]
fn a_provider_that_is_down_is_asked_once_however_often_the_thread_is_woken() {
    let server = Server::start(|_| Reply::new(503, "retry-after: 40\r\n", ""));
    let ward = Fake::new(vec![url(&server)]);
    let keeper = start(&ward);
    let missing = keeper.wait_first_load(&*ward, Duration::from_millis(700)).unwrap_err();
    assert_eq!(missing.len(), 1);
    let fault = (FetchFault::Status, "127.0.0.1: expected status 200, found 503".to_owned());
    assert_eq!((missing[0].issuer, missing[0].fault.as_ref()), (0, Some(&fault)));
    for _ in 0..200 {
        keeper.wake();
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!((server.hits(), ward.failures(0)), (1, 1));
    let events = ward.events();
    assert_eq!(events.len(), 1);
    let expected = "issuers.0: keys not loaded: status: 127.0.0.1: expected status 200, found 503";
    assert!(events[0].starts_with(expected), "{events:?}");
    assert!(
        events[0].contains("(failures in a row: 1, next attempt in 4") || events[0].contains("in 39 s"),
        "{events:?}"
    );
}

#[test]
fn a_flood_of_missed_keys_does_not_keep_the_thread_running() {
    let server = Server::start(|_| Reply::ok(SET));
    let ward = Fake::new(vec![url(&server)]);
    let keeper = start(&ward);
    assert_eq!(keeper.wait_first_load(&*ward, LONG), Ok(()));
    let before = ward.looks.load(Ordering::SeqCst);
    let until = Instant::now() + Duration::from_millis(300);
    while Instant::now() < until {
        keeper.wake();
    }
    let looks = ward.looks.load(Ordering::SeqCst) - before;
    assert!((1..=10).contains(&looks), "{looks}");
}

#[test]
fn a_recovery_is_told_even_if_the_keys_are_the_same() {
    let server =
        Server::start(|asked| if asked.before == 1 { Reply::new(500, "", "") } else { Reply::ok(SET) });
    let ward = Fake::new(vec![url(&server)]);
    let keeper = start(&ward);
    assert_eq!(keeper.wait_first_load(&*ward, LONG), Ok(()));
    ward.age(0);
    keeper.wake();
    assert!(soon(|| ward.failures(0) == 1));
    assert!(matches!(ward.trust(0), Trust::Stale { .. }), "what is in force stays in force");
    {
        // A failure whose backoff is over.
        let mut machines = ward.machines.lock().unwrap();
        let long_ago = crate::now().minus(Seconds(1_000));
        let mut machine = Refresh::restored(RULES, 7, long_ago.minus(Seconds(1_000)), None);
        let round = machine.begin(long_ago);
        let fault = FetchFault::Status;
        machine.finish(round, long_ago, doorward_core::key::Answered::Failed { fault, retry_after: None });
        machines[0] = machine;
    }
    keeper.wake();
    assert!(soon(|| ward.trust(0) == Trust::Fresh));
    assert!(soon(|| ward.events().len() == 3), "{:?}", ward.events());
    assert_eq!(ward.events()[2], "issuers.0: keys loaded, the same as before");
}

#[test]
fn a_provider_that_hangs_does_not_hold_up_another() {
    let hanging = Server::start(|_| Reply::Hang(Vec::new()));
    let well = Server::start(|_| Reply::ok(SET));
    let ward = Fake::new(vec![url(&hanging), url(&well)]);
    let keeper = start(&ward);
    assert!(soon(|| ward.trust(1) == Trust::Fresh));
    let facts = ward.machines.lock().unwrap()[0].facts(crate::now());
    assert!(facts.fetching_since.is_some(), "the other is still waited for");
    let missing = keeper.wait_first_load(&*ward, Duration::ZERO).unwrap_err();
    assert_eq!((missing.len(), missing[0].issuer, missing[0].fault.clone()), (1, 0, None));
}

#[test]
fn at_most_four_fetches_run_at_once_and_all_are_done_in_the_end() {
    let server = Server::start(|_| {
        Reply::Drip(b"HTTP/1.1 200 OK\r\n\r\n{\"keys\":[]}".to_vec(), Duration::from_millis(3))
    });
    let ward = Fake::new((0..11).map(|_| url(&server)).collect());
    let keeper = start(&ward);
    assert_eq!(keeper.wait_first_load(&*ward, LONG), Ok(()));
    assert_eq!((server.hits(), server.most_at_once()), (11, 4));
}

#[test]
fn an_answer_that_is_refused_changes_nothing_and_counts_as_a_failure() {
    for garbage in ["", "<html>", "{\"keys\":["] {
        let server = Server::start(move |asked| Reply::ok(if asked.before == 0 { SET } else { garbage }));
        let ward = Fake::new(vec![url(&server)]);
        let keeper = start(&ward);
        assert_eq!(keeper.wait_first_load(&*ward, LONG), Ok(()));
        ward.age(0);
        keeper.wake();
        assert!(soon(|| ward.failures(0) == 1), "{garbage}");
        assert_eq!(ward.texts().len(), 1);
        assert!(matches!(ward.trust(0), Trust::Stale { .. }));
    }
}

#[test]
fn a_panic_in_a_fetch_is_a_failure_and_the_thread_goes_on() {
    let server = Server::start(|_| Reply::ok("panic"));
    let well = Server::start(|_| Reply::ok(SET));
    let ward = Fake::new(vec![url(&server), url(&well)]);
    let keeper = start(&ward);
    assert!(soon(|| ward.failures(0) == 1 && ward.trust(1) == Trust::Fresh));
    ward.age(1);
    keeper.wake();
    assert!(soon(|| well.hits() == 2) && keeper.is_alive());
}

#[test]
fn a_panic_in_the_hosts_taker_of_events_ends_nothing() {
    let well = Server::start(|_| Reply::ok(SET));
    let missing = Source::File(PathBuf::from("/nowhere/keys.json"));
    let ward = Fake::new(vec![url(&well), missing]);
    ward.panics.store(2, Ordering::SeqCst);
    let keeper = start(&ward);
    assert_eq!(keeper.wait_first_load(&*ward, LONG), Ok(()));
    assert!(
        soon(|| ward.events().iter().any(|event| event.contains("a fault of its own"))),
        "{:?}",
        ward.events()
    );
    ward.age(0);
    keeper.wake();
    assert!(soon(|| well.hits() == 2) && keeper.is_alive());
}

#[test]
fn the_thread_ends_when_it_is_told_to_even_while_a_provider_hangs() {
    let hanging = Server::start(|_| Reply::Hang(Vec::new()));
    let ward = Fake::new(vec![url(&hanging)]);
    let keeper = start(&ward);
    assert!(soon(|| hanging.hits() == 1) && keeper.is_alive());
    let began = Instant::now();
    keeper.stop();
    assert!(soon(|| !keeper.is_alive()));
    assert!(began.elapsed() < Duration::from_millis(500));
}

#[test]
fn the_thread_does_not_keep_the_engine_alive() {
    let server = Server::start(|_| Reply::ok(SET));
    let ward = Fake::new(vec![url(&server)]);
    let keeper = start(&ward);
    assert_eq!(keeper.wait_first_load(&*ward, LONG), Ok(()));
    let weak = Arc::downgrade(&ward);
    drop(ward);
    assert!(soon(|| weak.upgrade().is_none()));
    keeper.wake();
    assert!(soon(|| !keeper.is_alive()));
}

#[test]
fn a_new_policy_brings_new_sources_and_late_answers_of_the_old_one_are_dropped() {
    let slow = Server::start(|_| {
        Reply::Drip(b"HTTP/1.1 200 OK\r\n\r\n{\"keys\":[1]}".to_vec(), Duration::from_millis(8))
    });
    let well = Server::start(|_| Reply::ok(SET));
    let ward = Fake::new(vec![url(&slow)]);
    let keeper = start(&ward);
    assert!(soon(|| slow.hits() == 1));
    {
        ward.set(vec![url(&well)]);
        ward.epoch.fetch_add(1, Ordering::SeqCst);
    }
    keeper.wake();
    assert_eq!(keeper.wait_first_load(&*ward, LONG), Ok(()));
    thread::sleep(Duration::from_millis(700));
    assert_eq!(ward.texts(), [(0, SET.to_owned())]);
    assert_eq!(
        (ward.failures(0), ward.late.load(Ordering::SeqCst)),
        (0, 1),
        "the engine's inside turns it away"
    );
}

/// A folder of its own, gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("doorward-keep-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn a_key_file_that_changes_is_read_and_a_broken_or_missing_one_leaves_the_last_good_one() {
    let folder = Folder::new("file");
    let (file, next) = (folder.0.join("keys.json"), folder.0.join("next"));
    std::fs::write(&file, SET).unwrap();
    let ward = Fake::new(vec![Source::File(file.clone())]);
    let keeper = start(&ward);
    let woken = |is_true: &dyn Fn() -> bool| {
        soon(|| {
            keeper.wake();
            is_true()
        })
    };
    assert!(
        woken(&|| ward.texts().len() == 1),
        "it is read once, so that no change before the start is lost"
    );
    std::fs::write(&next, "{\"keys\":[2]}").unwrap();
    std::fs::rename(&next, &file).unwrap();
    assert!(woken(&|| ward.texts().len() == 2));
    std::fs::write(&file, "{\"keys\":[3").unwrap();
    assert!(woken(&|| ward.events().len() == 3));
    std::fs::remove_file(&file).unwrap();
    assert!(woken(&|| ward.events().len() == 4));
    let shown = file.display();
    assert_eq!(
        ward.events(),
        [
            format!("`{shown}`: reloaded"),
            format!("`{shown}`: reloaded"),
            format!("`{shown}`: not taken, what was in force stays: expected a key set"),
            format!("`{shown}`: not taken, what was in force stays: no such file"),
        ]
    );
    assert_eq!(ward.texts().last().unwrap().1, "{\"keys\":[2]}");
}

#[test]
fn other_files_are_watched_for_the_engine() {
    let folder = Folder::new("other");
    let file = folder.0.join("revoked.toml");
    std::fs::write(&file, "").unwrap();
    let ward = Fake::new(Vec::new());
    ward.files.lock().unwrap().push(file.clone());
    let keeper = start(&ward);
    let woken = |times: usize| {
        soon(|| {
            keeper.wake();
            ward.changed.lock().unwrap().len() == times
        })
    };
    assert!(woken(1));
    std::fs::write(&file, "[[tokens]]").unwrap();
    assert!(woken(2));
}

#[test]
fn files_that_cannot_be_read_are_tried_again_and_told_of_once() {
    let folder = Folder::new("unread");
    let (keys, other) = (folder.0.join("keys.json"), folder.0.join("revoked.toml"));
    // Both look like files that never change, and cannot be read.
    std::fs::create_dir(&keys).unwrap();
    std::fs::create_dir(&other).unwrap();
    let ward = Fake::new(vec![Source::File(keys)]);
    ward.files.lock().unwrap().push(other);
    let keeper = start(&ward);
    let began = Instant::now();
    while ward.changed.lock().unwrap().len() < 3 && began.elapsed() < Duration::from_secs(20) {
        keeper.wake();
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(ward.changed.lock().unwrap().len(), 3);
    assert!(began.elapsed() > Duration::from_secs(4), "as often as files are looked at");
    assert_eq!(ward.events().len(), 1, "{:?}", ward.events());
    let fault = ward.faults.lock().unwrap()[&0].clone();
    assert!(fault.is_some_and(|fault| ward.events()[0].ends_with(&fault)));
}
