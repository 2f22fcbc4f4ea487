//! Diagnoses: what an answer means to the caller that got it.

use crate::guard::{guard, guard_or};
use crate::handle::{self, Kind, Pool};
use crate::numbers;
use crate::request::Field;
use crate::result::{DOORWARD_RESULT_BAD_VALUE, ResultCode};
use crate::slice::{self, Out, OutVersioned, Versioned};
use crate::text::Str;
use crate::time::Time;
use core::mem::MaybeUninit;
use doorward::{Clue, Confidence, DemandReport, DiagnosisReport, Origin, Reason, Retry, UnixTime};

/// What the caller knows of the request that it sent. Make it with #doorward_sent_init and set what is known; everything in it
/// is borrowed during the call.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Sent {
    /// The size of this struct: `sizeof(doorward_sent)`.
    pub size: usize,
    /// The authentication scheme of the credential, such as `Bearer`; nothing if no credential was sent.
    pub scheme: Str,
    /// Where the request was sent; nothing if unknown.
    pub url: Str,
    /// Where the answer came from, if redirects were followed; else nothing.
    pub final_url: Str,
    /// When the request was sent, by the caller's clock, if `has_at` is 1.
    pub at: Time,
    /// When the caller got the credential, by its own clock, if `has_issued_at` is 1.
    pub issued_at: Time,
    /// When the credential expires by the caller's own clock, if `has_expires_at` is 1.
    pub expires_at: Time,
    /// 1 if `at` is known, else 0.
    pub has_at: u32,
    /// 1 if `issued_at` is known, else 0.
    pub has_issued_at: u32,
    /// 1 if `expires_at` is known, else 0.
    pub has_expires_at: u32,
    /// Which attempt this was: 1 for the first, and 0 reads as 1.
    pub attempt: u32,
    /// 1 if this very credential was refused here before, else 0.
    pub refused_before: u32,
    /// 1 if a proof of possession went with the credential, else 0.
    pub proof: u32,
    /// 1 if a person is there who can sign in again, else 0.
    pub interactive: u32,
    /// Always 0.
    pub reserved: u32,
}

/// An answer. Make it with #doorward_response_init; everything in it is borrowed during the call.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Response {
    /// The size of this struct: `sizeof(doorward_response)`.
    pub size: usize,
    /// The status.
    pub status: u16,
    /// Always 0.
    pub reserved: u16,
    /// Always 0.
    pub reserved_too: u32,
    /// All header field lines, in order, repeats kept. Null if there are none.
    pub fields: *const Field,
    /// The number of `fields`.
    pub fields_len: usize,
    /// The beginning of the content; 16 KiB of it are enough.
    pub body: Str,
}

/// What an answer means. Freed with #doorward_diagnosis_free.
pub struct Diagnosis {
    _private: [u8; 0],
}

/// The facts of a diagnosis. Every view in it lives as long as what it was read from.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct DiagnosisFacts {
    /// The size of this struct: `sizeof(doorward_diagnosis_facts)`, set before the call.
    pub size: usize,
    /// The status of the answer.
    pub status: u16,
    /// Why the caller was refused, one of `DOORWARD_REASON_*`; 0 if the answer refuses nobody.
    pub reason: u16,
    /// The reason behind it, or 0.
    pub cause: u16,
    /// What the status should have been, where `misused_status` is 1; else 0.
    pub proper_status: u16,
    /// How sure all this is, one of `DOORWARD_CONFIDENCE_*`.
    pub confidence: u32,
    /// Who made the answer, one of `DOORWARD_ORIGIN_*`.
    pub origin: u32,
    /// What to do next, one of `DOORWARD_RECOVERY_*`.
    pub recovery: u32,
    /// Whether the request may be sent again, one of `DOORWARD_RETRY_*`.
    pub retry: u32,
    /// How loud it should be, one of `DOORWARD_SIGNAL_*`; 0 if the answer refuses nobody.
    pub signal: u32,
    /// 1 if the status says one thing and the rest of the answer another, else 0.
    pub misused_status: u32,
    /// 1 if `skew_seconds` and `skew_within` hold, else 0.
    pub has_skew: u32,
    /// 1 if `retry_after` holds, else 0.
    pub has_retry_after: u32,
    /// By how many seconds the other clock is ahead of the caller's; behind it if negative.
    pub skew_seconds: i64,
    /// How uncertain that is, in seconds either way.
    pub skew_within: u64,
    /// How many seconds to wait at least before the request is sent again.
    pub retry_after: u64,
    /// What all this was concluded from: a bit for each clue, `1 << (n - 1)` for the clue with the number n, one of
    /// `DOORWARD_CLUE_*`.
    pub clues: u64,
    /// The product that answers like this, or nothing.
    pub product: Str,
    /// What the answer demands of the next request. All of it, down to `error_description`, was written by the other side.
    pub scheme: Str,
    /// The protection space, or nothing.
    pub realm: Str,
    /// The scopes that are wanted, separated by spaces, or nothing.
    pub scope: Str,
    /// The authentication context classes of which one is wanted, separated by spaces, or nothing.
    pub acr_values: Str,
    /// How many seconds ago the user may have authenticated, as text, or nothing.
    pub max_age: Str,
    /// Where the protected resource describes itself, or nothing.
    pub resource_metadata: Str,
    /// The claims that a new token must answer, or nothing.
    pub claims: Str,
    /// The nonce that the next proof must hold, or nothing.
    pub nonce: Str,
    /// The error code, or nothing.
    pub error: Str,
    /// The text beside the error code, for people only, or nothing.
    pub error_description: Str,
    /// One sentence for people: what the answer means, and what to do.
    pub summary: Str,
}

