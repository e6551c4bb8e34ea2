//! Endpoints: who may do what, what is kept, what is never shown, and that nothing crosses.

use std::collections::BTreeSet;

use axum::{body::Body, http::Request};
use kaname_gateway::{
    EndpointChange, Error, HealthState,
    http::{GatewayState, ROUTES, router},
    v1,
};
use kaname_identity::Access;
use kaname_kernel::{Label, Role};
use kaname_platform::params;
use kaname_testkit::{Backend, Manner, PIECES, TestPlatform, Upstream, on_both};
use serde_json::{Value, json};

use crate::support::{Session, World, new_endpoint};

fn wire(base_url: &str) -> Value {
    json!({
        "name": "推論", "kind": "openai_compatible", "base_url": base_url, "api_key": "upstream-secret",
        "model": "up-model", "public_name": "kaname/other", "capabilities": ["chat"], "languages": ["ja"],
        "clearance": "2"
    })
}

#[tokio::test]
async fn the_lists_have_every_route_of_the_routers_and_no_other() {
    let world = World::new(TestPlatform::new(Backend::Sqlite).await).await;
    let state = GatewayState { gateway: world.gateway, identity: world.identity };
    let (_, api) = router::<()>(state.clone()).split_for_parts();
    let (_, models) = v1::router::<()>(state).split_for_parts();
    for (document, routes) in [(api, ROUTES), (models, v1::ROUTES)] {
        let document = serde_json::to_value(&document).unwrap();
        let served: BTreeSet<(String, String)> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, methods)| {
                methods
                    .as_object()
                    .unwrap()
                    .keys()
                    .map(|method| (method.to_uppercase(), path.clone()))
            })
            .collect();
        let listed =
            routes.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()));
        assert_eq!(listed.collect::<BTreeSet<_>>(), served);
    }
}

#[tokio::test]
async fn every_route_lets_in_whom_the_list_says() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let mut people = Vec::new();
        for role in Role::ALL {
            let name = role.as_str().replace('_', "-");
            world.add(world.test.institution, &name, role).await;
            people.push((role, Session::of(&world, &name).await));
        }
        for (method, path, access) in ROUTES {
            let path = path.replace("{id}", "0199a000-0000-7000-8000-000000000000");
            let path = path.replace("/exits", "/exits?subject=vendor&value=a");
            let body = match (*method, path.as_str()) {
                ("POST", "/endpoints") => wire("http://127.0.0.1:1/v1"),
                ("POST", "/endpoints/probe") => json!({"base_url": "http://127.0.0.1:1/v1"}),
                ("POST", "/routes") => json!({
                    "public_name": "a/b", "name": "経路",
                    "legs": [{"endpoint_id": "0199a000-0000-7000-8000-000000000000"}]
                }),
                ("POST", "/endpoint-blocks" | "/drills") => {
                    json!({"subject": "vendor", "value": "a", "minutes": 1, "reason": "drill"})
                }
                _ => json!({}),
            };
            let Access::Person(roles) = access else { panic!("{path}") };
            for (role, session) in &people {
                let (status, answer) = session.call(&world, method, &path, &body).await;
                let let_in = roles.is_empty() || roles.contains(role);
                assert_eq!(status != 403, let_in, "{method} {path} as {role}: {status} {answer}");
            }
            let key = format!("Bearer {}", world.key);
            assert_eq!(bare(&world, (method, &path), &body, &key).await, 403, "{method} {path}");
            assert_eq!(bare(&world, (method, &path), &body, "").await, 401, "{method} {path}");
        }
    })
    .await;
}

/// The status of a call without a session.
async fn bare(world: &World, (method, path): (&str, &str), body: &Value, key: &str) -> u16 {
    let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    let request = request.header("content-type", "application/json");
    let request = if key.is_empty() { request } else { request.header("authorization", key) };
    world.send(request.body(Body::from(body.to_string())).unwrap()).await.status().as_u16()
}

