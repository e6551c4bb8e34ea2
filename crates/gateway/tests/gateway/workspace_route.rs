//! The route that serves the workspace: questions go by it and by nothing else, one route at most has
//! it, and what stops is foretold by it.

use kaname_gateway::{
    Blocked, Bounds, ChatMessage, ChatRequest, EmbedRequest, Endpoint, EndpointChange, Error,
    ExitOutcome, Exits, Language, Leg, NewBlock, NewDrill, NewRoute, Route, RouteChange, WayKind,
};
use kaname_guard::{Caller, Purpose};
use kaname_kernel::{Label, Principal, Role};
use kaname_platform::params;
use kaname_testkit::{Manner, Upstream, on_both};
use serde_json::json;

use crate::{
    continuity::refs_of,
    routes::{FAILED_OVER, endpoint, leg},
    support::{World, new_endpoint},
};

fn question() -> ChatRequest {
    ChatRequest {
        purpose: Purpose::Ask,
        label: Label::of_rank(2),
        reads: Vec::new(),
        language: Some(Language::Ja),
        parent: None,
        messages: vec![ChatMessage {
            role: "user", content: "粗大ごみの手数料は？".to_owned()
        }],
        max_tokens: Some(64),
        temperature: None,
    }
}

/// Who writes the answer to a question of `by`; nobody where it would be quoted.
async fn ask(world: &World, by: &Principal) -> Option<String> {
    let caller = Caller::from(by);
    world.gateway.capable_endpoint(&caller, &question()).await.unwrap()?;
    let mut stream = world.gateway.chat_stream(&caller, question()).await.unwrap();
    let name = stream.endpoint().1.to_owned();
    while let Some(event) = stream.next().await {
        event.unwrap();
    }
    Some(name)
}

async fn serving(world: &World, name: &str, legs: Vec<Leg>) -> Route {
    let new = NewRoute {
        public_name: name.to_owned(),
        name: "庁内の標準".to_owned(),
        legs,
        bounds: Bounds::default(),
        serves_workspace: true,
    };
    world.gateway.create_route(&world.administrator, new).await.unwrap()
}

/// An upstream, and an endpoint to it of this name that writes Japanese.
async fn working(world: &World, name: &str) -> (Upstream, Endpoint) {
    let upstream = Upstream::start(Manner::Normal).await;
    let made = endpoint(world, name, &upstream, 2).await;
    (upstream, made)
}

async fn change(world: &World, route: &Route, change: RouteChange) -> Result<Route, Error> {
    world.gateway.change_route(&world.administrator, route.id, &change).await
}

/// The route and the endpoint of the newest row of this table.
async fn last(world: &World, table: &str) -> (Option<String>, Option<String>) {
    let mut tx = world.test.platform.db.read().await.unwrap();
    let (sql, values) = match table {
        "model_call" => ("SELECT * FROM model_call ORDER BY act_id DESC LIMIT 1", params![]),
        _ => ("SELECT * FROM unserved_call ORDER BY unserved_id DESC LIMIT 1", params![]),
    };
    let row = tx.fetch_one(sql, values).await.unwrap();
    (row.get("route_id").unwrap(), row.get("endpoint_id").unwrap())
}

#[tokio::test]
async fn questions_go_by_the_route_that_serves_the_workspace_and_by_all_endpoints_without_it() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (_outside, outside) = working(&world, "outside").await;
        let (_first, first) = working(&world, "first").await;
        let (_second, second) = working(&world, "second").await;
        let by = &world.administrator;
        assert_eq!(ask(&world, by).await.unwrap(), "outside");
        assert_eq!(last(&world, "model_call").await, (None, Some(outside.id.to_string())));

        let route = serving(&world, "kaname/own", vec![leg(&first, 0), leg(&second, 1)]).await;
        assert_eq!(ask(&world, by).await.unwrap(), "first");
        let called = (Some(route.id.to_string()), Some(first.id.to_string()));
        assert_eq!(last(&world, "model_call").await, called);
        assert_eq!(refs_of(&world, "guard.request").await["route"], json!(route.id.to_string()));

        // The administrator swaps the vendor, and nobody notices.
        let swapped = vec![leg(&second, 0), leg(&first, 1)];
        let swapped = RouteChange { legs: Some(swapped), ..RouteChange::default() };
        change(&world, &route, swapped).await.unwrap();
        assert_eq!(ask(&world, by).await.unwrap(), "second");
        let blocked = Blocked::Endpoint(second.id.to_string());
        let block = NewBlock { blocked, minutes: 5, reason: "訓練".to_owned() };
        world.gateway.block(by, block).await.unwrap();
        assert_eq!(ask(&world, by).await.unwrap(), "first");

        let vectors = EmbedRequest {
            purpose: Purpose::Search,
            label: Label::of_rank(2),
            parent: None,
            texts: vec!["粗大ごみ".to_owned()],
        };
        let vectors = world.gateway.embed(&Caller::from(by), vectors).await.unwrap();
        assert_eq!(vectors.endpoint, outside.id);
        assert_eq!(last(&world, "model_call").await.0, None, "vectors go by no route");

        let off = RouteChange { enabled: Some(false), ..RouteChange::default() };
        change(&world, &route, off).await.unwrap();
        assert_eq!(ask(&world, by).await.unwrap(), "outside");
        let on = RouteChange { enabled: Some(true), ..RouteChange::default() };
        change(&world, &route, on).await.unwrap();
        assert_eq!(ask(&world, by).await.unwrap(), "first");
        world.gateway.remove_route(by, route.id).await.unwrap();
        assert_eq!(ask(&world, by).await.unwrap(), "outside");
    })
    .await;
}