// SAFETY: `repr(C)`, the size comes first, pointers and numbers may be zero, and this is the first version.
unsafe impl Versioned for Sent {
    const FIRST: usize = size_of::<Self>();
}

// SAFETY: as above.
unsafe impl Versioned for Response {
    const FIRST: usize = size_of::<Self>();
}

// SAFETY: as above.
unsafe impl Versioned for DiagnosisFacts {
    const FIRST: usize = size_of::<Self>();
}

/// A report, and the text that is made of it.
pub(crate) struct Kept {
    report: DiagnosisReport,
    summary: String,
}

impl Kept {
    pub(crate) fn new(report: DiagnosisReport) -> Self {
        Self { summary: report.summary(), report }
    }
}

impl Kind for Diagnosis {
    type Value = Kept;
    const MARK: u64 = 0xd00a_ed08_6469_6166;

    fn pool() -> &'static Pool<Self::Value> {
        static DIAGNOSES: Pool<Kept> = Pool::new();
        &DIAGNOSES
    }
}

/// A number that says yes or no.
pub(crate) const fn flag(number: u32) -> Result<bool, ResultCode> {
    match number {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(DOORWARD_RESULT_BAD_VALUE),
    }
}

/// A time that may be missing.
pub(crate) fn maybe(has: u32, time: Time) -> Result<Option<UnixTime>, ResultCode> {
    if flag(has)? { time.read().map(Some) } else { Ok(None) }
}

impl Sent {
    /// What is known, in the form of the core.
    ///
    /// # Safety
    ///
    /// Each view is null or can be read as far as its length says, and does not change during `'s`.
    unsafe fn read<'s>(&self) -> Result<doorward::Sent<'s>, ResultCode> {
        // SAFETY: the caller's promise, which is the same.
        let (scheme, url, final_url) = unsafe {
            let text = |view: Str| Ok::<_, ResultCode>(view.bytes()?.unwrap_or_default());
            (self.scheme.bytes()?, text(self.url)?, text(self.final_url)?)
        };
        Ok(doorward::Sent {
            scheme,
            attempt: self.attempt,
            at: maybe(self.has_at, self.at)?,
            issued_at: maybe(self.has_issued_at, self.issued_at)?,
            expires_at: maybe(self.has_expires_at, self.expires_at)?,
            clock_offset: 0,
            refused_before: flag(self.refused_before)?,
            url,
            final_url,
            proof: flag(self.proof)?,
            interactive: flag(self.interactive)?,
        })
    }
}

