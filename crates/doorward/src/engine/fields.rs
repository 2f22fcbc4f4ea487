//! The header fields that a policy can look at, as a set.

use doorward_core::policy::Tables;
use doorward_core::request::field_names;

/// The header fields that decisions can look at, in lower case: others of a request need not be handed over, but of these
/// every line.
///
/// They depend on the policy, and so may change with [`crate::Engine::reload`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Fields {
    set: u8,
}

/// Every field that some policy can look at, each with its bit.
const NAMES: [(u8, &str); 6] = [
    (1, field_names::AUTHORIZATION),
    (2, field_names::CONTENT_TYPE),
    (4, field_names::ACCESS_CONTROL_REQUEST_METHOD),
    (8, field_names::X_FORWARDED_FOR),
    (16, field_names::FORWARDED),
    (32, field_names::TRACE),
];

impl Fields {
    /// Every field that some policy can look at. Whoever hands over all of these need not ask again after a reload.
    pub const ALL: Self = Self { set: 63 };

    /// The fields of a policy. `Authorization` is always one: a second credential is looked for there even where tokens come
    /// from elsewhere.
    pub(crate) fn of(tables: &Tables<'_>, reads_body: bool, traced: bool) -> Self {
        let preflight = tables.routes.iter().any(|route| route.cors_preflight);
        let by_peer = tables.settings.limit.is_some_and(|limit| limit.by_peer);
        let forwarded = by_peer && !tables.trusted_proxies.is_empty();
        let wanted = |name: &str| match name {
            field_names::AUTHORIZATION => true,
            field_names::CONTENT_TYPE => reads_body,
            field_names::ACCESS_CONTROL_REQUEST_METHOD => preflight,
            field_names::TRACE => traced,
            name => forwarded && name == tables.settings.forwarded.name(),
        };
        let set = NAMES.iter().filter(|(_, name)| wanted(name)).map(|(bit, _)| bit).sum();
        Self { set }
    }

    /// The set that these bits are.
    pub(crate) const fn from_bits(bits: u8) -> Self {
        Self { set: bits & Self::ALL.set }
    }

    /// The names, in an order that never changes.
    pub fn iter(self) -> impl Iterator<Item = &'static str> + Clone {
        NAMES.iter().filter(move |(bit, _)| self.set & bit != 0).map(|(_, name)| *name)
    }

    /// How many there are.
    #[must_use]
    pub fn len(self) -> usize {
        self.iter().count()
    }

    /// Whether there is none, which no policy has.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.set == 0
    }

    /// Whether a field of this name, in lower case, is one.
    #[must_use]
    pub fn contains(self, name: &str) -> bool {
        self.iter().any(|own| own == name)
    }

    /// The set as a number: bit by bit in the order of [`Fields::ALL`].
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.set
    }
}
