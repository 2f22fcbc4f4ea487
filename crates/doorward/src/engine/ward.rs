//! What the thread that keeps trust up to date may do to an engine.

use super::inner::Inner;
use super::load;
use super::state::State;
use crate::revocation;
use crate::trust::{Event, Source, Taken, Ward};
use doorward_core::key::{FetchFault, Refresh, Verify};
use doorward_core::time::UnixTime;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl<K: Verify + Send + Sync + 'static> Ward for Inner<K> {
    fn sources(&self) -> Vec<(usize, Source)> {
        self.state().rules.sources.iter().cloned().enumerate().collect()
    }

    fn policy_epoch(&self) -> u32 {
        self.state().rules.epoch
    }

    fn files(&self) -> Vec<PathBuf> {
        self.state().rules.revoked.iter().cloned().collect()
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
        now: UnixTime,
    ) -> Result<Taken, (FetchFault, String)> {
        let outdated = || (FetchFault::Outdated, "the policy was loaded anew meanwhile".to_owned());
        let malformed = |message: String| (FetchFault::Malformed, message);
        let state = self.state();
        let place = state.place_of(issuer, epoch).ok_or_else(outdated)?;
        let model = state.rules.model.issuers.get(place).ok_or_else(outdated)?;
        let bundle = load::bundle(text, model.profile).map_err(malformed)?;
        let set = self.read_keys(text, model.profile, model.algorithms).map_err(malformed)?;
        if set.keys.is_empty() && !set.refused.is_empty() {
            // A set that is empty, or has keys for others only, says that ours are gone. This one has some that are broken.
            return Err(malformed(format!(
                "expected a key that can be used, found none: {}",
                set.refused.join("; ")
            )));
        }
        self.change(|change| {
            let before = self.state();
            // Another policy may be in force by now: what was read for the one before is not put into it.
            let same = before.rules.epoch == state.rules.epoch;
            let old = before.issuers.get(place).filter(|_| same).ok_or_else(outdated)?;
            if let Some(bundle) = &bundle {
                bundle.may_replace(old.sequence)?;
            }
            let fetched = load::Fetched {
                sequence: bundle.as_ref().and_then(|bundle| bundle.sequence).or(old.sequence),
                text: old.upkeep.as_ref().map(|_| text.into()),
                upkeep: old.upkeep.clone(),
            };
            let taken = load::taken(set, Some(old), fetched, model.profile, now);
            let changed = taken.epoch != old.epoch;
            let mut issuers = before.issuers.clone();
            if let Some(slot) = issuers.get_mut(place) {
                *slot = Arc::new(taken);
            }
            self.publish(change, State { issuers, ..before.next() });
            Ok(Taken { lifetime: bundle.map(|bundle| bundle.lifetime()), changed })
        })
    }

    fn file_changed(&self, path: &Path) {
        let state = self.state();
        if state.rules.revoked.as_deref() != Some(path) {
            return;
        }
        let names = revocation::Issuers::of(&state.rules.model);
        let seen = stamp(path);
        let read = load::revocations(path, &names);
        if stamp(path) != seen {
            // It was written to meanwhile, so that this may be half of it: whoever watches it will call again.
            return;
        }
        let event = self.change(|change| match read {
            Ok(entries) => {
                change.revoked_fault = None;
                let before = self.state();
                if before.rules.epoch != state.rules.epoch || *before.file == *entries {
                    return None;
                }
                let revoked = Arc::new(before.revoked.reloaded(&entries, names));
                self.publish(change, State { revoked, file: entries.into(), ..before.next() });
                Some(Event::FileReloaded { path: path.to_owned() })
            }
            Err(errors) => {
                change.revoked_fault = Some(errors.to_string());
                Some(Event::FileRefused { path: path.to_owned(), detail: errors.to_string() })
            }
        });
        if let Some(event) = event {
            self.event(event);
        }
    }

    fn with_refresh<R>(&self, issuer: usize, epoch: u32, f: impl FnOnce(&mut Refresh) -> R) -> Option<R> {
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

/// By what a change of a file shows.
fn stamp(path: &Path) -> Option<(u64, std::time::SystemTime)> {
    let of = |metadata: Metadata| Some((metadata.len(), metadata.modified().ok()?));
    std::fs::metadata(path).ok().and_then(of)
}