#[tokio::test]
async fn a_question_goes_on_to_the_next_of_the_route_as_one_request_and_to_nobody_without_one() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let bad = Upstream::start(Manner::Status(503)).await;
        let failing = endpoint(&world, "failing", &bad, 2).await;
        let (good, answering) = working(&world, "answering").await;
        let caller = Caller::from(&world.administrator);
        let alone = world.gateway.chat_stream(&caller, question()).await;
        assert!(matches!(alone.unwrap_err().error, Error::Upstream(_)));
        assert_eq!((bad.requests().len(), good.requests().len()), (1, 0));
        let before = world.acts().await.len();

        let route = serving(&world, "kaname/own", vec![leg(&failing, 0), leg(&answering, 1)]).await;
        assert_eq!(ask(&world, &world.administrator).await.unwrap(), "answering");
        assert_eq!(world.acts().await[before..], FAILED_OVER);
        assert_eq!((bad.requests().len(), good.requests().len()), (2, 1));
        let bounds = Bounds { failover: Some(false), ..Bounds::default() };
        let strict = RouteChange { bounds: Some(bounds), ..RouteChange::default() };
        change(&world, &route, strict).await.unwrap();
        let alone = world.gateway.chat_stream(&caller, question()).await;
        assert!(matches!(alone.unwrap_err().error, Error::Upstream(_)));
        assert_eq!((bad.requests().len(), good.requests().len()), (3, 1));
    })
    .await;
}

