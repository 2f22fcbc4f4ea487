//! The caller, with simulated services and real threads.

mod rules;
mod threads;
mod wants;

use super::*;
use doorward_core::diagnose::Response;
use doorward_core::request::Field;
use doorward_core::time::{Seconds, UnixTime};
use std::sync::Arc;

const URL: &str = "https://api.example/orders?page=2";
const NOW: UnixTime = UnixTime::from_seconds(1_795_386_231);

fn caller() -> Arc<Caller> {
    Arc::new(Caller::new(CallerOptions { has_source: true, ..CallerOptions::default() }).unwrap())
}

fn get() -> Attempt {
    Attempt::new(Traits::of_method("GET", true))
}

#[track_caller]
fn ticket(prepared: Prepared) -> (Ticket, Want) {
    match prepared {
        Prepared::Obtain(ticket, want) | Prepared::SendAndObtain(_, ticket, want) => (ticket, want),
        other => panic!("expected a ticket, found {other:?}"),
    }
}

#[track_caller]
fn secret(prepared: Prepared) -> String {
    match prepared {
        Prepared::Send(credential) | Prepared::SendAndObtain(credential, ..) => {
            credential.secret().to_owned()
        }
        other => panic!("expected it to be sent, found {other:?}"),
    }
}

fn bearer(secret: &str) -> Credential {
    Credential::bearer(secret).unwrap()
}

/// A caller that holds a credential with this secret, since an hour.
fn holding(secret: &str) -> Arc<Caller> {
    let caller = caller();
    let before = NOW.minus(Seconds(3_600));
    let (ticket, _) = ticket(caller.prepare(URL, &mut get(), before).unwrap());
    caller.obtained(ticket, bearer(secret), before);
    caller
}

/// What the caller makes of an answer with this status and these fields.
fn answered(caller: &Caller, attempt: &mut Attempt, status: u16, fields: &[(&str, &str)]) -> Answered {
    answered_at(NOW, caller, attempt, status, fields)
}

fn answered_at(
    now: UnixTime,
    caller: &Caller,
    attempt: &mut Attempt,
    status: u16,
    fields: &[(&str, &str)],
) -> Answered {
    let fields: Vec<Field<'_>> = fields.iter().map(|(name, value)| Field::new(*name, *value)).collect();
    let sending = Sending { url: URL, final_url: "", at: Some(now) };
    caller.answered(attempt, &sending, &Response { status, fields: &fields, body: b"" }, now)
}

const EXPIRED: &[(&str, &str)] = &[(
    "www-authenticate",
    "Bearer realm=\"api\", error=\"invalid_token\", error_description=\"the token has expired\"",
)];
