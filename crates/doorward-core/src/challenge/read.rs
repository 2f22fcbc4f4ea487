//! The challenge reader: the challenges of one line of `WWW-Authenticate` or `Proxy-Authenticate`, each with its parameters.

use super::fault::{ChallengeFault, Fault};
use super::grammar::{self, Stop};
use crate::limits;
use crate::wire::field;
use crate::wire::quoted::QuotedText;

/// One challenge of an answer.
#[derive(Clone, Copy)]
pub struct ReadChallenge<'a> {
    /// The name of the scheme, in the case in which it came.
    pub scheme: &'a [u8],
    /// What stands behind the scheme.
    pub data: ChallengeData<'a>,
    /// What is wrong with it, though it was read.
    loose: Option<ChallengeFault>,
}

/// What stands behind the scheme of a challenge.
#[derive(Clone, Copy)]
pub enum ChallengeData<'a> {
    /// Nothing, which [RFC 6750, section 3] forbids and servers send.
    ///
    /// [RFC 6750, section 3]: https://www.rfc-editor.org/rfc/rfc6750#section-3
    None,
    /// One token68.
    Token68(&'a [u8]),
    /// Parameters, at least one.
    Parameters(Parameters<'a>),
}

impl<'a> ReadChallenge<'a> {
    /// Whether the challenge is for this scheme; the case does not matter (RFC 9110, section 11.1).
    #[must_use]
    pub const fn is_scheme(&self, name: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(name.as_bytes())
    }

    /// Whether it is malformed, and was read nonetheless.
    #[must_use]
    pub const fn is_loose(&self) -> bool {
        self.loose.is_some()
    }

    /// The first thing that is wrong with it, if it was read nonetheless.
    #[must_use]
    pub const fn fault(&self) -> Option<ChallengeFault> {
        self.loose
    }

    /// The parameter with this name; the case does not matter (RFC 9110, section 11.2).
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<QuotedText<'a>> {
        match self.data {
            ChallengeData::Parameters(parameters) => parameters.get(name),
            ChallengeData::None | ChallengeData::Token68(_) => None,
        }
    }
}

impl core::fmt::Debug for ReadChallenge<'_> {
    /// Shows the scheme and the kind: data of some schemes are credentials of the server.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} with {:?}", self.scheme.escape_ascii(), self.data)
    }
}

impl core::fmt::Debug for ChallengeData<'_> {
    /// Shows the kind only.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::None => f.write_str("nothing"),
            Self::Token68(text) => write!(f, "a token68 of {} bytes", text.len()),
            Self::Parameters(parameters) => parameters.fmt(f),
        }
    }
}

/// Parameters in the order in which they came, each name once.
#[derive(Clone, Copy)]
pub struct Parameters<'a> {
    /// A list that the reader has passed.
    list: &'a [u8],
}

impl<'a> Parameters<'a> {
    /// Each parameter: its name, in the case in which it came, and its value.
    pub fn iter(&self) -> impl Iterator<Item = (&'a [u8], QuotedText<'a>)> + use<'a> {
        let mut rest = self.list;
        core::iter::from_fn(move || {
            let (_, here) = field::split_while(rest, |byte| matches!(byte, b' ' | b'\t' | b','));
            let found = grammar::parameter(here).ok()?;
            rest = found.rest;
            Some((found.name, found.value))
        })
    }

    /// The parameter with this name; the case does not matter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<QuotedText<'a>> {
        self.iter().find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes())).map(|(_, value)| value)
    }
}

impl core::fmt::Debug for Parameters<'_> {
    /// Shows how many there are.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} parameters", self.iter().count())
    }
}

/// Reads the challenges of one line ([RFC 9110, section 11.6.1]).
///
/// A challenge that is malformed does not take those before it away, and those behind it only where nobody can tell any more
/// where they begin: behind a quote that is not closed, and behind a byte that no field may hold.
///
/// Two faults of well-known services hide nothing, and what has only these is read and [marked](ReadChallenge::is_loose):
/// parameters with blanks between them in place of commas, and values, most of them addresses, that need quotes and have
/// none. [`Challenges::strictly`] takes such a challenge for malformed, too.
///
/// [RFC 9110, section 11.6.1]: https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
#[must_use]
pub const fn read(value: &[u8]) -> Challenges<'_> {
    Challenges { value, rest: value, challenges: 0, empty: 0, strict: false }
}

/// Reads the parameters of one line of `Authentication-Info` or `Proxy-Authentication-Info` ([RFC 9110, section 11.6.3]).
///
/// # Errors
///
/// [`ChallengeFault`] if the line is anything else than a list of parameters.
///
/// [RFC 9110, section 11.6.3]: https://www.rfc-editor.org/rfc/rfc9110#section-11.6.3
pub fn read_parameters(value: &[u8]) -> Result<Parameters<'_>, ChallengeFault> {
    let mut all = read(value).strictly();
    let found = all.within_limits().and_then(|()| all.separators()).and_then(|()| all.parameters());
    match found {
        Ok((parameters, _)) if all.rest.is_empty() => Ok(parameters),
        Ok(_) => Err(all.fault(Stop::at(all.rest, Fault::BadParameter))),
        Err(stop) => Err(all.fault(stop)),
    }
}

/// The challenges of one line, in order, each read when it is asked for.
#[derive(Clone, Copy)]
pub struct Challenges<'a> {
    value: &'a [u8],
    rest: &'a [u8],
    challenges: usize,
    empty: usize,
    strict: bool,
}

impl core::fmt::Debug for Challenges<'_> {
    /// Shows the length of what is not yet read.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Challenges({} bytes)", self.rest.len())
    }
}

