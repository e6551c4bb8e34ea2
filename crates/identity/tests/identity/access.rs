//! Every route, by list: who is let in, who is kept out.

use std::collections::BTreeSet;

use kaname_identity::{Access, ROUTES, router};
use kaname_kernel::Role;
use kaname_testkit::{Backend, TestPlatform, on_both};
use serde_json::{Value, json};

use crate::support::{Client, World};

/// An id that nothing has.
const NOTHING: &str = "0199a000-0000-7000-8000-000000000000";

#[tokio::test]
async fn the_list_has_every_route_of_the_router_and_no_other() {
    let world = World::new(TestPlatform::new(Backend::Sqlite).await);
    let (_, openapi) = router::<()>(world.identity).split_for_parts();
    let document = serde_json::to_value(&openapi).unwrap();
    let mut served = BTreeSet::new();
    let mut operations = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            served.insert((method.to_uppercase(), path.clone()));
            let id = operation["operationId"].as_str().unwrap();
            assert!(operations.insert(id.to_owned()), "two operations are called {id}");
        }
    }
    let listed: BTreeSet<_> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(listed, served);
    assert_eq!(listed.len(), ROUTES.len());
}

#[tokio::test]
async fn every_route_lets_in_whom_the_list_says() {
    on_both(|test| async move {
        let world = World::new(test);
        let mut people = Vec::new();
        for role in Role::ALL {
            people.push((role, world.client(&name_of(role), role).await));
        }
        let chief = people[3].1.clone();
        let body = json!({"name": "x", "scopes": ["models", "knowledge", "documents", "ledger"], "expires_in_days": 1});
        let made = world.call(&chief, "POST", "/keys", body).await.ok(201);
        let key = Client { key: made.text("secret"), ..Client::default() };
        for (method, path, access) in ROUTES {
            let route = (*method, *path);
            try_route(&world, route, *access, (&Client::default(), None)).await;
            if *access != Access::Public {
                let (status, code) = call(&world, &key, method, path).await;
                assert_eq!((status, code.as_str()), (403, "identity.not_allowed"), "{route:?}: key");
            }
            try_people(&world, (route, *access), &mut people).await;
        }
    })
    .await;
}

/// Calls one route as each of the people.
async fn try_people(
    world: &World,
    (route, access): ((&str, &str), Access),
    people: &mut [(Role, Client)],
) {
    for (role, client) in people {
        try_route(world, route, access, (client, Some(*role))).await;
        // These two end the session that the next route needs.
        if matches!(route, ("DELETE", "/session" | "/sessions")) {
            *client = world.sign_in(&name_of(*role)).await;
        }
    }
}

fn name_of(role: Role) -> String {
    role.as_str().replace('_', "-")
}

/// Calls one route as somebody, and holds the answer against the list.
async fn try_route(
    world: &World,
    (method, path): (&str, &str),
    access: Access,
    (client, role): (&Client, Option<Role>),
) {
    let (status, code) = call(world, client, method, path).await;
    let kept_out = match (access, role) {
        (Access::Public, _) => None,
        (_, None) => Some((401, "identity.not_signed_in")),
        (Access::Person(roles) | Access::Program(_, roles), Some(role)) => {
            let allowed = roles.is_empty() || roles.contains(&role);
            (!allowed).then_some((403, "identity.not_allowed"))
        }
    };
    if let Some(expected) = kept_out {
        assert_eq!((status, code.as_str()), expected, "{method} {path}: {role:?}");
        return;
    }
    let doors = ["identity.not_signed_in", "identity.not_allowed", "identity.forged_request"];
    assert!(!doors.contains(&code.as_str()), "{method} {path}: {role:?} got {status} {code}");
}

async fn call(world: &World, client: &Client, method: &str, path: &str) -> (u16, String) {
    let path = path.replace("{id}", NOTHING);
    let naming = json!({"key": NOTHING, "name": "x"});
    let body = match (method, path.as_str()) {
        ("POST", "/users/import") => json!("user_name"),
        ("POST", "/session") => json!({"user_name": "nobody", "password": "x"}),
        ("POST", "/set-up") => {
            json!({"token": "", "institution_name": "", "label_pack": "", "user_name": "",
            "display_name": "", "password": ""})
        }
        ("PUT", _) => json!({"current_password": "x", "new_password": "x"}),
        ("POST", "/users") => {
            json!({"user_name": "", "display_name": "", "roles": ["staff"], "clearance": "1"})
        }
        ("POST", "/keys") => json!({"name": "", "scopes": ["models"], "expires_in_days": 1}),
        ("PATCH", path) if path.starts_with("/users") => json!({}),
        ("POST" | "PATCH", path)
            if path.ends_with('s')
                || path.contains("/teams/")
                || path.starts_with("/departments") =>
        {
            naming
        }
        _ => Value::Null,
    };
    let answer = world.call(client, method, &path, body).await;
    (answer.status.as_u16(), answer.code().to_owned())
}
