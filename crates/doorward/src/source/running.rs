//! A command that runs: what it prints is read while it does, and neither it nor what it has started outlives its time.

use super::pipe::Pipe;
use crate::caller::SourceFault;
use core::time::Duration;
use doorward_core::limits;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Instant;
use zeroize::Zeroizing;

/// The longest pause between two looks at it.
const PAUSE: Duration = Duration::from_millis(20);

/// A command that runs. Where it still does when this is dropped, it is killed.
pub(super) struct Running(Child);

impl Running {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// Whatever the system says.
    pub(super) fn start(command: &mut Command) -> std::io::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        command.spawn().map(Self)
    }

    /// Waits until it has ended, and takes what it has printed. What it leaves behind may hold its output open: that is not waited
    /// for.
    ///
    /// # Errors
    ///
    /// That it takes too long, prints too much or no text, or ends badly.
    pub(super) fn finish(mut self, timeout: Duration) -> Result<Zeroizing<String>, SourceFault> {
        let now = Instant::now();
        let until = now.checked_add(timeout).unwrap_or(now);
        let mut pipe = self.0.stdout.take().and_then(Pipe::new).ok_or_else(unreadable)?;
        let mut pause = Duration::from_millis(1);
        loop {
            // In this order: what has ended will print no more.
            let ended = self.0.try_wait().map_err(|_| SourceFault::transient("it cannot be waited for"))?;
            let came = pipe.read(ended.is_some()).map_err(|_| unreadable())?;
            if pipe.bytes().len() > limits::SOURCE_BYTES {
                return Err(SourceFault::hard("it prints more than a credential"));
            }
            if let Some(status) = ended {
                return printed(status, pipe.bytes());
            }
            if Instant::now() >= until {
                let seconds = timeout.as_secs();
                let message = format!("it did not end within {seconds} seconds, and was killed");
                return Err(SourceFault::transient(message));
            }
            std::thread::sleep(pause);
            pause = if came { Duration::from_millis(1) } else { pause.saturating_mul(2).min(PAUSE) };
        }
    }

    fn kill(&mut self) {
        #[cfg(unix)]
        let _ = rustix::process::kill_process_group(
            rustix::process::Pid::from_child(&self.0),
            rustix::process::Signal::KILL,
        );
        drop(self.0.kill());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended is not killed: its number may be another's.
        if let Ok(None) = self.0.try_wait() {
            self.kill();
            drop(self.0.wait());
        }
    }
}

fn unreadable() -> SourceFault {
    SourceFault::transient("its output cannot be read")
}

fn printed(status: ExitStatus, bytes: &[u8]) -> Result<Zeroizing<String>, SourceFault> {
    if !status.success() {
        let code = status.code().map_or_else(|| "a signal".to_owned(), |code| format!("status {code}"));
        return Err(SourceFault::transient(format!("it ended with {code}")));
    }
    let text = core::str::from_utf8(bytes);
    let text = text.map_err(|_| SourceFault::hard("it does not print UTF-8 text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}
