//! Rights: label, readers and institution, before anything is scored.

use kaname_kernel::{DepartmentId, Role};
use kaname_knowledge::{
    AnswerMode, Ask, CollectionChange, DocumentChange, Error, ImportOptions, NewCollection, NewFile,
};
use kaname_testkit::on_both;

use crate::support::{World, person};

const PLAN: &str = "# 庁舎再編の検討\n\n北庁舎は令和12年度に閉鎖する案を検討している。\n";

#[tokio::test(flavor = "multi_thread")]
async fn nobody_finds_what_clearance_readers_or_institution_do_not_allow() {
    on_both(|test| async {
        let world = World::new(test).await;
        let (own, other): (DepartmentId, DepartmentId) =
            (world.test.platform.ids.next(), world.test.platform.ids.next());
        let home = world
            .knowledge
            .create_collection(
                &world.administrator,
                NewCollection {
                    key: "planning".to_owned(),
                    name: "計画".to_owned(),
                    description: String::new(),
                    label: "3".parse().unwrap(),
                    readers_everyone: false,
                    reader_departments: [own].into(),
                    editor_departments: [own].into(),
                },
            )
            .await
            .unwrap();
        let sent = world.add(home.id, &[("plan.md", PLAN.as_bytes())]).await;
        let elsewhere = world.test.other_institution("village").await;
        world.knowledge.gateway().ensure_embedded_endpoints().await.unwrap();
        let question = "北庁舎はいつ閉鎖しますか";
        let readers = [
            (world.person(Some(own), "3"), true),
            (world.person(Some(own), "2"), false),
            (world.person(Some(other), "3"), false),
            (world.person(None, "5"), false),
            (person(&world.test, elsewhere, (Role::Administrator, Some(own)), "5"), false),
        ];
        for (reader, may) in &readers {
            let (hits, _) = world.knowledge.search(reader, question, (None, 50)).await.unwrap();
            assert_eq!(!hits.is_empty(), *may, "{reader:?}");
            let answer = world.knowledge.ask(reader, Ask::new(question)).await.unwrap();
            assert_eq!(answer.mode == AnswerMode::Quotation, *may, "{answer:?}");
            let found = world.knowledge.find_document(reader, sent.documents[0].id).await;
            assert_eq!(found.is_ok(), *may);
            let named = world.knowledge.search(reader, question, (Some(&[home.id]), 50)).await;
            assert_eq!(!named.unwrap().0.is_empty(), *may);
        }
        let answer = world.knowledge.ask(&readers[0].0, Ask::new(question)).await.unwrap();
        assert_eq!(answer.label.to_string(), "3");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_only_rise_and_what_rises_is_hidden_at_once() {
    on_both(|test| async {
        let world = World::new(test).await;
        let by = &world.administrator;
        let home = world.collection("living", "1").await;
        let sent = world.add(home.id, &[("plan.md", PLAN.as_bytes())]).await;
        let reader = world.person(None, "2");
        let found = |hits: Vec<kaname_knowledge::Hit>| !hits.is_empty();
        let query = ("北庁舎の閉鎖", (None, 5));
        assert!(found(world.knowledge.search(&reader, query.0, query.1).await.unwrap().0));
        let id = sent.documents[0].id;
        let higher =
            DocumentChange { label: Some("3".parse().unwrap()), ..DocumentChange::default() };
        world.knowledge.change_document(by, id, higher).await.unwrap();
        assert!(!found(world.knowledge.search(&reader, query.0, query.1).await.unwrap().0));
        let lower =
            DocumentChange { label: Some("2".parse().unwrap()), ..DocumentChange::default() };
        let refused = world.knowledge.change_document(by, id, lower).await;
        assert!(matches!(refused, Err(Error::LabelLowered)), "{refused:?}");
        let lift =
            CollectionChange { label: Some("4".parse().unwrap()), ..CollectionChange::default() };
        world.knowledge.change_collection(by, home.id, lift).await.unwrap();
        let document = world.knowledge.find_document(by, id).await.unwrap().0;
        assert_eq!(document.label.to_string(), "4");
        assert!(!found(
            world.knowledge.search(&world.person(None, "3"), query.0, query.1).await.unwrap().0
        ));
        assert!(found(
            world.knowledge.search(&world.person(None, "4"), query.0, query.1).await.unwrap().0
        ));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_editors_and_administrators_change_and_only_within_their_clearance() {
    on_both(|test| async {
        let world = World::new(test).await;
        let home = world.collection("living", "1").await;
        let file = || NewFile { file_name: "a.md".to_owned(), bytes: PLAN.into() };
        let staff = world.person(None, "5");
        let sent =
            world.knowledge.import(&staff, home.id, (vec![file()], ImportOptions::default())).await;
        assert!(matches!(sent, Err(Error::NotAllowed)), "{sent:?}");
        let above = ImportOptions { label: Some("5".parse().unwrap()), ..ImportOptions::default() };
        let low = person(&world.test, world.test.institution, (Role::Administrator, None), "2");
        let sent = world.knowledge.import(&low, home.id, (vec![file()], above)).await;
        assert!(matches!(sent, Err(Error::Invalid { field: "label", .. })), "{sent:?}");
        let unknown =
            ImportOptions { label: Some("9".parse().unwrap()), ..ImportOptions::default() };
        let sent = world.knowledge.import(&low, home.id, (vec![file()], unknown)).await;
        assert!(matches!(sent, Err(Error::Invalid { field: "label", .. })), "{sent:?}");
        let auditor = person(&world.test, world.test.institution, (Role::Auditor, None), "5");
        let made =
            world.knowledge.change_collection(&auditor, home.id, CollectionChange::default()).await;
        assert!(matches!(made, Err(Error::NotAllowed)));
    })
    .await;
}
