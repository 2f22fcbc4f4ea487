//! A client that sends bytes as they are and takes answers apart: no library, which would mend what it is given.

use core::net::SocketAddr;
use core::time::Duration;
use std::io::{Read, Write};
use std::net::TcpStream;

/// No answer of a server on this machine takes longer, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(10);

/// No answer is larger.
const MOST: usize = 1 << 20;

/// An answer.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Response {
    pub(super) status: u16,
    /// Names in lower case, and values, in order; bytes beyond ASCII as the characters of those numbers.
    pub(super) fields: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Response {
    /// The value of the first line with this name.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields(name).next()
    }

    /// The values of all lines with this name, in order.
    pub(super) fn fields(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// A connection that is opened when it is needed, and kept.
#[derive(Debug)]
pub(super) struct Client {
    address: SocketAddr,
    open: Option<TcpStream>,
}

impl Client {
    pub(super) const fn new(address: SocketAddr) -> Self {
        Self { address, open: None }
    }

    /// Sends a request and reads its answer. A kept connection that the server has closed in the meantime is opened
    /// again, once.
    pub(super) fn send(&mut self, request: &[u8], is_head: bool) -> Result<Response, String> {
        let kept = self.open.take();
        if let Some(stream) = kept
            && let Ok(Some(response)) = self.exchange(stream, request, is_head)
        {
            return Ok(response);
        }
        let stream = connect(self.address)?;
        self.exchange(stream, request, is_head)?.ok_or_else(|| "closed without an answer".to_owned())
    }

    fn exchange(
        &mut self,
        mut stream: TcpStream,
        request: &[u8],
        is_head: bool,
    ) -> Result<Option<Response>, String> {
        let fault = |error: std::io::Error| error.to_string();
        // A server that refuses early may close before all is sent; what it said can be read all the same.
        let sent = stream.write_all(request);
        let mut bytes = Vec::new();
        let mut chunk = [0; 8192];
        loop {
            match parse(&bytes, is_head, false) {
                Some(Parsed { response, keep }) => {
                    self.open = (keep && sent.is_ok()).then_some(stream);
                    return Ok(Some(response));
                }
                None if bytes.len() > MOST => return Err(format!("more than {MOST} bytes")),
                None => {}
            }
            let count = stream.read(&mut chunk).map_err(fault)?;
            if count == 0 {
                return Ok(parse(&bytes, is_head, true).map(|parsed| parsed.response));
            }
            bytes.extend(chunk.get(..count).unwrap_or_default());
        }
    }
}

fn connect(address: SocketAddr) -> Result<TcpStream, String> {
    let fault = |error: std::io::Error| format!("{address}: {error}");
    let stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(fault)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(fault)?;
    stream.set_write_timeout(Some(PATIENCE)).map_err(fault)?;
    stream.set_nodelay(true).map_err(fault)?;
    Ok(stream)
}

struct Parsed {
    response: Response,
    keep: bool,
}

/// A whole answer at the front of `bytes`, once it is there; `ended` says that no more will come.
fn parse(bytes: &[u8], is_head: bool, ended: bool) -> Option<Parsed> {
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, body) = bytes.split_at_checked(at + 4)?;
    let head: String = head.iter().copied().map(char::from).collect();
    let mut lines = head.split("\r\n").take_while(|line| !line.is_empty());
    let status: u16 = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let split = |line: &str| {
        line.split_once(':')
            .map(|(name, value)| (name.to_lowercase(), value.trim_matches([' ', '\t']).to_owned()))
    };
    let fields: Vec<_> = lines.filter_map(split).collect();
    let mut response = Response { status, fields, body: Vec::new() };
    if (100..200).contains(&status) {
        return parse(body, is_head, ended);
    }
    let closes = response.fields("connection").any(|value| value.eq_ignore_ascii_case("close"));
    let length = response.field("content-length").and_then(|length| length.parse::<usize>().ok());
    let chunked =
        response.field("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
    let keep = !closes && (chunked || length.is_some() || is_head);
    response.body = if is_head || matches!(status, 204 | 304) {
        Vec::new()
    } else if chunked {
        unchunk(body)?
    } else if let Some(length) = length {
        body.get(..length)?.to_vec()
    } else if ended {
        body.to_vec()
    } else {
        return None;
    };
    Some(Parsed { response, keep })
}

/// The content of a chunked body, once its last chunk is there.
fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = core::str::from_utf8(rest.get(..end)?).ok()?.split(';').next()?.trim().to_owned();
        let size = usize::from_str_radix(&size, 16).ok()?;
        let chunk = rest.get(end + 2..)?;
        if size == 0 {
            return chunk.starts_with(b"\r\n").then_some(content);
        }
        content.extend(chunk.get(..size)?);
        rest = chunk.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_by_length_by_chunks_and_to_the_end() {
        let body = |bytes: &[u8], ended| parse(bytes, false, ended).map(|parsed| parsed.response.body);
        let length = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nabc";
        assert_eq!(body(length, false), Some(b"ab".to_vec()));
        assert_eq!(body(length.get(..48).unwrap(), false), None);
        let chunked =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x\r\nc\r\n0\r\n\r\n";
        assert_eq!(body(chunked, false), Some(b"abc".to_vec()));
        let open = b"HTTP/1.1 200 OK\r\n\r\nab";
        assert_eq!((body(open, false), body(open, true)), (None, Some(b"ab".to_vec())));
    }

    #[test]
    fn repeated_fields_keep_their_order() {
        let bytes =
            b"HTTP/1.1 401 x\r\nWWW-Authenticate: A\r\nwww-authenticate:  B \r\nContent-Length: 0\r\n\r\n";
        let response = parse(bytes, false, false).unwrap().response;
        assert_eq!(response.fields("www-authenticate").collect::<Vec<_>>(), ["A", "B"]);
    }
}
