//! Requests: what a decision is made on.

use crate::result::{DOORWARD_RESULT_TOO_MANY_FIELDS, ResultCode};
use crate::slice::{self, Versioned};
use crate::text::Str;
use core::net::IpAddr;
use doorward::{Engine, Fields};

/// How many lines of fields that an engine looks at a request may have. Lines of other fields are not counted.
pub const DOORWARD_FIELDS_MAX: usize = 64;

/// One header field line: a request's, or one of an answer.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Field {
    /// The name. In a request in any case; in an answer as it is commonly written.
    pub name: Str,
    /// The value.
    pub value: Str,
}

/// A request to decide on. Make it with #doorward_request_init and set what the request has; everything in it is borrowed
/// until the decision is no longer needed, and nothing is changed or copied.
///
/// All texts are bytes as they came over the wire; what is not UTF-8 is judged, not refused by a code.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Request {
    /// The size of this struct: `sizeof(doorward_request)`.
    pub size: usize,
    /// The method, such as `GET`, in its case.
    pub method: Str,
    /// The target, raw and undecoded, as the request line has it: a path with its query (`/orders?page=2`), or a whole URL.
    /// Never a path that was decoded or normalised already.
    pub url: Str,
    /// The header field lines. All lines of the fields that #doorward_engine_describe names must be there, in their order;
    /// others may be. Null if there are none.
    pub fields: *const Field,
    /// The number of `fields`.
    pub fields_len: usize,
    /// The content, which matters only if the engine reads bodies (see #doorward_engine_describe); nothing if it was not read.
    pub body: Str,
    /// The client's certificates in DER, its own first. No credential kind of this version reads them: they are checked for
    /// null pointers and take no part in a decision yet. Null if there are none.
    pub client_chain: *const Str,
    /// The number of certificates in `client_chain`.
    pub client_chain_len: usize,
    /// The IP address of the connection's other end as text, with or without a port, whoever that is: a proxy's if one stands
    /// before the host. Never one that a header field tells, which the engine reads itself where the policy trusts the proxy.
    /// Nothing, or what is no address (a socket's path), if there is none: then failures of this peer are not counted.
    pub peer: Str,
}

// SAFETY: `repr(C)`, the size comes first, pointers and numbers may be zero, and this is the first version.
unsafe impl Versioned for Request {
    const FIRST: usize = size_of::<Self>();
}

impl Field {
    /// A line without a name.
    pub(crate) const NONE: Self = Self { name: Str::NOTHING, value: Str::NOTHING };

    /// Name and value.
    ///
    /// # Safety
    ///
    /// As for [`Str::bytes`], for both.
    #[inline]
    pub(crate) unsafe fn bytes<'r>(&self) -> Result<(&'r [u8], &'r [u8]), ResultCode> {
        // SAFETY: the caller's promise, which is the same.
        unsafe { Ok((self.name.bytes()?.unwrap_or_default(), self.value.bytes()?.unwrap_or_default())) }
    }

    /// A line of an answer.
    pub(crate) const fn of((name, value): (&str, &str)) -> Self {
        Self { name: Str::of(name), value: Str::of(value) }
    }
}

/// The parts of a request, checked.
pub(crate) struct Parts<'r> {
    method: &'r [u8],
    url: &'r [u8],
    fields: &'r [Field],
    body: Option<&'r [u8]>,
    peer: Option<IpAddr>,
}

/// Room for lines in the form of the core.
type Room<'r, const N: usize> = [doorward::Field<'r>; N];

/// More lines than a host has that hands over only what matters; so little room costs no time.
const FEW: usize = 4;

/// Room without a line.
#[inline]
pub(crate) fn room<'r, const N: usize>() -> Room<'r, N> {
    [doorward::Field::new("", ""); N]
}

