//! Every way of tampering with a stored ledger is found, and named.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use kaname_ledger::verify;
use kaname_platform::{Act, Sequencer, db::Value, params};
use kaname_testkit::{TestPlatform, on_both};

async fn ledger_of_twenty(test: &TestPlatform) {
    for number in 0..20 {
        let act =
            Act::by_system(test.institution, "test.act").content("text", format!("行為{number}"));
        test.platform.record(act).await.unwrap();
    }
    Sequencer::new(test.platform.clone()).run_once().await.unwrap();
}

/// Runs `sql` behind the program's back, then names the checks that fail.
async fn tampered(test: &TestPlatform, sql: &'static str, params: Vec<Value>) -> Vec<&'static str> {
    let mut tx = test.platform.db.begin().await.unwrap();
    assert!(tx.execute(sql, params).await.unwrap() > 0, "the tampering touched nothing");
    tx.commit().await.unwrap();
    let found = verify(&test.platform, test.institution).await.unwrap();
    found.faults.iter().map(|fault| fault.check).collect()
}

#[tokio::test]
async fn an_untouched_ledger_is_whole() {
    on_both(|test| async move {
        ledger_of_twenty(&test).await;
        let found = verify(&test.platform, test.institution).await.unwrap();
        assert_eq!(found.faults, []);
        assert_eq!((found.checked, found.tree_size, found.pending), (21, 21, 0));
    })
    .await;
}

#[tokio::test]
async fn an_altered_row_is_found() {
    on_both(|test| async move {
        ledger_of_twenty(&test).await;
        let sql =
            "UPDATE act SET actor_name = actor_name, kind = 'test.other' WHERE leaf_index = 7";
        assert_eq!(tampered(&test, sql, params![]).await, ["row-mismatch"]);
    })
    .await;
}

#[tokio::test]
async fn altered_content_is_found() {
    on_both(|test| async move {
        ledger_of_twenty(&test).await;
        let sql = "UPDATE act_content SET value = $1 \
                   WHERE act_id = (SELECT act_id FROM act WHERE leaf_index = 7)";
        assert_eq!(tampered(&test, sql, params![b"x".as_slice()]).await, ["content-mismatch"]);
    })
    .await;
}

#[tokio::test]
async fn a_removed_last_entry_is_found() {
    on_both(|test| async move {
        ledger_of_twenty(&test).await;
        let sql = "UPDATE act SET leaf_index = NULL WHERE leaf_index = 20";
        assert_eq!(tampered(&test, sql, params![]).await, ["root-mismatch"]);
    })
    .await;
}

#[tokio::test]
async fn a_gap_is_found() {
    on_both(|test| async move {
        ledger_of_twenty(&test).await;
        let sql = "UPDATE act SET leaf_index = 99 WHERE leaf_index = 20";
        assert_eq!(tampered(&test, sql, params![]).await, ["leaf-order"]);
    })
    .await;
}

#[tokio::test]
async fn an_altered_entry_is_found_twice_over() {
    on_both(|test| async move {
        ledger_of_twenty(&test).await;
        let sql = "UPDATE act SET entry = (SELECT entry FROM act WHERE leaf_index = 3) \
                   WHERE leaf_index = 7";
        let faults = tampered(&test, sql, params![]).await;
        assert!(
            faults.contains(&"row-mismatch") && faults.contains(&"root-mismatch"),
            "{faults:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_head_that_the_key_did_not_sign_is_found() {
    on_both(|test| async move {
        ledger_of_twenty(&test).await;
        let other = test.other_institution("village").await;
        Sequencer::new(test.platform.clone()).run_once().await.unwrap();
        let sql = "UPDATE ledger_head SET checkpoint = \
                   (SELECT checkpoint FROM ledger_head WHERE institution_id = $1) \
                   WHERE institution_id <> $1";
        assert_eq!(tampered(&test, sql, params![other]).await, ["checkpoint"]);
    })
    .await;
}
