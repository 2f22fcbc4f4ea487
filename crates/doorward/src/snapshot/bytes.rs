//! The numbers and texts of a record: little-endian, each text behind its length.

use doorward_core::time::UnixTime;

/// Appends to a record.
pub(super) struct Writer<'o>(pub(super) &'o mut Vec<u8>);

impl Writer<'_> {
    pub(super) fn byte(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(super) fn u16(&mut self, value: u16) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(super) fn time(&mut self, time: UnixTime) {
        self.0.extend_from_slice(&time.seconds().to_le_bytes());
        self.u32(time.nanos());
    }

    /// A text of at most four gigabytes: whatever would be longer was refused on the way in.
    pub(super) fn text(&mut self, text: &str) {
        let text = if u32::try_from(text.len()).is_ok() { text } else { "" };
        self.u32(u32::try_from(text.len()).unwrap_or_default());
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(super) fn tagged(&mut self, tag: u8, text: &str) {
        self.byte(tag);
        self.text(text);
    }
}

/// What is left of a record; every step is `None` where it ends too soon.
#[derive(Clone, Copy)]
pub(super) struct Reader<'b>(pub(super) &'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, len: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(super) fn time(&mut self) -> Option<UnixTime> {
        let seconds = i64::from_le_bytes(self.array()?);
        Some(UnixTime::new(seconds, u32::from_le_bytes(self.array()?)))
    }

    pub(super) fn text(&mut self) -> Option<&'b str> {
        let len = usize::try_from(u32::from_le_bytes(self.array()?)).ok()?;
        core::str::from_utf8(self.take(len)?).ok()
    }
}
