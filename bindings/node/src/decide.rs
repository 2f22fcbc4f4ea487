//! Deciding: a request's bytes in, a decision's number and record out.

use crate::engine::{Desk, with_desk};
use crate::frame::Frame;
use doorward::{Decision, Disclosure, Field, Outcome, Request, snapshot};

/// How many lines of needed fields are taken without touching the heap: more is no honest request.
const FIELDS: usize = 8;

/// What cannot be: the classes of the package never ask for it, whoever calls past them may.
pub(crate) type Invalid = &'static str;

/// Decides on the request that stands at the start of `memory`, and puts the record of the decision in its place.
///
/// Gives the decision as one number, see [`packed`]. A record that does not fit is kept, and the number says how
/// long it is; [`record`] then hands it over.
pub(crate) fn decide(engine: u32, memory: &mut [u8]) -> Result<f64, Invalid> {
    with_desk(engine, |desk| decide_at(desk, memory)).unwrap_or(Err("expected an engine of this thread"))
}

fn decide_at(desk: &mut Desk, memory: &mut [u8]) -> Result<f64, Invalid> {
    let Desk { engine, scratch, record, fields: names } = desk;
    let mut frame = Frame::read(memory).ok_or("expected a whole request")?;
    let count = frame.fields.count();
    let (mut few, mut many) = ([Field::new("", ""); FIELDS], Vec::new());
    let fields = match few.get_mut(..count) {
        Some(few) => few,
        None => {
            many.resize(count, Field::new("", ""));
            many.as_mut_slice()
        }
    };
    for field in &mut *fields {
        *field = frame.fields.next(names).ok_or("expected a field that the engine asks for")?;
    }
    let mut request = Request::new(frame.method, frame.url, fields);
    if let Some(body) = frame.body {
        request = request.with_body(body);
    }
    if let Some(peer) = frame.peer {
        request = request.with_peer(peer);
    }
    let now = frame.now.unwrap_or_else(doorward::now);
    let decision = engine.decide(&request, now, scratch);
    snapshot::record(&decision, record);
    let number = packed(&decision, moved(frame.url, decision.path()), record.len());
    let used = frame.len;
    place(memory, record, used);
    number.ok_or("expected a shorter decision")
}

/// Hands over the record of the latest decision of this engine, where it did not fit before. Gives its length.
pub(crate) fn record(engine: u32, memory: &mut [u8]) -> Result<f64, Invalid> {
    let len = with_desk(engine, |Desk { record, .. }| {
        memory.get_mut(..record.len())?.copy_from_slice(record);
        u32::try_from(record.len()).ok()
    });
    len.flatten().map(f64::from).ok_or("expected room for the record")
}

/// Puts the record in place of the request and wipes what is left of it: credentials do not outlive their decision
/// here.
fn place(memory: &mut [u8], record: &[u8], used: usize) {
    let len = match memory.get_mut(..record.len()) {
        Some(room) => {
            room.copy_from_slice(record);
            record.len()
        }
        None => 0,
    };
    if let Some(rest) = memory.get_mut(len..used) {
        rest.fill(0);
    }
}

/// Whether the application has to be shown another path than the one that was asked for.
fn moved(url: &[u8], path: &str) -> bool {
    url.strip_prefix(path.as_bytes()).is_none_or(|rest| !(rest.is_empty() || rest.starts_with(b"?")))
}

/// A decision in 53 bits, so that JavaScript gets it as a plain number. From the lowest bit on: status (10), number of
/// the reason (13), whether the caller is told how long to wait, outcome by its place in the list from 1 (3), so that a
/// nought is no decision; whether the path is another than the one asked for, whether the caller is known, whether the
/// answer has fields, whether the reason may be shown, whether another reason is concealed, and how long the record is (21).
fn packed(decision: &Decision<'_>, moved: bool, len: usize) -> Option<f64> {
    let outcome = Outcome::ALL.iter().position(|outcome| *outcome == decision.outcome())?;
    let reason = decision.reason().map_or(0, doorward::Reason::number);
    // Every refusal has fields or may have; an allow has them only where a cache must not keep the answer.
    let fields =
        !decision.is_allow() || decision.answer(&mut []).is_ok_and(|answer| answer.fields().next().is_some());
    let mut word = Word::default();
    word.put(decision.status().into(), 10)?;
    word.put(reason.into(), 13)?;
    word.put(decision.retry_after().is_some().into(), 1)?;
    word.put(u32::try_from(outcome).ok()?.checked_add(1)?, 3)?;
    word.put(moved.into(), 1)?;
    word.put(decision.principal().is_some().into(), 1)?;
    word.put(fields.into(), 1)?;
    word.put((decision.disclosure() == Disclosure::Reason).into(), 1)?;
    word.put(decision.concealed().is_some().into(), 1)?;
    let len = u32::try_from(len).ok().filter(|len| *len < 1 << 21)?;
    Some(f64::from(len) * f64::from(1 << 16) * f64::from(1 << 16) + f64::from(word.bits))
}

/// Bits put one above another.
#[derive(Default)]
struct Word {
    bits: u32,
    used: u32,
}

impl Word {
    /// `None` where the value needs more bits than it was given.
    fn put(&mut self, value: u32, width: u32) -> Option<()> {
        if value >> width != 0 {
            return None;
        }
        self.bits |= value.checked_shl(self.used)?;
        self.used += width;
        Some(())
    }
}
