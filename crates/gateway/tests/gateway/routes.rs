//! Routes: failing over before the first content and never after, breakers, conditions, refusals.

use kaname_gateway::{Bounds, Conditions, Endpoint, Leg, NewEndpoint, NewRoute};
use kaname_kernel::Label;
use kaname_testkit::{Manner, PIECES, Upstream, on_both};
use serde_json::json;

use crate::support::{World, chat_body, json_of, new_endpoint, text_of};

/// An endpoint under a name of its own, so that `kaname/standard` is free for a route.
pub(crate) async fn endpoint(world: &World, name: &str, upstream: &Upstream, rank: u8) -> Endpoint {
    let new = NewEndpoint {
        name: name.to_owned(),
        public_name: format!("one/{name}"),
        clearance: Label::of_rank(rank),
        ..new_endpoint(&upstream.base_url())
    };
    world.gateway.create_endpoint(&world.administrator, new).await.unwrap()
}

pub(crate) fn leg(endpoint: &Endpoint, tier: u8) -> Leg {
    Leg { endpoint_id: endpoint.id, tier, weight: 1, when: Conditions::default() }
}

pub(crate) async fn route(world: &World, legs: Vec<Leg>) -> kaname_gateway::Route {
    let new = NewRoute {
        public_name: "kaname/standard".to_owned(),
        name: "標準".to_owned(),
        legs,
        bounds: Bounds::default(),
        serves_workspace: false,
    };
    world.gateway.create_route(&world.administrator, new).await.unwrap()
}

pub(crate) const FAILED_OVER: [&str; 7] = [
    "request",
    "decision",
    "attempt",
    "outcome failed gateway.upstream_failed",
    "decision",
    "attempt",
    "outcome completed",
];

#[tokio::test]
async fn the_next_endpoint_answers_when_one_fails_before_its_first_content() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (bad, good) =
            (Upstream::start(Manner::Status(503)).await, Upstream::start(Manner::Normal).await);
        let first = endpoint(&world, "first", &bad, 2).await;
        let second = endpoint(&world, "second", &good, 2).await;
        route(&world, vec![leg(&first, 0), leg(&second, 1)]).await;
        let (status, answer) =
            json_of(world.post("/v1/chat/completions", &chat_body(false), &[]).await).await;
        assert_eq!(status, 200);
        assert_eq!(answer["choices"][0]["message"]["content"], PIECES.concat());
        assert_eq!(world.acts().await, FAILED_OVER);
        let (_, stream) =
            text_of(world.post("/v1/chat/completions", &chat_body(true), &[]).await).await;
        assert!(stream.ends_with("data: [DONE]\n\n"), "{stream}");
        assert_eq!(world.acts().await[FAILED_OVER.len()..], FAILED_OVER);
        assert_eq!((bad.requests().len(), good.requests().len()), (2, 2));
    })
    .await;
}

