//! People from a CSV file: all or nothing, with every fault named.

use kaname_kernel::Role;
use kaname_testkit::on_both;
use serde_json::{Value, json};

use crate::support::{Answer, Client, World};

async fn import(world: &World, by: &Client, csv: &str) -> Answer {
    world.call(by, "POST", "/users/import", json!(csv)).await
}

fn faults(answer: &Answer) -> Vec<(u64, &str, &str)> {
    let list = answer.body["faults"].as_array().unwrap();
    list.iter()
        .map(|fault| {
            let of = |name: &str| fault[name].as_str().unwrap();
            (fault["line"].as_u64().unwrap(), of("field"), of("code"))
        })
        .collect()
}

#[tokio::test]
async fn a_good_file_makes_everybody_with_temporary_passwords() {
    on_both(|test| async move {
        let world = World::new(test);
        let chief = world.client("chief", Role::Administrator).await;
        world
            .call(&chief, "POST", "/departments", json!({"key": "residents", "name": "住民課"}))
            .await
            .ok(201);
        let csv = "\u{feff}user_name,display_name,roles,department,clearance\r\n\
                   hanako,\"花子, 主査\",staff;section_head,住民課,2+personal\r\n\
                   Ｔａｒｏ,太郎,,residents,\r\n\
                   \"jiro\",\"次郎\r\n\",auditor,,1\r\n";
        let dry =
            world.call(&chief, "POST", "/users/import?dry_run=true", json!(csv)).await.ok(200);
        assert_eq!(dry.body, json!({"created": 3, "faults": [], "users": []}));
        assert_eq!(world.acts("identity.user_created").await, 1);
        let done = import(&world, &chief, csv).await.ok(200);
        assert_eq!(done.body["created"], 3);
        assert_eq!(done.body["users"][1]["user_name"], "taro");
        let temporary = done.body["users"][0]["temporary_password"].as_str().unwrap();
        let session = world.attempt("hanako", temporary).await.ok(200);
        assert_eq!(session.body["must_change_password"], true);
        assert_eq!(session.body["user"]["display_name"], "花子, 主査");
        assert_eq!(session.body["user"]["department_name"], "住民課");
        assert_eq!(session.body["user"]["clearance"], "2+personal");
        assert_eq!(world.acts("identity.user_created").await, 4);
        assert_eq!(world.acts("identity.users_imported").await, 1);
    })
    .await;
}

#[tokio::test]
async fn one_bad_line_stops_all_and_every_fault_is_named() {
    on_both(|test| async move {
        let world = World::new(test);
        let chief = world.client("chief", Role::Administrator).await;
        let csv = "user_name,display_name,roles,department,clearance\n\
                   good,よい,staff,,1\n\
                   chief,重複,staff,,1\n\
                   good,二度目,staff,,1\n\
                   悪い,,king;staff,どこか課,秘\n\
                   short,足りない\n\
                   \"<script>\",'; DROP TABLE account; --,staff,,1\n";
        let expected = [
            (3, "user_name", "identity.taken"),
            (4, "user_name", "identity.taken"),
            (5, "user_name", "identity.invalid_user_name"),
            (5, "display_name", "identity.invalid_text"),
            (5, "roles", "identity.invalid_roles"),
            (5, "clearance", "identity.invalid_clearance"),
            (5, "department", "identity.unknown_reference"),
            (6, "", "identity.invalid_csv"),
            (7, "user_name", "identity.invalid_user_name"),
        ];
        for path in ["/users/import", "/users/import?dry_run=true"] {
            let answer = world.call(&chief, "POST", path, json!(csv)).await.ok(200);
            assert_eq!(answer.body["created"], 0);
            assert_eq!(answer.body["users"], json!([]));
            assert_eq!(faults(&answer), expected);
        }
        let users = world.call(&chief, "GET", "/users", Value::Null).await.ok(200);
        assert_eq!(users.body["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_csv_is_refused_whole() {
    on_both(|test| async move {
        let world = World::new(test);
        let chief = world.client("chief", Role::Administrator).await;
        import(&world, &chief, "").await.is(422, "identity.unreadable_import");
        let headless = import(&world, &chief, "hanako,花子,staff,,1\n").await.ok(200);
        assert_eq!(faults(&headless), [(1, "user_name", "identity.invalid_csv")]);
        let mut long = "user_name,display_name,roles,department,clearance\n".to_owned();
        for n in 0..1001 {
            long.extend(["u", &n.to_string(), ",人,staff,,1\n"]);
        }
        import(&world, &chief, &long).await.is(422, "identity.unreadable_import");
        let wrong_kind = ("application/json", "{}".to_owned());
        let sent = world.send(&chief, ("POST", "/users/import"), wrong_kind, &[]).await;
        sent.is(422, "identity.unreadable_import");
    })
    .await;
}
