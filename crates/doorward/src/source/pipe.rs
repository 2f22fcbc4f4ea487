//! The output of a command, read without waiting for more.

use doorward_core::limits;
use std::io::{self, ErrorKind, Read as _};
use zeroize::Zeroizing;

/// How much is read at once.
const PIECE: usize = 4_096;

/// An output, and what came of it.
pub(super) struct Pipe {
    from: Output,
    /// As much as is ever read: growing would leave copies behind.
    bytes: Zeroizing<Vec<u8>>,
    piece: Zeroizing<[u8; PIECE]>,
}

impl Pipe {
    /// Nothing if it cannot be read without waiting.
    pub(super) fn new(from: std::process::ChildStdout) -> Option<Self> {
        let bytes = Zeroizing::new(Vec::with_capacity(limits::SOURCE_BYTES.saturating_add(PIECE)));
        Some(Self { from: Output::new(from)?, bytes, piece: Zeroizing::new([0; PIECE]) })
    }

    /// What came so far, and no more than a piece beyond the limit.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads what is there, and says whether there was anything; `ended`: whoever writes has ended.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub(super) fn read(&mut self, ended: bool) -> io::Result<bool> {
        let before = self.bytes.len();
        while self.bytes.len() <= limits::SOURCE_BYTES {
            match self.from.read(self.piece.as_mut_slice(), ended) {
                Ok(0) => break,
                Ok(length) => self.bytes.extend_from_slice(self.piece.get(..length).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.bytes.len() > before)
    }
}

/// An output that does not block.
#[cfg(unix)]
struct Output(std::process::ChildStdout);

#[cfg(unix)]
impl Output {
    fn new(from: std::process::ChildStdout) -> Option<Self> {
        rustix::io::ioctl_fionbio(&from, true).ok()?;
        Some(Self(from))
    }

    fn read(&mut self, piece: &mut [u8], _: bool) -> io::Result<usize> {
        self.0.read(piece)
    }
}

/// An output that a thread of its own reads, where there is no other way. The thread ends with the output, or with whoever
/// listens.
#[cfg(not(unix))]
struct Output(std::sync::mpsc::Receiver<Zeroizing<Vec<u8>>>);

#[cfg(not(unix))]
impl Output {
    fn new(mut from: std::process::ChildStdout) -> Option<Self> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let read = move || {
            loop {
                let mut piece = Zeroizing::new(vec![0; PIECE]);
                match from.read(&mut piece) {
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Ok(0) | Err(_) => return,
                    Ok(length) => piece.truncate(length),
                }
                if sender.send(piece).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("doorward-exec".to_owned()).spawn(read).ok()?;
        Some(Self(receiver))
    }

    fn read(&mut self, into: &mut [u8], ended: bool) -> io::Result<usize> {
        // What was printed before the end is in the pipe by then, and needs no longer to come out of it.
        let rest = core::time::Duration::from_millis(if ended { 100 } else { 0 });
        match self.0.recv_timeout(rest) {
            Ok(piece) => {
                let length = piece.len().min(into.len());
                into.iter_mut().zip(piece.iter()).for_each(|(into, byte)| *into = *byte);
                Ok(length)
            }
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => Err(ErrorKind::WouldBlock.into()),
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => Ok(0),
        }
    }
}
