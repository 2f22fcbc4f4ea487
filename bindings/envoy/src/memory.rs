//! Working memory, one piece for each thread: allocated at the thread's first request and used again.

use crate::abi::{EnvoyBuffer, EnvoyHeader};
use crate::policy::Policy;
use core::cell::Cell;
use core::ops::Range;
use doorward::{Scratch, identity};

/// How long the fields of an answer may be that a policy brings which is loaded anew while a request is decided on: for longer
/// ones that request is answered 500. Realm and scopes of a challenge are less than this in every policy that we have seen.
const ANSWER: usize = 4096;

/// How many policies a thread remembers to have been made ready for; more than configurations live at a time.
const READY: usize = 32;

/// Everything that one decision needs memory for.
pub(crate) struct Memory {
    pub(crate) lines: Vec<EnvoyHeader>,
    pub(crate) chunks: Vec<EnvoyBuffer>,
    pub(crate) body: Vec<u8>,
    pub(crate) scratch: Scratch,
    pub(crate) answer: Vec<u8>,
    pub(crate) kept: Kept,
    ready: Vec<u64>,
}

thread_local! {
    static MEMORY: Cell<Option<Box<Memory>>> = const { Cell::new(None) };
}

impl Memory {
    /// Lends this thread's memory, made ready for `policy`, to `work`.
    ///
    /// It is taken out meanwhile: a hook that Envoy calls from inside another finds none and gets its own, and one that
    /// panics loses it.
    pub(crate) fn lend<T>(policy: &Policy, work: impl FnOnce(&mut Self) -> T) -> T {
        let kept = MEMORY.try_with(Cell::take).ok().flatten();
        let mut memory = kept.unwrap_or_else(|| Box::new(Self::new(policy)));
        memory.prepare(policy);
        let result = work(&mut memory);
        // On a thread that is about to end there is no place to put it back to.
        let _ = MEMORY.try_with(|place| place.set(Some(memory)));
        result
    }

    fn prepare(&mut self, policy: &Policy) {
        let (number, engine) = (policy.number(), &policy.engine);
        if self.ready.contains(&number) {
            return;
        }
        engine.warm_thread();
        if self.answer.len() < engine.answer_bytes() {
            self.answer.resize(engine.answer_bytes(), 0);
        }
        if self.ready.len() >= READY {
            self.ready.remove(0);
        }
        self.ready.push(number);
    }

    /// Scratch memory of one engine serves all: it grows where one takes longer credentials.
    fn new(policy: &Policy) -> Self {
        Self {
            lines: Vec::new(),
            chunks: Vec::new(),
            body: Vec::new(),
            scratch: policy.engine.scratch(),
            answer: vec![0; ANSWER],
            kept: Kept::default(),
            ready: Vec::new(),
        }
    }
}

/// Texts that are kept beyond the request's own: what Envoy handed over is gone with the first header that is set.
#[derive(Default)]
pub(crate) struct Kept {
    bytes: Vec<u8>,
}

/// A text that is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text(Range<usize>);

impl Kept {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
    }

    /// A text that is empty yet, to be extended before anything else is kept.
    pub(crate) fn start(&self) -> Text {
        Text(self.bytes.len()..self.bytes.len())
    }

    /// Adds to the text that was kept last.
    pub(crate) fn extend(&mut self, text: &mut Text, pieces: &[&[u8]]) {
        pieces.iter().for_each(|piece| self.bytes.extend_from_slice(piece));
        text.0.end = self.bytes.len();
    }

    /// Keeps a number as decimal digits.
    pub(crate) fn push_number(&mut self, number: u32) -> Text {
        let start = self.bytes.len();
        let mut rest = number;
        loop {
            self.bytes.push(b'0'.saturating_add(u8::try_from(rest % 10).unwrap_or_default()));
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if let Some(digits) = self.bytes.get_mut(start..) {
            digits.reverse();
        }
        Text(start..self.bytes.len())
    }

    /// Keeps these pieces as one text.
    pub(crate) fn push(&mut self, pieces: &[&[u8]]) -> Text {
        let start = self.bytes.len();
        pieces.iter().for_each(|piece| self.bytes.extend_from_slice(piece));
        Text(start..self.bytes.len())
    }

    /// Keeps a text as a header field can carry it.
    pub(crate) fn push_encoded(&mut self, text: &str) -> Text {
        let start = self.bytes.len();
        identity::encode(text, &mut self.bytes);
        Text(start..self.bytes.len())
    }

    pub(crate) fn bytes(&self, text: &Text) -> &[u8] {
        self.bytes.get(text.0.clone()).unwrap_or_default()
    }

    pub(crate) fn text(&self, text: &Text) -> &str {
        core::str::from_utf8(self.bytes(text)).unwrap_or_default()
    }
}
