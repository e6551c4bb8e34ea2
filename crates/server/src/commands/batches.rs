//! `kaname batch …`: batches of calls, through the API.

use http::Method;
use serde_json::{Value as Json, json};

use super::{Done, print};
use crate::{cli::BatchCommand, door::Door};

/// Runs one command on batches.
pub(crate) async fn run(command: BatchCommand, door: &Door, as_json: bool) -> anyhow::Result<Done> {
    let answer = match command {
        BatchCommand::List => {
            let items = all(door).await?;
            items.iter().filter(|_| !as_json).for_each(print_one);
            json!({ "object": "list", "data": items, "has_more": false })
        }
        BatchCommand::Show { id } => {
            let batch = door.get(&format!("/v1/batches/{id}")).await?;
            if !as_json {
                print_one(&batch);
                faults(&batch).for_each(print_fault);
            }
            batch
        }
        BatchCommand::Cancel { id } => {
            let path = format!("/v1/batches/{id}/cancel");
            let batch = door.json(Method::POST, &path, None).await?;
            if !as_json {
                print_one(&batch);
            }
            batch
        }
    };
    if as_json {
        print::json(&answer);
    }
    Ok(Done::Yes)
}

/// Every batch, page by page.
async fn all(door: &Door) -> anyhow::Result<Vec<Json>> {
    let mut items = Vec::new();
    let mut after = String::new();
    loop {
        let page = door.get(&format!("/v1/batches?limit=100{after}")).await?;
        items.extend(page.get("data").and_then(Json::as_array).cloned().unwrap_or_default());
        let more = page.get("has_more").and_then(Json::as_bool).unwrap_or_default();
        let Some(last) = page.get("last_id").and_then(Json::as_str).filter(|_| more) else {
            return Ok(items);
        };
        after = format!("&after={last}");
    }
}

fn faults(batch: &Json) -> impl Iterator<Item = &Json> {
    batch.pointer("/errors/data").and_then(Json::as_array).into_iter().flatten()
}

fn print_one(batch: &Json) {
    let count = |key: &str| {
        let counts = batch.get("request_counts").and_then(|counts| counts.get(key));
        counts.map(ToString::to_string).unwrap_or_default()
    };
    print::line(&format!(
        "{}  {:<12} {:<22} {} of {} answered, {} failed",
        print::text(batch, "id"),
        print::text(batch, "status"),
        print::text(batch, "endpoint"),
        count("completed"),
        count("total"),
        count("failed"),
    ));
}

fn print_fault(fault: &Json) {
    let line = fault.get("line").and_then(Json::as_u64);
    let place = line.map_or_else(|| "file".to_owned(), |line| format!("line {line}"));
    print::line(&format!(
        "  {place}: {} ({})",
        print::text(fault, "message"),
        print::text(fault, "code")
    ));
}
