//! What each reason must come with: outcome, status, protocol error and the caller's recovery, written down by hand.
//!
//! The code has such a table too. This one is no copy of it: the cases are judged by this one.

/// One reason with all that it must come with.
pub(crate) struct Row {
    pub(crate) code: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) status: u16,
    pub(crate) error: Wire,
    pub(crate) recovery: &'static str,
}

/// What a refusal's challenge says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Wire {
    /// There is no challenge.
    None,
    /// A challenge without error.
    Bare,
    /// A challenge with this error.
    Error(&'static str),
}

const TOKEN: Wire = Wire::Error("invalid_token");

const fn row(
    code: &'static str,
    outcome: &'static str,
    status: u16,
    error: Wire,
    recovery: &'static str,
) -> Row {
    Row { code, outcome, status, error, recovery }
}

const fn unauthenticated(code: &'static str, recovery: &'static str) -> Row {
    row(code, "unauthenticated", 401, TOKEN, recovery)
}

const fn unavailable(code: &'static str) -> Row {
    row(code, "unavailable", 503, Wire::None, "wait")
}

const fn forbidden(code: &'static str, recovery: &'static str) -> Row {
    row(code, "forbidden", 403, Wire::None, recovery)
}

/// Every reason that a bearer caller can meet.
pub(crate) const ROWS: &[Row] = &[
    row("credential_missing", "unauthenticated", 401, Wire::Bare, "send_credential"),
    row("scheme_unsupported", "unauthenticated", 401, Wire::Bare, "change_scheme"),
    unauthenticated("credential_malformed", "fix_request"),
    row("credentials_ambiguous", "bad_request", 400, Wire::Error("invalid_request"), "fix_request"),
    row("credential_too_large", "bad_request", 431, Wire::None, "fix_request"),
    row("path_ambiguous", "bad_request", 400, Wire::None, "fix_request"),
    row("credential_stripped_upstream", "unauthenticated", 401, Wire::Bare, "fix_request"),
    unauthenticated("token_malformed", "fix_request"),
    unauthenticated("token_encrypted", "replace_credential"),
    unauthenticated("token_type_refused", "replace_credential"),
    unauthenticated("algorithm_refused", "replace_credential"),
    unauthenticated("critical_header_unknown", "replace_credential"),
    unauthenticated("issuer_untrusted", "replace_credential"),
    unauthenticated("key_unknown", "refresh_credential"),
    unauthenticated("signature_invalid", "replace_credential"),
    unauthenticated("audience_mismatch", "request_audience"),
    unauthenticated("token_expired", "refresh_credential"),
    unauthenticated("token_too_old", "refresh_credential"),
    unauthenticated("token_not_yet_valid", "sync_clock"),
    unauthenticated("token_issued_in_future", "sync_clock"),
    unauthenticated("claim_missing", "ask_operator"),
    unauthenticated("claim_malformed", "ask_operator"),
    unauthenticated("token_revoked", "replace_credential"),
    unauthenticated("token_replayed", "replace_credential"),
    row(
        "step_up_required",
        "unauthenticated",
        401,
        Wire::Error("insufficient_user_authentication"),
        "step_up",
    ),
    unauthenticated("proof_missing", "new_proof"),
    forbidden("issuer_refused", "replace_credential"),
    row("scope_insufficient", "forbidden", 403, Wire::Error("insufficient_scope"), "request_scope"),
    forbidden("role_missing", "ask_operator"),
    forbidden("claim_refused", "ask_operator"),
    forbidden("delegation_refused", "ask_operator"),
    forbidden("route_unmatched", "stop"),
    forbidden("method_refused", "stop"),
    unavailable("trust_unavailable"),
    unavailable("trust_stale"),
    unavailable("replay_store_full"),
    row("too_many_failures", "throttled", 429, Wire::None, "wait"),
];

/// The row of a reason.
pub(crate) fn row_of(code: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.code == code)
}
