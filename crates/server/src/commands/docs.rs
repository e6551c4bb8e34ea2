//! `kaname docs …`: documents in and out, through the API, with progress.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use bytes::Bytes;
use http::Method;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value as Json, json};

use super::{Done, print};
use crate::{cli::DocsCommand, door::Door};

/// Bytes of files that go into one request: an upload of a folder is many requests.
const BATCH_BYTES: usize = 16 << 20;
/// How often the import is asked how far it is.
const ASK_EVERY: Duration = Duration::from_millis(200);
/// Separates the parts of an upload; no text or office file contains it.
const BOUNDARY: &str = "kaname-6f1d2c9b7a3e48d5";

/// Runs one command on documents.
pub(crate) async fn run(command: DocsCommand, door: &Door, as_json: bool) -> anyhow::Result<Done> {
    match command {
        DocsCommand::Add { paths, collection, label } => {
            let collection = collection_or_new(door, &collection).await?;
            let files = files_below(&paths)?;
            let report = add(door, &collection, &files, label.as_deref()).await?;
            if as_json {
                print::json(&report);
            } else {
                summarise(&report);
            }
            let refused =
                report.get("refused").and_then(Json::as_array).is_some_and(|all| !all.is_empty());
            anyhow::ensure!(!refused || as_json, "some files were refused");
        }
        DocsCommand::List { collection: None } => {
            let answer = door.get("/api/v1/collections?limit=200").await?;
            for item in print::items(&answer).iter().filter(|_| !as_json) {
                let count = item.get("document_count").and_then(Json::as_u64).unwrap_or_default();
                print::line(&format!(
                    "{}  {:<20} {:>6} documents  label {}  {}",
                    print::text(item, "id"),
                    print::text(item, "key"),
                    count,
                    print::text(item, "label"),
                    print::text(item, "name")
                ));
            }
            if as_json {
                print::json(&answer);
            }
        }
        DocsCommand::List { collection: Some(named) } => list(door, &named, as_json).await?,
        DocsCommand::Remove { id } => {
            let answer =
                door.json(Method::DELETE, &format!("/api/v1/documents/{id}"), None).await?;
            if as_json {
                print::json(&answer);
            } else {
                print::line("removed");
            }
        }
    }
    Ok(Done::Yes)
}

async fn list(door: &Door, named: &str, as_json: bool) -> anyhow::Result<()> {
    let id = collection_id(door, named).await?;
    let answer = door.get(&format!("/api/v1/collections/{id}/documents?limit=200")).await?;
    if as_json {
        print::json(&answer);
        return Ok(());
    }
    for item in print::items(&answer) {
        print::line(&format!(
            "{}  {:<9} label {:<12} {}",
            print::text(item, "id"),
            print::text(item, "state"),
            print::text(item, "label"),
            print::text(item, "title")
        ));
    }
    Ok(())
}

/// The id of the collection with this key or id.
pub(crate) async fn collection_id(door: &Door, named: &str) -> anyhow::Result<String> {
    find_collection(door, named).await?.with_context(|| format!("there is no collection {named}"))
}

async fn find_collection(door: &Door, named: &str) -> anyhow::Result<Option<String>> {
    let answer = door.get("/api/v1/collections?limit=200").await?;
    let found = print::items(&answer)
        .iter()
        .find(|item| print::text(item, "key") == named || print::text(item, "id") == named);
    Ok(found.map(|item| print::text(item, "id").to_owned()))
}

async fn collection_or_new(door: &Door, named: &str) -> anyhow::Result<String> {
    if let Some(id) = find_collection(door, named).await? {
        return Ok(id);
    }
    let body = json!({
        "key": named, "name": named, "description": "", "label": "1",
        "readers": { "everyone": true, "department_ids": [] },
    });
    let made = door.post("/api/v1/collections", &body).await?;
    Ok(print::text(&made, "id").to_owned())
}