#[tokio::test]
async fn what_breaks_off_after_its_first_content_is_never_continued_elsewhere() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (cut, good) =
            (Upstream::start(Manner::CutMidStream).await, Upstream::start(Manner::Normal).await);
        let first = endpoint(&world, "first", &cut, 2).await;
        let second = endpoint(&world, "second", &good, 2).await;
        route(&world, vec![leg(&first, 0), leg(&second, 1)]).await;
        let (_, stream) =
            text_of(world.post("/v1/chat/completions", &chat_body(true), &[]).await).await;
        assert!(stream.contains("gateway.upstream_cut"), "{stream}");
        assert_eq!(world.acts().await.last().unwrap(), "outcome broken gateway.upstream_cut");
        assert!(good.requests().is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_that_keeps_failing_is_left_alone_and_a_refusal_never_moves_on() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (bad, good) =
            (Upstream::start(Manner::Status(500)).await, Upstream::start(Manner::Normal).await);
        let first = endpoint(&world, "first", &bad, 2).await;
        let second = endpoint(&world, "second", &good, 2).await;
        route(&world, vec![leg(&first, 0), leg(&second, 1)]).await;
        for _ in 0..5 {
            let answered = world.post("/v1/chat/completions", &chat_body(false), &[]).await;
            assert_eq!(answered.status(), 200);
        }
        assert_eq!((bad.requests().len(), good.requests().len()), (3, 5));
        let alone = chat_body(false).replace("kaname/standard", "one/first");
        let (status, told) = json_of(world.post("/v1/chat/completions", &alone, &[]).await).await;
        assert_eq!((status.as_u16(), &told["error"]["code"]), (503, &json!("gateway.resting")));

        let strict = Upstream::start(Manner::Status(400)).await;
        let strict = endpoint(&world, "strict", &strict, 2).await;
        let change = kaname_gateway::RouteChange {
            legs: Some(vec![leg(&strict, 0), leg(&second, 1)]),
            ..kaname_gateway::RouteChange::default()
        };
        let id = world.gateway.routes(world.test.institution).await.unwrap()[0].id;
        world.gateway.change_route(&world.administrator, id, &change).await.unwrap();
        let refused = world.post("/v1/chat/completions", &chat_body(false), &[]).await;
        assert_eq!(refused.status(), 400);
        assert_eq!(good.requests().len(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_route_stays_inside_the_clearance_and_its_conditions() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (low, high) =
            (Upstream::start(Manner::Normal).await, Upstream::start(Manner::Status(500)).await);
        let low_endpoint = endpoint(&world, "low", &low, 2).await;
        let high_endpoint = endpoint(&world, "high", &high, 3).await;
        let only_high = Conditions { label_from: Some(Label::of_rank(3)), ..Conditions::default() };
        let legs = vec![leg(&low_endpoint, 0), Leg { when: only_high, ..leg(&high_endpoint, 0) }];
        let made = route(&world, legs).await;
        let plain = world.post("/v1/chat/completions", &chat_body(false), &[]).await;
        assert_eq!(plain.status(), 200);
        assert_eq!((low.requests().len(), high.requests().len()), (1, 0));
        // The one endpoint that is cleared fails: the call does not fall to the other.
        let secret = [("x-kaname-label", "3")];
        let failed = world.post("/v1/chat/completions", &chat_body(false), &secret).await;
        assert_eq!(failed.status(), 502);
        assert_eq!((low.requests().len(), high.requests().len()), (1, 1));
        let change = kaname_gateway::RouteChange {
            legs: Some(vec![leg(&low_endpoint, 0)]),
            ..kaname_gateway::RouteChange::default()
        };
        world.gateway.change_route(&world.administrator, made.id, &change).await.unwrap();
        let (status, told) =
            json_of(world.post("/v1/chat/completions", &chat_body(false), &secret).await).await;
        assert_eq!(status, 403);
        assert_eq!(told["error"]["code"], "guard.endpoint_not_cleared");
        assert_eq!(world.acts().await.last().unwrap(), "decision");
        assert_eq!(low.requests().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_route_is_checked_field_by_field_and_its_name_is_its_own() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        let one = endpoint(&world, "one", &upstream, 2).await;
        let new = |name: &str, legs: Vec<Leg>| NewRoute {
            public_name: name.to_owned(),
            name: "標準".to_owned(),
            legs,
            bounds: Bounds::default(),
            serves_workspace: false,
        };
        let create = |new: NewRoute| world.gateway.create_route(&world.administrator, new);
        let taken = create(new("one/one", vec![leg(&one, 0)])).await.unwrap_err();
        assert!(matches!(taken, kaname_gateway::Error::NameTaken));
        for (name, legs, field) in [
            ("a b", vec![leg(&one, 0)], "public_name"),
            ("a/b", Vec::new(), "legs"),
            ("a/b", vec![Leg { weight: 0, ..leg(&one, 0) }], "legs"),
        ] {
            let refused = create(new(name, legs)).await.unwrap_err();
            assert!(
                matches!(refused, kaname_gateway::Error::Invalid { field: at, .. } if at == field)
            );
        }
        let made = create(new("a/b", vec![leg(&one, 0)])).await.unwrap();
        let same =
            NewEndpoint { public_name: "a/b".to_owned(), ..new_endpoint(&upstream.base_url()) };
        let taken = world.gateway.create_endpoint(&world.administrator, same).await.unwrap_err();
        assert!(matches!(taken, kaname_gateway::Error::NameTaken));
        let change = kaname_gateway::EndpointChange {
            public_name: Some("a/b".to_owned()),
            ..kaname_gateway::EndpointChange::default()
        };
        let change = world.gateway.change_endpoint(&world.administrator, one.id, &change);
        assert!(matches!(change.await.unwrap_err(), kaname_gateway::Error::NameTaken));
        world.gateway.remove_route(&world.administrator, made.id).await.unwrap();
        assert!(world.gateway.routes(world.test.institution).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_blocked_is_not_asked_until_the_block_ends() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (main, spare) =
            (Upstream::start(Manner::Normal).await, Upstream::start(Manner::Normal).await);
        let first = endpoint(&world, "first", &main, 2).await;
        let second = endpoint(&world, "second", &spare, 2).await;
        route(&world, vec![leg(&first, 0), leg(&second, 1)]).await;
        let new = |value: String| kaname_gateway::NewBlock {
            blocked: kaname_gateway::Blocked::Endpoint(value),
            minutes: 5,
            reason: "訓練".to_owned(),
        };
        let block = |id: kaname_kernel::EndpointId| {
            world.gateway.block(&world.administrator, new(id.to_string()))
        };
        let blocked = block(first.id).await.unwrap();
        let ask =
            async || world.post("/v1/chat/completions", &chat_body(false), &[]).await.status();
        assert_eq!(ask().await, 200);
        assert_eq!((main.requests().len(), spare.requests().len()), (0, 1));
        block(second.id).await.unwrap();
        assert_eq!(ask().await, 503);
        let id = blocked.id.parse().unwrap();
        world.gateway.unblock(&world.administrator, id).await.unwrap();
        assert_eq!(ask().await, 200);
        assert_eq!((main.requests().len(), spare.requests().len()), (1, 1));
        assert_eq!(world.gateway.blocks(world.test.institution).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_that_stands_in_routes_is_not_removed_and_one_that_does_not_is() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        let first = endpoint(&world, "first", &upstream, 2).await;
        let second = endpoint(&world, "second", &upstream, 2).await;
        let made = route(&world, vec![leg(&first, 0), leg(&second, 1)]).await;
        let (by, gateway) = (&world.administrator, &world.gateway);
        let refused = gateway.remove_endpoint(by, second.id).await.unwrap_err();
        assert!(
            matches!(&refused, kaname_gateway::Error::InUse(names) if names == &["kaname/standard"])
        );
        assert!(refused.to_string().contains("kaname/standard"), "{refused}");
        let change = kaname_gateway::RouteChange {
            legs: Some(vec![leg(&first, 0)]),
            ..kaname_gateway::RouteChange::default()
        };
        gateway.change_route(by, made.id, &change).await.unwrap();
        gateway.remove_endpoint(by, second.id).await.unwrap();
        gateway.remove_route(by, made.id).await.unwrap();
        gateway.remove_endpoint(by, first.id).await.unwrap();
        assert!(gateway.endpoints(world.test.institution).await.unwrap().is_empty());
    })
    .await;
}
