//! Nothing crosses from one institution to another.

use kaname_identity::{Naming, create_department, create_team};
use kaname_kernel::Role;
use kaname_testkit::on_both;
use serde_json::{Value, json};

use crate::support::{Client, World, password_of};

#[tokio::test]
async fn what_belongs_to_another_institution_is_not_there() {
    on_both(|test| async move {
        let world = World::new(test);
        let elsewhere = world.test.other_institution("village").await;
        let chief = world.client("chief", Role::Administrator).await;
        let user = world.add(elsewhere, "mayor", Role::Administrator).await;
        let by = world.console(elsewhere).await;
        let naming = Naming { key: Some("a"), name: Some("甲課") };
        let department = create_department(&world.identity, &by, naming).await.unwrap().id;
        let team = create_team(&world.identity, &by, department, naming).await.unwrap().id;
        let mayor = world.sign_in_to("village", "mayor", &password_of("mayor")).await;
        let body = json!({"name": "x", "scopes": ["models"], "expires_in_days": 1});
        let key = world.call(&mayor, "POST", "/keys", body).await.ok(201);
        let key = key.body["key"]["id"].as_str().unwrap().to_owned();
        let naming = json!({"key": "b", "name": "乙"});
        for (method, path, body) in [
            ("GET", format!("/users/{user}"), Value::Null),
            ("PATCH", format!("/users/{user}"), json!({"display_name": "x"})),
            ("POST", format!("/users/{user}/password-reset"), Value::Null),
            ("DELETE", format!("/users/{user}/sessions"), Value::Null),
            ("PATCH", format!("/departments/{department}"), naming.clone()),
            ("DELETE", format!("/departments/{department}"), Value::Null),
            ("GET", format!("/departments/{department}/teams"), Value::Null),
            ("POST", format!("/departments/{department}/teams"), naming.clone()),
            ("PATCH", format!("/teams/{team}"), naming),
            ("DELETE", format!("/teams/{team}"), Value::Null),
            ("DELETE", format!("/keys/{key}"), Value::Null),
        ] {
            let answer = world.call(&chief, method, &path, body).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (404, "identity.not_found"), "{method} {path}");
        }
        for (path, count) in [("/users", 1), ("/departments", 0), ("/keys", 0)] {
            let list = world.call(&chief, "GET", path, Value::Null).await.ok(200);
            assert_eq!(list.body["items"].as_array().unwrap().len(), count, "{path}");
        }
        let mut new = json!({"user_name": "hanako", "display_name": "花子", "roles": ["staff"], "clearance": "1"});
        new["department_id"] = json!(department);
        world.call(&chief, "POST", "/users", new).await.is(422, "identity.unknown_reference");
        world.call(&mayor, "GET", "/session", Value::Null).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn the_same_name_in_two_institutions_is_two_people() {
    on_both(|test| async move {
        let world = World::new(test);
        let elsewhere = world.test.other_institution("village").await;
        world.add(world.test.institution, "chief", Role::Staff).await;
        world.add(elsewhere, "chief", Role::Auditor).await;
        let here = world.sign_in("chief").await;
        let there = world.sign_in_to("village", "chief", &password_of("chief")).await;
        let roles = async |client| {
            world.call(client, "GET", "/session", Value::Null).await.ok(200).body["user"]["roles"]
                .clone()
        };
        assert_eq!(roles(&here).await, json!(["staff"]));
        assert_eq!(roles(&there).await, json!(["auditor"]));
        // With several institutions, sign-in must say which; whoever is not signed in is told none.
        world.attempt("chief", &password_of("chief")).await.is(401, "identity.wrong_password");
        let status = world.call(&Client::default(), "GET", "/status", Value::Null).await.ok(200);
        assert_eq!(status.body["institution"], Value::Null);
        // Failures there lock nobody here.
        for _ in 0..6 {
            let body = json!({"institution": "village", "user_name": "chief", "password": "wrong"});
            world.call(&Client::default(), "POST", "/session", body).await;
        }
        world.sign_in("chief").await;
    })
    .await;
}
