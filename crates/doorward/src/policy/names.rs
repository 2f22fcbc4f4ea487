//! The names that policies have for the values of closed lists.

use doorward_core::key::Algorithm;
use doorward_core::outcome::Disclosure;
use doorward_core::policy::{ForwardedField, Profile, Unmatched};

/// A type whose values have names in a policy.
pub(super) trait Named: Copy + PartialEq {
    /// Every name with its value.
    fn named() -> Vec<(&'static str, Self)>;
}

/// The names of a type's values.
pub(super) fn names<T: Named>() -> Vec<&'static str> {
    T::named().into_iter().map(|(name, _)| name).collect()
}

impl Named for Disclosure {
    fn named() -> Vec<(&'static str, Self)> {
        vec![("none", Self::None), ("reason", Self::Reason)]
    }
}

impl Named for Unmatched {
    fn named() -> Vec<(&'static str, Self)> {
        vec![("forbid", Self::Forbid), ("hide", Self::Hide)]
    }
}

impl Named for Profile {
    fn named() -> Vec<(&'static str, Self)> {
        Self::ALL.map(|profile| (profile.name(), profile)).to_vec()
    }
}

impl Named for Algorithm {
    /// The registered names, and the older one of Ed25519.
    fn named() -> Vec<(&'static str, Self)> {
        let registered = Self::ALL.into_iter().map(|algorithm| (algorithm.name(), algorithm));
        registered.chain([("EdDSA", Self::Ed25519)]).collect()
    }
}

/// One place in a request where a token may stand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum TokenPlace {
    Header,
    Query,
    Form,
}

impl Named for TokenPlace {
    fn named() -> Vec<(&'static str, Self)> {
        vec![("header", Self::Header), ("query", Self::Query), ("form", Self::Form)]
    }
}

impl Named for ForwardedField {
    fn named() -> Vec<(&'static str, Self)> {
        Self::ALL.map(|field| (field.name(), field)).to_vec()
    }
}

/// One of the things that failed attempts are counted by.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum LimitedBy {
    Peer,
    Credential,
}

impl Named for LimitedBy {
    fn named() -> Vec<(&'static str, Self)> {
        vec![("peer", Self::Peer), ("credential", Self::Credential)]
    }
}

/// What a route may say of delegation in one word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum DelegationWord {
    Allow,
    Refuse,
}

impl Named for DelegationWord {
    fn named() -> Vec<(&'static str, Self)> {
        vec![("allow", Self::Allow), ("refuse", Self::Refuse)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algorithm_names_are_those_of_the_core() {
        for (name, algorithm) in Algorithm::named() {
            assert_eq!(Algorithm::from_name(name), Some(algorithm));
        }
        assert!(names::<Algorithm>().contains(&"EdDSA"));
    }
}
