//! `kaname route …`: names that programs call and the endpoints behind them, through the API.

use std::{collections::HashMap, fs, path::Path};

use anyhow::{Context as _, bail, ensure};
use http::Method;
use serde_json::{Map, Value as Json, json};

use super::{
    Done,
    endpoints::{called, remove},
    print,
};
use crate::{
    cli::models::{RouteAdd, RouteChange, RouteCommand, RouteWay},
    door::Door,
};

const PATH: &str = "/api/v1/routes";
const ENDPOINTS: &str = "/api/v1/endpoints";

/// Runs one command on routes.
pub(crate) async fn run(command: RouteCommand, door: &Door, as_json: bool) -> anyhow::Result<Done> {
    let answer = match command {
        RouteCommand::List => {
            let items = door.all(PATH).await?;
            items.iter().filter(|_| !as_json).for_each(print_one);
            json!({ "items": items, "next_cursor": null })
        }
        RouteCommand::Show { route } => {
            told(door, called(door, PATH, &route).await?, as_json).await?
        }
        RouteCommand::Add(add) => {
            let body = new(&add, &names(door).await?)?;
            told(door, door.post(PATH, &body).await?, as_json).await?
        }
        RouteCommand::Change(change) => {
            let before = called(door, PATH, &change.route).await?;
            let body = changed(&change, &before, &names(door).await?)?;
            let path = format!("{PATH}/{}", print::text(&before, "id"));
            told(door, door.json(Method::PATCH, &path, Some(&body)).await?, as_json).await?
        }
        RouteCommand::Remove { route } => remove(door, (PATH, &route), as_json).await?,
    };
    if as_json {
        print::json(&answer);
    }
    Ok(Done::Yes)
}

/// The id of every endpoint by its public name, and by its id.
type Names = HashMap<String, String>;

async fn names(door: &Door) -> anyhow::Result<Names> {
    let endpoints = door.all(ENDPOINTS).await?;
    let pairs = endpoints.iter().flat_map(|endpoint| {
        let id = print::text(endpoint, "id");
        [print::text(endpoint, "public_name"), id].map(|name| (name.to_owned(), id.to_owned()))
    });
    Ok(pairs.collect())
}

fn new(add: &RouteAdd, names: &Names) -> anyhow::Result<Json> {
    let legs = legs(&add.way, &[], names)?;
    let legs = legs.context("say --try: the endpoints in the order to try")?;
    let bounds = bounds(&add.way, None).unwrap_or_else(|| json!({}));
    let name = add.name.as_ref().unwrap_or(&add.public_name);
    Ok(json!({
        "public_name": add.public_name,
        "name": name,
        "legs": legs,
        "bounds": bounds,
        "serves_workspace": add.serves_workspace,
    }))
}

fn changed(change: &RouteChange, before: &Json, names: &Names) -> anyhow::Result<Json> {
    let legs_before = before.get("legs").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let said = json!({
        "public_name": change.public_name,
        "name": change.name,
        "enabled": change.enabled,
        "serves_workspace": change.serves_workspace,
        "legs": legs(&change.way, legs_before, names)?,
        "bounds": bounds(&change.way, before.get("bounds")),
    });
    let Json::Object(said) = said else { return Ok(said) };
    let said: Map<_, _> = said.into_iter().filter(|(_, value)| !value.is_null()).collect();
    ensure!(!said.is_empty(), "say what to change; --help lists it");
    Ok(Json::Object(said))
}

/// The endpoints in the order to try; an endpoint that was there before keeps its conditions.
fn legs(way: &RouteWay, before: &[Json], names: &Names) -> anyhow::Result<Option<Json>> {
    if let Some(file) = &way.legs_file {
        return read_legs(file).map(Some);
    }
    let mut legs = Vec::new();
    for (tier, turn) in way.turns.iter().enumerate() {
        for one in turn.split(',') {
            let (name, share) = one.trim().split_once('=').unwrap_or_else(|| (one.trim(), "1"));
            let id =
                names.get(name).with_context(|| format!("there is no endpoint called {name}"))?;
            let weight: u32 =
                share.parse().with_context(|| format!("{share} is no share: say 1 to 1,000"))?;
            let same = before.iter().find(|leg| print::text(leg, "endpoint_id") == id);
            let when = same.and_then(|leg| leg.get("when")).cloned().unwrap_or_else(|| json!({}));
            legs.push(json!({ "endpoint_id": id, "tier": tier, "weight": weight, "when": when }));
        }
    }
    Ok((!legs.is_empty()).then_some(Json::Array(legs)))
}

fn read_legs(file: &Path) -> anyhow::Result<Json> {
    let name = file.display();
    let text = fs::read_to_string(file).with_context(|| format!("{name} cannot be read"))?;
    let legs: Json = serde_json::from_str(&text).with_context(|| format!("{name} is not JSON"))?;
    match legs {
        Json::Array(_) => Ok(legs),
        // The whole route, as `show --json` prints it, says them too.
        Json::Object(mut route) if route.contains_key("legs") => {
            Ok(route.remove("legs").unwrap_or_default())
        }
        _ => bail!("{name} holds no list of endpoints"),
    }
}

