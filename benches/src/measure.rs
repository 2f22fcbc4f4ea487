//! Timing of several things in turns, so that whatever else the machine does meets them alike.

use core::time::Duration;
use std::time::Instant;

/// Something that can be done again and again.
pub type Action<'a> = Box<dyn FnMut() + 'a>;

/// How long a batch lasts: long enough that reading the clock does not count, short enough to fall between disturbances.
const BATCH: Duration = Duration::from_micros(40);

/// Nanoseconds that one run takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// In the fastest batch: what it costs where nothing disturbs.
    pub least: f64,
    /// In the middle one.
    pub median: f64,
}

/// Times the actions, batch by batch in turns, for about `each` per action.
pub fn in_turns(actions: &mut [Action<'_>], each: Duration) -> Vec<Sample> {
    let batches: Vec<u32> = actions.iter_mut().map(batch).collect();
    let mut times = vec![Vec::new(); actions.len()];
    let total = each * u32::try_from(actions.len()).unwrap_or(u32::MAX);
    let start = Instant::now();
    while start.elapsed() < total {
        for ((action, batch), times) in actions.iter_mut().zip(&batches).zip(&mut times) {
            times.push(nanoseconds(action, *batch));
        }
    }
    times.into_iter().map(sample).collect()
}

/// How many runs fill a batch.
fn batch(action: &mut Action<'_>) -> u32 {
    let once = (0..5).map(|_| nanoseconds(action, 20)).fold(f64::INFINITY, f64::min);
    let mut runs: u32 = 1;
    while f64::from(runs) * once * 1e-9 < BATCH.as_secs_f64() && runs < 1 << 16 {
        runs += runs.div_ceil(8);
    }
    runs
}

fn nanoseconds(action: &mut Action<'_>, runs: u32) -> f64 {
    // Once unseen: others ran before, and whoever shares code with the one before would find the caches warm.
    action();
    let start = Instant::now();
    for _ in 0..runs {
        action();
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(runs)
}

fn sample(mut times: Vec<f64>) -> Sample {
    times.sort_by(f64::total_cmp);
    Sample {
        least: times.first().copied().unwrap_or(f64::NAN),
        median: times.get(times.len() / 2).copied().unwrap_or(f64::NAN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_and_the_middle_are_kept() {
        assert_eq!(sample(vec![3.0, 1.0, 9.0, 2.0, 5.0]), Sample { least: 1.0, median: 3.0 });
    }

    #[test]
    fn every_action_has_its_turns() {
        let mut counts = [0_u32; 2];
        let [a, b] = &mut counts;
        let samples = in_turns(&mut [Box::new(|| *a += 1), Box::new(|| *b += 1)], Duration::from_millis(1));
        assert!(samples.iter().all(|sample| sample.least <= sample.median));
        assert!(counts.iter().all(|count| *count > 100));
    }
}
