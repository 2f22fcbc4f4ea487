//! What revocations may call the issuers of a policy.

use crate::nearest;
use crate::policy::model::PolicyModel;
use std::collections::HashMap;

/// The issuers of a policy by all of their names: that of the section, the `iss`, and the trust domain as itself and as
/// SPIFFE id.
#[derive(Clone, Debug, Default)]
pub struct Issuers {
    by_name: HashMap<String, Vec<usize>>,
    /// For suggestions, in the order of the policy.
    in_order: Vec<String>,
    /// What each is called in tokens: its `iss` or trust domain.
    in_tokens: Vec<String>,
}

/// Whom a name means.
pub(crate) enum Meant<'i> {
    /// The issuers at these places of the policy: several where they share an `iss`.
    These(&'i [usize]),
    /// An issuer that this policy does not have, and another may have.
    Elsewhere,
    /// Most likely a mistake.
    Unknown,
}

impl Issuers {
    /// The issuers of a policy, numbered as in it.
    #[must_use]
    pub fn of(policy: &PolicyModel) -> Self {
        let mut issuers = Self::default();
        for (index, issuer) in policy.issuers.iter().enumerate() {
            let spiffe_id = issuer.trust_domain.as_ref().map(|domain| format!("spiffe://{domain}"));
            let own =
                [Some(issuer.name.clone()), issuer.issuer.clone(), issuer.trust_domain.clone(), spiffe_id];
            let in_token = issuer.issuer.as_ref().or(issuer.trust_domain.as_ref()).unwrap_or(&issuer.name);
            issuers.in_tokens.push(in_token.clone());
            for name in own.into_iter().flatten() {
                issuers.add(name, index);
            }
        }
        issuers
    }

    fn add(&mut self, name: String, index: usize) {
        if !self.by_name.contains_key(&name) {
            self.in_order.push(name.clone());
        }
        let places = self.by_name.entry(name).or_default();
        // A section may be called what its `iss` is.
        if !places.contains(&index) {
            places.push(index);
        }
    }

    /// Whom the name means.
    ///
    /// A URL that differs from a known one only in its last slash is a mistake: as a URL of elsewhere it would revoke nothing.
    pub(crate) fn meant(&self, name: &str) -> Meant<'_> {
        if let Some(places) = self.by_name.get(name) {
            return Meant::These(places);
        }
        if name.contains("://") && self.but_for_a_slash(name).is_none() {
            Meant::Elsewhere
        } else {
            Meant::Unknown
        }
    }

    /// The same issuer by what tokens call it, which outlasts the name of a section; `None` where that would mean another one too.
    pub(crate) fn in_tokens(&self, name: &str) -> Option<&str> {
        let Meant::These(places) = self.meant(name) else { return None };
        let name = self.in_tokens.get(*places.first()?)?;
        (self.by_name.get(name)? == places).then_some(name)
    }

    /// The name that an unknown one was probably meant to be.
    pub(crate) fn nearest(&self, name: &str) -> Option<&str> {
        self.but_for_a_slash(name).or_else(|| nearest(name, self.in_order.iter().map(String::as_str)))
    }

    fn but_for_a_slash(&self, name: &str) -> Option<&str> {
        let other = name.strip_suffix('/').map_or_else(|| format!("{name}/"), str::to_owned);
        self.by_name.get_key_value(&other).map(|(known, _)| known.as_str())
    }
}
