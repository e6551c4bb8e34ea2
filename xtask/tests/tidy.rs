//! The checks of the tree, on the tree: every message says file, line and what to do.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail so")]

use std::{collections::BTreeMap, process::Command};

use xtask::{
    Fault, edges, errors, imports, lengths, messages, migrations, places, report, source::Source,
    tree, words,
};

fn assert_none(faults: Vec<Fault>) {
    assert!(faults.is_empty(), "{}", report(faults));
}

fn in_each_source(check: impl Fn(&Source) -> Vec<Fault>) {
    let sources = tree::sources().unwrap();
    assert!(sources.len() > 50, "the tree was not found");
    assert_none(sources.iter().flat_map(check).collect());
}

fn page(path: &str) -> String {
    tree::text(path).unwrap_or_else(|| panic!("{path} is not there"))
}

fn language(name: &str) -> messages::Messages {
    messages::read(&page(&format!("web/messages/{name}.json"))).unwrap()
}

/// Files straight in `folder` that end in `ending`, by name without it.
fn files(folder: &str, ending: &str) -> BTreeMap<String, String> {
    let paths = tree::paths().unwrap();
    let inside = paths.iter().filter_map(|path| {
        let name = path.strip_prefix(folder)?.strip_suffix(ending)?;
        (!name.contains('/')).then(|| (name.to_owned(), page(path)))
    });
    inside.collect()
}

#[test]
fn every_rust_file_begins_with_its_header() {
    in_each_source(lengths::header);
}

#[test]
fn no_file_that_ships_is_too_long() {
    in_each_source(lengths::file);
}

#[test]
fn no_function_that_ships_is_too_long() {
    in_each_source(lengths::functions);
}

#[test]
fn imports_stand_in_groups() {
    in_each_source(imports::groups);
}

#[test]
fn no_left_overs_and_no_lint_is_switched_off() {
    in_each_source(words::banned);
}

#[test]
fn crates_use_only_what_the_architecture_allows() {
    let (list, mut faults) = edges::read_list(&page("ARCHITECTURE.md"));
    faults.extend(edges::against_layers(&list));
    let told = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(tree::root())
        .output()
        .unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    faults.extend(edges::against_cargo(&list, &serde_json::from_slice(&told.stdout).unwrap()));
    assert_none(faults);
}

#[test]
fn every_error_code_has_a_page_and_a_message_and_none_is_left_over() {
    let messages = language("ja");
    let codes = errors::codes(&tree::sources().unwrap(), &messages);
    assert!(codes.len() > 50, "the codes were not found");
    assert_none(errors::gaps(&codes, &files("docs/errors/", ".md"), &messages));
}

#[test]
fn both_languages_say_the_same_things() {
    assert_none(messages::differences(&language("ja"), &language("en")));
}

#[test]
fn no_file_names_a_place_on_one_machine_or_a_registry() {
    let paths = tree::paths().unwrap();
    let texts = paths.iter().filter_map(|path| Some((path, tree::text(path)?)));
    assert_none(texts.flat_map(|(path, text)| places::found(path, &text)).collect());
}

#[test]
fn migrations_are_numbered_and_never_edited() {
    let found = files("migrations/", ".sql");
    let names: Vec<_> = found.keys().map(|name| format!("{name}.sql")).collect();
    let mut faults = migrations::numbers(&names);
    let texts = found.into_iter().map(|(name, text)| (format!("{name}.sql"), text)).collect();
    faults.extend(migrations::hashes(&texts, &page("migrations/HASHES")));
    assert_none(faults);
}
