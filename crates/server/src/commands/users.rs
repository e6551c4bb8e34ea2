//! `kaname user …`: people, through the API.

use anyhow::Context as _;
use http::Method;
use serde_json::{Value as Json, json};

use super::{Done, print};
use crate::{cli::UserCommand, door::Door};

/// Runs one command on people.
pub(crate) async fn run(command: UserCommand, door: &Door, as_json: bool) -> anyhow::Result<Done> {
    let answer = match command {
        UserCommand::List => {
            let answer = door.get("/api/v1/users?limit=200").await?;
            if !as_json {
                list(&answer);
            }
            answer
        }
        UserCommand::Add(add) => {
            let body = json!({
                "user_name": add.user_name,
                "display_name": add.display_name,
                "roles": add.roles,
                "clearance": add.clearance,
            });
            let answer = door.post("/api/v1/users", &body).await?;
            if !as_json {
                temporary_password(&add.user_name, &answer);
            }
            answer
        }
        UserCommand::Disable { user_name } => {
            let path = format!("/api/v1/users/{}", id_of(door, &user_name).await?);
            let answer =
                door.json(Method::PATCH, &path, Some(&json!({ "disabled": true }))).await?;
            if !as_json {
                print::line(&format!("{user_name} is disabled"));
            }
            answer
        }
        UserCommand::Passwd { user_name } => {
            let path = format!("/api/v1/users/{}/password-reset", id_of(door, &user_name).await?);
            let answer = door.post(&path, &json!({})).await?;
            if !as_json {
                temporary_password(&user_name, &answer);
            }
            answer
        }
    };
    if as_json {
        print::json(&answer);
    }
    Ok(Done::Yes)
}

fn list(answer: &Json) {
    for user in print::items(answer) {
        let roles: Vec<&str> = user
            .get("roles")
            .and_then(Json::as_array)
            .map(|roles| roles.iter().filter_map(Json::as_str).collect())
            .unwrap_or_default();
        let disabled = user.get("disabled").and_then(Json::as_bool).unwrap_or_default();
        print::line(&format!(
            "{:<24} {:<28} {:<36} {}",
            print::text(user, "user_name"),
            print::text(user, "display_name"),
            roles.join(","),
            if disabled { "disabled" } else { "" }
        ));
    }
}

fn temporary_password(user_name: &str, answer: &Json) {
    print::line(&format!(
        "{user_name}: temporary password {} (to be changed at first sign-in)",
        print::text(answer, "temporary_password")
    ));
}

async fn id_of(door: &Door, user_name: &str) -> anyhow::Result<String> {
    let mut cursor = String::new();
    loop {
        let page = door.get(&format!("/api/v1/users?limit=200{cursor}")).await?;
        let found =
            print::items(&page).iter().find(|user| print::text(user, "user_name") == user_name);
        if let Some(user) = found {
            return Ok(print::text(user, "id").to_owned());
        }
        let next = page.get("next_cursor").and_then(Json::as_str);
        let next = next.with_context(|| format!("there is no user named {user_name}"))?;
        cursor = format!("&cursor={next}");
    }
}