impl Response {
    /// Lends the answer in the form of the core.
    ///
    /// # Safety
    ///
    /// Each pointer is null or points to as much as its length says, which does not change during the call.
    pub(crate) unsafe fn lend<R>(
        &self,
        with: impl FnOnce(&doorward::Response<'_>) -> R,
    ) -> Result<R, ResultCode> {
        // SAFETY: the caller's promise, which is the same.
        let (lines, body) = unsafe { (slice::read(self.fields, self.fields_len)?, self.body.bytes()?) };
        let mut fields = Vec::with_capacity(lines.len());
        for line in lines {
            // SAFETY: as above.
            let (name, value) = unsafe { line.bytes() }?;
            fields.push(doorward::Field::new(name, value));
        }
        let body = body.unwrap_or_default();
        Ok(with(&doorward::Response { status: self.status, fields: &fields, body }))
    }
}

impl DiagnosisFacts {
    pub(crate) fn fill(&mut self, kept: &Kept) {
        let Kept { report, summary } = kept;
        let number = |reason: Option<Reason>| reason.map_or(0, Reason::number);
        self.status = report.status;
        self.reason = number(report.reason);
        self.cause = number(report.cause);
        self.proper_status = report.proper_status.unwrap_or_default();
        self.confidence = numbers::place(&Confidence::ALL, &report.confidence);
        self.origin = numbers::place(&Origin::ALL, &report.origin);
        self.recovery = numbers::recovery(report.recovery);
        self.retry = numbers::place(&Retry::ALL, &report.retry);
        self.signal = report.signal.map_or(0, numbers::signal);
        self.misused_status = report.misused_status.into();
        if let Some(skew) = report.skew {
            (self.has_skew, self.skew_seconds, self.skew_within) = (1, skew.seconds, skew.within);
        }
        if let Some(wait) = report.retry_after {
            (self.has_retry_after, self.retry_after) = (1, wait);
        }
        for clue in report.clues.iter() {
            let bit = numbers::place(Clue::ALL, &clue).saturating_sub(1);
            self.clues |= 1_u64.checked_shl(bit).unwrap_or_default();
        }
        self.product = Str::maybe(report.product);
        let DemandReport { scheme, realm, scope, acr_values, max_age, resource_metadata, claims, .. } =
            &report.demand;
        let DemandReport { nonce, error, error_description, .. } = &report.demand;
        let view = |text: &Option<String>| Str::maybe(text.as_deref());
        (self.scheme, self.realm, self.scope) = (view(scheme), view(realm), view(scope));
        (self.acr_values, self.max_age) = (view(acr_values), view(max_age));
        (self.resource_metadata, self.claims, self.nonce) =
            (view(resource_metadata), view(claims), view(nonce));
        (self.error, self.error_description) = (view(error), view(error_description));
        self.summary = Str::of(summary);
    }
}

/// Says what an answer means to the caller that got it at `now`: who refused it, why, and the one thing to do next. It sends
/// nothing and remembers nothing; #doorward_caller_answered does so for callers that send again.
///
/// On success the caller owns `*out_diagnosis` and frees it with #doorward_diagnosis_free. Read it with
/// #doorward_diagnosis_read.
///
/// Any thread may call it at any time; it allocates. No pointer may be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_diagnose(
    sent: *const Sent,
    response: *const Response,
    now: Time,
    out_diagnosis: *mut *mut Diagnosis,
) -> ResultCode {
    guard(|| {
        let (mut sent_copy, mut response_copy) = (MaybeUninit::uninit(), MaybeUninit::uninit());
        // SAFETY: the conventions of the header, for all pointers of the call; nothing outlives it.
        let (out, sent, response) = unsafe {
            let out = Out::new(out_diagnosis)?;
            let sent = slice::read_versioned(sent, &mut sent_copy)?.read()?;
            (out, sent, slice::read_versioned(response, &mut response_copy)?)
        };
        let now = now.read()?;
        // SAFETY: as above.
        let report = unsafe {
            response.lend(|response| DiagnosisReport::new(&doorward::diagnose(&sent, response, now)))
        }?;
        out.put(|| handle::new(Kept::new(report), 0));
        Ok(())
    })
}

/// Writes the facts of a diagnosis. `out_facts->size` must be set before the call (see #doorward_diagnosis_facts_init). The
/// views in it live until `diagnosis` is freed.
///
/// Any thread may call it, but not while another frees `diagnosis`. No pointer may be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_diagnosis_read(
    diagnosis: *const Diagnosis,
    out_facts: *mut DiagnosisFacts,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header, for both pointers; the diagnosis is not freed during the call.
        let (kept, out) = unsafe { (handle::share(diagnosis)?, OutVersioned::new(out_facts)?) };
        out.put(|facts: &mut DiagnosisFacts| facts.fill(kept));
        Ok(())
    })
}

/// Frees a diagnosis. Null is fine, and a handle that was freed before is left alone.
///
/// Any thread may call it, but not while another uses `diagnosis`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn doorward_diagnosis_free(diagnosis: *mut Diagnosis) {
    guard_or((), || {
        // SAFETY: the conventions of the header: nobody uses the handle during the call.
        unsafe { handle::free(diagnosis) };
    });
}
