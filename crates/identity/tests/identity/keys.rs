//! API keys: shown once, scoped, ending, revoked.

use axum::{Router, extract::FromRef, routing::get};
use kaname_identity::{Identity, SignedIn, require_scope};
use kaname_kernel::{Role, Scope};
use kaname_platform::params;
use kaname_testkit::on_both;
use serde_json::{Value, json};

use crate::support::{Answer, Client, World};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A state of another slice, out of which the extractor gets what it needs.
#[derive(Clone)]
struct Other(Identity);

impl FromRef<Other> for Identity {
    fn from_ref(state: &Other) -> Self {
        state.0.clone()
    }
}

/// What another slice does with the extractor.
async fn models(SignedIn(principal): SignedIn) -> Result<String, kaname_identity::Error> {
    require_scope(&principal, Scope::Models)?;
    Ok(json!({"name": principal.display_name}).to_string())
}

fn with_models(mut world: World) -> World {
    let state = Other(world.identity.clone());
    world.app =
        world.app.merge(Router::new().route("/models", get(models).post(models)).with_state(state));
    world
}

async fn make(world: &World, client: &Client, scopes: Value) -> (Client, Answer) {
    let body = json!({"name": "検索の連携", "scopes": scopes, "expires_in_days": 30});
    let made = world.call(client, "POST", "/keys", body).await.ok(201);
    (Client { key: made.text("secret"), ..Client::default() }, made)
}