/// Uploads `files` and waits until they are imported.
pub(crate) async fn add(
    door: &Door,
    collection: &str,
    files: &[(String, PathBuf)],
    label: Option<&str>,
) -> anyhow::Result<Json> {
    let bar = ProgressBar::new(u64::try_from(files.len())?);
    bar.set_style(ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")?);
    let mut documents = Vec::new();
    let mut refused = Vec::new();
    let mut batch = Vec::new();
    let mut size = 0;
    for (place, (name, path)) in files.iter().enumerate() {
        let bytes =
            std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        size += bytes.len();
        batch.push((name.clone(), bytes));
        if size >= BATCH_BYTES || place + 1 == files.len() {
            let fields: BTreeMap<&str, &str> =
                label.map(|label| ("label", label)).into_iter().collect();
            let answer = upload(door, collection, &std::mem::take(&mut batch), &fields).await?;
            size = 0;
            wait(door, print::text(&answer, "job_id"), &bar).await?;
            documents.extend(array(&answer, "documents"));
            refused.extend(array(&answer, "refused"));
        }
    }
    bar.finish_and_clear();
    // What each document became is known only now.
    for document in &mut documents {
        let id = print::text(document, "id").to_owned();
        *document = door.get(&format!("/api/v1/documents/{id}")).await?;
    }
    let failed = documents.iter().filter(|document| print::text(document, "state") == "failed");
    let failed: Vec<Json> = failed
        .map(|document| {
            let error = document.get("error").cloned().unwrap_or_default();
            json!({
                "file_name": print::text(document, "file_name"),
                "code": print::text(&error, "code"),
                "detail": print::text(&error, "detail"),
            })
        })
        .collect();
    refused.extend(failed);
    Ok(json!({ "documents": documents, "refused": refused }))
}

/// Sends one upload with the given form fields.
pub(crate) async fn upload(
    door: &Door,
    collection: &str,
    files: &[(String, Vec<u8>)],
    fields: &BTreeMap<&str, &str>,
) -> anyhow::Result<Json> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head =
            format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    for (name, bytes) in files {
        let name = name.replace(['"', '\r', '\n'], "_");
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    let path = format!("/api/v1/collections/{collection}/documents");
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let answer = door.send(Method::POST, &path, Some((&kind, Bytes::from(body)))).await?;
    serde_json::from_slice(&answer).context("the server's answer is not JSON")
}

/// Waits until a job has ended, showing how far it is.
pub(crate) async fn wait(door: &Door, job: &str, bar: &ProgressBar) -> anyhow::Result<()> {
    if job.is_empty() {
        return Ok(());
    }
    let before = bar.position();
    loop {
        let now = door.get(&format!("/api/v1/jobs/{job}")).await?;
        let progress = now.get("progress").cloned().unwrap_or_default();
        bar.set_position(before + progress.get("done").and_then(Json::as_u64).unwrap_or_default());
        bar.set_message(print::text(&progress, "note").to_owned());
        match print::text(&now, "state") {
            "succeeded" => return Ok(()),
            "failed" => {
                let error = now.get("error").cloned().unwrap_or_default();
                anyhow::bail!("the import failed: {}", print::text(&error, "detail"));
            }
            "cancelled" => anyhow::bail!("the import was cancelled"),
            _ => tokio::time::sleep(ASK_EVERY).await,
        }
    }
}

fn array(value: &Json, key: &str) -> Vec<Json> {
    value.get(key).and_then(Json::as_array).cloned().unwrap_or_default()
}

fn summarise(report: &Json) {
    print::line(&format!("{} documents", array(report, "documents").len()));
    for refused in array(report, "refused") {
        print::line(&format!(
            "refused: {}: {} [{}]",
            print::text(&refused, "file_name"),
            print::text(&refused, "detail"),
            print::text(&refused, "code")
        ));
    }
}

/// Files named, and every file below folders named, with the names they will have.
fn files_below(paths: &[PathBuf]) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            walk(path, path, &mut found)?;
        } else {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            found.push((name.unwrap_or_default(), path.clone()));
        }
    }
    found.sort();
    Ok(found)
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<(String, PathBuf)>) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        if path.is_dir() {
            walk(root, &path, found)?;
        } else {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            found.push((name, path));
        }
    }
    Ok(())
}
