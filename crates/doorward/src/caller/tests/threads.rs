//! Many threads, one caller.

use super::*;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::sync::Barrier;
use std::time::Instant;

/// A source that counts, takes its time, and gives `old` first and then `new`.
fn source(asked: &Arc<AtomicUsize>, pause: u64) -> Arc<dyn TokenSource> {
    let asked = Arc::clone(asked);
    Arc::new(move |_: &Want, _: UnixTime| {
        std::thread::sleep(Duration::from_millis(pause));
        match asked.fetch_add(1, Ordering::SeqCst) {
            0 => Credential::bearer("old"),
            _ => Credential::bearer("new"),
        }
    })
}

/// openfga/js-sdk#332, cohub#152: every request refreshed for itself, and the refresh tokens were gone.
#[test]
fn a_hundred_threads_with_one_expired_credential_refresh_once_and_lose_no_request() {
    let caller = caller();
    let asked = Arc::new(AtomicUsize::new(0));
    let source = source(&asked, 50);
    let all_have_sent = Arc::new(Barrier::new(100));
    let began = Instant::now();
    let threads: Vec<_> = (0..100)
        .map(|_| {
            let (caller, source, barrier) =
                (Arc::clone(&caller), Arc::clone(&source), Arc::clone(&all_have_sent));
            std::thread::spawn(move || {
                let mut attempt = get();
                loop {
                    let ready = caller.prepare_blocking(URL, &mut attempt, &source).unwrap();
                    let Ready::Send(credential) = ready else { panic!("{ready:?}") };
                    let answer = if credential.secret() == "old" {
                        barrier.wait();
                        answered_at(crate::now(), &caller, &mut attempt, 401, EXPIRED)
                    } else {
                        answered_at(crate::now(), &caller, &mut attempt, 200, &[])
                    };
                    match answer.next {
                        Next::Deliver(_) => return (answer.report.status, attempt.sends()),
                        _ => assert_eq!(answer.next, Next::Again { after: None }),
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), (200, 2));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2, "the first credential, and one refresh");
    // Whoever is not woken waits for a minute.
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_source_that_panics_wedges_nobody() {
    let caller = caller();
    let asked = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&asked);
    let source: Arc<dyn TokenSource> = Arc::new(move |_: &Want, _: UnixTime| {
        assert!(counts.fetch_add(1, Ordering::SeqCst) > 0, "on purpose");
        Credential::bearer("fine")
    });
    let (first, second) = (Arc::clone(&caller), Arc::clone(&source));
    let panicked = std::thread::spawn(move || first.prepare_blocking(URL, &mut get(), &second).map(|_| ()));
    assert!(panicked.join().is_err());
    let began = Instant::now();
    let ready = caller.prepare_blocking(URL, &mut get(), &source).unwrap();
    assert!(matches!(ready, Ready::Send(_)), "{ready:?}");
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_source_that_goes_through_its_own_caller_is_told_so_at_once() {
    let caller = caller();
    let inner = Arc::clone(&caller);
    let source: Arc<dyn TokenSource> = Arc::new(move |_: &Want, _: UnixTime| {
        let nested: Arc<dyn TokenSource> = Arc::new(|_: &Want, _: UnixTime| Credential::bearer("never"));
        match inner.prepare_blocking(URL, &mut get(), &nested) {
            Err(message) => Err(SourceFault::hard(message)),
            Ok(ready) => panic!("{ready:?}"),
        }
    });
    let began = Instant::now();
    let ready = caller.prepare_blocking(URL, &mut get(), &source).unwrap();
    let Ready::Blocked(blocked) = ready else { panic!("{ready:?}") };
    assert!(blocked.sentence().ends_with("through the caller that waits for it"), "{}", blocked.sentence());
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn what_is_obtained_ahead_delays_nobody() {
    let caller = caller();
    let asked = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&asked);
    let source: Arc<dyn TokenSource> = Arc::new(move |_: &Want, now: UnixTime| {
        if counts.fetch_add(1, Ordering::SeqCst) > 0 {
            std::thread::sleep(Duration::from_millis(300));
        }
        let secret = format!("t{}", counts.load(Ordering::SeqCst));
        // A quarter of eight seconds is left after six.
        Ok(Credential::bearer(secret)?.with_expires_in(doorward_core::time::Seconds(4), now))
    });
    caller.prepare_blocking(URL, &mut get(), &source).unwrap();
    std::thread::sleep(Duration::from_millis(3_100));
    let began = Instant::now();
    let ready = caller.prepare_blocking(URL, &mut get(), &source).unwrap();
    let Ready::Send(credential) = ready else { panic!("{ready:?}") };
    assert_eq!(credential.secret(), "t1");
    assert!(began.elapsed() < Duration::from_millis(200));
    std::thread::sleep(Duration::from_millis(600));
    let ready = caller.prepare_blocking(URL, &mut get(), &source).unwrap();
    let Ready::Send(credential) = ready else { panic!("{ready:?}") };
    assert_eq!(credential.secret(), "t2");
}

#[test]
fn a_task_is_woken_when_a_ticket_ends() {
    struct Count(AtomicUsize);
    impl std::task::Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let count = Arc::new(Count(AtomicUsize::new(0)));
    let waker = core::task::Waker::from(Arc::clone(&count));
    let caller = caller();
    let seen = caller.ended();
    let (first, _) = ticket(caller.prepare(URL, &mut get(), NOW).unwrap());
    caller.register(seen, &waker);
    caller.register(seen, &waker);
    assert_eq!(count.0.load(Ordering::SeqCst), 0);
    caller.abandoned(first, NOW);
    assert_eq!(count.0.load(Ordering::SeqCst), 1, "once, though it was registered twice");
    caller.register(seen, &waker);
    assert_eq!(count.0.load(Ordering::SeqCst), 2, "at once: it had ended before");
}

/// The thread that obtains, or holds the lock, is not there in a child after a fork.
#[test]
fn a_child_after_a_fork_goes_on_by_itself() {
    let caller = holding("t0p");
    let mut attempt = get();
    secret(caller.prepare(URL, &mut attempt, NOW).unwrap());
    answered(&caller, &mut attempt, 401, EXPIRED);
    let (parents, _) = ticket(caller.prepare(URL, &mut attempt, NOW).unwrap());
    assert!(matches!(caller.prepare(URL, &mut get(), NOW).unwrap(), Prepared::Wait { .. }));
    caller.pretend_fork(false);
    let (own, _) = ticket(caller.prepare(URL, &mut get(), NOW).unwrap());
    assert_ne!(own, parents);
    caller.obtained(own, bearer("child's"), NOW);
    assert_eq!(secret(caller.prepare(URL, &mut get(), NOW).unwrap()), "child's");
    caller.pretend_fork(true);
    ticket(caller.prepare(URL, &mut get(), NOW).unwrap());
}
