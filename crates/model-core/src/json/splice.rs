//! Changes of single values of a body that leave every other byte as it is.

use std::{collections::BTreeMap, ops::Range};

use super::{Body, Json, write::write_text};

/// Why a splice cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpliceError {
    /// Something on the path is neither an object nor `null` nor absent.
    #[error("{path} is not an object")]
    NotAnObject {
        /// The path up to there.
        path: String,
    },
    /// The same place is changed twice, or the path is empty.
    #[error("{path} is changed twice, or names nothing")]
    Conflict {
        /// The path as given.
        path: String,
    },
}

/// New members of one object.
#[derive(Debug, Clone, Default)]
struct Insert {
    object_is_empty: bool,
    members: Vec<(String, String)>,
}

/// Changes to a body, gathered and then made at once.
#[derive(Debug, Clone)]
pub struct Splice<'b> {
    body: &'b Body<'b>,
    replaced: BTreeMap<usize, (usize, String)>,
    /// By the offset at which they are written.
    inserted: BTreeMap<usize, Insert>,
}

/// What is at the end of a path.
enum Place {
    /// A value.
    Value(Range<usize>),
    /// Nothing, in an object whose new members go to `at`.
    Absent { at: usize, object_is_empty: bool, from_step: usize },
}

impl<'b> Splice<'b> {
    /// No changes yet.
    pub const fn of(body: &'b Body<'b>) -> Self {
        Self { body, replaced: BTreeMap::new(), inserted: BTreeMap::new() }
    }

    /// Sets the value at `path`, such as `["stream_options", "include_usage"]`.
    ///
    /// A member that is there is replaced; one that is not is written after the last of its object;
    /// an object on the way that is missing, or is `null`, is made.
    pub fn set(&mut self, path: &[&str], value: &Json) -> Result<(), SpliceError> {
        let conflict = || SpliceError::Conflict { path: path.join(".") };
        match self.place(path)? {
            Place::Value(range) => self.replace(range, value.to_text()).ok_or_else(conflict),
            Place::Absent { at, object_is_empty, from_step } => {
                let (key, rest) =
                    path.get(from_step..).and_then(<[_]>::split_first).ok_or_else(conflict)?;
                let insert = self.inserted.entry(at).or_default();
                if insert.members.iter().any(|(name, _)| name == key) {
                    return Err(conflict());
                }
                insert.object_is_empty = object_is_empty;
                insert.members.push(((*key).to_owned(), nested(rest, value)));
                Ok(())
            }
        }
    }

    /// The body with the changes, every other byte kept.
    pub fn apply(&self) -> String {
        let text = self.body.text();
        let mut out = String::with_capacity(text.len() + 64);
        let mut from = 0;
        let mut steps: Vec<(usize, usize, String)> = Vec::new();
        steps.extend(self.replaced.iter().map(|(start, (end, new))| (*start, *end, new.clone())));
        steps.extend(self.inserted.iter().map(|(at, insert)| (*at, *at, insert.text())));
        // At one offset the replacement, whose end lies further on, comes after the insertion.
        steps.sort_by_key(|(start, end, _)| (*start, *end));
        for (start, end, new) in steps {
            out.push_str(text.get(from..start).unwrap_or_default());
            out.push_str(&new);
            from = end;
        }
        out.push_str(text.get(from..).unwrap_or_default());
        out
    }

    fn replace(&mut self, range: Range<usize>, text: String) -> Option<()> {
        let overlaps =
            self.replaced.iter().any(|(start, (end, _))| *start < range.end && range.start < *end);
        let inserts_inside = self.inserted.range(range.start + 1..range.end).next().is_some();
        if overlaps || inserts_inside {
            return None;
        }
        self.replaced.insert(range.start, (range.end, text));
        Some(())
    }

    fn place(&mut self, path: &[&str]) -> Result<Place, SpliceError> {
        let mut base = 0;
        let mut object = self.body.clone();
        for (step, key) in path.iter().enumerate() {
            let here = |range: &Range<usize>| range.start + base..range.end + base;
            let Some(range) = object.range(key) else {
                let last = object.members().last().map(|member| here(&member.value).end);
                let at = last.unwrap_or_else(|| object.inside() + base);
                return Ok(Place::Absent { at, object_is_empty: last.is_none(), from_step: step });
            };
            let rest = path.get(step + 1..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(Place::Value(here(&range)));
            }
            let raw = object.raw(key).unwrap_or_default();
            let inner = Body::read(raw.as_bytes(), Body::READ);
            let Ok(inner) = inner else {
                return self.through_null(raw, here(&range), path, step);
            };
            base += range.start;
            object = inner;
        }
        Err(SpliceError::Conflict { path: path.join(".") })
    }