/// What was said of the bounds over what they were before; nothing where nothing was said.
fn bounds(way: &RouteWay, before: Option<&Json>) -> Option<Json> {
    let countries = |said: &[String]| {
        let named: Vec<_> = said.iter().filter(|one| !one.is_empty()).cloned().collect();
        (!said.is_empty()).then(|| json!(named))
    };
    let most = way.output_yen_most.map(|most| if most == 0 { Json::Null } else { json!(most) });
    let said = [
        ("hosting_countries", countries(&way.hosting_countries)),
        ("operator_countries", countries(&way.operator_countries)),
        ("output_yen_most", most),
        ("failover", way.failover.map(Json::Bool)),
    ];
    if said.iter().all(|(_, value)| value.is_none()) {
        return None;
    }
    let mut all = before.and_then(Json::as_object).cloned().unwrap_or_default();
    let said = said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    all.extend(said);
    Some(Json::Object(all))
}

/// Prints a route with its endpoints by name, unless it is for a program.
async fn told(door: &Door, route: Json, as_json: bool) -> anyhow::Result<Json> {
    if as_json {
        return Ok(route);
    }
    let endpoints = door.all(ENDPOINTS).await?;
    let name_of = |id: &str| {
        let found = endpoints.iter().find(|endpoint| print::text(endpoint, "id") == id);
        found.map_or(id, |endpoint| print::text(endpoint, "public_name")).to_owned()
    };
    print_one(&route);
    for leg in route.get("legs").and_then(Json::as_array).into_iter().flatten() {
        let number = |key: &str| leg.get(key).and_then(Json::as_u64).unwrap_or_default();
        let when = leg.get("when").and_then(Json::as_object).into_iter().flatten();
        let when: Map<String, Json> = when
            .filter(|(_, value)| {
                !value.is_null() && value.as_array().is_none_or(|all| !all.is_empty())
            })
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let when = if when.is_empty() { String::new() } else { Json::Object(when).to_string() };
        let name = name_of(print::text(leg, "endpoint_id"));
        print::line(&format!(
            "  turn {}  {name:<28} share {:<5} {when}",
            number("tier") + 1,
            number("weight")
        ));
    }
    if let Some(bounds) = route.get("bounds") {
        print::facts(bounds);
    }
    Ok(route)
}

fn print_one(route: &Json) {
    let is = |key: &str| route.get(key).and_then(Json::as_bool).unwrap_or_default();
    let legs = route.get("legs").and_then(Json::as_array).map_or(0, Vec::len);
    print::line(&format!(
        "{}  {:<28} {:<24} {legs} endpoints {}{}",
        print::text(route, "id"),
        print::text(route, "public_name"),
        print::text(route, "name"),
        if is("serves_workspace") { "serves the workspace " } else { "" },
        if is("enabled") { "" } else { "off" }
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        ["a/x", "b/y"].map(|name| (name.to_owned(), format!("id of {name}"))).into()
    }

    fn way(turns: &[&str]) -> RouteWay {
        let turns = turns.iter().map(|turn| (*turn).to_owned()).collect();
        RouteWay { turns, ..RouteWay::default() }
    }

    #[test]
    fn turns_become_tiers_and_endpoints_keep_their_conditions() {
        let when = json!({ "needs": ["images"] });
        let before = [json!({ "endpoint_id": "id of b/y", "tier": 0, "weight": 1, "when": when })];
        let made = legs(&way(&["a/x=3, b/y", "a/x"]), &before, &names()).unwrap().unwrap();
        assert_eq!(
            made,
            json!([
                { "endpoint_id": "id of a/x", "tier": 0, "weight": 3, "when": {} },
                { "endpoint_id": "id of b/y", "tier": 0, "weight": 1, "when": when },
                { "endpoint_id": "id of a/x", "tier": 1, "weight": 1, "when": {} },
            ])
        );
        assert_eq!(legs(&way(&[]), &before, &names()).unwrap(), None);
        assert!(legs(&way(&["c/z"]), &[], &names()).unwrap_err().to_string().contains("c/z"));
        assert!(legs(&way(&["a/x=many"]), &[], &names()).is_err());
    }

    #[test]
    fn the_workspace_is_given_and_taken_and_else_left_alone() {
        #[derive(Debug, clap::Parser)]
        struct Line {
            #[command(flatten)]
            change: RouteChange,
        }
        for (said, body) in [
            ("--serves-workspace", json!({ "serves_workspace": true })),
            ("--serves-workspace=false", json!({ "serves_workspace": false })),
            ("--enabled=true", json!({ "enabled": true })),
        ] {
            let line = <Line as clap::Parser>::parse_from(["change", "a/x", said]);
            assert_eq!(changed(&line.change, &json!({}), &names()).unwrap(), body, "{said}");
        }
    }

    #[test]
    fn bounds_change_one_by_one() {
        let before =
            json!({ "hosting_countries": ["JP"], "output_yen_most": 500, "failover": true });
        assert_eq!(bounds(&way(&[]), Some(&before)), None);
        let said = RouteWay {
            hosting_countries: vec![String::new()],
            failover: Some(false),
            ..RouteWay::default()
        };
        assert_eq!(
            bounds(&said, Some(&before)).unwrap(),
            json!({ "hosting_countries": [], "output_yen_most": 500, "failover": false })
        );
        let free = RouteWay { output_yen_most: Some(0), ..RouteWay::default() };
        assert_eq!(bounds(&free, Some(&before)).unwrap()["output_yen_most"], Json::Null);
    }
}
