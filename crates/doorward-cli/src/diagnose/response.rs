//! Answers as people save them, taken apart: raw HTTP/1.1, what `curl -i` prints, what `curl -v` writes.

use crate::http::describe;
use doorward::RawResponse;
use std::borrow::Cow;

/// The most field lines of one answer: servers in use stop at 100.
const FIELDS: usize = 256;

/// The most heads before the one that counts: redirects that a client followed, and interim answers.
const HEADS: usize = 32;

/// Reads an answer. Of several in a row, as a client prints that follows redirects, the last one counts.
///
/// # Errors
///
/// A sentence about what is not HTTP.
pub(crate) fn read(bytes: &[u8]) -> Result<RawResponse, String> {
    let bytes = unquoted(bytes);
    let mut bytes: &[u8] = &bytes;
    for _ in 0..HEADS {
        let (answer, rest) = one(bytes)?;
        if !begins(rest) {
            let body = unchunked(&answer, rest).unwrap_or_else(|| rest.to_vec());
            return Ok(RawResponse { body, ..answer });
        }
        bytes = rest;
    }
    Err(format!("expected at most {HEADS} answers in a row"))
}

/// One head, and what comes behind it.
fn one(bytes: &[u8]) -> Result<(RawResponse, &[u8]), String> {
    let plain = as_version_1(bytes);
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut head = httparse::Response::new(&mut fields);
    let mut config = httparse::ParserConfig::default();
    // An answer that is wrong in its form is one more reason to ask what it means.
    config.allow_obsolete_multiline_headers_in_responses(true);
    config.allow_spaces_after_header_name_in_responses(true);
    let length = match config.parse_response(&mut head, &plain) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if bytes.iter().all(u8::is_ascii_whitespace) => {
            return Err("expected an HTTP answer, found nothing".to_owned());
        }
        Ok(httparse::Status::Partial) => {
            return Err("expected an empty line after the fields, found the end".to_owned());
        }
        Err(error) => {
            return Err(format!(
                "expected an HTTP answer, found {}",
                describe(error, "HTTP/1.1 401 Unauthorized")
            ));
        }
    };
    let status = head.code.unwrap_or_default();
    let fields = head.headers.iter().map(|field| (field.name.as_bytes().to_vec(), unfolded(field.value)));
    let answer = RawResponse::new(status, fields.collect(), Vec::new());
    // What was shortened stood before the end of the head.
    let from = bytes.len().saturating_sub(plain.len().saturating_sub(length));
    Ok((answer, bytes.get(from..).unwrap_or_default()))
}

/// Whether another answer begins here.
fn begins(bytes: &[u8]) -> bool {
    bytes.strip_prefix(b"HTTP/").is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_digit))
}

/// The same with a status line of HTTP/1.1, where a client wrote `HTTP/2 401` for what has no status line.
fn as_version_1(bytes: &[u8]) -> Cow<'_, [u8]> {
    let rest = [&b"HTTP/2 "[..], b"HTTP/2.0 ", b"HTTP/3 ", b"HTTP/3.0 "];
    match rest.iter().find_map(|version| bytes.strip_prefix(*version)) {
        Some(rest) => Cow::Owned([b"HTTP/1.1 ", rest].concat()),
        None => Cow::Borrowed(bytes),
    }
}

/// What a server sent, out of what `curl -v` writes: `<` before each line of it, other marks before other lines.
fn unquoted(bytes: &[u8]) -> Cow<'_, [u8]> {
    const MARKS: [&[u8]; 5] = [b"* ", b"> ", b"{ ", b"} ", b">\r\n"];
    if begins(bytes) || !bytes.split_inclusive(|byte| *byte == b'\n').any(|line| line.starts_with(b"< HTTP/"))
    {
        return Cow::Borrowed(bytes);
    }
    let mut plain = Vec::with_capacity(bytes.len());
    let mut has_begun = false;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        has_begun |= line.starts_with(b"< HTTP/");
        if let Some(line) = line
            .strip_prefix(b"< ")
            .or_else(|| line.strip_prefix(b"<").filter(|rest| rest.trim_ascii().is_empty()))
        {
            plain.extend_from_slice(line);
        } else if has_begun && !MARKS.iter().any(|mark| line.starts_with(mark)) {
            plain.extend_from_slice(line);
        }
    }
    Cow::Owned(plain)
}

/// A value whose line went on below: each end of a line with the blanks around it is one blank ([RFC 9112, section 5.2]).
///
/// [RFC 9112, section 5.2]: https://www.rfc-editor.org/rfc/rfc9112#section-5.2
fn unfolded(value: &[u8]) -> Vec<u8> {
    let lines = value.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.collect::<Vec<_>>().join(&b' ')
}