#[tokio::test]
async fn a_key_works_within_its_scopes_until_it_is_revoked() {
    on_both(|test| async move {
        let world = with_models(World::new(test));
        let client = world.client("hanako", Role::Staff).await;
        let (key, made) = make(&world, &client, json!(["models", "ledger"])).await;
        assert!(key.key.starts_with(made.body["key"]["prefix"].as_str().unwrap()));
        let answer = world.call(&key, "POST", "/models", Value::Null).await.ok(200);
        assert_eq!(answer.body["name"], "hanakoさん");
        let (narrow, _) = make(&world, &client, json!(["ledger"])).await;
        world.call(&narrow, "GET", "/models", Value::Null).await.is(403, "identity.not_allowed");
        // A key never administers, and never makes another key.
        world.call(&key, "GET", "/session", Value::Null).await.is(403, "identity.not_allowed");
        world.call(&key, "GET", "/keys", Value::Null).await.is(403, "identity.not_allowed");
        let id = made.body["key"]["id"].as_str().unwrap();
        world.call(&client, "DELETE", &format!("/keys/{id}"), Value::Null).await.ok(204);
        world.call(&key, "GET", "/models", Value::Null).await.is(401, "identity.not_signed_in");
        world.call(&client, "DELETE", &format!("/keys/{id}"), Value::Null).await.ok(204);
        assert_eq!(world.acts("identity.key_revoked").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_key_ends_by_the_clock_and_with_its_person() {
    on_both(|test| async move {
        let world = with_models(World::new(test));
        let chief = world.client("chief", Role::Administrator).await;
        let id = world.add(world.test.institution, "hanako", Role::Staff).await;
        let client = world.sign_in("hanako").await;
        let (key, _) = make(&world, &client, json!(["models"])).await;
        let path = format!("/users/{id}");
        world.call(&chief, "PATCH", &path, json!({"disabled": true})).await.ok(200);
        world.call(&key, "GET", "/models", Value::Null).await.is(401, "identity.not_signed_in");
        world.call(&chief, "PATCH", &path, json!({"disabled": false})).await.ok(200);
        world.call(&key, "GET", "/models", Value::Null).await.ok(200);
        world.test.clock.advance_ms(30 * DAY_MS - 1);
        world.call(&key, "GET", "/models", Value::Null).await.ok(200);
        world.test.clock.advance_ms(1);
        world.call(&key, "GET", "/models", Value::Null).await.is(401, "identity.not_signed_in");
    })
    .await;
}

#[tokio::test]
async fn a_key_is_noted_once_a_minute_and_stored_as_a_hash() {
    on_both(|test| async move {
        let world = with_models(World::new(test));
        let client = world.client("hanako", Role::Staff).await;
        let (key, _) = make(&world, &client, json!(["models"])).await;
        let start = world.test.platform.now().as_millis();
        let last_used = async || {
            let list = world.call(&client, "GET", "/keys", Value::Null).await.ok(200);
            assert!(!list.body.to_string().contains(&key.key));
            list.body["items"][0]["last_used_at_ms"].clone()
        };
        assert_eq!(last_used().await, Value::Null);
        for (after_ms, noted) in [(0, start), (59_999, start), (1, start + 60_000)] {
            world.test.clock.advance_ms(after_ms);
            world.call(&key, "GET", "/models", Value::Null).await.ok(200);
            assert_eq!(last_used().await, noted);
        }
        let mut tx = world.test.platform.db.read().await.unwrap();
        let row = tx.fetch_one("SELECT prefix, secret_hash FROM api_key", params![]).await.unwrap();
        assert_eq!(row.get::<String>("prefix").unwrap().len(), 11);
        assert_eq!(row.get::<Vec<u8>>("secret_hash").unwrap().len(), 32);
    })
    .await;
}

#[tokio::test]
async fn forged_keys_are_nobodys() {
    on_both(|test| async move {
        let world = with_models(World::new(test));
        let client = world.client("hanako", Role::Staff).await;
        let (key, _) = make(&world, &client, json!(["models"])).await;
        let mut turned = key.key.clone();
        let last = turned.pop().unwrap();
        turned.push(if last == 'A' { 'B' } else { 'A' });
        let prefix: String = key.key.chars().take(11).collect();
        for forged in
            [turned.as_str(), &prefix, "kn_", "x", "kn_' OR 1=1 --", &format!("{}x", key.key)]
        {
            let forged = Client { key: forged.to_owned(), ..Client::default() };
            world
                .call(&forged, "GET", "/models", Value::Null)
                .await
                .is(401, "identity.not_signed_in");
        }
        // A bad key is not saved by a good cookie.
        let both = Client { key: turned.clone(), ..client };
        world.call(&both, "GET", "/models", Value::Null).await.is(401, "identity.not_signed_in");
    })
    .await;
}

#[tokio::test]
async fn what_does_not_fit_makes_no_key() {
    on_both(|test| async move {
        let world = World::new(test);
        let client = world.client("hanako", Role::Staff).await;
        for (body, field) in [
            (json!({"name": "", "scopes": ["models"], "expires_in_days": 30}), "name"),
            (json!({"name": "x", "scopes": [], "expires_in_days": 30}), "scopes"),
            (json!({"name": "x", "scopes": ["everything"], "expires_in_days": 30}), "scopes"),
            (json!({"name": "x", "scopes": ["models"], "expires_in_days": 0}), "expires_in_days"),
            (json!({"name": "x", "scopes": ["models"], "expires_in_days": 367}), "expires_in_days"),
            (
                json!({"name": "x", "scopes": ["models"], "expires_in_days": i64::MAX}),
                "expires_in_days",
            ),
        ] {
            let refused = world.call(&client, "POST", "/keys", body).await.ok(422);
            assert_eq!(refused.field(), field);
        }
        let missing = json!({"name": "x", "scopes": ["models"]});
        world.call(&client, "POST", "/keys", missing).await.is(422, "http.invalid_body");
        assert_eq!(world.acts("identity.key_created").await, 0);
    })
    .await;
}

#[tokio::test]
async fn people_see_their_own_keys_and_administrators_all() {
    on_both(|test| async move {
        let world = World::new(test);
        let chief = world.client("chief", Role::Administrator).await;
        let hanako = world.client("hanako", Role::Staff).await;
        let taro = world.client("taro", Role::Staff).await;
        let (_, made) = make(&world, &hanako, json!(["models"])).await;
        make(&world, &taro, json!(["models"])).await;
        let path = format!("/keys/{}", made.body["key"]["id"].as_str().unwrap());
        world.call(&taro, "DELETE", &path, Value::Null).await.is(404, "identity.not_found");
        let own = world.call(&taro, "GET", "/keys", Value::Null).await.ok(200);
        assert_eq!(own.body["items"].as_array().unwrap().len(), 1);
        let first = world.call(&chief, "GET", "/keys?limit=1", Value::Null).await.ok(200);
        assert_eq!(first.body["items"][0]["user_name"], "taro");
        let next = format!("/keys?limit=1&cursor={}", first.text("next_cursor"));
        let second = world.call(&chief, "GET", &next, Value::Null).await.ok(200);
        assert_eq!(second.body["items"][0]["user_name"], "hanako");
        assert_eq!(second.body["next_cursor"], Value::Null);
        world.call(&chief, "DELETE", &path, Value::Null).await.ok(204);
    })
    .await;
}
