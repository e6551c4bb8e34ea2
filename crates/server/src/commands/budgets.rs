//! `kaname budget …`: budgets and rates, through the API.

use anyhow::{Context as _, bail};
use http::Method;
use serde_json::{Value as Json, json};

use super::{Done, print};
use crate::{
    cli::{BudgetCommand, BudgetSet},
    door::Door,
};

/// Runs one command on budgets.
pub(crate) async fn run(
    command: BudgetCommand,
    door: &Door,
    as_json: bool,
) -> anyhow::Result<Done> {
    let answer = match command {
        BudgetCommand::List => {
            let items = door.all("/api/v1/budgets").await?;
            items.iter().filter(|_| !as_json).for_each(print_one);
            json!({ "items": items, "next_cursor": null })
        }
        BudgetCommand::Set(set) => {
            let answer = put(&set, door).await?;
            if !as_json {
                print_one(&answer);
            }
            answer
        }
        BudgetCommand::Remove { id } => {
            let answer = door.json(Method::DELETE, &format!("/api/v1/budgets/{id}"), None).await?;
            if !as_json {
                print::line("removed");
            }
            answer
        }
    };
    if as_json {
        print::json(&answer);
    }
    Ok(Done::Yes)
}

/// Changes the budget of this subject, unit and period where there is one, and makes it elsewhere.
async fn put(set: &BudgetSet, door: &Door) -> anyhow::Result<Json> {
    let (kind, id) = subject(&set.subject, door).await?;
    let there = door.all("/api/v1/budgets").await?;
    let same = |budget: &&Json| {
        let whole = kind == "institution" && print::text(budget, "subject_kind") == kind;
        (whole || print::text(budget, "subject_id") == id)
            && print::text(budget, "unit") == set.unit
            && print::text(budget, "period") == set.period
    };
    if let Some(budget) = there.iter().find(same) {
        let path = format!("/api/v1/budgets/{}", print::text(budget, "id"));
        let mut change = json!({ "limit": set.limit, "enabled": !set.off });
        if let (Some(contact), Some(change)) = (&set.contact, change.as_object_mut()) {
            change.insert("contact".to_owned(), json!(contact));
        }
        return door.json(Method::PATCH, &path, Some(&change)).await;
    }
    let body = json!({
        "subject_kind": kind,
        "subject_id": (!id.is_empty()).then_some(id),
        "period": set.period,
        "unit": set.unit,
        "limit": set.limit,
        "enabled": !set.off,
        "contact": set.contact.clone().unwrap_or_default(),
    });
    door.post("/api/v1/budgets", &body).await
}

/// Kind and id of `institution` or `kind:name`; people by user name, departments by key.
async fn subject(text: &str, door: &Door) -> anyhow::Result<(String, String)> {
    if text == "institution" {
        return Ok((text.to_owned(), String::new()));
    }
    let Some((kind, name)) = text.split_once(':') else {
        bail!(
            "say whose budget it is as institution, department:KEY, person:USER, team:ID, key:ID, app:NAME or system:NAME"
        );
    };
    let id = match kind {
        "person" => named(door, "/api/v1/users", "user_name", name).await?,
        "department" => named(door, "/api/v1/departments", "key", name).await?,
        _ => name.to_owned(),
    };
    Ok((kind.to_owned(), id))
}

/// The id of what is called `name`, or has this id, in the list at `path`.
async fn named(door: &Door, path: &str, field: &str, name: &str) -> anyhow::Result<String> {
    let items = door.all(path).await?;
    let found = items
        .iter()
        .find(|item| print::text(item, field) == name || print::text(item, "id") == name);
    let found = found.with_context(|| format!("there is nobody and nothing called {name}"))?;
    Ok(print::text(found, "id").to_owned())
}

fn print_one(budget: &Json) {
    let number = |key: &str| budget.get(key).map(ToString::to_string).unwrap_or_default();
    let on = budget.get("enabled").and_then(Json::as_bool).unwrap_or_default();
    print::line(&format!(
        "{}  {:<12} {:<24} {:>12} of {:<12} {:<9} {:<12} {}",
        print::text(budget, "id"),
        print::text(budget, "subject_kind"),
        print::text(budget, "subject_name"),
        number("used"),
        number("limit"),
        print::text(budget, "unit"),
        print::text(budget, "period"),
        if on { "" } else { "off" }
    ));
}