impl<'a> Iterator for Challenges<'a> {
    type Item = Result<ReadChallenge<'a>, ChallengeFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let found = self.within_limits().and_then(|()| self.separators()).and_then(|()| {
            if self.rest.is_empty() {
                return Ok(None);
            }
            self.challenges += 1;
            if self.challenges > limits::CHALLENGES_READ {
                return Err(Stop::at(self.rest, Fault::TooManyChallenges));
            }
            self.challenge().map(Some)
        });
        match found {
            Ok(challenge) => challenge.map(Ok),
            Err(stop) => {
                let fault = self.fault(stop);
                self.rest =
                    if fault.kind.is_limit_of_the_line() { &[] } else { grammar::next_scheme(stop.rest) };
                Some(Err(fault))
            }
        }
    }
}

impl<'a> Challenges<'a> {
    /// The same, of which only what follows the grammar is read.
    #[must_use]
    pub const fn strictly(self) -> Self {
        Self { strict: true, ..self }
    }

    fn within_limits(&self) -> Result<(), Stop<'a>> {
        if self.value.len() > limits::RESPONSE_FIELD_BYTES {
            return Err(Stop::at(self.value, Fault::TooLong));
        }
        Ok(())
    }

    const fn fault(&self, stop: Stop<'_>) -> ChallengeFault {
        ChallengeFault { kind: stop.fault, at: self.value.len().saturating_sub(stop.rest.len()) }
    }

    /// Passes white space and commas, all but one of which stand for empty elements (RFC 9110, section 5.6.1.2).
    fn separators(&mut self) -> Result<(), Stop<'a>> {
        let mut commas = usize::from(self.rest.len() != self.value.len());
        loop {
            self.rest = grammar::past_space(self.rest);
            let [b',', rest @ ..] = self.rest else { return Ok(()) };
            if commas == 0 {
                self.empty += 1;
            }
            commas = commas.saturating_sub(1);
            if self.empty > limits::EMPTY_ELEMENTS {
                return Err(Stop::at(self.rest, Fault::TooManyEmpty));
            }
            self.rest = rest;
        }
    }

    /// Reads the challenge that begins here, and stops before the comma behind it or before the next challenge.
    fn challenge(&mut self) -> Result<ReadChallenge<'a>, Stop<'a>> {
        let (scheme, rest) = field::split_while(self.rest, field::is_tchar);
        if scheme.is_empty() || grammar::parameter_begins(self.rest) {
            return Err(Stop::at(self.rest, Fault::NoScheme));
        }
        self.rest = rest;
        let none = ReadChallenge { scheme, data: ChallengeData::None, loose: None };
        match grammar::past_space(rest) {
            [] | [b',', ..] if !rest.starts_with(b" ") => return Ok(none),
            _ => {}
        }
        // Only spaces stand between a scheme and its data (RFC 9110, section 11.3).
        let (spaces, rest) = field::split_while(rest, |byte| byte == b' ');
        self.rest = rest;
        if spaces.is_empty() {
            return Err(Stop::at(rest, Fault::BadParameter));
        }
        if let Some((text, rest)) = grammar::token68(rest)? {
            self.rest = rest;
            let (_, next) = field::split_while(rest, |byte| matches!(byte, b' ' | b'\t' | b','));
            if grammar::parameter_begins(next) {
                return Err(Stop::at(next, Fault::MixedToken68));
            }
            return Ok(ReadChallenge { data: ChallengeData::Token68(text), ..none });
        }
        let (parameters, loose) = self.parameters()?;
        if parameters.list.is_empty() {
            return Ok(none);
        }
        Ok(ReadChallenge { scheme, data: ChallengeData::Parameters(parameters), loose })
    }

    /// Reads parameters until something else begins behind a comma, and what is loose about them.
    fn parameters(&mut self) -> Result<(Parameters<'a>, Option<ChallengeFault>), Stop<'a>> {
        let list = self.rest;
        let mut read = Parameters { list: &[] };
        let mut loose = None;
        let mut count = 0_usize;
        self.separators()?;
        while grammar::parameter_begins(self.rest) {
            let here = self.rest;
            let found = grammar::parameter(here)?;
            if let Some(stranger) = found.loose {
                self.tolerate(&mut loose, Stop::at(stranger, Fault::BadValue))?;
            }
            if read.iter().any(|(known, _)| known.eq_ignore_ascii_case(found.name)) {
                return Err(Stop::at(here, Fault::DuplicateParameter));
            }
            count += 1;
            if count > limits::CHALLENGE_PARAMETERS {
                return Err(Stop::at(here, Fault::TooManyParameters));
            }
            let len = list.len().saturating_sub(found.rest.len());
            read = Parameters { list: list.get(..len).unwrap_or_default() };
            self.rest = grammar::past_space(found.rest);
            match grammar::element_end(found.rest) {
                Ok(_) => self.separators()?,
                Err(stop) if grammar::parameter_follows(found.value, found.rest) => {
                    self.tolerate(&mut loose, stop)?;
                }
                Err(stop) => return Err(stop),
            }
        }
        Ok((read, loose))
    }

    /// Notes the first thing that strict reading stops at. Where what follows could hide that something else is meant,
    /// every reading stops there.
    fn tolerate(&self, loose: &mut Option<ChallengeFault>, stop: Stop<'a>) -> Result<(), Stop<'a>> {
        if loose.is_some() {
            return Ok(());
        }
        if self.strict || !grammar::is_whole(stop.rest) {
            return Err(stop);
        }
        *loose = Some(self.fault(stop));
        Ok(())
    }
}