#[tokio::test]
async fn an_endpoint_lives_from_creation_to_removal_and_its_key_is_never_shown() {
    on_both(|test| async move {
        let world = World::new(test).await;
        world.add(world.test.institution, "keeper", Role::Administrator).await;
        let session = Session::of(&world, "keeper").await;
        let (status, made) =
            session.call(&world, "POST", "/endpoints", &wire("http://127.0.0.1:9/v1/")).await;
        assert_eq!(status, 201, "{made}");
        assert_eq!(made["base_url"], "http://127.0.0.1:9/v1");
        assert_eq!(
            (&made["has_api_key"], &made["health"]["state"]),
            (&json!(true), &json!("unknown"))
        );
        let path = format!("/endpoints/{}", made["id"].as_str().unwrap());
        let (status, taken) =
            session.call(&world, "POST", "/endpoints", &wire("http://127.0.0.1:9/v1")).await;
        assert_eq!((status, taken["field"].as_str()), (409, Some("public_name")));
        let (_, list) = session.call(&world, "GET", "/endpoints", &Value::Null).await;
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        let change =
            json!({"clearance": "3+personal", "languages": ["en", "ja"], "enabled": false});
        let (status, changed) = session.call(&world, "PATCH", &path, &change).await;
        assert_eq!(
            (status, &changed["clearance"], &changed["enabled"]),
            (200, &json!("3+personal"), &json!(false))
        );
        let (_, moved) = session
            .call(&world, "PATCH", &path, &json!({"base_url": "https://evil.example/v1"}))
            .await;
        assert_eq!(
            moved["has_api_key"],
            json!(false),
            "a key never follows its endpoint elsewhere"
        );
        for answer in [&made, &list, &changed, &moved] {
            assert!(!answer.to_string().contains("upstream-secret"), "{answer}");
        }
        let (status, _) = session.call(&world, "DELETE", &path, &Value::Null).await;
        assert_eq!(status, 204);
        assert_eq!(session.call(&world, "GET", &path, &Value::Null).await.0, 404);
        let mut tx = world.test.platform.db.read().await.unwrap();
        let rows = tx
            .fetch_all(
                "SELECT kind FROM act WHERE kind LIKE 'gateway.%' ORDER BY act_id",
                params![],
            )
            .await
            .unwrap();
        let kinds: Vec<String> = rows.iter().map(|row| row.get("kind").unwrap()).collect();
        let expected = [
            "gateway.endpoint_created",
            "gateway.endpoint_changed",
            "gateway.endpoint_changed",
            "gateway.endpoint_removed",
        ];
        assert_eq!(kinds, expected);
        let kept = tx.fetch_all("SELECT value FROM act_content", params![]).await.unwrap();
        let kept = kept.iter().map(|row| row.get::<Vec<u8>>("value").unwrap());
        assert!(
            kept.into_iter().all(|value| !value.windows(15).any(|part| part == b"upstream-secret"))
        );
        let sealed = tx
            .fetch_all("SELECT name FROM secret WHERE name LIKE 'endpoint/%'", params![])
            .await
            .unwrap();
        assert!(sealed.is_empty(), "the key went with its endpoint");
    })
    .await;
}

