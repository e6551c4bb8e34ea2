//! People: making, changing, switching off; the last administrator stays.

use kaname_identity::{UserChange, change_user, find_user_by_name};
use kaname_kernel::Role;
use kaname_testkit::on_both;
use serde_json::{Value, json};

use crate::support::{World, password_of};

#[tokio::test]
async fn an_account_is_made_changed_and_switched_off() {
    on_both(|test| async move {
        let world = World::new(test);
        let chief = world.client("chief", Role::Administrator).await;
        let new = json!({"key": "residents", "name": "住民課"});
        let department = world.call(&chief, "POST", "/departments", new).await.ok(201).text("id");
        let new = json!({"key": "desk", "name": "窓口係"});
        let teams = format!("/departments/{department}/teams");
        let team = world.call(&chief, "POST", &teams, new).await.ok(201).text("id");
        let body = json!({"user_name": "hanako", "display_name": "花子", "roles": ["staff", "section_head"],
            "clearance": "2+personal", "department_id": department, "password": password_of("hanako")});
        let made = world.call(&chief, "POST", "/users", body.clone()).await.ok(201);
        assert_eq!(made.body["temporary_password"], Value::Null);
        assert_eq!(made.body["user"]["department_name"], "住民課");
        assert_eq!(made.body["user"]["must_change_password"], true);
        let taken = world.call(&chief, "POST", "/users", body).await;
        taken.is(409, "identity.taken");
        assert_eq!(taken.field(), "user_name");
        let path = format!("/users/{}", made.body["user"]["id"].as_str().unwrap());
        let change = json!({"display_name": "花子さん", "team_ids": [team], "clearance": "3"});
        let changed = world.call(&chief, "PATCH", &path, change).await.ok(200);
        assert_eq!(changed.body["team_ids"], json!([team]));
        assert_eq!(changed.body["roles"], json!(["staff", "section_head"]));
        let session = world.attempt("hanako", &password_of("hanako")).await.ok(200);
        assert_eq!(session.body["user"]["clearance"], "3");
        // Leaving the department leaves its teams.
        let left = world.call(&chief, "PATCH", &path, json!({"department_id": null})).await.ok(200);
        assert_eq!((&left.body["department_id"], &left.body["team_ids"]), (&Value::Null, &json!([])));
        let refused = world.call(&chief, "PATCH", &path, json!({"team_ids": [team]})).await;
        refused.is(422, "identity.unknown_reference");
        world.call(&chief, "PATCH", &path, json!({"disabled": true})).await.ok(200);
        world.attempt("hanako", &password_of("hanako")).await.is(401, "identity.wrong_password");
        assert_eq!(world.acts("identity.user_disabled").await, 1);
    })
    .await;
}

