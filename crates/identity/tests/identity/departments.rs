//! Departments and teams.

use kaname_kernel::Role;
use kaname_testkit::on_both;
use serde_json::{Value, json};

use crate::support::World;

#[tokio::test]
async fn departments_and_teams_are_made_renamed_and_removed() {
    on_both(|test| async move {
        let world = World::new(test);
        let chief = world.client("chief", Role::Administrator).await;
        let new = json!({"key": "residents", "name": "住民課"});
        let made = world.call(&chief, "POST", "/departments", new.clone()).await.ok(201);
        let path = format!("/departments/{}", made.text("id"));
        let taken = world.call(&chief, "POST", "/departments", new).await;
        taken.is(409, "identity.taken");
        assert_eq!(taken.field(), "key");
        let bad = json!({"key": "住民", "name": "住民課"});
        assert_eq!(world.call(&chief, "POST", "/departments", bad).await.ok(422).field(), "key");
        let renamed = world.call(&chief, "PATCH", &path, json!({"name": "市民課"})).await.ok(200);
        assert_eq!(
            (renamed.text("key"), renamed.text("name")),
            ("residents".to_owned(), "市民課".to_owned())
        );

        let teams = format!("{path}/teams");
        let team = world
            .call(&chief, "POST", &teams, json!({"key": "desk", "name": "窓口係"}))
            .await
            .ok(201);
        let team_path = format!("/teams/{}", team.text("id"));
        world
            .call(&chief, "DELETE", &path, Value::Null)
            .await
            .is(409, "identity.department_in_use");
        world.call(&chief, "PATCH", &team_path, json!({"name": "総合窓口係"})).await.ok(200);
        let list = world.call(&chief, "GET", &teams, Value::Null).await.ok(200);
        assert_eq!(list.body["items"][0]["name"], "総合窓口係");
        world.call(&chief, "DELETE", &team_path, Value::Null).await.ok(204);
        world.call(&chief, "DELETE", &path, Value::Null).await.ok(204);
        world.call(&chief, "DELETE", &path, Value::Null).await.is(404, "identity.not_found");
        for kind in ["created", "changed", "deleted"] {
            assert_eq!(world.acts(&format!("identity.department_{kind}")).await, 1);
            assert_eq!(world.acts(&format!("identity.team_{kind}")).await, 1);
        }
    })
    .await;
}

#[tokio::test]
async fn removing_a_team_keeps_its_people() {
    on_both(|test| async move {
        let world = World::new(test);
        let chief = world.client("chief", Role::Administrator).await;
        let id = world.add(world.test.institution, "hanako", Role::Staff).await;
        let made = world
            .call(&chief, "POST", "/departments", json!({"key": "a", "name": "甲課"}))
            .await
            .ok(201);
        let department = made.text("id");
        let teams = format!("/departments/{department}/teams");
        let team = world
            .call(&chief, "POST", &teams, json!({"key": "b", "name": "乙係"}))
            .await
            .ok(201)
            .text("id");
        let change = json!({"department_id": department, "team_ids": [team]});
        world.call(&chief, "PATCH", &format!("/users/{id}"), change).await.ok(200);
        world.call(&chief, "DELETE", &format!("/teams/{team}"), Value::Null).await.ok(204);
        let user = world.call(&chief, "GET", &format!("/users/{id}"), Value::Null).await.ok(200);
        assert_eq!(user.body["department_id"], json!(department));
        assert_eq!(user.body["team_ids"], json!([]));
    })
    .await;
}
