//! Clues: what a diagnosis was concluded from, by name.

macro_rules! clues {
    ($($variant:ident $code:literal $sentence:literal;)+) => {
        /// One thing that a diagnosis rests on.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum Clue { $(#[doc = $sentence] $variant,)+ }

        impl Clue {
            /// Every clue, in the order of the evidence.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable `snake_case` name.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// One sentence for people: lower case, no full stop.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)+ }
            }

            /// The place of the clue in a set.
            const fn bit(self) -> u64 {
                let mut at = 0;
                $(if matches!(self, Self::$variant) { return 1 << at; } at += 1;)+
                let _all_were_tried = at;
                0
            }
        }
    };
}

clues! {
    Status "status" "the status says so by itself";
    ProxyStatus "proxy_status" "the Proxy-Status of a proxy on the way says who made the answer";
    Challenge "challenge" "the challenge, or that there is one";
    ChallengeAbsent "challenge_absent" "a 401 came without the challenge that HTTP asks for";
    ChallengeMalformed "challenge_malformed" "a challenge cannot be read";
    SchemeDiffers "scheme_differs" "the challenge is for another scheme than the one that was used";
    ErrorCode "error_code" "the challenge has an error code";
    ErrorCodeUnknown "error_code_unknown" "the challenge has an error code that is not known";
    ErrorAbsent "error_absent" "the challenge has no error code, as if no credential had come";
    Description "description" "the text beside the error code is known";
    DoorwardCode "doorward_code" "the answer names a reason of Doorward's";
    DoorwardBody "doorward_body" "the content is one of Doorward's";
    BodyCode "body_code" "the content has a code that is known";
    BodyText "body_text" "the content has a text that is known";
    VendorField "vendor_field" "a header field that one product sends";
    Claims "claims" "the challenge demands claims";
    Nonce "nonce" "the answer has a nonce";
    CredentialSent "credential_sent" "a credential was sent";
    CredentialNotSent "credential_not_sent" "no credential was sent";
    CredentialFresh "credential_fresh" "the credential was got a moment ago";
    CredentialCurrent "credential_current" "by the caller's clock the credential has not expired";
    CredentialExpired "credential_expired" "by the caller's clock the credential has expired";
    RefusedBefore "refused_before" "the same credential was refused before";
    RedirectedElsewhere "redirected_elsewhere" "the request was redirected to another origin";
    SignInPage "sign_in_page" "the answer is, or leads to, a page for signing in";
    Date "date" "the Date of the answer differs from the caller's clock";
    RetryAfter "retry_after" "the answer says how long to wait";
    Upstream "upstream" "a field that a gateway adds when the service behind it has answered";
    Via "via" "proxies were on the way, by their own account; that there is none proves nothing";
    Server "server" "the Server field names software that applications are served by";
}

/// A set of clues.
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
pub struct Clues(u64);

impl Clues {
    /// No clue.
    pub const NONE: Self = Self(0);

    /// The set with one more.
    #[must_use]
    pub const fn with(self, clue: Clue) -> Self {
        Self(self.0 | clue.bit())
    }

    /// The clues of both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the clue is in the set.
    #[must_use]
    pub const fn has(self, clue: Clue) -> bool {
        self.0 & clue.bit() != 0
    }

    /// The clues of the set, in the order of [`Clue::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Clue> {
        Clue::ALL.iter().copied().filter(move |clue| self.has(*clue))
    }
}

impl core::fmt::Debug for Clues {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clue_has_a_bit_of_its_own() {
        assert!(Clue::ALL.len() <= 64);
        let mut all = Clues::NONE;
        for clue in Clue::ALL {
            assert!(!all.has(*clue), "{}", clue.code());
            all = all.with(*clue);
            assert!(!clue.sentence().ends_with('.'));
        }
        assert!(all.iter().eq(Clue::ALL.iter().copied()));
    }
}
