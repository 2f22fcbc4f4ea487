//! The closed list of what can go wrong when a key set is fetched.

macro_rules! faults {
    ($($(#[$doc:meta])* $variant:ident $code:literal $sentence:literal;)+) => {
        /// Why a fetch brought no key set. It says what to look at; what was received is never part of it.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum FetchFault { $($(#[$doc])* $variant,)+ }

        impl FetchFault {
            /// Every fault.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable `snake_case` name.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// One sentence to the operator.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)+ }
            }
        }
    };
}

faults! {
    /// A connection was refused or broke, or the name did not resolve.
    Unreachable "unreachable" "no connection to the provider could be made or kept";
    /// No whole answer came within the deadline.
    TimedOut "timed_out" "the provider did not answer in time";
    /// The provider's certificate does not hold, or TLS failed in another way.
    Untrusted "untrusted" "the provider's certificate was not accepted";
    /// The answer had a status other than 200.
    Status "status" "the provider answered with a status other than 200";
    /// A redirect, which is never followed: it would let one open redirector choose our keys.
    Redirected "redirected" "the provider answered with a redirect, and redirects are refused";
    /// The next step would leave https, as when a discovered key-set address does.
    Insecure "insecure" "the key set's address is neither https nor on a loopback host";
    /// The answer is longer than allowed.
    TooLarge "too_large" "the provider's answer is too large";
    /// The answer is not a key set, or not discovery metadata.
    Malformed "malformed" "the provider's answer could not be read";
    /// The discovered metadata names another issuer than the policy.
    IssuerMismatch "issuer_mismatch" "the provider's metadata names another issuer than the policy";
    /// The answer is older than the one in force, as by a bundle's sequence number.
    Outdated "outdated" "the provider's answer is older than the keys in force";
}
