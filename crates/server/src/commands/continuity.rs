//! `kaname continuity …`: on whom the institution depends, and what stops without them.

use serde_json::Value as Json;

use super::{Done, print, without};
use crate::{cli::ContinuityCommand, door::Door};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Runs one command on continuity.
pub(crate) async fn run(
    command: ContinuityCommand,
    door: &Door,
    as_json: bool,
) -> anyhow::Result<Done> {
    let (answer, print): (Json, fn(&Json)) = match command {
        ContinuityCommand::Shares { days } => (shares(days, door).await?, print_shares),
        ContinuityCommand::Exit { without } => {
            let (subject, value) = without::parts(&without, door).await?;
            let value = without::in_query(&value);
            let path = format!("/api/v1/continuity/exits?subject={subject}&value={value}");
            (door.get(&path).await?, print_exits)
        }
    };
    if as_json {
        print::json(&answer);
    } else {
        print(&answer);
    }
    Ok(Done::Yes)
}

/// The shares of the last `days` days, which end when the server says.
async fn shares(days: i64, door: &Door) -> anyhow::Result<Json> {
    let month = door.get("/api/v1/continuity/shares").await?;
    let until = month.get("until_ms").and_then(Json::as_i64).unwrap_or_default();
    if days == 30 {
        return Ok(month);
    }
    let since = until.saturating_sub(days.saturating_mul(DAY_MS));
    door.get(&format!("/api/v1/continuity/shares?since_ms={since}&until_ms={until}")).await
}

fn print_shares(shares: &Json) {
    for layer in list(shares, "layers") {
        let calls = number(layer, "/total/calls");
        print::line(&format!("{}: {calls} calls", print::text(layer, "layer")));
        for dimension in list(layer, "dimensions") {
            print::line(&format!(
                "  {:<20} HHI by calls {:>6}, tokens {:>6}, yen {:>6}",
                print::text(dimension, "dimension"),
                number(dimension, "/hhi/calls"),
                number(dimension, "/hhi/tokens"),
                number(dimension, "/hhi/cost"),
            ));
            for group in list(dimension, "groups") {
                let value = group.get("value").and_then(Json::as_str).unwrap_or("(not stated)");
                print::line(&format!(
                    "    {value:<24} {:>8} calls {:>7}  tokens {:>7}  yen {:>7}",
                    number(group, "/amounts/calls"),
                    percent(group, "/shares/calls"),
                    percent(group, "/shares/tokens"),
                    percent(group, "/shares/cost"),
                ));
            }
        }
    }
}

fn print_exits(exits: &Json) {
    print::line(&format!(
        "without {} {}: {} of all calls of the last 30 days",
        print::text(exits, "subject"),
        print::text(exits, "value"),
        percent(exits, "/touched_share"),
    ));
    for way in list(exits, "ways") {
        print::line(&format!(
            "{:<10} {:<9} {:<28} {:>7} of all calls",
            print::text(way, "outcome"),
            print::text(way, "kind"),
            print::text(way, "public_name"),
            percent(way, "/touched_share"),
        ));
        for ability in list(way, "abilities").iter().filter(|one| !list(one, "stops_at").is_empty())
        {
            let language = match print::text(ability, "language") {
                "" => String::new(),
                language => format!(" in {language}"),
            };
            print::line(&format!(
                "           {}{language}: up to {} now, {} then",
                words(ability, "needs"),
                words(ability, "highest_before"),
                words(ability, "highest_after"),
            ));
        }
    }
}

fn list<'a>(value: &'a Json, key: &str) -> &'a [Json] {
    value.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

fn words(value: &Json, key: &str) -> String {
    let words: Vec<&str> = list(value, key).iter().filter_map(Json::as_str).collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}

fn number(value: &Json, pointer: &str) -> String {
    let found = value.pointer(pointer).filter(|found| !found.is_null());
    found.map_or_else(|| "-".to_owned(), ToString::to_string)
}

/// Hundredths of a percent as a person reads them.
fn percent(value: &Json, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Json::as_i64);
    found.map_or_else(|| "-".to_owned(), |bp| format!("{}.{:02} %", bp / 100, bp % 100))
}
