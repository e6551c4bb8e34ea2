//! Which crate may use which: the list in `ARCHITECTURE.md` against what Cargo says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::Fault;

const PAGE: &str = "ARCHITECTURE.md";

/// A crate of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Line of the page, counted from 1.
    pub line: usize,
    /// `L0` to `L4`, or `dev`.
    pub layer: String,
    /// What it may use.
    pub uses: BTreeSet<String>,
}

/// The list, by crate.
pub type List = BTreeMap<String, Place>;

/// Reads the block that begins with three ticks and `edges`.
pub fn read_list(page: &str) -> (List, Vec<Fault>) {
    let mut list = List::new();
    let mut faults = Vec::new();
    let lines = page.lines().enumerate().skip_while(|(_, line)| line.trim() != "```edges").skip(1);
    for (index, line) in lines.take_while(|(_, line)| line.trim() != "```") {
        let parsed =
            line.split_once(':').and_then(|(head, uses)| Some((head.split_once(' ')?, uses)));
        let Some(((layer, name), uses)) = parsed else {
            faults.push(Fault::new(
                PAGE,
                index + 1,
                "not of the form `L3 name: uses`",
                "write it so",
            ));
            continue;
        };
        let uses = uses.split_whitespace().map(str::to_owned).collect();
        let place = Place { line: index + 1, layer: layer.to_owned(), uses };
        list.insert(name.to_owned(), place);
    }
    if list.is_empty() {
        faults.push(Fault::new(
            PAGE,
            1,
            "no block ```edges",
            "write the list of crates and what they use",
        ));
    }
    (list, faults)
}

/// Lines of the list that the layers forbid.
pub fn against_layers(list: &List) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (name, place) in list {
        for used in &place.uses {
            let Some(other) = list.get(used) else {
                let what = format!("{name} uses {used}, which the list does not have");
                faults.push(Fault::new(PAGE, place.line, what, "name a crate of the list"));
                continue;
            };
            // Side by side only cores and slices may meet; a circle is refused by Cargo.
            let beside = place.layer == other.layer && matches!(place.layer.as_str(), "L1" | "L3");
            let below = other.layer < place.layer && other.layer != "dev";
            if !(beside || below) || place.layer == "L1" && other.layer == "L2" {
                let what = format!("{name} ({}) may not use {used} ({})", place.layer, other.layer);
                faults.push(Fault::new(
                    PAGE,
                    place.line,
                    what,
                    "imports point down: move what is shared",
                ));
            }
        }
    }
    faults
}

/// Edges that `cargo metadata --no-deps` tells and the list does not allow.
///
/// Dependencies of tests may go to whatever lies below, or to `testkit`.
pub fn against_cargo(list: &List, metadata: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    for package in items(metadata, "packages") {
        let Some(name) = text(package, "name").strip_prefix("kaname-") else { continue };
        let manifest = format!("crates/{name}/Cargo.toml");
        let Some(place) = list.get(name) else {
            let what = format!("{name} is not in the list of {PAGE}");
            faults.push(Fault::new(&manifest, 1, what, "add it there with its layer"));
            continue;
        };
        for dependency in items(package, "dependencies") {
            let Some(used) = text(dependency, "name").strip_prefix("kaname-") else { continue };
            let of_tests = text(dependency, "kind") == "dev";
            let below =
                list.get(used).is_some_and(|other| other.layer <= place.layer || used == "testkit");
            if !(place.uses.contains(used) || of_tests && below) {
                let what = format!("{name} uses {used}, which the list of {PAGE} does not allow");
                faults.push(Fault::new(
                    &manifest,
                    1,
                    what,
                    "take it as a trait, or argue for the edge there",
                ));
            }
        }
    }
    faults
}

fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const GOOD: &str = "x\n```edges\nL0 kernel:\nL1 a-core: kernel\nL2 platform: a-core\nL3 guard: platform\nL3 gateway: guard kernel\ndev testkit: kernel\n```\n";

    #[test]
    fn a_list_that_keeps_to_the_layers_passes() {
        let (list, faults) = read_list(GOOD);
        assert_eq!((list.len(), faults), (6, vec![]));
        assert_eq!(against_layers(&list), []);
    }

    #[test]
    fn an_edge_that_points_up_is_found() {
        for bad in [
            ("L1 a-core: kernel", "L1 a-core: platform"),
            ("L0 kernel:", "L0 kernel: guard"),
            ("L3 guard: platform", "L3 guard: testkit"),
            ("L3 guard: platform", "L3 guard: nobody"),
        ] {
            let (list, _) = read_list(&GOOD.replace(bad.0, bad.1));
            assert_eq!(against_layers(&list).len(), 1, "{bad:?}");
        }
        assert_eq!(read_list("no block").1.len(), 1);
    }

    #[test]
    fn an_edge_that_the_list_lacks_is_found() {
        let (list, _) = read_list(GOOD);
        let metadata = |name: &str, used: &str, kind: Value| json!({ "packages": [{ "name": name, "dependencies": [{ "name": used, "kind": kind }] }] });
        let count = |value| against_cargo(&list, &value).len();
        assert_eq!(count(metadata("kaname-guard", "kaname-platform", Value::Null)), 0);
        assert_eq!(count(metadata("kaname-guard", "kaname-gateway", Value::Null)), 1);
        assert_eq!(count(metadata("kaname-guard", "kaname-testkit", Value::Null)), 1);
        assert_eq!(count(metadata("kaname-guard", "kaname-testkit", json!("dev"))), 0);
        assert_eq!(count(metadata("kaname-new", "serde", Value::Null)), 1);
    }
}
