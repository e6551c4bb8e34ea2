//! `kaname demo load`: the fictional town that the binary carries, through the API like anything.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use anyhow::Context as _;
use indicatif::ProgressBar;
use rust_embed::RustEmbed;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Done, docs, print};
use crate::door::Door;

/// Town, accounts, documents and questions; all of them invented.
#[derive(RustEmbed)]
#[folder = "../../demo"]
#[include = "town.toml"]
#[include = "documents/**/*"]
struct Demo;

#[derive(Debug, Deserialize)]
struct Town {
    #[serde(rename = "town")]
    names: Names,
    departments: Vec<Department>,
    accounts: Vec<Account>,
    collections: Vec<Collection>,
    documents: Vec<Document>,
}

#[derive(Debug, Deserialize)]
struct Names {
    name_ja: String,
}

#[derive(Debug, Deserialize)]
struct Department {
    key: String,
    name_ja: String,
}

#[derive(Debug, Deserialize)]
struct Account {
    #[serde(rename = "user")]
    user_name: String,
    display_name: String,
    department: String,
    role: String,
    clearance: String,
}

#[derive(Debug, Deserialize)]
struct Collection {
    key: String,
    name_ja: String,
    description_ja: String,
    label: String,
    readers: Readers,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Readers {
    Word(Everyone),
    Departments(Vec<String>),
}

/// The word that stands for every department.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Everyone {
    All,
}

#[derive(Debug, Deserialize)]
struct Document {
    path: PathBuf,
    collection: String,
    title: String,
    label: String,
    effective: Option<String>,
}

/// Loads what is not there yet; prints the accounts with their passwords.
pub(crate) async fn run(door: &mut Door, as_json: bool) -> anyhow::Result<Done> {
    let text = Demo::get("town.toml").context("this build carries no demo")?;
    let town: Town = toml::from_str(std::str::from_utf8(&text.data)?)?;
    found(door, &town).await?;
    let departments = departments(door, &town).await?;
    let accounts = accounts(door, &town, &departments).await?;
    // The town's own administrator is cleared for every document; whoever set the server up may not be.
    if let Some(administrator) =
        town.accounts.iter().find(|account| account.role == "administrator")
    {
        door.act_as(&administrator.user_name);
    }
    let collections = collections(door, &town, &departments).await?;
    let loaded = documents(door, &town, &collections).await?;
    if as_json {
        print::json(
            &json!({ "town": town.names.name_ja, "accounts": accounts, "documents": loaded }),
        );
        return Ok(Done::Yes);
    }
    print::line(&format!("{}: {loaded} documents loaded", town.names.name_ja));
    for account in &accounts {
        print::line(&format!(
            "{:<16} {:<24} {}",
            print::text(account, "user_name"),
            print::text(account, "password"),
            print::text(account, "display_name")
        ));
    }
    Ok(Done::Yes)
}

async fn found(door: &Door, town: &Town) -> anyhow::Result<()> {
    let status = door.get("/api/v1/status").await?;
    if status.get("institution").is_some_and(Json::is_object) {
        return Ok(());
    }
    let body = json!({ "key": "demo", "name": town.names.name_ja, "label_pack": "municipality" });
    door.post("/console/institution", &body).await?;
    Ok(())
}

/// Departments by key, with the ids they have.
async fn departments(door: &Door, town: &Town) -> anyhow::Result<BTreeMap<String, String>> {
    let mut ids = by_key(&door.get("/api/v1/departments?limit=200").await?);
    for department in &town.departments {
        if !ids.contains_key(&department.key) {
            let body = json!({ "key": department.key, "name": department.name_ja });
            let made = door.post("/api/v1/departments", &body).await?;
            ids.insert(department.key.clone(), print::text(&made, "id").to_owned());
        }
    }
    Ok(ids)
}