    /// A `null` on the way becomes an object; anything else cannot be passed.
    fn through_null(
        &mut self,
        raw: &str,
        range: Range<usize>,
        path: &[&str],
        step: usize,
    ) -> Result<Place, SpliceError> {
        let upto = path.get(..=step).unwrap_or_default().join(".");
        if raw != "null" {
            return Err(SpliceError::NotAnObject { path: upto });
        }
        let at = range.start + 1;
        let conflict = SpliceError::Conflict { path: upto };
        // `{` and `}` replace the `null` around the place at which its members are inserted.
        if self.replaced.contains_key(&range.start) {
            return if self.inserted.contains_key(&at) {
                Ok(Place::Absent { at, object_is_empty: true, from_step: step + 1 })
            } else {
                Err(conflict)
            };
        }
        self.replaced.insert(range.start, (at, "{".to_owned()));
        self.replaced.insert(at, (range.end, "}".to_owned()));
        Ok(Place::Absent { at, object_is_empty: true, from_step: step + 1 })
    }
}

impl Insert {
    fn text(&self) -> String {
        let mut out = String::new();
        for (index, (key, value)) in self.members.iter().enumerate() {
            if index > 0 || !self.object_is_empty {
                out.push(',');
            }
            write_text(key, &mut out);
            out.push(':');
            out.push_str(value);
        }
        out
    }
}