#[tokio::test]
async fn switching_an_account_off_ends_its_sessions_and_a_new_role_holds_at_once() {
    on_both(|test| async move {
        let world = World::new(test);
        let chief = world.client("chief", Role::Administrator).await;
        let hanako = world.client("hanako", Role::Staff).await;
        let id =
            world.call(&hanako, "GET", "/session", Value::Null).await.body["user"]["id"].clone();
        let path = format!("/users/{}", id.as_str().unwrap());
        world.call(&hanako, "GET", "/users", Value::Null).await.is(403, "identity.not_allowed");
        world.call(&chief, "PATCH", &path, json!({"roles": ["auditor"]})).await.ok(200);
        world.call(&hanako, "GET", "/users", Value::Null).await.ok(200);
        world.call(&chief, "PATCH", &path, json!({"disabled": true})).await.ok(200);
        world.call(&hanako, "GET", "/session", Value::Null).await.is(401, "identity.not_signed_in");
        world.call(&chief, "PATCH", &path, json!({"disabled": false})).await.ok(200);
        world.call(&hanako, "GET", "/session", Value::Null).await.is(401, "identity.not_signed_in");
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_can_neither_be_demoted_nor_switched_off() {
    on_both(|test| async move {
        let world = World::new(test);
        let chief = world.client("chief", Role::Administrator).await;
        let deputy = world.add(world.test.institution, "deputy", Role::Administrator).await;
        let by = world.console(world.test.institution).await;
        let id = find_user_by_name(&world.test.platform, &by, "chief").await.unwrap().id;
        let off = json!({"disabled": true});
        world.call(&chief, "PATCH", &format!("/users/{deputy}"), off.clone()).await.ok(200);
        for change in [off, json!({"roles": ["staff"]})] {
            let refused = world.call(&chief, "PATCH", &format!("/users/{id}"), change).await;
            refused.is(409, "identity.last_administrator");
        }
        let both = json!({"roles": ["staff", "administrator"]});
        world.call(&chief, "PATCH", &format!("/users/{id}"), both).await.ok(200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_administrators_cannot_demote_each_other_at_once() {
    on_both(|test| async move {
        let world = World::new(test);
        let institution = world.test.institution;
        let one = world.add(institution, "one", Role::Administrator).await;
        let two = world.add(institution, "two", Role::Administrator).await;
        let by = world.console(institution).await;
        let off = UserChange { disabled: Some(true), ..UserChange::default() };
        let (first, second) = tokio::join!(
            change_user(&world.identity, &by, one, off.clone()),
            change_user(&world.identity, &by, two, off),
        );
        assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1);
    })
    .await;
}

#[tokio::test]
async fn sql_and_markup_stay_inert_in_every_field() {
    on_both(|test| async move {
        let world = World::new(test);
        let chief = world.client("chief", Role::Administrator).await;
        let nasty = "<script>alert('x')</script>'; DROP TABLE account; --";
        let good = json!({"user_name": "hanako", "display_name": nasty, "roles": ["staff"], "clearance": "1"});
        let made = world.call(&chief, "POST", "/users", good.clone()).await.ok(201);
        assert_eq!(made.body["user"]["display_name"], nasty);
        let path = format!("/users/{}", made.body["user"]["id"].as_str().unwrap());
        for (field, status) in
            [("user_name", 422), ("clearance", 422), ("department_id", 422), ("password", 201)]
        {
            let mut body = good.clone();
            body["user_name"] = json!(format!("u-{}", field.replace('_', "-")));
            body[field] = json!(nasty);
            let answer = world.call(&chief, "POST", "/users", body).await.ok(status);
            assert!(status == 201 || answer.field() == field, "{answer:?}");
        }
        let mut body = good.clone();
        body["roles"] = json!([nasty]);
        assert_eq!(world.call(&chief, "POST", "/users", body).await.ok(422).field(), "roles");
        let mut body = good;
        body["extra"] = json!(nasty);
        world.call(&chief, "POST", "/users", body).await.is(422, "http.invalid_body");
        for change in [json!({"team_ids": [nasty]}), json!({"clearance": nasty}), json!({"department_id": nasty})] {
            world.call(&chief, "PATCH", &path, change).await.ok(422);
        }
        let encoded = "%3Cscript%3E'%3B%20DROP%20TABLE%20account%3B--";
        for path in [format!("/users/{encoded}"), format!("/users/{encoded}/sessions")] {
            let method = if path.ends_with("sessions") { "DELETE" } else { "GET" };
            world.call(&chief, method, &path, Value::Null).await.is(404, "http.not_found");
        }
        for path in ["/users", "/departments", "/keys"] {
            let list = world.call(&chief, "GET", &format!("{path}?cursor={encoded}"), Value::Null).await;
            list.is(422, "identity.invalid_cursor");
        }
        let body = json!({"name": nasty, "scopes": ["models"], "expires_in_days": 1});
        let key = world.call(&chief, "POST", "/keys", body).await.ok(201);
        assert_eq!(key.body["key"]["name"], nasty);
        world.call(&chief, "GET", &path, Value::Null).await.ok(200);
    })
    .await;
}

#[tokio::test]
async fn a_list_goes_page_by_page_in_order() {
    on_both(|test| async move {
        let world = World::new(test);
        let chief = world.client("chief", Role::Administrator).await;
        for name in ["e", "b", "d", "a", "c"] {
            world.add(world.test.institution, name, Role::Staff).await;
        }
        let (mut seen, mut path) = (Vec::new(), "/users?limit=2".to_owned());
        loop {
            let page = world.call(&chief, "GET", &path, Value::Null).await.ok(200);
            for user in page.body["items"].as_array().unwrap() {
                seen.push(user["user_name"].as_str().unwrap().to_owned());
            }
            let Some(cursor) = page.body["next_cursor"].as_str() else { break };
            path = format!("/users?limit=2&cursor={cursor}");
        }
        assert_eq!(seen, ["a", "b", "c", "chief", "d", "e"]);
    })
    .await;
}
