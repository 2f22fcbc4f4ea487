//! What the thread that keeps trust up to date may do to an engine.

use super::inner::Inner;
use super::load;
use super::state::State;
use crate::revocation;
use crate::trust::{Delivery, Event, Plan, Taken, Ward};
use doorward_core::key::{FetchFault, Refresh, Verify};
use doorward_core::time::UnixTime;
use std::path::Path;
use std::sync::Arc;

impl<K: Verify + Send + Sync + 'static> Ward for Inner<K> {
    fn plan(&self) -> Plan {
        let state = self.state();
        let rules = &state.rules;
        Plan {
            epoch: rules.epoch,
            sources: rules.sources.iter().cloned().enumerate().collect(),
            files: rules.revoked.iter().cloned().collect(),
        }
    }

    fn policy_epoch(&self) -> u32 {
        self.state().rules.epoch
    }

    fn place(&self, issuer: usize, epoch: u32) -> Option<usize> {
        self.state().place_of(issuer, epoch)
    }

    fn issuer_name(&self, issuer: usize) -> String {
        let state = self.state();
        state.rules.model.issuers.get(issuer).map(|issuer| issuer.name.clone()).unwrap_or_default()
    }

    fn take_keys(
        &self,
        issuer: usize,
        epoch: u32,
        text: &str,
        delivery: Delivery,
        now: UnixTime,
    ) -> Result<Taken, (FetchFault, String)> {
        // Another policy may come while keys are read for this one: then they are read for that.
        for _ in 0..READ_AGAIN {
            if let Some(taken) = self.take_once(issuer, epoch, text, delivery, now) {
                return taken;
            }
        }
        Err(outdated())
    }

    fn key_file(&self, issuer: usize, epoch: u32, fault: Option<&str>) -> bool {
        self.change(|change| {
            let Some(place) = self.state().place_of(issuer, epoch) else { return false };
            let known = &mut change.faults.keys;
            let before = match fault {
                Some(fault) => known.insert(place, fault.to_owned()),
                None => known.remove(&place),
            };
            before.as_deref() != fault
        })
    }

    fn file_changed(&self, path: &Path) -> bool {
        let state = self.state();
        if state.rules.revoked.as_deref() != Some(path) {
            return true;
        }
        let names = revocation::Issuers::of(&state.rules.model);
        let read = load::revocations(path, &names);
        let was_read = !matches!(read, Err((_, true)));
        let event = self.change(|change| {
            let before = self.state();
            if before.rules.epoch != state.rules.epoch {
                return None;
            }
            match read {
                Ok(entries) => {
                    change.faults.revoked = None;
                    if *before.file == *entries {
                        return None;
                    }
                    let revoked = Arc::new(before.revoked.reloaded(&entries, names));
                    self.publish(change, State { revoked, file: entries.into(), ..before.next() });
                    Some(Event::FileReloaded { path: path.to_owned() })
                }
                Err((errors, _)) => {
                    let detail = errors.to_string();
                    let before = change.faults.revoked.replace(detail.clone());
                    let is_news = was_read || before.as_ref() != Some(&detail);
                    is_news.then(|| Event::FileRefused { path: path.to_owned(), detail })
                }
            }
        });
        if let Some(event) = event {
            self.event(event);
        }
        was_read
    }

    fn with_refresh<R>(&self, issuer: usize, epoch: u32, f: impl FnOnce(&mut Refresh) -> R) -> Option<R> {
        // In a child after a fork, the machines of its parent may be shut.
        self.settle_here();
        let state = self.state();
        let place = state.place_of(issuer, epoch)?;
        Some(state.issuers.get(place)?.upkeep.as_ref()?.with(f))
    }

    fn event(&self, event: Event) {
        if let Event::KeysFailed { issuer, detail, .. } = &event {
            let state = self.state();
            let names = state.rules.model.issuers.iter().map(|issuer| &issuer.name);
            let mut named = names.zip(&state.issuers).filter(|(name, _)| *name == issuer);
            if let Some(upkeep) = named.find_map(|(_, issuer)| issuer.upkeep.as_ref()) {
                upkeep.set_detail(Some(detail.clone()));
            }
        }
        self.tell(event);
    }
}

/// How often keys are read again because the policy changed meanwhile.
const READ_AGAIN: usize = 4;

fn outdated() -> (FetchFault, String) {
    (FetchFault::Outdated, "the policy was loaded anew meanwhile".to_owned())
}

fn overtaken() -> (FetchFault, String) {
    (FetchFault::Outdated, "newer keys came meanwhile".to_owned())
}

fn malformed(message: String) -> (FetchFault, String) {
    (FetchFault::Malformed, message)
}

impl<K: Verify + Send + Sync + 'static> Inner<K> {
    /// Takes keys under the policy in force. `None` if it is no longer in force at the end.
    fn take_once(
        &self,
        issuer: usize,
        epoch: u32,
        text: &str,
        delivery: Delivery,
        now: UnixTime,
    ) -> Option<Result<Taken, (FetchFault, String)>> {
        let state = self.state();
        let Some(place) = state.place_of(issuer, epoch) else { return Some(Err(outdated())) };
        let model = state.rules.model.issuers.get(place)?;
        let read = load::bundle(text, model.profile)
            .and_then(|bundle| Ok((bundle, self.read_keys(text, model.profile, model.algorithms)?)));
        let (bundle, set) = match read {
            Ok(read) => read,
            Err(message) => return Some(Err(malformed(message))),
        };
        self.change(|change| {
            let before = self.state();
            let old = before.issuers.get(place).filter(|_| before.rules.epoch == state.rules.epoch)?;
            if let (Delivery::Fetch { round, .. }, Some(upkeep)) = (delivery, &old.upkeep)
                && !upkeep.with(|refresh| refresh.is_current(round))
            {
                return Some(Err(overtaken()));
            }
            // The first keys are some; later ones may be gone, and nothing else need be left.
            let is_useless = set.keys.is_empty() && !set.refused.is_empty();
            if is_useless && (old.taken.is_none() || set.is_garbled(&old.keys)) {
                let refused = set.refused.join("; ");
                return Some(Err(malformed(format!(
                    "expected a key that can be used, found none: {refused}"
                ))));
            }
            if let Some(Err(fault)) = bundle.as_ref().map(|bundle| bundle.may_replace(old.sequence)) {
                return Some(Err(fault));
            }
            let fetched = load::Fetched {
                sequence: bundle.as_ref().and_then(|bundle| bundle.sequence).or(old.sequence),
                text: old.upkeep.as_ref().map(|_| text.into()),
                upkeep: old.upkeep.clone(),
            };
            let server = match delivery {
                Delivery::Fetch { lifetime, .. } => lifetime,
                Delivery::File | Delivery::Host => None,
            };
            let lifetime = bundle.map_or(server, |bundle| Some(bundle.lifetime(server)));
            let taken = load::taken(set, Some(old), fetched, model.profile, now);
            let changed = taken.epoch != old.epoch;
            let upkeep = taken.upkeep.clone();
            let mut issuers = before.issuers.clone();
            if let Some(slot) = issuers.get_mut(place) {
                *slot = Arc::new(taken);
            }
            self.publish(change, State { issuers, ..before.next() });
            if let (Delivery::Host, Some(upkeep)) = (delivery, upkeep) {
                // Under the same lock, so that no fetch that runs can come in between.
                upkeep.with(|refresh| refresh.supply(now, lifetime));
            }
            Some(Ok(Taken { lifetime, changed }))
        })
    }
}
