//! Reads a file of calls: one JSON object a line, each with an id of its own.
//!
//! Pure. Either every line is good, or every fault is told with its line.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::model::{CallPath, Line, LineFault};

/// Most faults that are told.
const FAULTS_MAX: usize = 100;
/// Longest id of a line.
const CUSTOM_ID_MAX: usize = 512;

#[derive(Deserialize)]
struct Written<'a> {
    custom_id: Option<String>,
    method: Option<String>,
    url: Option<String>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
}

/// What of a body decides whether it can be run in a batch.
#[derive(Deserialize)]
struct Told {
    model: Option<String>,
    #[serde(default)]
    stream: Option<serde_json::Value>,
}

/// The calls in `bytes`, at most `most`, all of them for `path`.
pub(crate) fn lines(
    bytes: &[u8],
    path: CallPath,
    most: usize,
) -> Result<Vec<Line>, Vec<LineFault>> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(vec![fault(None, ("invalid_encoding", None), "the file is not UTF-8")]);
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut good, mut faults, mut ids) = (Vec::new(), Vec::new(), HashSet::new());
    for (number, line) in (1_u64..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        if good.len() >= most {
            let message = format!("a batch has at most {most} calls; send the rest as another");
            faults.push(fault(Some(number), ("too_many_lines", None), &message));
            break;
        }
        match read(number, line, path) {
            Ok(line) if ids.insert(line.custom_id.clone()) => good.push(line),
            Ok(line) => {
                let message = format!("`custom_id` {:?} was used before", line.custom_id);
                let what = ("duplicate_custom_id", Some("custom_id"));
                faults.push(fault(Some(number), what, &message));
            }
            Err(found) => faults.push(found),
        }
        if faults.len() >= FAULTS_MAX {
            break;
        }
    }
    if good.is_empty() && faults.is_empty() {
        faults.push(fault(None, ("empty_file", None), "the file holds no calls"));
    }
    if faults.is_empty() { Ok(good) } else { Err(faults) }
}

fn read(number: u64, line: &str, path: CallPath) -> Result<Line, LineFault> {
    let at = Some(number);
    if !line.trim_start().starts_with('{') {
        return Err(fault(at, ("invalid_json_line", None), "a call is a JSON object"));
    }
    let written: Written<'_> = serde_json::from_str(line).map_err(|error| {
        fault(at, ("invalid_json_line", None), &format!("this is not a call as JSON: {error}"))
    })?;
    let missing = |field: &'static str| {
        fault(at, ("missing_field", Some(field)), &format!("`{field}` is missing"))
    };
    let custom_id = written.custom_id.ok_or_else(|| missing("custom_id"))?;
    if custom_id.is_empty() || custom_id.len() > CUSTOM_ID_MAX {
        let message = format!("`custom_id` must have 1 to {CUSTOM_ID_MAX} bytes");
        return Err(fault(at, ("invalid_custom_id", Some("custom_id")), &message));
    }
    if written.method.as_deref().is_none_or(|method| !method.eq_ignore_ascii_case("POST")) {
        return Err(fault(at, ("invalid_method", Some("method")), "`method` must be POST"));
    }
    if written.url.as_deref() != Some(path.as_str()) {
        let message = format!("`url` must be {}, as the batch's `endpoint`", path.as_str());
        return Err(fault(at, ("invalid_url", Some("url")), &message));
    }
    let body = written.body.ok_or_else(|| missing("body"))?.get();
    if !body.starts_with('{') {
        return Err(fault(at, ("invalid_body", Some("body")), "`body` must be an object"));
    }
    let told: Told = serde_json::from_str(body).map_err(|error| {
        fault(at, ("invalid_body", Some("body")), &format!("`body` is not acceptable: {error}"))
    })?;
    if told.model.is_none() {
        return Err(missing("body.model"));
    }
    if !matches!(told.stream, None | Some(serde_json::Value::Null | serde_json::Value::Bool(false)))
    {
        let message = "a call in a batch is not streamed: leave out `stream`";
        return Err(fault(at, ("invalid_stream", Some("body.stream")), message));
    }
    Ok(Line { number, custom_id, body: body.to_owned() })
}

fn fault(line: Option<u64>, (code, param): (&str, Option<&str>), message: &str) -> LineFault {
    LineFault {
        code: code.to_owned(),
        line,
        message: message.to_owned(),
        param: param.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn good(id: &str) -> String {
        format!(
            "{{\"custom_id\":\"{id}\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",\
             \"body\":{{\"model\":\"m\", \"input\":\"要\"}}}}"
        )
    }

    fn read_all(text: &str) -> Result<Vec<Line>, Vec<LineFault>> {
        lines(text.as_bytes(), CallPath::Embeddings, 3)
    }

    #[test]
    fn bodies_stay_as_they_were_written_and_empty_lines_count_as_lines() {
        let found = read_all(&format!("\u{feff}{}\r\n\n{}", good("a"), good("b"))).unwrap();
        let places: Vec<_> =
            found.iter().map(|line| (line.number, line.custom_id.as_str())).collect();
        assert_eq!(places, [(1, "a"), (3, "b")]);
        assert_eq!(found[0].body, "{\"model\":\"m\", \"input\":\"要\"}");
    }

    #[test]
    fn every_fault_is_told_with_its_line_and_field() {
        let cases = [
            ("{", "invalid_json_line", None),
            ("[]", "invalid_json_line", None),
            ("{\"custom_id\":null}", "missing_field", Some("custom_id")),
            (&good("a").replace("\"a\"", "\"\""), "invalid_custom_id", Some("custom_id")),
            (&good("a").replace("POST", "GET"), "invalid_method", Some("method")),
            (&good("a").replace("embeddings", "responses"), "invalid_url", Some("url")),
            (&good("a").replace("\"body\"", "\"other\""), "missing_field", Some("body")),
            (&good("a").replace("\"model\"", "\"name\""), "missing_field", Some("body.model")),
            (
                &good("a").replace("\"input\"", "\"stream\":true,\"input\""),
                "invalid_stream",
                Some("body.stream"),
            ),
        ];
        for (line, code, param) in cases {
            let faults = read_all(&format!("{}\n{line}", good("z"))).unwrap_err();
            let told = (faults[0].line, faults[0].code.as_str(), faults[0].param.as_deref());
            assert_eq!(told, (Some(2), code, param), "{line}");
        }
        let twice = read_all(&[good("a"), good("a")].join("\n")).unwrap_err();
        assert_eq!((twice[0].line, twice[0].code.as_str()), (Some(2), "duplicate_custom_id"));
        let four = ["a", "b", "c", "d"].map(good).join("\n");
        assert_eq!(read_all(&four).unwrap_err()[0].code, "too_many_lines");
        assert_eq!(read_all("\n \n").unwrap_err()[0].code, "empty_file");
        assert_eq!(lines(&[0xff], CallPath::Chat, 3).unwrap_err()[0].code, "invalid_encoding");
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_or_refused_within_its_bounds(text in "[a{}\":,\n]{0,200}") {
            match read_all(&text) {
                Ok(found) => prop_assert!((1..=3).contains(&found.len())),
                Err(faults) => prop_assert!((1..=FAULTS_MAX).contains(&faults.len())),
            }
        }
    }
}
