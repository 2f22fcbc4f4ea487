//! From the tree to the model: what a refusal tells of where it comes from.

use super::document::Value;
use super::model::{Located, TraceModel};
use super::report::{Report, Spot};

/// Reads `[trace]`.
pub(super) fn read<'t>(report: &mut Report<'t>, spot: &Spot<'t>) -> TraceModel {
    let Some(fields) = report.fields(spot) else { return TraceModel::default() };
    let proxy_status = fields.get("proxy_status").and_then(|spot| report.string(spot));
    let details = fields.get("details").and_then(|spot| report.boolean(spot));
    if let Some(spot) = fields.get("details").filter(|_| details.is_some() && fields.lacks("proxy_status")) {
        let help = "name this gateway, as in `proxy_status = \"edge-eu\"`".to_owned();
        report.fault_with(spot, "expected `proxy_status` beside `details`, found none", Some(help));
    }
    TraceModel {
        proxy_status,
        details: details.unwrap_or_default(),
        key: fields.get("key").and_then(|spot| key(report, spot)),
    }
}

/// Reads `key`: where the secret is, never the secret itself.
fn key<'t>(report: &mut Report<'t>, spot: &Spot<'t>) -> Option<Located<String>> {
    if let Value::String(_) = &spot.node.value {
        // What stands there may be the secret: it is not shown.
        let help = "put the secret into a file, and write `key = { file = \"trace.key\" }`".to_owned();
        report.fault_with(spot, "expected a table, found a string", Some(help));
        return None;
    }
    report.file_of(spot)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{fault, model};
    use super::*;

    #[test]
    fn a_policy_leaves_no_trace_unless_it_says_so() {
        assert_eq!(model("").trace, TraceModel::default());
        assert_eq!(model("[trace]").trace, TraceModel::default());
    }

    #[test]
    fn every_key_of_the_trace_is_heard() {
        let trace =
            model("[trace]\nproxy_status = \"edge-eu\"\ndetails = true\nkey = { file = \"trace.key\" }")
                .trace;
        assert_eq!((trace.proxy_status.as_deref(), trace.details), (Some("edge-eu"), true));
        let key = trace.key.unwrap();
        assert_eq!((key.value.as_str(), key.at.line), ("trace.key", 4));
    }

    #[test]
    fn details_are_those_of_a_field_that_is_sent() {
        assert_eq!(
            fault("[trace]\ndetails = true"),
            "trace.details: expected `proxy_status` beside `details`, found none: name this gateway, as in \
             `proxy_status = \"edge-eu\"`"
        );
    }

    #[test]
    fn a_name_can_be_quoted_and_a_secret_is_never_shown() {
        let found = fault("[trace]\nproxy_status = \"a\\r\\nX: y\"");
        assert!(
            found.contains("trace.proxy_status: expected 1 to 255 printable ASCII characters"),
            "{found}"
        );
        let found = fault("[trace]\nkey = \"hunter2hunter2\"");
        assert!(found.contains("trace.key: expected a table") && !found.contains("hunter2"), "{found}");
        assert_eq!(
            fault("[trace]\nkey = {}"),
            "trace.key: missing key `file`: write `key = { file = \"trace.key\" }`"
        );
    }
}
