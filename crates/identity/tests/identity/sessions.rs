//! Signing in and out, locks, expiry, forged cookies and requests, one's own password.

use futures_util::future::join_all;
use kaname_kernel::Role;
use kaname_testkit::on_both;
use serde_json::{Value, json};

use crate::support::{Client, World, password_of};

const MINUTE_MS: i64 = 60_000;

#[tokio::test]
async fn signing_in_opens_a_session_and_signing_out_ends_it() {
    on_both(|test| async move {
        let world = World::new(test);
        let client = world.client("hanako", Role::Staff).await;
        let session = world.call(&client, "GET", "/session", Value::Null).await.ok(200);
        assert_eq!(session.body["user"]["user_name"], "hanako");
        assert_eq!(session.body["institution"]["key"], "town");
        assert_eq!(session.body["institution"]["label_pack"], "municipality");
        assert_eq!(session.text("csrf_token"), client.csrf);
        let out = world.call(&client, "DELETE", "/session", Value::Null).await.ok(204);
        assert_eq!(out.cookie.as_deref(), Some(""));
        world.call(&client, "GET", "/session", Value::Null).await.is(401, "identity.not_signed_in");
        assert_eq!(world.acts("identity.signed_in").await, 1);
        assert_eq!(world.acts("identity.signed_out").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_user_name_may_be_typed_in_full_width() {
    on_both(|test| async move {
        let world = World::new(test);
        world.add(world.test.institution, "hanako", Role::Staff).await;
        world.attempt("Ｈａｎａｋｏ", &password_of("hanako")).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer_and_the_same_lock() {
    on_both(|test| async move {
        let world = World::new(test);
        world.add(world.test.institution, "hanako", Role::Staff).await;
        let mut answers = Vec::new();
        for name in ["hanako", "nobody"] {
            let mut seen = Vec::new();
            for _ in 0..6 {
                let answer = world.attempt(name, "wrong wrong wrong wrong").await;
                seen.push((answer.status, answer.body));
            }
            answers.push(seen);
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0][4].1["code"], "identity.wrong_password");
        assert_eq!(answers[0][5].1["code"], "identity.locked");
        assert_eq!(world.acts("identity.sign_in_failed").await, 10);
        assert_eq!(world.acts("identity.locked").await, 2);
    })
    .await;
}

#[tokio::test]
async fn a_lock_ends_by_the_clock_and_the_next_one_is_twice_as_long() {
    on_both(|test| async move {
        let world = World::new(test);
        world.add(world.test.institution, "hanako", Role::Staff).await;
        for _ in 0..5 {
            world.attempt("hanako", "wrong").await.is(401, "identity.wrong_password");
        }
        let right = password_of("hanako");
        let locked = world.attempt("hanako", &right).await;
        locked.is(423, "identity.locked");
        assert_eq!(
            locked.body["retry_at_ms"],
            world.test.platform.now().plus_millis(MINUTE_MS).as_millis()
        );
        world.test.clock.advance_ms(MINUTE_MS);
        world.attempt("hanako", "wrong").await.is(401, "identity.wrong_password");
        world.test.clock.advance_ms(MINUTE_MS);
        world.attempt("hanako", &right).await.is(423, "identity.locked");
        world.test.clock.advance_ms(MINUTE_MS);
        world.attempt("hanako", &right).await.ok(200);
        // Success starts the count again.
        world.attempt("hanako", "wrong").await.is(401, "identity.wrong_password");
        world.attempt("hanako", &right).await.ok(200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_at_once_are_all_counted() {
    on_both(|test| async move {
        let world = World::new(test);
        world.add(world.test.institution, "hanako", Role::Staff).await;
        let wrong = join_all((0..12).map(|n| {
            let world = &world;
            async move { world.attempt("hanako", &format!("wrong {n}")).await }
        }))
        .await;
        assert!(
            wrong.iter().all(|answer| [401, 423].contains(&answer.status.as_u16())),
            "{wrong:?}"
        );
        let counted = wrong.iter().filter(|answer| answer.status == 401).count();
        assert!(counted >= 5);
        assert_eq!(world.acts("identity.sign_in_failed").await, i64::try_from(counted).unwrap());
        world.attempt("hanako", &password_of("hanako")).await.is(423, "identity.locked");
    })
    .await;
}

#[tokio::test]
async fn an_administrators_reset_opens_a_locked_account() {
    on_both(|test| async move {
        let world = World::new(test);
        let chief = world.client("chief", Role::Administrator).await;
        let id = world.add(world.test.institution, "hanako", Role::Staff).await;
        for _ in 0..5 {
            world.attempt("hanako", "wrong").await;
        }
        let path = format!("/users/{id}");
        let user = world.call(&chief, "GET", &path, Value::Null).await.ok(200);
        assert!(user.body["locked_until_ms"].is_i64());
        let reset = world
            .call(&chief, "POST", &format!("{path}/password-reset"), Value::Null)
            .await
            .ok(200);
        let session = world.attempt("hanako", &reset.text("temporary_password")).await.ok(200);
        assert_eq!(session.body["must_change_password"], true);
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_when_idle_and_at_the_latest_after_its_lifetime() {
    on_both(|test| async move {
        let world = World::new(test);
        let idle = world.client("hanako", Role::Staff).await;
        let busy = world.sign_in("hanako").await;
        for _ in 0..13 {
            world.test.clock.advance_ms(55 * MINUTE_MS);
            world.call(&busy, "GET", "/session", Value::Null).await.ok(200);
        }
        world.call(&idle, "GET", "/session", Value::Null).await.is(401, "identity.not_signed_in");
        world.test.clock.advance_ms(6 * MINUTE_MS);
        world.call(&busy, "GET", "/session", Value::Null).await.is(401, "identity.not_signed_in");
    })
    .await;
}

#[tokio::test]
async fn a_forged_cookie_is_nobodys() {
    on_both(|test| async move {
        let world = World::new(test);
        let real = world.client("hanako", Role::Staff).await;
        let mut turned = real.token.clone();
        let last = turned.pop().unwrap();
        turned.push(if last == 'A' { 'B' } else { 'A' });
        for token in
            [turned.as_str(), "x", "' OR 1=1 --", "AAAA", &"A".repeat(43), &"A".repeat(5000)]
        {
            let forged = Client { token: token.to_owned(), ..real.clone() };
            world
                .call(&forged, "GET", "/session", Value::Null)
                .await
                .is(401, "identity.not_signed_in");
        }
    })
    .await;
}

#[tokio::test]
async fn a_changing_request_needs_the_csrf_token_and_must_come_from_this_site() {
    on_both(|test| async move {
        let world = World::new(test);
        let client = world.client("hanako", Role::Staff).await;
        let other = world.sign_in("hanako").await;
        for csrf in [String::new(), "wrong".to_owned(), other.csrf] {
            let forged = Client { csrf, ..client.clone() };
            world
                .call(&forged, "DELETE", "/session", Value::Null)
                .await
                .is(403, "identity.forged_request");
        }
        for header in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://elsewhere.example"),
            ("origin", "null"),
        ] {
            let sent =
                world.send(&client, ("DELETE", "/session"), ("", String::new()), &[header]).await;
            sent.is(403, "identity.forged_request");
            let body =
                json!({"user_name": "hanako", "password": password_of("hanako")}).to_string();
            let body = ("application/json", body);
            let sent = world.send(&Client::default(), ("POST", "/session"), body, &[header]).await;
            sent.is(403, "identity.forged_request");
        }
        world.call(&client, "DELETE", "/session", Value::Null).await.ok(204);
    })
    .await;
}

#[tokio::test]
async fn signing_in_again_replaces_the_browsers_session() {
    on_both(|test| async move {
        let world = World::new(test);
        let first = world.client("hanako", Role::Staff).await;
        let body = json!({"user_name": "hanako", "password": password_of("hanako")});
        let again = world.call(&first, "POST", "/session", body).await.ok(200);
        assert_ne!(again.cookie.as_deref(), Some(first.token.as_str()));
        assert_ne!(again.text("csrf_token"), first.csrf);
        world.call(&first, "GET", "/session", Value::Null).await.is(401, "identity.not_signed_in");
    })
    .await;
}

#[tokio::test]
async fn changing_the_password_turns_the_token_and_ends_other_sessions() {
    on_both(|test| async move {
        let world = World::new(test);
        let client = world.client("hanako", Role::Staff).await;
        let other = world.sign_in("hanako").await;
        let (old, new) = (password_of("hanako"), "三羽のかもめが朝の港を歩いている");
        let body = |present: &str, wanted: &str| json!({"current_password": present, "new_password": wanted});
        let put = async |body: Value| world.call(&client, "PUT", "/me/password", body).await;
        put(body("wrong", new)).await.is(401, "identity.wrong_password");
        for (wanted, code) in [
            ("short", "identity.password_too_short"),
            ("passwordpassword", "identity.password_too_common"),
            ("Hanako-hanako-2026", "identity.password_contains_name"),
            (old.as_str(), "identity.password_unchanged"),
            (&"長い文".repeat(100), "identity.password_too_long"),
        ] {
            let refused = put(body(&old, wanted)).await;
            refused.is(422, code);
            assert_eq!(refused.field(), "new_password");
        }
        let changed = put(body(&old, new)).await.ok(204);
        let turned = Client { token: changed.cookie.unwrap(), ..client.clone() };
        world.call(&client, "GET", "/session", Value::Null).await.is(401, "identity.not_signed_in");
        world.call(&other, "GET", "/session", Value::Null).await.is(401, "identity.not_signed_in");
        world.attempt("hanako", &old).await.is(401, "identity.wrong_password");
        world.attempt("hanako", new).await.ok(200);
        // The page goes on with the CSRF token that it has.
        world.call(&turned, "DELETE", "/sessions", Value::Null).await.ok(204);
        assert_eq!(world.acts("identity.password_changed").await, 1);
    })
    .await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_of_that_person_alone() {
    on_both(|test| async move {
        let world = World::new(test);
        let first = world.client("hanako", Role::Staff).await;
        let second = world.sign_in("hanako").await;
        let neighbour = world.client("taro", Role::Staff).await;
        world.call(&first, "DELETE", "/sessions", Value::Null).await.ok(204);
        for ended in [&first, &second] {
            world
                .call(ended, "GET", "/session", Value::Null)
                .await
                .is(401, "identity.not_signed_in");
        }
        world.call(&neighbour, "GET", "/session", Value::Null).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_temporary_password_opens_nothing_but_its_own_change() {
    on_both(|test| async move {
        let world = World::new(test);
        let chief = world.client("chief", Role::Administrator).await;
        let body = json!({"user_name": "hanako", "display_name": "花子", "roles": ["administrator"], "clearance": "1"});
        let created = world.call(&chief, "POST", "/users", body).await.ok(201);
        let temporary = created.text("temporary_password");
        let client = world.sign_in_to("town", "hanako", &temporary).await;
        world.call(&client, "GET", "/session", Value::Null).await.ok(200);
        for path in ["/users", "/departments", "/keys"] {
            world.call(&client, "GET", path, Value::Null).await.is(403, "identity.must_change_password");
        }
        let body = json!({"current_password": temporary, "new_password": password_of("hanako")});
        let changed = world.call(&client, "PUT", "/me/password", body).await.ok(204);
        let client = Client { token: changed.cookie.unwrap(), ..client };
        world.call(&client, "GET", "/users", Value::Null).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn malformed_sign_ins_are_refused_without_a_trace_of_the_password() {
    on_both(|test| async move {
        let world = World::new(test);
        world.add(world.test.institution, "hanako", Role::Staff).await;
        let send = async |kind: &'static str, body: &str| {
            world.send(&Client::default(), ("POST", "/session"), (kind, body.to_owned()), &[]).await
        };
        send("text/plain", "{}").await.is(415, "http.not_json");
        send("application/json", "{\"user_name\":").await.is(400, "http.malformed_json");
        let missing = send("application/json", "{\"user_name\": \"hanako\"}").await;
        missing.is(422, "http.invalid_body");
        let wrong =
            send("application/json", "{\"user_name\": \"hanako\", \"password\": 12345678}").await;
        assert_eq!(wrong.field(), "password");
        for name in
            ["", "' OR '1'='1", "<script>alert(1)</script>", "hanako\0", &"a".repeat(70_000)]
        {
            world.attempt(name, "wrong").await.is(401, "identity.wrong_password");
        }
    })
    .await;
}
