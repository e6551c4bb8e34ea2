//! A process that ends in the middle of an answer: the next start finds all that was acknowledged.

use std::{path::Path, sync::Arc};

use axum::http::StatusCode;
use kaname_identity::{NewInstitution, found_institution};
use kaname_kernel::{IdSource, InstitutionId, Label};
use kaname_platform::{Blobs, Db, Platform, Secrets, Tasks};
use kaname_testkit::{FixedClock, SeededEntropy, database_url};
use tokio::runtime::Runtime;

use crate::world::World;

/// The platform of one process: everything of it goes with its runtime.
async fn start(folder: &Path, url: Option<&str>, life: u64) -> Platform {
    let tasks = Tasks::new();
    let db = match url {
        Some(url) => Db::open_postgres(url).await,
        None => Db::open_sqlite(&folder.join("kaname.db"), &tasks).await,
    }
    .unwrap();
    let clock = Arc::new(FixedClock::default());
    clock.advance_ms(i64::try_from(life).unwrap() * 1_000);
    let entropy = Arc::new(SeededEntropy::new(life));
    let ids = IdSource::new(clock.clone(), entropy.clone());
    let blobs = Blobs::in_folder(folder).unwrap();
    let secrets = Secrets::new(&[7; 32], entropy.clone());
    let platform = Platform { db, blobs, secrets, tasks, clock, entropy, ids };
    platform.db.migrate(platform.now()).await.unwrap();
    platform
}

/// Asks, sees a part of the answer, and leaves everything as it is.
async fn first_life(folder: &Path, url: Option<&str>) -> (InstitutionId, String) {
    let platform = start(folder, url, 1).await;
    let new = NewInstitution { key: "town", name: "みなと町", label_pack: "municipality" };
    let institution = found_institution(&platform, new).await.unwrap().id;
    let world = World::new(&platform, institution);
    let hanako = world.person("hanako", 3).await;
    let path = world.begin(&hanako).await;
    let (mut events, script) = world.ask(&hanako, &path, "粗大ごみの日").await;
    events.expect("started").await;
    script.say("毎週").await;
    events.expect("delta").await;
    // Nobody goes away and nobody stops: the process just ends.
    let _left = std::mem::ManuallyDrop::new((events, script, world));
    (institution, path)
}

async fn second_life(folder: &Path, url: Option<&str>, institution: InstitutionId, path: &str) {
    let platform = start(folder, url, 2).await;
    let world = World::new(&platform, institution);
    assert_eq!(world.workspace.close_open_messages(600_000).await.unwrap(), 0, "not old enough");
    assert_eq!(world.workspace.close_open_messages(0).await.unwrap(), 1);
    assert_eq!(world.workspace.close_open_messages(0).await.unwrap(), 0);
    let hanako = world.sign_in("town", "hanako").await;
    let messages = world.messages(&hanako, path, 2).await;
    assert_eq!(messages[0]["text"], "粗大ごみの日");
    assert_eq!(messages[1]["state"], "failed");
    assert_eq!(messages[1]["error"]["code"], "workspace.interrupted");
    let acts = world.acts().await;
    let (kind, refs, parent) = acts.last().unwrap();
    assert_eq!((kind.as_str(), refs["state"].as_str()), ("workspace.answered", Some("failed")));
    assert_eq!(parent.as_deref(), messages[0]["act_id"].as_str());
    let (mut events, script) = world.ask(&hanako, path, "粗大ごみの日").await;
    script.finish(Label::of_rank(1)).await;
    while events.next().await.is_some() {}
    let (status, _) = world.call(&hanako, ("GET", path), None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(world.messages(&hanako, path, 4).await.len(), 4);
}

fn live_twice(url: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let first = Runtime::new().unwrap();
    let (institution, path) = first.block_on(first_life(folder.path(), url));
    drop(first);
    Runtime::new().unwrap().block_on(second_life(folder.path(), url, institution, &path));
}

#[test]
fn an_answer_cut_off_by_the_end_of_the_process_is_found_as_failed_on_sqlite() {
    live_twice(None);
}

#[test]
fn an_answer_cut_off_by_the_end_of_the_process_is_found_as_failed_on_postgresql() {
    let url = Runtime::new().unwrap().block_on(database_url());
    live_twice(Some(&url));
}
