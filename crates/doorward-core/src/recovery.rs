//! The closed list of next steps: what the caller of a refused request should do.

macro_rules! recoveries {
    ($($(#[$doc:meta])* $variant:ident $code:literal $advice:literal;)+) => {
        /// The one next step of the caller.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        pub enum Recovery { $($(#[$doc])* $variant,)+ }

        impl Recovery {
            /// Every recovery, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable `snake_case` name.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// One sentence of advice to a person.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$variant => $advice,)+ }
            }
        }
    };
}

recoveries! {
    /// Nothing is wrong.
    None "none" "nothing to do";
    /// Send a credential: none was seen.
    SendCredential "send_credential" "get a credential and send it";
    /// The credential was good once: get its successor.
    RefreshCredential "refresh_credential" "refresh the credential and send the request once more";
    /// The credential will never be accepted: get another one.
    ReplaceCredential "replace_credential" "get a new credential; this one will not be accepted again";
    /// Ask the issuer for a token that names this service.
    RequestAudience "request_audience" "ask the issuer for a token whose audience is this service";
    /// Ask the issuer for a token with the scopes of the challenge.
    RequestScope "request_scope" "ask the issuer for a token with the scopes of the challenge";
    /// Authenticate again, more strongly or more recently; a refresh cannot do that.
    StepUp "step_up" "authenticate again as the challenge asks; a refresh is not enough";
    /// One of the clocks is wrong.
    SyncClock "sync_clock" "compare clocks, using the Date of the answer, and wait out the difference";
    /// Wait as long as the answer says, then send the same again.
    Wait "wait" "wait as long as Retry-After says, then send the same request again";
    /// Renew the client certificate.
    RotateCertificate "rotate_certificate" "renew the client certificate";
    /// Make a fresh proof of possession.
    NewProof "new_proof" "send the token with a fresh proof of possession of its key";
    /// Make the proof again with the nonce of the answer.
    UseNonce "use_nonce" "make the proof again with the nonce of the answer";
    /// Use one of the schemes of the challenge.
    ChangeScheme "change_scheme" "send the credential with a scheme of the challenge";
    /// The request is built wrongly: mend the client.
    FixRequest "fix_request" "mend how the client, or a proxy before it, builds the request";
    /// Only a person can mend this.
    AskOperator "ask_operator" "ask the operator of the issuer or of this service";
    /// Do not send this again.
    Stop "stop" "stop; sending this again cannot help";
}
