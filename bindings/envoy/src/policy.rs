//! The policies in force, each once: configurations that name the same one share its engine.
//!
//! Envoy makes a configuration anew when anything in its listener changes. An engine that began anew with it would know no
//! keys, would take single-use tokens once more, and would forgive all failures. So a policy lives on as long as any
//! configuration names it, and a file is loaded anew into the engine that it has.

use core::sync::atomic::{AtomicU64, Ordering};
use doorward::error::LoadErrors;
use doorward::{Engine, Format};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Where a policy stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Source {
    File(String),
    Json(String),
    Toml(String),
}

impl Source {
    /// Whether it is the same policy. Envoy writes the members of a Struct in another order each time.
    fn is(&self, other: &Self) -> bool {
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
        match (self, other) {
            (Self::Json(one), Self::Json(other)) => {
                one == other || value(one).is_some_and(|one| Some(one) == value(other))
            }
            _ => self == other,
        }
    }
}

/// A policy's engine, and a number that changes with the policy.
pub(crate) struct Policy {
    number: AtomicU64,
    pub(crate) engine: Engine,
}

static POLICIES: Mutex<Vec<(Source, Weak<Policy>)>> = Mutex::new(Vec::new());

impl Policy {
    /// The policy that stands there, loaded anew if it is in force and may have changed. Nothing is fetched yet for a new one.
    ///
    /// What is wrong stands one fault on a line; then all stays as it was.
    pub(crate) fn load(source: &Source) -> Result<Arc<Self>, String> {
        let mut policies = POLICIES.lock().unwrap_or_else(PoisonError::into_inner);
        policies.retain(|(_, policy)| policy.strong_count() > 0);
        let known = policies.iter().find(|(known, _)| known.is(source));
        let known = known.and_then(|(known, policy)| Some((known == source, policy.upgrade()?)));
        if let Some((_, policy)) = known.as_ref().filter(|_| matches!(source, Source::File(_))) {
            policy.engine.reload().map_err(|errors| errors.to_string())?;
            policy.number.store(next(), Ordering::Release);
            return Ok(Arc::clone(policy));
        }
        if let Some((true, policy)) = known {
            return Ok(policy);
        }
        // Also a text that only says the same is read: its own faults, such as a member that is there twice, must be found.
        let engine = read(source).map_err(|errors| errors.to_string())?;
        if let Some((_, policy)) = known {
            return Ok(policy);
        }
        let policy = Arc::new(Self { number: AtomicU64::new(next()), engine });
        policies.push((source.clone(), Arc::downgrade(&policy)));
        Ok(policy)
    }

    /// A number that no other policy of this process has, nor this one before it was loaded anew.
    pub(crate) fn number(&self) -> u64 {
        self.number.load(Ordering::Acquire)
    }
}

fn next() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn read(source: &Source) -> Result<Engine, LoadErrors> {
    match source {
        Source::File(path) => Engine::load_file(path),
        Source::Toml(text) => Engine::load_text(text, Format::Toml, None),
        // Envoy rewrites the text of a Struct: lines and columns would be none that anybody wrote.
        Source::Json(text) => {
            Engine::load_text(text, Format::Json, None).map_err(LoadErrors::without_positions)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toml(path: &str) -> Source {
        Source::Toml(format!("[[routes]]\npath = '/{path}'\naccept = 'anyone'\n"))
    }

    #[test]
    fn a_policy_that_is_named_twice_is_one() {
        let first = Policy::load(&toml("twice")).unwrap();
        assert!(Arc::ptr_eq(&first, &Policy::load(&toml("twice")).unwrap()));
        assert!(!Arc::ptr_eq(&first, &Policy::load(&toml("other")).unwrap()));
    }

    #[test]
    fn the_order_of_members_makes_no_other_policy_and_a_member_that_is_there_twice_no_policy() {
        let json = |text: &str| Policy::load(&Source::Json(text.to_owned()));
        let first = json(r#"{"realm": "one", "routes": [{"path": "/", "accept": "anyone"}]}"#).unwrap();
        let other = json(r#"{"routes": [{"accept": "anyone", "path": "/"}], "realm": "one"}"#).unwrap();
        assert!(Arc::ptr_eq(&first, &other));
        let twice = r#"{"realm": "two", "realm": "one", "routes": [{"path": "/", "accept": "anyone"}]}"#;
        assert!(json(twice).is_err());
    }

    #[test]
    fn a_policy_ends_with_the_last_configuration_that_names_it() {
        let first = Policy::load(&toml("ends")).unwrap();
        let (weak, number) = (Arc::downgrade(&first), first.number());
        drop(first);
        assert_eq!(weak.strong_count(), 0);
        assert_ne!(Policy::load(&toml("ends")).unwrap().number(), number);
    }

    #[test]
    fn a_policy_file_is_loaded_anew_and_a_broken_one_changes_nothing() {
        let path = std::env::temp_dir().join(format!("doorward-envoy-{}.toml", std::process::id()));
        let source = Source::File(path.to_str().unwrap().to_owned());
        let one = "[[routes]]\npath = '/a'\naccept = 'anyone'\n";
        std::fs::write(&path, one).unwrap();
        let policy = Policy::load(&source).unwrap();
        let number = policy.number();
        std::fs::write(&path, format!("{one}{one}").replacen("/a", "/b", 1)).unwrap();
        assert!(Arc::ptr_eq(&policy, &Policy::load(&source).unwrap()));
        assert_eq!((policy.engine.routes(), policy.number() == number), (2, false));
        std::fs::write(&path, "relm = 'a'").unwrap();
        assert!(Policy::load(&source).map(drop).unwrap_err().contains("did you mean `realm`?"));
        assert_eq!(policy.engine.routes(), 2);
        std::fs::remove_file(&path).unwrap();
    }
}
