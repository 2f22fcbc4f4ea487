//! A request as JavaScript writes it: words that say how long each part is, then the parts.
//!
//! Words are 32 bits wide in the machine's own order. In front stand, in this order: flags, the seconds of `now`
//! (low half, high half), its nanoseconds, and the lengths of method, URL, peer and body; then how many fields follow,
//! and for each its place in the engine's list of fields and the length of its value.

use core::net::IpAddr;
use doorward::{Field, UnixTime};

const WORD: usize = size_of::<u32>();
/// How many words stand in front.
const FRONT: usize = 9;

/// The flags of a frame.
const HAS_NOW: u32 = 1;
const HAS_BODY: u32 = 2;

/// A request taken apart.
pub(crate) struct Frame<'f> {
    pub(crate) now: Option<UnixTime>,
    pub(crate) method: &'f [u8],
    pub(crate) url: &'f [u8],
    /// Nothing where its text is empty, or none that servers write.
    pub(crate) peer: Option<IpAddr>,
    pub(crate) body: Option<&'f [u8]>,
    pub(crate) fields: Fields<'f>,
    /// How many bytes the frame takes.
    pub(crate) len: usize,
}

/// The fields of a frame, one after another.
#[derive(Clone)]
pub(crate) struct Fields<'f> {
    lengths: &'f [u8],
    values: &'f [u8],
}

impl<'f> Frame<'f> {
    /// `None` where a length reaches past the end.
    pub(crate) fn read(bytes: &'f [u8]) -> Option<Self> {
        let (front, rest) = bytes.split_at_checked(FRONT * WORD)?;
        let [flags, low, high, nanos, method, url, peer, body, fields] = words(front)?;
        let (lengths, parts) = rest.split_at_checked(size(fields)?.checked_mul(2 * WORD)?)?;
        let (method, parts) = parts.split_at_checked(size(method)?)?;
        let (url, parts) = parts.split_at_checked(size(url)?)?;
        let (peer, parts) = parts.split_at_checked(size(peer)?)?;
        let mut total = 0_usize;
        for (_, len) in (Fields { lengths, values: &[] }).lengths() {
            total = total.checked_add(size(len)?)?;
        }
        let (values, parts) = parts.split_at_checked(total)?;
        let (body, parts) = parts.split_at_checked(size(body)?)?;
        Some(Self {
            now: (flags & HAS_NOW != 0).then(|| time([low, high, nanos])),
            method,
            url,
            peer: core::str::from_utf8(peer).ok().filter(|peer| !peer.is_empty()).and_then(doorward::peer),
            body: (flags & HAS_BODY != 0).then_some(body),
            fields: Fields { lengths, values },
            len: bytes.len().saturating_sub(parts.len()),
        })
    }
}

impl<'f> Fields<'f> {
    pub(crate) fn count(&self) -> usize {
        self.lengths.len() / (2 * WORD)
    }

    /// The next field, with its name from the engine's list. `None` at the end, and for a place beyond the list.
    pub(crate) fn next(&mut self, names: &[&'static str]) -> Option<Field<'f>> {
        let (front, rest) = self.lengths.split_at_checked(2 * WORD)?;
        let [place, len] = words(front)?;
        let (value, values) = self.values.split_at_checked(size(len)?)?;
        let name = names.get(size(place)?)?;
        (self.lengths, self.values) = (rest, values);
        Some(Field::new(*name, value))
    }

    fn lengths(&self) -> impl Iterator<Item = (u32, u32)> {
        self.lengths.chunks_exact(2 * WORD).filter_map(|pair| {
            let [place, len] = words(pair)?;
            Some((place, len))
        })
    }
}

fn words<const N: usize>(bytes: &[u8]) -> Option<[u32; N]> {
    let mut words = [0; N];
    let mut from = bytes.chunks_exact(WORD);
    for word in &mut words {
        *word = u32::from_ne_bytes(from.next()?.try_into().ok()?);
    }
    Some(words)
}

fn size(word: u32) -> Option<usize> {
    usize::try_from(word).ok()
}

/// A time in three words: the seconds, their low half first, and the nanoseconds.
pub(crate) fn time([low, high, nanos]: [u32; 3]) -> UnixTime {
    let seconds = (u64::from(high) << 32) | u64::from(low);
    UnixTime::new(seconds.cast_signed(), nanos)
}