/// `value` inside objects with one member each, named by `path`.
fn nested(path: &[&str], value: &Json) -> String {
    let wrap = |inner: Json, key: &&str| Json::Object(vec![((*key).to_owned(), inner)]);
    path.iter().rev().fold(value.clone(), wrap).to_text()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        super::{Limits, Number},
        *,
    };

    fn spliced(text: &str, changes: &[(&[&str], Json)]) -> Result<String, SpliceError> {
        let body = Body::read(text.as_bytes(), Limits::default()).unwrap();
        let mut splice = Splice::of(&body);
        for (path, value) in changes {
            splice.set(path, value)?;
        }
        Ok(splice.apply())
    }

    const USAGE: &[&str] = &["stream_options", "include_usage"];

    #[test]
    fn only_the_named_bytes_change() {
        let text = "{ \"x\" : 1.0, \"model\":  \"a\" ,\"y\":null, \"z\":1e2 }";
        let expected = "{ \"x\" : 1.0, \"model\":  \"b\" ,\"y\":null, \"z\":1e2 }";
        assert_eq!(spliced(text, &[(&["model"], "b".into())]).unwrap(), expected);
    }

    #[test]
    fn a_member_that_is_missing_is_written_with_what_it_needs() {
        let on = Json::Bool(true);
        for (text, expected) in [
            (r"{}", r#"{"stream_options":{"include_usage":true}}"#),
            (r#"{"a":1 }"#, r#"{"a":1,"stream_options":{"include_usage":true} }"#),
            (r#"{"stream_options": {}}"#, r#"{"stream_options": {"include_usage":true}}"#),
            (r#"{"stream_options": null }"#, r#"{"stream_options": {"include_usage":true} }"#),
            (
                r#"{"stream_options":{"o":1,"include_usage":false}}"#,
                r#"{"stream_options":{"o":1,"include_usage":true}}"#,
            ),
            (
                r#"{"stream_options":{"o":1 },"b":2}"#,
                r#"{"stream_options":{"o":1,"include_usage":true },"b":2}"#,
            ),
        ] {
            assert_eq!(spliced(text, &[(USAGE, on.clone())]).unwrap(), expected);
        }
    }

    #[test]
    fn several_changes_meet_in_one_object() {
        let both =
            [(&["a"][..], Json::from(1)), (&["b"], Json::from(2)), (&["n", "c"], Json::from(3))];
        assert_eq!(spliced("{}", &both).unwrap(), r#"{"a":1,"b":2,"n":{"c":3}}"#);
        let null = [(&["n", "c"][..], Json::from(3)), (&["n", "d"], Json::from(4))];
        assert_eq!(spliced(r#"{"n":null}"#, &null).unwrap(), r#"{"n":{"c":3,"d":4}}"#);
    }

    #[test]
    fn what_cannot_be_done_is_said() {
        let on = Json::Bool(true);
        let text = r#"{"stream_options":7}"#;
        assert_eq!(
            spliced(text, &[(USAGE, on.clone())]),
            Err(SpliceError::NotAnObject { path: "stream_options".into() })
        );
        let twice = [(&["m"][..], on.clone()), (&["m"], on.clone())];
        assert!(matches!(spliced("{}", &twice), Err(SpliceError::Conflict { .. })));
        assert!(matches!(spliced(r#"{"m":1}"#, &twice), Err(SpliceError::Conflict { .. })));
        let inside = [(&["m"][..], on.clone()), (&["m", "n"], on.clone())];
        assert!(spliced(r#"{"m":{"n":1}}"#, &inside).is_err());
        assert!(spliced(r#"{"m":null}"#, &inside).is_err());
        let outside = [(&["m", "n"][..], on.clone()), (&["m"], on.clone())];
        assert!(spliced(r#"{"m":{"n":1}}"#, &outside).is_err());
        assert!(spliced(r#"{"m":{"x":1}}"#, &outside).is_err());
        assert!(spliced(r#"{"m":null}"#, &outside).is_err());
        assert!(spliced("{}", &[(&[], on)]).is_err());
    }

    fn space() -> impl Strategy<Value = String> {
        "[ \t\r\n]{0,2}"
    }

    /// A value as text, with its own white space.
    fn value() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            Just("true".to_owned()),
            "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
            "[a-z\u{3042}-\u{3050}\\\\\"\n]{0,6}".prop_map(|text| Json::from(text).to_text()),
            Just(r#""\u3042\ud83d\ude00\/""#.to_owned()),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            let list = (space(), prop::collection::vec(inner.clone(), 0..3), space())
                .prop_map(|(a, values, b)| format!("[{a}{}{b}]", values.join(&format!("{b},{a}"))));
            let object = (space(), prop::collection::vec(inner, 0..3), space()).prop_map(
                |(a, values, b)| {
                    let members: Vec<_> = values
                        .iter()
                        .enumerate()
                        .map(|(index, value)| format!("\"k{index}\"{b}:{a}{value}"))
                        .collect();
                    format!("{{{a}{}{b}}}", members.join(&format!("{a},{b}")))
                },
            );
            prop_oneof![list, object]
        })
    }

    fn members() -> impl Strategy<Value = Vec<(String, String)>> {
        prop::collection::vec(value(), 0..6).prop_map(|values| {
            values.into_iter().enumerate().map(|(i, value)| (format!("k{i}"), value)).collect()
        })
    }

    proptest! {
        #[test]
        fn after_a_splice_nothing_else_differs(
            before in members(), old in value(), after in members(), gap in space()
        ) {
            let head: Vec<_> =
                before.iter().map(|(k, v)| format!("{gap}\"a{k}\":{gap}{v}{gap},")).collect();
            let tail: Vec<_> =
                after.iter().map(|(k, v)| format!(",{gap}\"b{k}\"{gap}:{v}{gap}")).collect();
            let (head, tail) = (head.concat(), tail.concat());
            let text = format!("{{{head}{gap}\"model\"{gap}:{gap}{old}{gap}{tail}}}");
            let expected = format!("{{{head}{gap}\"model\"{gap}:{gap}\"new\"{gap}{tail}}}");
            prop_assert_eq!(spliced(&text, &[(&["model"], "new".into())]).unwrap(), expected);
        }

        #[test]
        fn after_an_insertion_nothing_else_differs(there in members(), gap in space()) {
            let inner: Vec<_> =
                there.iter().map(|(k, v)| format!("\"{k}\"{gap}:{gap}{v}")).collect();
            let inner = inner.join(&format!("{gap},{gap}"));
            let comma = if inner.is_empty() { "" } else { "," };
            let text = format!("{gap}{{{inner}{gap}}}{gap}");
            let new = Json::Number(Number::parse("1e2").unwrap());
            let expected = format!("{gap}{{{inner}{comma}\"max\":1e2{gap}}}{gap}");
            prop_assert_eq!(&spliced(&text, &[(&["max"], new)]).unwrap(), &expected);
            let body = Body::read(expected.as_bytes(), Limits::default()).unwrap();
            prop_assert_eq!(body.raw("max"), Some("1e2"));
        }
    }
}
