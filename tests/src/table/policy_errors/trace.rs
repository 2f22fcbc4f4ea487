//! The trace that refusals leave: names that are none, details of nothing, and keys that are none.

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[
    (
        "trace-misspelt",
        "[issuers.corp]",
        "trace = { proxy_staus = 'a' }\n[issuers.corp]",
        (1, 11),
        "unknown key `proxy_staus`: did you mean `proxy_status`?",
    ),
    (
        "trace-name-empty",
        "[issuers.corp]",
        "trace = { proxy_status = '' }\n[issuers.corp]",
        (1, 26),
        "expected 1 to 255 printable ASCII characters, found an empty string",
    ),
    (
        "trace-name-with-a-line-break",
        "[issuers.corp]",
        "trace = { proxy_status = \"a\\r\\nX: y\" }\n[issuers.corp]",
        (1, 26),
        "expected 1 to 255 printable ASCII characters",
    ),
    (
        "trace-name-outside-ascii",
        "[issuers.corp]",
        "trace = { proxy_status = 'é' }\n[issuers.corp]",
        (1, 26),
        "expected 1 to 255 printable ASCII characters",
    ),
    (
        "trace-details-of-nothing",
        "[issuers.corp]",
        "trace = { details = true }\n[issuers.corp]",
        (1, 21),
        "expected `proxy_status` beside `details`, found none: name this gateway",
    ),
    (
        "trace-details-as-text",
        "[issuers.corp]",
        "trace = { proxy_status = 'a', details = 'yes' }\n[issuers.corp]",
        (1, 41),
        "expected `true` or `false`",
    ),
    (
        "trace-key-in-place",
        "[issuers.corp]",
        "trace = { key = 'hunter2hunter2hunter2hunter2hunter2' }\n[issuers.corp]",
        (1, 17),
        "expected a table, found a string: put the secret into a file",
    ),
    (
        "trace-key-without-file",
        "[issuers.corp]",
        "trace = { key = {} }\n[issuers.corp]",
        (1, 17),
        "missing key `file`: write `key = { file = \"trace.key\" }`",
    ),
    (
        "trace-key-of-a-missing-file",
        "[issuers.corp]",
        "trace = { key = { file = 'nowhere.key' } }\n[issuers.corp]",
        (1, 26),
        "`nowhere.key`: no such file",
    ),
    (
        "trace-key-too-short",
        "[issuers.corp]",
        "trace = { key = { file = 'policies/trace-short.test-key' } }\n[issuers.corp]",
        (1, 26),
        "expected a secret of 32 to 256 bytes, found 31",
    ),
    (
        "trace-key-too-long",
        "[issuers.corp]",
        "trace = { key = { file = 'policies/trace-long.test-key' } }\n[issuers.corp]",
        (1, 26),
        "expected a secret of 32 to 256 bytes, found more",
    ),
];