/// The accounts with a password each. One that is there already gets a new temporary one.
async fn accounts(
    door: &Door,
    town: &Town,
    departments: &BTreeMap<String, String>,
) -> anyhow::Result<Vec<Json>> {
    let users = door.get("/api/v1/users?limit=200").await?;
    let mut made = Vec::new();
    // The administrator first: until there is one, the console acts as nobody in particular.
    let (first, rest): (Vec<_>, Vec<_>) =
        town.accounts.iter().partition(|account| account.role == "administrator");
    for account in first.into_iter().chain(rest) {
        let there = print::items(&users)
            .iter()
            .find(|user| print::text(user, "user_name") == account.user_name);
        let answer = if let Some(user) = there {
            let id = print::text(user, "id");
            door.post(&format!("/api/v1/users/{id}/password-reset"), &json!({})).await?
        } else {
            let body = json!({
                "user_name": account.user_name,
                "display_name": account.display_name,
                "roles": [account.role],
                "department_id": departments.get(&account.department),
                "clearance": account.clearance,
            });
            door.post("/api/v1/users", &body).await?
        };
        made.push(json!({
            "user_name": account.user_name,
            "display_name": account.display_name,
            "role": account.role,
            "password": print::text(&answer, "temporary_password"),
        }));
    }
    Ok(made)
}

async fn collections(
    door: &Door,
    town: &Town,
    departments: &BTreeMap<String, String>,
) -> anyhow::Result<BTreeMap<String, String>> {
    let mut ids = by_key(&door.get("/api/v1/collections?limit=200").await?);
    for collection in &town.collections {
        if ids.contains_key(&collection.key) {
            continue;
        }
        let readers: Vec<&String> = match &collection.readers {
            Readers::Word(Everyone::All) => Vec::new(),
            Readers::Departments(keys) => {
                keys.iter().filter_map(|key| departments.get(key)).collect()
            }
        };
        let body = json!({
            "key": collection.key,
            "name": collection.name_ja,
            "description": collection.description_ja,
            "label": collection.label,
            "readers": {
                "everyone": matches!(collection.readers, Readers::Word(Everyone::All)),
                "department_ids": readers,
            },
        });
        let made = door.post("/api/v1/collections", &body).await?;
        ids.insert(collection.key.clone(), print::text(&made, "id").to_owned());
    }
    Ok(ids)
}

/// Uploads every document that its collection does not hold yet. Gives how many are there now.
async fn documents(
    door: &Door,
    town: &Town,
    collections: &BTreeMap<String, String>,
) -> anyhow::Result<usize> {
    let bar = ProgressBar::new(u64::try_from(town.documents.len())?);
    let mut jobs = Vec::new();
    for (key, id) in collections {
        let there = door.get(&format!("/api/v1/collections/{id}/documents?limit=200")).await?;
        let there: BTreeSet<String> = print::items(&there)
            .iter()
            .map(|item| print::text(item, "file_name").to_owned())
            .collect();
        for document in town.documents.iter().filter(|document| document.collection == *key) {
            let name = document.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if there.contains(&name) {
                continue;
            }
            let path = format!("documents/{}", document.path.display());
            let file = Demo::get(&path).with_context(|| format!("this build lacks {path}"))?;
            let mut fields = BTreeMap::from([
                ("title", document.title.as_str()),
                ("label", document.label.as_str()),
            ]);
            if let Some(effective) = &document.effective {
                fields.insert("effective_date", effective);
            }
            let answer = docs::upload(door, id, &[(name, file.data.into_owned())], &fields).await?;
            let refused =
                answer.get("refused").and_then(Json::as_array).is_some_and(|all| !all.is_empty());
            anyhow::ensure!(!refused, "{path} was refused: {answer}");
            jobs.push(print::text(&answer, "job_id").to_owned());
        }
    }
    for job in jobs {
        docs::wait(door, &job, &ProgressBar::hidden()).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(town.documents.len())
}

fn by_key(list: &Json) -> BTreeMap<String, String> {
    let pair =
        |item: &Json| (print::text(item, "key").to_owned(), print::text(item, "id").to_owned());
    print::items(list).iter().map(pair).collect()
}
