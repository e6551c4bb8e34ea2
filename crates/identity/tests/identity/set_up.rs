//! The one-time set-up.

use kaname_identity::start_set_up;
use kaname_testkit::on_both;
use serde_json::{Value, json};

use crate::support::{Client, World, password_of};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn body(token: &str) -> Value {
    json!({
        "token": token, "institution_name": "みなと町", "label_pack": "municipality",
        "user_name": "chief", "display_name": "情シス", "password": password_of("chief"),
    })
}

async fn token(world: &World) -> String {
    start_set_up(&world.test.platform).await.unwrap().unwrap().reveal().to_owned()
}

#[tokio::test]
async fn set_up_founds_the_institution_and_signs_its_administrator_in() {
    on_both(|test| async move {
        let world = World::new(test);
        let nobody = Client::default();
        let status = world.call(&nobody, "GET", "/status", Value::Null).await.ok(200);
        assert_eq!(
            (&status.body["set_up"], &status.body["signed_in"]),
            (&json!(false), &json!(false))
        );
        let token = token(&world).await;
        let made = world.call(&nobody, "POST", "/set-up", body(&token)).await.ok(201);
        assert_eq!(made.body["user"]["roles"], json!(["administrator"]));
        assert_eq!(made.body["institution"]["name"], "みなと町");
        let client = Client { token: made.cookie.clone().unwrap(), ..Client::default() };
        let status = world.call(&client, "GET", "/status", Value::Null).await.ok(200);
        assert_eq!(status.body["institution"]["name"], "みなと町");
        assert_eq!(
            (&status.body["set_up"], &status.body["signed_in"]),
            (&json!(true), &json!(true))
        );
        assert!(start_set_up(&world.test.platform).await.unwrap().is_none());
        world
            .call(&nobody, "POST", "/set-up", body(&token))
            .await
            .is(403, "identity.set_up_refused");
        assert_eq!(world.acts("identity.set_up").await, 1);
        // The test's own institution and the new one.
        assert_eq!(world.acts("ledger.founded").await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_set_ups_at_once_one_wins() {
    on_both(|test| async move {
        let world = World::new(test);
        let token = token(&world).await;
        let nobody = Client::default();
        let mut second = body(&token);
        second["institution_key"] = json!("second");
        second["user_name"] = json!("rival");
        let (one, two) = tokio::join!(
            world.call(&nobody, "POST", "/set-up", body(&token)),
            world.call(&nobody, "POST", "/set-up", second),
        );
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 403], "{one:?} {two:?}");
        assert_eq!(world.acts("identity.set_up").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_an_old_and_a_replaced_token_are_refused() {
    on_both(|test| async move {
        let world = World::new(test);
        let set_up = async |token: &str| {
            world.call(&Client::default(), "POST", "/set-up", body(token)).await
        };
        set_up("").await.is(403, "identity.set_up_refused");
        let first = token(&world).await;
        let second = token(&world).await;
        set_up(&first).await.is(403, "identity.set_up_refused");
        world.test.clock.advance_ms(DAY_MS);
        set_up(&second).await.is(403, "identity.set_up_refused");
        let third = token(&world).await;
        set_up(&third).await.ok(201);
    })
    .await;
}

#[tokio::test]
async fn a_field_that_does_not_fit_does_not_use_the_token_up() {
    on_both(|test| async move {
        let world = World::new(test);
        let token = token(&world).await;
        for (field, value, code) in [
            ("label_pack", "castle", "identity.invalid_label_pack"),
            ("institution_name", " ", "identity.invalid_text"),
            ("institution_key", "Minato Machi", "identity.invalid_key"),
            ("institution_key", "town", "identity.taken"),
            ("user_name", "情シス", "identity.invalid_user_name"),
            ("display_name", "a\u{0}b", "identity.invalid_text"),
            ("password", "short", "identity.password_too_short"),
            ("password", "みなと町のchiefみなと町2026", "identity.password_contains_name"),
        ] {
            let mut body = body(&token);
            body[field] = json!(value);
            let refused = world.call(&Client::default(), "POST", "/set-up", body).await;
            assert_eq!(refused.code(), code, "{refused:?}");
        }
        world.call(&Client::default(), "POST", "/set-up", body(&token)).await.ok(201);
    })
    .await;
}
