//! `kaname block …`: what is out of service for a time, through the API.

use http::Method;
use serde_json::{Value as Json, json};

use super::{Done, print, without};
use crate::{cli::BlockCommand, door::Door};

const PATH: &str = "/api/v1/endpoint-blocks";

/// Runs one command on blocks.
pub(crate) async fn run(command: BlockCommand, door: &Door, as_json: bool) -> anyhow::Result<Done> {
    let (answer, lines) = match command {
        BlockCommand::List => {
            let answer = door.get(PATH).await?;
            let lines = print::items(&answer).iter().map(line).collect();
            (answer, lines)
        }
        BlockCommand::Add(wanted) => {
            let answer = door.post(PATH, &without::body(&wanted, door).await?).await?;
            let lines = vec![line(&answer)];
            (answer, lines)
        }
        BlockCommand::End { id } => {
            door.json(Method::DELETE, &format!("{PATH}/{id}"), None).await?;
            (json!({ "id": id, "ended": true }), vec!["ended".to_owned()])
        }
    };
    if as_json {
        print::json(&answer);
    } else {
        for text in &lines {
            print::line(text);
        }
    }
    Ok(Done::Yes)
}

fn line(block: &Json) -> String {
    format!(
        "{}  {:<16} {:<24} until {}",
        print::text(block, "id"),
        print::text(block, "subject"),
        print::text(block, "value"),
        print::time(block, "until_ms"),
    )
}