#[tokio::test]
async fn where_nobody_on_the_route_can_write_nobody_outside_it_is_asked() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (outside, _) = working(&world, "outside").await;
        let (inside, writer) = working(&world, "inside").await;
        let route = serving(&world, "kaname/own", vec![leg(&writer, 0)]).await;
        let (by, gateway) = (&world.administrator, &world.gateway);
        let knows = |languages: &[Language]| EndpointChange {
            languages: Some(languages.to_vec()),
            ..EndpointChange::default()
        };
        gateway.change_endpoint(by, writer.id, &knows(&[Language::En])).await.unwrap();
        assert_eq!(ask(&world, by).await, None, "nobody knows Japanese");
        gateway.change_endpoint(by, writer.id, &knows(&[Language::Ja])).await.unwrap();
        let secret = ChatRequest { reads: vec![Label::of_rank(3)], ..question() };
        let found = gateway.capable_endpoint(&Caller::from(by), &secret).await.unwrap();
        assert_eq!(found, None, "nobody is cleared");
        let only = kaname_gateway::Conditions {
            purposes: vec![Purpose::DirectCall],
            ..kaname_gateway::Conditions::default()
        };
        let legs = vec![Leg { when: only, ..leg(&writer, 0) }];
        let legs = RouteChange { legs: Some(legs), ..RouteChange::default() };
        change(&world, &route, legs).await.unwrap();
        assert_eq!(ask(&world, by).await, None, "questions are not what the endpoint is for");
        assert_eq!(world.acts().await, Vec::<String>::new());
        assert_eq!((inside.requests().len(), outside.requests().len()), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn one_route_at_most_serves_the_workspace_and_another_institutions_never_does() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (_one, one) = working(&world, "one").await;
        let (_two, two) = working(&world, "two").await;
        let first = serving(&world, "kaname/first", vec![leg(&two, 0)]).await;
        let refs = refs_of(&world, "gateway.route_created").await;
        assert_eq!(
            (&refs["serves_workspace"], refs.get("workspace_taken_from")),
            (&json!("true"), None)
        );
        let second = serving(&world, "kaname/second", vec![leg(&one, 0)]).await;
        let refs = refs_of(&world, "gateway.route_created").await;
        assert_eq!(refs["workspace_taken_from"], json!(first.id.to_string()));
        let marked = async || {
            let routes = world.gateway.routes(world.test.institution).await.unwrap();
            routes
                .into_iter()
                .filter(|route| route.serves_workspace)
                .map(|route| route.id)
                .collect::<Vec<_>>()
        };
        assert_eq!(marked().await, [second.id]);
        let serves = |yes| RouteChange { serves_workspace: Some(yes), ..RouteChange::default() };

        let off = RouteChange { enabled: Some(false), ..RouteChange::default() };
        change(&world, &first, off).await.unwrap();
        let refused = change(&world, &first, serves(true)).await.unwrap_err();
        assert!(matches!(refused, Error::Invalid { field: "serves_workspace", .. }));
        assert_eq!(marked().await, [second.id], "what is switched off takes nothing");
        let both = RouteChange { enabled: Some(true), ..serves(true) };
        assert!(change(&world, &first, both).await.unwrap().serves_workspace);
        assert_eq!(marked().await, [first.id]);
        let refs = refs_of(&world, "gateway.route_changed").await;
        assert_eq!(refs["workspace_taken_from"], json!(second.id.to_string()));

        let village = world.test.other_institution("village").await;
        let chief = world.add(village, "elder", Role::Administrator).await;
        let theirs = Upstream::start(Manner::Normal).await;
        let new = kaname_gateway::NewEndpoint {
            name: "theirs".to_owned(),
            ..new_endpoint(&theirs.base_url())
        };
        let theirs = world.gateway.create_endpoint(&chief, new).await.unwrap();
        let new = NewRoute {
            public_name: "kaname/theirs".to_owned(),
            name: "村の標準".to_owned(),
            legs: vec![leg(&theirs, 0)],
            bounds: Bounds::default(),
            serves_workspace: true,
        };
        assert_eq!(ask(&world, &chief).await.unwrap(), "theirs", "our route is not theirs");
        world.gateway.create_route(&chief, new).await.unwrap();
        assert_eq!(marked().await, [first.id]);
        assert_eq!(ask(&world, &world.administrator).await.unwrap(), "two");
        change(&world, &first, serves(false)).await.unwrap();
        assert_eq!(ask(&world, &world.administrator).await.unwrap(), "one");
    })
    .await;
}

fn answers(exits: &Exits) -> &kaname_gateway::Exit {
    exits.ways.iter().find(|way| way.public_name == "answers").unwrap()
}

#[tokio::test]
async fn what_stops_for_questions_is_foretold_by_the_route_and_a_drill_counts_them() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (_outside, _) = working(&world, "outside").await;
        let (_inside, inside) = working(&world, "inside").await;
        let (by, gateway) = (&world.administrator, &world.gateway);
        let vendor =
            EndpointChange { vendor: Some("甲社".to_owned()), ..EndpointChange::default() };
        gateway.change_endpoint(by, inside.id, &vendor).await.unwrap();
        let without = || Blocked::Vendor("甲社".to_owned());
        let exits = async || gateway.exits(world.test.institution, without()).await.unwrap();
        assert_eq!(answers(&exits().await).outcome, ExitOutcome::Fewer);

        let route = serving(&world, "kaname/own", vec![leg(&inside, 0)]).await;
        assert_eq!(ask(&world, by).await.unwrap(), "inside");
        let foretold = exits().await;
        let found = answers(&foretold);
        assert_eq!((found.outcome, found.name.as_str()), (ExitOutcome::Stops, "庁内の標準"));
        assert_eq!((found.calls, found.calls_touched), (1, 1));
        let named = foretold.ways.iter().find(|way| way.public_name == "kaname/own").unwrap();
        assert_eq!(named.calls, 0, "nobody called the route by its name");

        world.test.clock.advance_ms(1);
        let block = NewBlock { blocked: without(), minutes: 5, reason: "訓練".to_owned() };
        let drill = NewDrill { block, checks: Vec::new() };
        let drill = gateway.start_drill(by, drill).await.unwrap();
        assert_eq!(ask(&world, by).await, None);
        assert_eq!(last(&world, "unserved_call").await, (Some(route.id.to_string()), None));
        world.test.clock.advance_ms(1);
        let report = gateway.drill(world.test.institution, drill.id).await.unwrap().report.unwrap();
        assert_eq!((report.during.unserved, report.before.requests), (1, 1));
        assert!(matches!(&report.without_answer[..], [one] if one.kind == WayKind::OwnUse
            && one.id == "answers" && one.unserved == 1));
    })
    .await;
}
