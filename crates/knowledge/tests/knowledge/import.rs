//! Import: what is acknowledged stays, whatever happens in between.

use kaname_kernel::Role;
use kaname_knowledge::{Ask, DocumentState, Error};
use kaname_platform::jobs::{JobState, Workers};
use kaname_testkit::on_both;

use crate::support::{World, knowledge, person};

const FEES: &str = "# 粗大ごみ\n\n粗大ごみの手数料は、1点につき300円です。申込みは前日までに電話でしてください。\n";
const FEES_NEXT: &str = "# 粗大ごみ\n\n粗大ごみの手数料は、1点につき500円です。\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_read_found_and_its_text_can_be_opened_at_the_quote() {
    on_both(|test| async {
        let world = World::new(test).await;
        let home = world.collection("living", "1").await;
        let sent = world.add(home.id, &[("sodai.md", FEES.as_bytes())]).await;
        let document = world.document(&sent, 0).await;
        assert_eq!((document.state, document.format.as_str()), (DocumentState::Ready, "md"));
        assert_eq!(document.title, "粗大ごみ");
        let reader = world.person(None, "1");
        let (hits, _) =
            world.knowledge.search(&reader, "粗大ごみの手数料", (None, 5)).await.unwrap();
        assert_eq!(hits[0].quote, "粗大ごみの手数料は、1点につき300円です。");
        let place = (None, hits[0].start);
        let text = world.knowledge.read_text(&reader, document.id, place).await.unwrap();
        assert_eq!(&text.text[hits[0].start..hits[0].end], hits[0].quote);
        assert_eq!(text.blocks[0].kind, "heading");
        let (_, bytes) = world.knowledge.read_original(&reader, document.id).await.unwrap();
        assert_eq!(bytes, FEES.as_bytes());
        for kind in ["knowledge.collection_created", "knowledge.document_added"] {
            assert_eq!(world.acts(kind).await, 1, "{kind}");
        }
        assert_eq!(world.acts("knowledge.document_indexed").await, 1);
        assert_eq!(world.acts("knowledge.searched").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_name_is_the_next_version_and_the_old_text_stays() {
    on_both(|test| async {
        let world = World::new(test).await;
        let home = world.collection("living", "1").await;
        let first = world.add(home.id, &[("sodai.md", FEES.as_bytes())]).await;
        let second = world.add(home.id, &[("sodai.md", FEES_NEXT.as_bytes())]).await;
        assert_eq!(first.documents[0].id, second.documents[0].id);
        let document = world.document(&second, 0).await;
        assert_eq!((document.version, document.indexed_version), (2, Some(2)));
        let answer = world
            .knowledge
            .ask(&world.administrator, Ask::new("粗大ごみの手数料はいくらですか"))
            .await;
        let answer = answer.unwrap();
        assert!(answer.answer.contains("500円") && !answer.answer.contains("300円"), "{answer:?}");
        let old = world.knowledge.read_text(&world.administrator, document.id, (Some(1), 0)).await;
        assert!(old.unwrap().text.contains("300円"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_died_is_run_again_without_doubling_anything() {
    on_both(|test| async {
        let world = World::new(test).await;
        let home = world.collection("living", "1").await;
        let sent =
            world.send(home.id, &[("a.md", FEES.as_bytes()), ("b.md", FEES_NEXT.as_bytes())]).await;
        world.work().await;
        // As after a kill: the job counts as never run, one document as being read.
        let mut tx = world.test.platform.db.begin().await.unwrap();
        let id = sent.documents[1].id;
        tx.execute_one(
            "UPDATE document SET state = 'indexing' WHERE document_id = $1",
            kaname_platform::params![id],
        )
        .await
        .unwrap();
        tx.execute_one(
            "UPDATE job SET state = 'running', lease_until_ms = 0, lease_owner = 'dead'",
            kaname_platform::params![],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let again = knowledge(&world.test, |_| {}).await;
        let workers = Workers::new(world.test.platform.clone(), again.job_handlers());
        while workers.run_next("other").await.unwrap() {}
        assert_eq!(world.document(&sent, 1).await.state, DocumentState::Ready);
        let (hits, _) =
            again.search(&world.administrator, "粗大ごみの手数料", (None, 50)).await.unwrap();
        assert_eq!(hits.len(), 2, "{hits:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_is_behind_or_gone_is_made_again_at_the_next_start() {
    on_both(|test| async {
        let world = World::new(test).await;
        let home = world.collection("living", "1").await;
        let sent = world.add(home.id, &[("sodai.md", FEES.as_bytes())]).await;
        let search = ("粗大ごみの手数料", (None, 5));
        let before =
            world.knowledge.search(&world.administrator, search.0, search.1).await.unwrap().0;
        let elsewhere = world.test.folder.path().join("another-index");
        let fresh = knowledge(&world.test, |config| config.index_dir = elsewhere.clone()).await;
        let after = fresh.search(&world.administrator, search.0, search.1).await.unwrap().0;
        assert_eq!(before, after);
        drop(fresh);
        // Another program without this index removes the document; the index here is now behind.
        world.knowledge.remove_document(&world.administrator, sent.documents[0].id).await.unwrap();
        let fresh = knowledge(&world.test, |config| config.index_dir = elsewhere).await;
        let gone = fresh.search(&world.administrator, search.0, search.1).await.unwrap().0;
        assert_eq!(gone, []);
        fresh.rebuild(world.test.institution).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_document_is_gone_with_its_file_and_the_collection_can_go_too() {
    on_both(|test| async {
        let world = World::new(test).await;
        let home = world.collection("living", "1").await;
        let sent = world.add(home.id, &[("sodai.md", FEES.as_bytes())]).await;
        let by = &world.administrator;
        let refused = world.knowledge.remove_collection(by, home.id).await;
        assert!(matches!(refused, Err(Error::NotEmpty)), "{refused:?}");
        let document = world.document(&sent, 0).await;
        world.knowledge.remove_document(by, document.id).await.unwrap();
        let (hits, _) = world.knowledge.search(by, "粗大ごみ", (None, 5)).await.unwrap();
        assert_eq!(hits, []);
        let blob = world.test.platform.blobs.get(by.institution, &document.sha256).await;
        assert!(blob.is_err());
        world.knowledge.remove_collection(by, home.id).await.unwrap();
        let gone = world.knowledge.find_collection(by, home.id).await;
        assert!(matches!(gone, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_import_says_so_on_every_file_that_was_not_read() {
    on_both(|test| async {
        let world = World::new(test).await;
        let home = world.collection("living", "1").await;
        let sent = world.send(home.id, &[("sodai.md", FEES.as_bytes())]).await;
        let job = sent.job.unwrap();
        let stranger = person(&world.test, world.test.institution, (Role::Staff, None), "1");
        let refused = world.knowledge.cancel_job(&stranger, job).await;
        assert!(refused.is_err());
        world.knowledge.cancel_job(&world.administrator, job).await.unwrap();
        world.work().await;
        let jobs = world.knowledge.list_jobs(&world.administrator, 10).await.unwrap();
        assert_eq!(jobs[0].state, JobState::Cancelled);
        let document = world.document(&sent, 0).await;
        assert_eq!(document.state, DocumentState::Failed);
        assert_eq!(document.error.unwrap().code, "knowledge.document_cancelled");
    })
    .await;
}
