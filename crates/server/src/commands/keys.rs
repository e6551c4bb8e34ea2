//! `kaname key …`: API keys, through the API.

use http::Method;
use serde_json::json;

use super::{Done, print};
use crate::{cli::KeyCommand, door::Door};

/// Runs one command on API keys.
pub(crate) async fn run(command: KeyCommand, door: &Door, as_json: bool) -> anyhow::Result<Done> {
    let answer = match command {
        KeyCommand::Create { name, scopes, days } => {
            let body = json!({ "name": name, "scopes": scopes, "expires_in_days": days });
            let answer = door.post("/api/v1/keys", &body).await?;
            if !as_json {
                print::line(print::text(&answer, "secret"));
                print::note("This key is shown only now. Keep it like a password.");
            }
            answer
        }
        KeyCommand::List => {
            let answer = door.get("/api/v1/keys?limit=200").await?;
            for key in print::items(&answer).iter().filter(|_| !as_json) {
                let ended = key.get("revoked_at_ms").is_some_and(serde_json::Value::is_number);
                print::line(&format!(
                    "{}  {:<12} {:<28} {}",
                    print::text(key, "id"),
                    print::text(key, "prefix"),
                    print::text(key, "name"),
                    if ended { "revoked" } else { "" }
                ));
            }
            answer
        }
        KeyCommand::Revoke { id } => {
            let answer = door.json(Method::DELETE, &format!("/api/v1/keys/{id}"), None).await?;
            if !as_json {
                print::line("revoked");
            }
            answer
        }
    };
    if as_json {
        print::json(&answer);
    }
    Ok(Done::Yes)
}
