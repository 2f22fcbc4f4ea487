//! Where credentials come from: files that rotate, variables, commands, issuers, secret stores.
//!
//! * `file`, `environment`, `exec`: what lies on this machine. `running`, `pipe`: a command on its way. `output`: what it may print.
//! * `issuer`, `token_answer`: the client credentials grant. `vault`: secrets in the form of Vault's KV stores.
//! * `form`, `claims`, `secret`, `wiped`, `text`: what they share.
//!
//! A source is asked by whoever has a ticket of a [`Caller`](crate::caller::Caller), and blocks while it works. Nothing that it says
//! about a failure holds a secret, or what a server, a file or a command sent.

#[cfg(feature = "fetch")]
mod claims;
mod environment;
mod exec;
mod file;
#[cfg(feature = "fetch")]
mod form;
#[cfg(feature = "fetch")]
mod http;
#[cfg(feature = "fetch")]
mod issuer;
#[cfg(feature = "fetch")]
mod metadata;
mod output;
mod pipe;
mod read;
mod running;
#[cfg(feature = "fetch")]
mod secret;
#[cfg(test)]
mod tests;
mod text;
#[cfg(feature = "fetch")]
mod token_answer;
#[cfg(feature = "fetch")]
mod vault;
mod wiped;

#[cfg(feature = "fetch")]
pub use token_answer::is_final;

use crate::caller::{Credential, SourceFault, TokenSource, Want};
use core::fmt;
use doorward_core::time::UnixTime;

/// A source of credentials. `Debug` shows no secret.
pub struct Source {
    kind: Kind,
    /// The scheme that its credentials are sent with.
    scheme: String,
    /// Whether it reads until when its tokens are good from the tokens themselves.
    jwt_expiry: bool,
}

/// What kind of source.
enum Kind {
    File(file::File),
    Environment(environment::Environment),
    Exec(exec::Exec),
    #[cfg(feature = "fetch")]
    Issuer(Box<issuer::Issuer>),
    #[cfg(feature = "fetch")]
    Vault(Box<vault::Vault>),
}

impl Source {
    /// Gets a credential. This blocks: it reads, runs or asks.
    ///
    /// # Errors
    ///
    /// Why there is none, in words without secrets.
    pub fn obtain(&self, want: &Want, now: UnixTime) -> Result<Credential, SourceFault> {
        let credential = self.ask(want, now)?;
        Ok(if self.jwt_expiry { credential.with_expiry_of_jwt() } else { credential })
    }

    fn ask(&self, want: &Want, now: UnixTime) -> Result<Credential, SourceFault> {
        match &self.kind {
            Kind::File(file) => file.obtain(&self.scheme),
            Kind::Environment(environment) => environment.obtain(&self.scheme),
            Kind::Exec(exec) => exec.obtain(&self.scheme, want, now),
            #[cfg(feature = "fetch")]
            Kind::Issuer(issuer) => issuer.obtain(want, now),
            #[cfg(feature = "fetch")]
            Kind::Vault(vault) => vault.obtain(&self.scheme),
        }
    }

    /// What it is, in a word or two: for messages.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.kind {
            Kind::File(file) => file.name(),
            Kind::Environment(environment) => environment.name(),
            Kind::Exec(exec) => exec.name(),
            #[cfg(feature = "fetch")]
            Kind::Issuer(issuer) => issuer.name(),
            #[cfg(feature = "fetch")]
            Kind::Vault(vault) => vault.name(),
        }
    }
}

impl TokenSource for Source {
    fn obtain(&self, want: &Want, now: UnixTime) -> Result<Credential, SourceFault> {
        Self::obtain(self, want, now)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.name()).finish()
    }
}