/// The content of a body that came in chunks; nothing where it is none, or was put together before it was saved.
fn unchunked(answer: &RawResponse, mut rest: &[u8]) -> Option<Vec<u8>> {
    let coding = answer.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(b"transfer-encoding"))?;
    if !coding.1.trim_ascii().to_ascii_lowercase().ends_with(b"chunked") {
        return None;
    }
    let mut body = Vec::new();
    loop {
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let size = core::str::from_utf8(rest.get(..end)?).ok()?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = rest.get(end.checked_add(1)?..)?;
        if size == 0 {
            return Some(body);
        }
        let Some((chunk, after)) = rest.split_at_checked(size) else {
            // It broke off; what came is still worth reading.
            body.extend_from_slice(rest);
            return Some(body);
        };
        body.extend_from_slice(chunk);
        rest = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n")).unwrap_or(after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> RawResponse {
        read(text.as_bytes()).unwrap()
    }

    fn field(answer: &RawResponse, name: &str) -> Option<String> {
        let found = answer.headers.iter().find(|(field, _)| field.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| String::from_utf8(value.clone()).unwrap())
    }

    #[test]
    fn every_version_and_both_line_ends_are_taken() {
        for (head, end) in [
            ("HTTP/1.1 401 Unauthorized", "\r\n"),
            ("HTTP/2 401 ", "\r\n"),
            ("HTTP/3 401", "\n"),
            ("HTTP/1.0 401", "\n"),
        ] {
            let answer = of(&format!("{head}{end}WWW-Authenticate: Bearer{end}{end}no\r\nway"));
            assert_eq!((answer.status, answer.body.as_slice()), (401, &b"no\r\nway"[..]), "{head}");
            assert_eq!(field(&answer, "www-authenticate").as_deref(), Some("Bearer"));
        }
    }

    #[test]
    fn of_several_answers_the_last_one_counts() {
        let answer = of("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n\
            HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\nHTTP/2 403 \r\nA: 1\r\n\r\nHTTP is what I speak");
        assert_eq!((answer.status, answer.body.as_slice()), (403, &b"HTTP is what I speak"[..]));
        assert_eq!((field(&answer, "a").as_deref(), field(&answer, "location")), (Some("1"), None));
        assert!(read("HTTP/1.1 100 Continue\r\n\r\n".repeat(HEADS + 1).as_bytes()).is_err());
    }

    #[test]
    fn what_curl_writes_for_people_is_read_too() {
        let answer = of(
            "* Trying 10.0.0.1:443...\n> GET / HTTP/2\r\n> Accept: */*\r\n>\r\n* Request completely sent off\n\
            < HTTP/2 401 \r\n< www-authenticate: Bearer realm=\"a\"\r\n< \r\n{ [5 bytes data]\n{\"error\":1}\n* Connection #0 left\n",
        );
        assert_eq!((answer.status, answer.body.as_slice()), (401, &b"{\"error\":1}\n"[..]));
        assert_eq!(field(&answer, "www-authenticate").as_deref(), Some("Bearer realm=\"a\""));
    }

    #[test]
    fn chunks_are_put_together_and_folded_lines_unfolded() {
        let answer = of(
            "HTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\nA: one\r\n  two\r\n\r\n3\r\nabc\r\n2;x=1\r\nde\r\n0\r\n\r\n",
        );
        assert_eq!(
            (answer.body.as_slice(), field(&answer, "a").as_deref()),
            (&b"abcde"[..], Some("one two"))
        );
        // A client that prints the content put it together before.
        let answer = of("HTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\n\r\n{\"error\":1}");
        assert_eq!(answer.body, b"{\"error\":1}");
        let answer = of("HTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nbroke");
        assert_eq!(answer.body, b"broke");
    }

    #[test]
    fn what_is_no_answer_is_named() {
        for (bytes, said) in [
            ("", "found nothing"),
            ("\n", "found nothing"),
            ("{\"a\": 1}", "found "),
            ("GET / HTTP/1.1\r\n\r\n", "a first line that is not like `HTTP/1.1 401 Unauthorized`"),
            ("HTTP/1.1 abc\r\n\r\n", "a first line that is not like"),
            ("HTTP/1.1 401\r\nA: b\r\n", "an empty line"),
            ("HTTP/1.1 401\r\nA b: c\r\n\r\n", "field name"),
        ] {
            let fault = read(bytes.as_bytes()).unwrap_err();
            assert!(fault.contains(said), "{bytes:?}: {fault}");
        }
    }
}
