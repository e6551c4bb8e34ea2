//! People in a browser at `/v1`: the same door as programs, with the session's own locks.

use axum::{
    body::Body,
    http::{Request, Response, StatusCode},
};
use kaname_kernel::Role;
use kaname_testkit::{Manner, Upstream, on_both};
use serde_json::json;

use crate::support::{Session, World, chat_body, json_of, new_endpoint, text_of};

const CALLS: [&str; 3] = ["/v1/chat/completions", "/v1/responses", "/v1/messages"];

async fn send(
    world: &World,
    path: &str,
    session: &Session,
    headers: &[(&str, &str)],
) -> Response<Body> {
    let mut request = Request::post(path)
        .header("cookie", &session.cookie)
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    world.send(request.body(Body::from(chat_body(false))).unwrap()).await
}

#[tokio::test]
async fn a_person_in_a_session_calls_a_model_through_the_same_door() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        world.add(world.test.institution, "clerk", Role::Staff).await;
        let session = Session::of(&world, "clerk").await;
        let csrf = ("x-kaname-csrf", session.csrf.as_str());
        let response = send(&world, CALLS[0], &session, &[csrf]).await;
        assert!(response.headers().contains_key("x-kaname-act"));
        assert_eq!(text_of(response).await.0, StatusCode::OK);
        assert_eq!(upstream.connections(), 1);
        assert!(world.acts().await.iter().any(|act| act.contains("completed")));
    })
    .await;
}

#[tokio::test]
async fn without_its_csrf_token_or_from_another_site_nothing_is_called() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        world.add(world.test.institution, "clerk", Role::Staff).await;
        let session = Session::of(&world, "clerk").await;
        let other = Session::of(&world, "clerk").await;
        let csrf = ("x-kaname-csrf", session.csrf.as_str());
        for path in CALLS {
            for headers in [
                vec![],
                vec![("x-kaname-csrf", "")],
                vec![("x-kaname-csrf", other.csrf.as_str())],
                vec![csrf, ("origin", "https://evil.example")],
                vec![csrf, ("sec-fetch-site", "cross-site")],
            ] {
                let response = send(&world, path, &session, &headers).await;
                assert_eq!(json_of(response).await.0, StatusCode::FORBIDDEN, "{path} {headers:?}");
            }
            // A key that is wrong is not made good by the cookie beside it.
            let wrong = ("x-api-key", "kn_wrong");
            let response = send(&world, path, &session, &[csrf, wrong]).await;
            assert_eq!(json_of(response).await.0, StatusCode::UNAUTHORIZED, "{path}");
        }
        assert_eq!(upstream.connections(), 0);
        assert_eq!(world.acts().await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn the_list_of_models_says_what_each_can_do() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let endpoint = world.add_endpoint("http://127.0.0.1:1/v1").await;
        let mut off = new_endpoint("http://127.0.0.1:1/v1");
        off.public_name = "kaname/off".to_owned();
        off.capabilities = vec![kaname_gateway::Capability::Images];
        let off = world.gateway.create_endpoint(&world.administrator, off).await.unwrap();
        world.add(world.test.institution, "keeper", Role::Administrator).await;
        let session = Session::of(&world, "keeper").await;
        let route = json!({"public_name": "kaname/way", "name": "経路",
            "legs": [{"endpoint_id": endpoint.id}, {"endpoint_id": off.id}]});
        assert_eq!(session.call(&world, "POST", "/routes", &route).await.0, 201);
        let path = format!("/endpoints/{}", off.id);
        let switched = session.call(&world, "PATCH", &path, &json!({"enabled": false})).await;
        assert_eq!(switched.0, 200);

        let request = Request::get("/v1/models").header("cookie", &session.cookie);
        let (status, list) = json_of(world.send(request.body(Body::empty()).unwrap()).await).await;
        assert_eq!(status, StatusCode::OK);
        let found: Vec<_> = list["data"].as_array().unwrap().iter().collect();
        let names: Vec<_> = found.iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(names, ["kaname/way", "kaname/standard"]);
        assert_eq!(
            found[0]["capabilities"], found[1]["capabilities"],
            "what is off counts for nothing"
        );
        assert_eq!(found[1]["capabilities"], json!(endpoint.capabilities));
    })
    .await;
}
