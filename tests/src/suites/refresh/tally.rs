//! What happened in the schedules that ran: a driver that never reaches a state proves nothing about it.

macro_rules! tally {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Counts of what happened.
        #[derive(Clone, Copy, Debug, Default)]
        pub struct Tally { $($(#[$doc])* pub $name: u64,)+ }

        impl Tally {
            /// Adds the counts of another run.
            pub fn add(&mut self, other: &Self) {
                $(self.$name += other.$name;)+
            }

            /// Every count with its name.
            #[must_use]
            pub fn all(&self) -> Vec<(&'static str, u64)> {
                vec![$((stringify!($name), self.$name)),+]
            }
        }
    };
}

tally! {
    /// Things that happened in simulated time.
    events,
    /// Simulated hours.
    hours,
    /// Fetches that began.
    fetches,
    /// Fetches that brought a set.
    successes,
    /// Sets that were empty.
    empty_sets,
    /// Fetches that failed.
    failures,
    /// Fetches that were given up past their deadline.
    abandoned,
    /// Answers that came past the deadline and were taken.
    late,
    /// Answers of fetches that had been given up, and were not taken.
    overtaken,
    /// Credentials whose key was in force and usable.
    accepted,
    /// Among them, those with a set past its lifetime.
    accepted_stale,
    /// Credentials whose key was there, but past the stale cap.
    expired,
    /// Missed keys that the provider does not have.
    unknown,
    /// Missed keys that a fetch would tell about.
    pending,
    /// Missed keys of which nothing could be known.
    unavailable,
    /// Credentials with a published key that had to wait because the provider's latest answer does not have it.
    new_key_waits,
    /// Published keys that were accepted after such a wait.
    new_key_accepted,
    /// Starts of a process over.
    restarts,
    /// Steps of the clock.
    clock_steps,
}