#[tokio::test]
async fn bad_fields_are_refused_by_name() {
    on_both(|test| async move {
        let world = World::new(test).await;
        world.add(world.test.institution, "keeper", Role::Administrator).await;
        let session = Session::of(&world, "keeper").await;
        let cases = [
            ("name", json!("")),
            ("name", json!("a\u{0}b")),
            ("kind", json!("embedded_generation")),
            ("kind", json!("other")),
            ("base_url", json!("http://models.example.jp/v1")),
            ("base_url", json!("https://a:b@models.example.jp/v1")),
            ("base_url", Value::Null),
            ("api_key", json!("two words")),
            ("public_name", json!("a b")),
            ("public_name", json!("'; DROP TABLE endpoint; --")),
            ("capabilities", json!([])),
            ("clearance", json!("9")),
            ("clearance", json!("2+moon")),
            ("clearance", json!("0")),
            ("vendor", json!("x".repeat(101))),
        ];
        for (field, value) in cases {
            let mut body = wire("http://127.0.0.1:1/v1");
            body[field] = value.clone();
            let (status, answer) = session.call(&world, "POST", "/endpoints", &body).await;
            assert_eq!((status, answer["field"].as_str()), (422, Some(field)), "{value}: {answer}");
        }
        assert_eq!(world.gateway.endpoints(world.test.institution).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_of_another_institution_is_not_there() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let village = world.test.other_institution("village").await;
        let stranger = world.add(village, "stranger", Role::Administrator).await;
        let endpoint = world.add_endpoint("http://127.0.0.1:1/v1").await;
        let gateway = &world.gateway;
        let off = EndpointChange { enabled: Some(false), ..EndpointChange::default() };
        assert!(matches!(gateway.endpoint(village, endpoint.id).await, Err(Error::NotFound)));
        assert!(matches!(
            gateway.change_endpoint(&stranger, endpoint.id, &off).await,
            Err(Error::NotFound)
        ));
        assert!(matches!(
            gateway.remove_endpoint(&stranger, endpoint.id).await,
            Err(Error::NotFound)
        ));
        assert!(matches!(
            gateway.test_endpoint(&stranger, endpoint.id).await,
            Err(Error::NotFound)
        ));
        assert_eq!(gateway.endpoints(village).await.unwrap(), []);
        let same = gateway.create_endpoint(&stranger, new_endpoint("http://127.0.0.1:1/v1")).await;
        assert!(same.is_ok(), "a public name belongs to one institution");
        assert_eq!(gateway.endpoint(world.test.institution, endpoint.id).await.unwrap(), endpoint);
    })
    .await;
}

#[tokio::test]
async fn a_test_and_a_probe_pass_the_guard_and_say_what_is_wrong() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        let by = &world.administrator;
        let probed =
            world.gateway.probe_endpoint(by, &upstream.base_url(), Some("k")).await.unwrap();
        assert_eq!((probed.ok, probed.models), (true, vec!["up-model".to_owned()]));
        let endpoint = world.add_endpoint(&upstream.base_url()).await;
        let tested = world.gateway.test_endpoint(by, endpoint.id).await.unwrap();
        assert_eq!((tested.ok, tested.sample), (true, Some(PIECES.concat())));
        let healthy = world.gateway.endpoint(world.test.institution, endpoint.id).await.unwrap();
        assert_eq!(healthy.health.state, HealthState::Ok);
        assert_eq!(
            world.acts().await,
            ["request", "decision", "attempt", "outcome completed"].repeat(2)
        );
        let refusing = Upstream::start(Manner::Status(401)).await;
        let probed = world.gateway.probe_endpoint(by, &refusing.base_url(), None).await.unwrap();
        assert_eq!(probed.error.unwrap().code, "gateway.upstream_key_refused");
        let moved =
            EndpointChange { base_url: Some(refusing.base_url()), ..EndpointChange::default() };
        world.gateway.change_endpoint(by, endpoint.id, &moved).await.unwrap();
        let tested = world.gateway.test_endpoint(by, endpoint.id).await.unwrap();
        assert_eq!(
            (tested.ok, tested.error.unwrap().code.as_str()),
            (false, "gateway.upstream_key_refused")
        );
        let failing = world.gateway.endpoint(world.test.institution, endpoint.id).await.unwrap();
        assert_eq!(failing.health.state, HealthState::Failing);
    })
    .await;
}

#[tokio::test]
async fn what_an_embedded_model_is_cannot_be_changed() {
    on_both(|test| async move {
        let world = World::new(test).await;
        world.gateway.ensure_embedded_endpoints().await.unwrap();
        let endpoint = world.gateway.endpoints(world.test.institution).await.unwrap().remove(0);
        let personal = Label::of_rank(5).with_compartment("my_number").unwrap();
        assert!(endpoint.clearance.dominates(&personal), "it never leaves the machine");
        let by = &world.administrator;
        let lie = EndpointChange { languages: Some(Vec::new()), ..EndpointChange::default() };
        let refused = world.gateway.change_endpoint(by, endpoint.id, &lie).await;
        assert!(matches!(refused, Err(Error::Invalid { field: "languages", .. })), "{refused:?}");
        let removed = world.gateway.remove_endpoint(by, endpoint.id).await;
        assert!(matches!(removed, Err(Error::Invalid { field: "kind", .. })));
        let lower =
            EndpointChange { clearance: Some(Label::of_rank(1)), ..EndpointChange::default() };
        let lowered = world.gateway.change_endpoint(by, endpoint.id, &lower).await.unwrap();
        assert_eq!(lowered.clearance, Label::of_rank(1));
    })
    .await;
}
