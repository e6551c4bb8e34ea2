//! `kaname ask`: a question to the documents, with the places its answer stands on.

use serde_json::{Value as Json, json};

use super::{Done, docs, print};
use crate::{cli::Ask, door::Door};

/// Asks and prints.
pub(crate) async fn run(ask: &Ask, door: &Door, as_json: bool) -> anyhow::Result<Done> {
    let mut collections = Vec::with_capacity(ask.collections.len());
    for named in &ask.collections {
        collections.push(docs::collection_id(door, named).await?);
    }
    let body = json!({
        "question": ask.question,
        "collection_ids": collections,
        "mode": if ask.quotation { "quotation" } else { "auto" },
    });
    let answer = door.post("/api/v1/ask", &body).await?;
    if as_json {
        print::json(&answer);
    } else {
        show(&answer);
    }
    let found = print::text(&answer, "mode") != "not_found";
    Ok(if found { Done::Yes } else { Done::NoAnswer })
}

fn show(answer: &Json) {
    print::line(print::text(answer, "answer"));
    print::line("");
    let citations = answer.get("citations").and_then(Json::as_array);
    for citation in citations.into_iter().flatten() {
        let number = citation.get("number").and_then(Json::as_u64).unwrap_or_default();
        let page = citation.get("page").and_then(Json::as_u64);
        let page = page.map(|page| format!(" p.{page}")).unwrap_or_default();
        print::line(&format!(
            "[{number}] {}{page} {} — {}",
            print::text(citation, "title"),
            print::text(citation, "heading"),
            print::text(citation, "quote")
        ));
    }
    print::note(&format!(
        "{} / label {} / act {}",
        print::text(answer, "mode"),
        print::text(answer, "label"),
        print::text(answer, "act_id")
    ));
}