impl<'r> Parts<'r> {
    /// The parts of a request.
    ///
    /// # Safety
    ///
    /// Each pointer in `request` is null or points to as much as its length says, which can be read and does not change
    /// during `'r`.
    #[inline]
    pub(crate) unsafe fn read(request: &Request) -> Result<Self, ResultCode> {
        // SAFETY: the caller's promise, which is the same; what nothing depends on yet is checked all the same, so that
        // a host that gets it wrong finds out before something does.
        unsafe {
            for certificate in slice::read(request.client_chain, request.client_chain_len)? {
                certificate.bytes()?;
            }
            let peer = request.peer.bytes()?.and_then(|peer| str::from_utf8(peer).ok());
            Ok(Self {
                peer: peer.and_then(doorward::peer),
                method: request.method.bytes()?.unwrap_or_default(),
                url: request.url.bytes()?.unwrap_or_default(),
                fields: slice::read(request.fields, request.fields_len)?,
                body: request.body.bytes()?,
            })
        }
    }

    /// The request in the form of the core, with these lines.
    #[inline]
    pub(crate) fn request<'f>(&self, lines: &'f [doorward::Field<'f>]) -> doorward::Request<'f>
    where
        'r: 'f,
    {
        let mut request = doorward::Request::new(self.method, self.url, lines);
        if let Some(body) = self.body {
            request = request.with_body(body);
        }
        if let Some(peer) = self.peer {
            request = request.with_peer(peer);
        }
        request
    }

    /// The lines in the form of the core. If there are more than few, only those that some policy looks at; and if those are
    /// more than many, only those that this engine looks at.
    ///
    /// # Safety
    ///
    /// As for [`Parts::read`], for the same request.
    #[inline]
    pub(crate) unsafe fn lines<'m>(
        &self,
        engine: &Engine,
        few: &'m mut Room<'r, FEW>,
        many: &'m mut Option<Room<'r, DOORWARD_FIELDS_MAX>>,
    ) -> Result<&'m [doorward::Field<'r>], ResultCode> {
        if self.fields.len() > FEW {
            // SAFETY: the caller's promise, which is the same.
            return unsafe { self.chosen_lines(engine, few, many) };
        }
        for (place, field) in few.iter_mut().zip(self.fields) {
            // SAFETY: the caller's promise, which is the same.
            let (name, value) = unsafe { field.bytes() }?;
            *place = doorward::Field::new(name, value);
        }
        Ok(few.get(..self.fields.len()).unwrap_or_default())
    }

    /// # Safety
    ///
    /// As for [`Parts::read`], for the same request.
    #[inline(never)]
    unsafe fn chosen_lines<'m>(
        &self,
        engine: &Engine,
        few: &'m mut Room<'r, FEW>,
        many: &'m mut Option<Room<'r, DOORWARD_FIELDS_MAX>>,
    ) -> Result<&'m [doorward::Field<'r>], ResultCode> {
        // SAFETY: the caller's promise, which is the same.
        let found = unsafe { self.choose(Fields::ALL, few) }?;
        if let Some(lines) = few.get(..found) {
            return Ok(lines);
        }
        let many = many.insert(room());
        // SAFETY: the caller's promise, which is the same.
        let mut found = unsafe { self.choose(Fields::ALL, many) }?;
        if found > DOORWARD_FIELDS_MAX {
            // SAFETY: as above.
            found = unsafe { self.choose(engine.fields(), many) }?;
        }
        many.get(..found).ok_or(DOORWARD_RESULT_TOO_MANY_FIELDS)
    }

    /// Fills `lines` with those of these fields, in order, and counts them, those beyond its end included.
    ///
    /// # Safety
    ///
    /// As for [`Parts::read`], for the same request.
    unsafe fn choose(&self, fields: Fields, lines: &mut [doorward::Field<'r>]) -> Result<usize, ResultCode> {
        let mut places = lines.iter_mut();
        let mut found = 0_usize;
        for field in self.fields {
            // SAFETY: the caller's promise, which is the same.
            let (name, value) = unsafe { field.bytes() }?;
            if !fields.iter().any(|wanted| name.eq_ignore_ascii_case(wanted.as_bytes())) {
                continue;
            }
            if let Some(place) = places.next() {
                *place = doorward::Field::new(name, value);
            }
            found = found.saturating_add(1);
        }
        Ok(found)
    }
}
