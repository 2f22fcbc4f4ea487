//! HTTP/1.1 requests as bytes, taken apart.

use doorward::raw_request::RawRequest;

/// The most field lines of one request: servers in use stop at 100.
const FIELDS: usize = 256;

/// A request, or as much of it as is there.
pub(crate) enum Parsed {
    /// The request, and where its content begins.
    Whole(RawRequest, usize),
    /// The head has not ended yet.
    Partial,
}

/// Takes the head of a request apart; lines may end with a line feed alone.
///
/// # Errors
///
/// A sentence about what is not HTTP.
pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, String> {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut head = httparse::Request::new(&mut fields);
    let length = match head.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(Parsed::Partial),
        Err(error) => {
            return Err(format!(
                "expected an HTTP/1.1 request, found {}",
                describe(error, "GET /path HTTP/1.1")
            ));
        }
    };
    let mut request = RawRequest::new(head.method.unwrap_or_default(), head.path.unwrap_or_default());
    for field in head.headers.iter() {
        request = request.with_header(field.name, field.value);
    }
    Ok(Parsed::Whole(request, length))
}

/// A request that is all of `bytes`, its content included.
pub(crate) fn whole(bytes: &[u8]) -> Result<RawRequest, String> {
    match parse(bytes)? {
        Parsed::Whole(mut request, length) => {
            let body = bytes.get(length..).unwrap_or_default();
            request.body = (!body.is_empty()).then(|| body.to_vec());
            Ok(request)
        }
        Parsed::Partial if bytes.iter().all(u8::is_ascii_whitespace) => {
            Err("expected an HTTP/1.1 request, found nothing".to_owned())
        }
        Parsed::Partial => Err("expected an empty line after the fields, found the end".to_owned()),
    }
}

/// What is wrong with a head whose first line should have been like `first`.
pub(crate) fn describe(error: httparse::Error, first: &str) -> String {
    match error {
        httparse::Error::HeaderName => "a field name that is none".to_owned(),
        httparse::Error::HeaderValue => "a field value with a control character".to_owned(),
        httparse::Error::NewLine => "a carriage return without a line feed".to_owned(),
        httparse::Error::TooManyHeaders => "too many fields".to_owned(),
        _ => format!("a first line that is not like `{first}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn both_line_ends_are_taken_and_the_rest_is_the_body() {
        let crlf = whole(b"POST /a?b HTTP/1.1\r\nHost: x\r\nA: 1\r\nA: 2\r\n\r\nq=1\r\n").unwrap();
        assert_eq!((crlf.method.as_slice(), crlf.url.as_slice()), (&b"POST"[..], &b"/a?b"[..]));
        assert_eq!(crlf.headers.len(), 3);
        assert_eq!(crlf.body.as_deref(), Some(&b"q=1\r\n"[..]));
        let lf = whole(b"POST /a?b HTTP/1.1\nHost: x\nA: 1\nA: 2\n\nq=1\r\n").unwrap();
        assert!(lf == crlf);
    }

    #[test]
    fn what_is_not_http_is_named() {
        for (bytes, said) in [
            (&b""[..], "found nothing"),
            (b"\n\n", "found nothing"),
            (b"{\"a\": 1}\n", "a first line that is not like `GET /path HTTP/1.1`"),
            (b"GET / HTTP/2\r\n\r\n", "a first line that is not like"),
            (b"GET / HTTP/1.1\r\nHost: x\r\n", "empty line"),
            (b"GET / HTTP/1.1\r\nA b: x\r\n\r\n", "field name"),
            (b"GET / HTTP/1.1\r\nA: x\0\r\n\r\n", "field value"),
        ] {
            let error = whole(bytes).err().unwrap();
            assert!(error.contains(said), "{error}");
        }
    }
}
