//! The act log and the sequencer, on both databases.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use futures_util::future::{join, join_all};
use kaname_kernel::{ActId, InstitutionId};
use kaname_ledger_core::{
    Checkpoint, TreeHead, inclusion_proof, leaf_hash, tiles_for_inclusion, verify_inclusion,
};
use kaname_platform::{Act, Platform, Sequencer, head, load_tiles, params};
use kaname_testkit::on_both;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_writers_at_once_lose_nothing_and_every_leaf_is_provable() {
    on_both(|test| async move {
        let platform = &test.platform;
        let institution = test.institution;
        join_all((0..50).map(|writer| async move {
            for number in 0..10 {
                let act = Act::by_system(institution, "test.act")
                    .reference("writer", writer)
                    .content("text", format!("行為{number}"));
                platform.record(act).await.unwrap();
            }
        }))
        .await;
        let added = Sequencer::new(platform.clone()).run_once().await.unwrap();
        assert_eq!(added, 501, "500 acts and the founding one");
        check_every_leaf(platform, institution).await;
    })
    .await;
}

#[tokio::test]
async fn two_sequencers_at_once_give_every_act_one_place() {
    on_both(|test| async move {
        let platform = &test.platform;
        for _ in 0..300 {
            platform.record(Act::by_system(test.institution, "test.act")).await.unwrap();
        }
        let [one, two] = [Sequencer::new(platform.clone()), Sequencer::new(platform.clone())];
        let (one, two) = tokio::join!(one.run_once(), two.run_once());
        assert_eq!(one.unwrap() + two.unwrap(), 301);
        check_every_leaf(platform, test.institution).await;
    })
    .await;
}

#[tokio::test]
async fn an_act_in_a_dropped_transaction_never_happened() {
    on_both(|test| async move {
        let mut tx = test.platform.db.begin().await.unwrap();
        let lost = Act::by_system(test.institution, "test.lost");
        test.platform.append(&mut tx, lost).await.unwrap();
        drop(tx);
        test.platform.record(Act::by_system(test.institution, "test.kept")).await.unwrap();
        let mut tx = test.platform.db.read().await.unwrap();
        let rows =
            tx.fetch_all("SELECT kind FROM act WHERE kind LIKE 'test.%'", params![]).await.unwrap();
        let kinds: Vec<String> = rows.iter().map(|row| row.get("kind").unwrap()).collect();
        assert_eq!(kinds, ["test.kept"]);
    })
    .await;
}

#[tokio::test]
async fn who_goes_away_takes_back_its_own_work_and_nobody_elses() {
    on_both(|test| async move {
        let platform = &test.platform;
        let institution = test.institution;
        // They share commits: the first of a batch may go away as well as one in its middle.
        join_all((0..60).map(|number| async move {
            let mut tx = platform.db.begin().await.unwrap();
            let kind = if number % 3 == 0 { "test.lost" } else { "test.kept" };
            platform.append(&mut tx, Act::by_system(institution, kind)).await.unwrap();
            match kind {
                "test.lost" => drop(tx),
                _ => tx.commit().await.unwrap(),
            }
        }))
        .await;
        let mut tx = platform.db.read().await.unwrap();
        let sql = "SELECT kind, COUNT(*) AS found FROM act WHERE kind LIKE 'test.%' GROUP BY kind";
        let rows = tx.fetch_all(sql, params![]).await.unwrap();
        let counts: Vec<(String, i64)> =
            rows.iter().map(|row| (row.get("kind").unwrap(), row.get("found").unwrap())).collect();
        assert_eq!(counts, [("test.kept".to_owned(), 40)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_forgets_and_who_appends_at_the_same_time_leave_nothing() {
    on_both(|test| async move {
        let (platform, institution) = (&test.platform, test.institution);
        for _ in 0..10 {
            let root = platform.record(Act::by_system(institution, "test.root")).await.unwrap();
            let append = |writer: usize| append_five(platform, institution, (root, writer));
            let forget = async {
                let mut tx = platform.db.begin().await.unwrap();
                platform.forget(&mut tx, institution, root).await.unwrap();
                tx.commit().await.unwrap();
            };
            join(join_all((0..8).map(append)), forget).await;
        }
        assert_eq!(test.places_of("行為").await, Vec::<String>::new());
        Sequencer::new(platform.clone()).run_once().await.unwrap();
        check_every_leaf(platform, institution).await;
    })
    .await;
}

/// Five acts, each following from the one before, the first from `root`.
async fn append_five(
    platform: &Platform,
    institution: InstitutionId,
    (root, writer): (ActId, usize),
) {
    let mut last = root;
    for number in 0..5 {
        let act = Act::by_system(institution, "test.act")
            .following(last)
            .content("text", format!("行為{writer}の{number}"));
        last = platform.record(act).await.unwrap();
    }
}

/// Proves every act against the signed checkpoint, entry by entry.
async fn check_every_leaf(platform: &Platform, institution: InstitutionId) {
    let mut tx = platform.db.read().await.unwrap();
    let head = head(&mut tx, institution).await.unwrap().unwrap();
    let key = platform.ledger_verifying_key(&mut tx, institution).await.unwrap();
    let checkpoint = Checkpoint::open(head.checkpoint.as_bytes(), &key).unwrap();
    assert_eq!(checkpoint.head, TreeHead { size: head.tree_size, root: head.root });
    let rows = tx
        .fetch_all(
            "SELECT entry, leaf_index FROM act WHERE institution_id = $1 ORDER BY leaf_index",
            params![institution],
        )
        .await
        .unwrap();
    assert_eq!(rows.len() as u64, head.tree_size);
    for (row, expected) in rows.iter().zip(0_i64..) {
        let index: i64 = row.get("leaf_index").unwrap();
        assert_eq!(index, expected);
        let index = u64::try_from(index).unwrap();
        let tiles = load_tiles(&mut tx, institution, tiles_for_inclusion(index, head.tree_size))
            .await
            .unwrap();
        let proof = inclusion_proof(index, head.tree_size, &tiles).unwrap();
        let leaf = leaf_hash(&row.get::<Vec<u8>>("entry").unwrap());
        verify_inclusion(&leaf, index, head.tree_size, &proof, &head.root).unwrap();
    }
}
