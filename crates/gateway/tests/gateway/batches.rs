//! Batches from outside: files, calls in the background, and what is told after a crash.

use axum::{
    body::Body,
    http::{Request, Response},
};
use kaname_gateway::EndpointChange;
use kaname_identity::{list_keys, revoke_key};
use kaname_kernel::{Role, Scope};
use kaname_platform::{jobs::Workers, params};
use kaname_testkit::{Manner, Upstream, on_both};
use serde_json::{Value, json};

use crate::support::{World, json_of, text_of};

const CHAT: &str = "/v1/chat/completions";

fn line(id: &str, model: &str) -> String {
    let body = json!({"model": model, "messages": [{"role": "user", "content": id}]});
    json!({"custom_id": id, "method": "POST", "url": CHAT, "body": body}).to_string()
}

fn vector_line(id: &str) -> String {
    let body = json!({"model": "kaname/standard", "input": id});
    json!({"custom_id": id, "method": "POST", "url": "/v1/embeddings", "body": body}).to_string()
}

impl World {
    async fn send_file(&self, text: &str, headers: &[(&str, &str)]) -> Response<Body> {
        let head = |name: &str| format!("--cut\r\ncontent-disposition: form-data; {name}\r\n\r\n");
        let body = format!(
            "{}batch\r\n{}{text}\r\n--cut--\r\n",
            head("name=\"purpose\""),
            head("name=\"file\"; filename=\"calls.jsonl\"")
        );
        let mut request = Request::post("/v1/files")
            .header("content-type", "multipart/form-data; boundary=cut")
            .header("authorization", format!("Bearer {}", self.key));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// A batch of these lines for `path`, not yet begun: its id.
    async fn batch_of(&self, path: &str, lines: &[String]) -> String {
        let (status, file) = json_of(self.send_file(&lines.join("\n"), &[]).await).await;
        assert_eq!(status, 200, "{file}");
        let body = json!({
            "input_file_id": file["id"], "endpoint": path, "completion_window": "24h",
            "metadata": {"for": "test"},
        });
        let answer = self.post("/v1/batches", &body.to_string(), &[]).await;
        let (status, batch) = json_of(answer).await;
        assert_eq!((status.as_u16(), &batch["status"]), (200, &json!("validating")), "{batch}");
        batch["id"].as_str().unwrap().to_owned()
    }

    async fn delete(&self, path: &str) -> Response<Body> {
        let request = Request::delete(path)
            .header("authorization", format!("Bearer {}", self.key))
            .body(Body::empty())
            .unwrap();
        self.send(request).await
    }

    /// Changes records as a fault or another slice would.
    async fn change(&self, sql: &'static str) {
        let mut tx = self.test.platform.db.begin().await.unwrap();
        assert!(tx.execute(sql, params![]).await.unwrap() > 0, "{sql}");
        tx.commit().await.unwrap();
    }

    fn workers(&self) -> Workers {
        let handlers = self.gateway.job_handlers(&self.identity);
        Workers::new(self.test.platform.clone(), handlers)
    }

    /// Runs the batch until nothing is left to do, and gives it.
    async fn worked_through(&self, id: &str) -> Value {
        while self.workers().run_next("test").await.unwrap() {}
        json_of(self.get(&format!("/v1/batches/{id}"), &self.key).await).await.1
    }

    /// Runs the batch until `upstream` has as many calls as it is given at once, then ends like a
    /// process that is killed.
    async fn killed_at_work(&self, upstream: &Upstream, calls: usize) {
        let workers = self.workers();
        let begun = async {
            while upstream.connections() < calls {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = workers.run_next("test") => panic!("a silent endpoint cannot be worked through"),
            () = begun => {}
        }
        self.workers().recover().await.unwrap();
    }

    async fn lines_of(&self, file: &Value) -> Vec<Value> {
        let path = format!("/v1/files/{}/content", file.as_str().unwrap());
        let (status, text) = text_of(self.get(&path, &self.key).await).await;
        assert_eq!(status, 200, "{text}");
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    async fn move_endpoint(&self, upstream: &Upstream) {
        let all = self.gateway.endpoints(self.test.institution).await.unwrap();
        let change = EndpointChange {
            base_url: Some(upstream.base_url()),
            api_key: Some("upstream-secret".to_owned()),
            ..EndpointChange::default()
        };
        self.gateway.change_endpoint(&self.administrator, all[0].id, &change).await.unwrap();
    }
}

fn told(lines: &[Value]) -> Vec<(&str, &str)> {
    lines
        .iter()
        .map(|line| {
            let code = line["error"]["code"].as_str();
            (line["custom_id"].as_str().unwrap(), code.unwrap_or("answered"))
        })
        .collect()
}

#[tokio::test]
async fn every_line_is_a_call_of_its_own_and_its_results_are_its_makers_alone() {
    on_both(|test| async move {
        let mut world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        let lines = [line("a", "kaname/standard"), line("b", "no/model"), line("c", "kaname/standard")];
        let id = world.batch_of(CHAT, &lines).await;
        let batch = world.worked_through(&id).await;
        assert_eq!(batch["status"], "completed", "{batch}");
        assert_eq!(batch["request_counts"], json!({"total": 3, "completed": 2, "failed": 1}));
        assert_eq!(batch["metadata"], json!({"for": "test"}));
        let good = world.lines_of(&batch["output_file_id"]).await;
        assert_eq!(told(&good), [("a", "answered"), ("c", "answered")]);
        assert_eq!(good[0]["response"]["status_code"], 200);
        let said = &good[0]["response"]["body"]["choices"][0]["message"]["content"];
        assert_eq!(said, "粗大ごみは一点五百円です。");
        let bad = world.lines_of(&batch["error_file_id"]).await;
        assert_eq!(bad[0]["response"]["status_code"], 404);
        assert_eq!(bad[0]["response"]["body"]["error"]["code"], "model_not_found");
        assert_eq!(upstream.requests().len(), 2);
        let acts = world.acts().await;
        assert_eq!(acts.iter().filter(|act| *act == "outcome completed").count(), 2, "{acts:?}");
        let mut tx = world.test.platform.db.read().await.unwrap();
        let sql = "SELECT kind FROM act WHERE kind LIKE 'gateway.batch%' OR kind LIKE 'gateway.file%' \
                   ORDER BY act_id";
        let rows = tx.fetch_all(sql, params![]).await.unwrap();
        let kinds: Vec<String> = rows.iter().map(|row| row.get("kind").unwrap()).collect();
        assert_eq!(kinds, ["gateway.file_created", "gateway.batch_created", "gateway.batch_ended"]);
        let sql = "SELECT COUNT(*) AS calls FROM act r JOIN act b ON b.act_id = r.parent_act_id \
                   WHERE r.kind = 'guard.request' AND b.kind = 'gateway.batch_created'";
        let row = tx.fetch_one(sql, params![]).await.unwrap();
        assert_eq!(row.get::<i64>("calls").unwrap(), 2, "what was called follows from the batch");
        drop(tx);

        let staff = world.add(world.test.institution, "staff", Role::Staff).await;
        let staffs = world.key_of(&staff, &[Scope::Models]).await;
        let own = std::mem::replace(&mut world.key, staffs);
        let output = batch["output_file_id"].as_str().unwrap();
        for path in [
            format!("/v1/batches/{id}"),
            format!("/v1/files/{output}"),
            format!("/v1/files/{output}/content"),
        ] {
            let (status, body) = text_of(world.get(&path, &world.key).await).await;
            assert_eq!(status, 404, "{path}: {body}");
        }
        let (_, none) = json_of(world.get("/v1/batches", &world.key).await).await;
        assert_eq!(none["data"], json!([]));
        let (_, both) = json_of(world.get("/v1/files?limit=1", &own).await).await;
        assert_eq!((both["data"].as_array().unwrap().len(), &both["has_more"]), (1, &json!(true)));
    })
    .await;
}

#[tokio::test]
async fn a_file_with_faults_is_refused_line_by_line_and_nothing_is_called() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        let lines = [line("a", "kaname/standard"), "{".to_owned(), line("a", "kaname/standard")];
        let id = world.batch_of(CHAT, &lines).await;
        let batch = world.worked_through(&id).await;
        assert_eq!(batch["status"], "failed");
        let faults: Vec<(u64, &str)> = batch["errors"]["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fault| (fault["line"].as_u64().unwrap(), fault["code"].as_str().unwrap()))
            .collect();
        assert_eq!(faults, [(2, "invalid_json_line"), (3, "duplicate_custom_id")]);
        assert_eq!(upstream.requests().len(), 0);
        for (body, param) in [
            (json!({"input_file_id": "file-x", "endpoint": "/v1/models", "completion_window": "24h"}), "endpoint"),
            (json!({"input_file_id": "file-x", "endpoint": CHAT, "completion_window": "1h"}), "completion_window"),
        ] {
            let (status, answer) =
                json_of(world.post("/v1/batches", &body.to_string(), &[]).await).await;
            assert_eq!((status.as_u16(), answer["error"]["param"].as_str()), (400, Some(param)));
        }
        let above = world.send_file("{}", &[("x-kaname-label", "3+personal")]).await;
        let (status, answer) = json_of(above).await;
        assert_eq!((status.as_u16(), answer["error"]["param"].as_str()), (400, Some("x-kaname-label")));
    })
    .await;
}

#[tokio::test]
async fn after_a_crash_what_was_answered_stays_and_what_was_under_way_is_told() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let silent = Upstream::start(Manner::Silent).await;
        world.add_endpoint(&silent.base_url()).await;
        let lines: Vec<String> =
            ["a", "b", "c", "d", "e", "f"].map(|id| line(id, "kaname/standard")).into();
        let id = world.batch_of(CHAT, &lines).await;
        world.killed_at_work(&silent, 4).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.move_endpoint(&upstream).await;
        let batch = world.worked_through(&id).await;
        assert_eq!(batch["request_counts"], json!({"total": 6, "completed": 2, "failed": 4}));
        let bad = world.lines_of(&batch["error_file_id"]).await;
        let unknown = ["a", "b", "c", "d"].map(|id| (id, "outcome_unknown"));
        assert_eq!(told(&bad), unknown);
        assert_eq!(upstream.requests().len(), 2, "only what had not begun is called");
        assert_eq!(told(&world.lines_of(&batch["output_file_id"]).await).len(), 2);
    })
    .await;
}

#[tokio::test]
async fn vectors_that_were_under_way_are_asked_for_again() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let silent = Upstream::start(Manner::Silent).await;
        world.add_endpoint(&silent.base_url()).await;
        let id = world.batch_of("/v1/embeddings", &["a", "b"].map(vector_line)).await;
        world.killed_at_work(&silent, 2).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.move_endpoint(&upstream).await;
        let batch = world.worked_through(&id).await;
        assert_eq!(batch["request_counts"], json!({"total": 2, "completed": 2, "failed": 0}));
        assert_eq!(batch["error_file_id"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_batch_is_stopped_on_request_by_time_and_when_its_key_is_revoked() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let silent = Upstream::start(Manner::Silent).await;
        world.add_endpoint(&silent.base_url()).await;
        let lines: Vec<String> =
            ["a", "b", "c", "d", "e"].map(|id| line(id, "kaname/standard")).into();
        let id = world.batch_of(CHAT, &lines).await;
        world.killed_at_work(&silent, 4).await;
        let cancel = format!("/v1/batches/{id}/cancel");
        let (_, batch) = json_of(world.post(&cancel, "", &[]).await).await;
        assert_eq!(batch["status"], "cancelling");
        let batch = world.worked_through(&id).await;
        assert_eq!(batch["status"], "cancelled");
        let bad = world.lines_of(&batch["error_file_id"]).await;
        assert_eq!(told(&bad)[3..], [("d", "outcome_unknown"), ("e", "batch_cancelled")]);
        let (status, again) = json_of(world.post(&cancel, "", &[]).await).await;
        let code = again["error"]["code"].as_str();
        assert_eq!((status.as_u16(), code), (409, Some("gateway.batch_ended")));

        let late = world.batch_of(CHAT, &lines).await;
        world.test.clock.advance_ms(25 * 3_600_000);
        let world =
            World { key: world.key_of(&world.administrator, &[Scope::Models]).await, ..world };
        let late = world.worked_through(&late).await;
        assert_eq!(late["status"], "expired");
        let bad = world.lines_of(&late["error_file_id"]).await;
        assert_eq!(told(&bad)[0], ("a", "batch_expired"));

        let orphan = world.batch_of(CHAT, &lines[..1]).await;
        let page = list_keys(&world.test.platform, &world.administrator, (None, 1)).await.unwrap();
        revoke_key(&world.identity, &world.administrator, page.items[0].id).await.unwrap();
        let world =
            World { key: world.key_of(&world.administrator, &[Scope::Models]).await, ..world };
        let orphan = world.worked_through(&orphan).await;
        let bad = world.lines_of(&orphan["error_file_id"]).await;
        assert_eq!(told(&bad), [("a", "caller_gone")]);
        assert_eq!(silent.connections(), 4);
    })
    .await;
}

#[tokio::test]
async fn what_is_removed_or_too_old_is_gone_with_its_content() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        let id = world.batch_of(CHAT, &[line("a", "kaname/standard")]).await;
        let batch = world.worked_through(&id).await;
        let file = format!("/v1/files/{}", batch["input_file_id"].as_str().unwrap());
        let (_, gone) = json_of(world.delete(&file).await).await;
        assert_eq!(gone["deleted"], true);
        assert_eq!(text_of(world.get(&file, &world.key).await).await.0, 404);
        let stored = || found(&world.test.folder.path().join("files")).len();
        assert_eq!(stored(), 0, "the file store is empty");
        world.send_file("{}", &[]).await;
        assert_eq!(stored(), 1);
        assert_eq!(world.gateway.sweep().await.unwrap(), 0);
        world.test.clock.advance_ms(31 * 86_400_000);
        assert_eq!(world.gateway.sweep().await.unwrap(), 3, "a file, the results, the batch");
        assert_eq!(stored(), 0);
        let mut tx = world.test.platform.db.read().await.unwrap();
        let row =
            tx.fetch_one("SELECT COUNT(*) AS lines FROM batch_line", params![]).await.unwrap();
        assert_eq!(row.get::<i64>("lines").unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn whoever_loses_the_clearance_loses_the_rest_of_the_batch() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        let secret = [("x-kaname-label", "2")];
        let (_, file) =
            json_of(world.send_file(&line("a", "kaname/standard"), &secret).await).await;
        let body = json!({
            "input_file_id": file["id"], "endpoint": CHAT, "completion_window": "24h",
        });
        let (_, batch) = json_of(world.post("/v1/batches", &body.to_string(), &[]).await).await;
        assert_eq!(batch["label"], "2", "{batch}");
        let id = batch["id"].as_str().unwrap();
        world.change("UPDATE account SET clearance = '1'").await;
        let cancel = format!("/v1/batches/{id}/cancel");
        let (status, body) = text_of(world.post(&cancel, "", &[]).await).await;
        assert_eq!(status, 404, "{body}");
        assert_eq!(world.worked_through(id).await["error"]["code"], "gateway.batch_not_found");
        world.change("UPDATE account SET clearance = '3'").await;
        let (_, batch) = json_of(world.get(&format!("/v1/batches/{id}"), &world.key).await).await;
        assert_eq!(batch["status"], "completed", "{batch}");
        let bad = world.lines_of(&batch["error_file_id"]).await;
        assert_eq!(told(&bad), [("a", "above_clearance")]);
        assert_eq!(upstream.requests().len(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_batch_has_one_job_and_gets_another_when_it_loses_it() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        let lines = [line("a", "kaname/standard")];
        let id = world.batch_of(CHAT, &lines).await;
        // As if a process had been killed after it put the batch back into the queue.
        world
            .change(
                "INSERT INTO job (job_id, institution_id, kind, payload, subject, created_by, \
                 state, attempts, run_at_ms, progress_done, cancel_requested, created_at_ms, \
                 updated_at_ms) SELECT '00000000-0000-7000-8000-000000000001', institution_id, \
                 kind, payload, subject, created_by, state, attempts, 0, 0, 0, created_at_ms, \
                 updated_at_ms FROM job WHERE kind = 'gateway.batch'",
            )
            .await;
        assert!(world.workers().run_next("test").await.unwrap());
        let path = format!("/v1/batches/{id}");
        let (_, batch) = json_of(world.get(&path, &world.key).await).await;
        assert_eq!(batch["status"], "validating", "a job that is not the batch's does nothing");
        let lost = "UPDATE job SET state = 'cancelled' WHERE state = 'queued'";
        world.change(lost).await;
        assert_eq!(world.worked_through(&id).await["status"], "validating");
        world.gateway.sweep().await.unwrap();
        world.gateway.sweep().await.unwrap();
        let mut tx = world.test.platform.db.read().await.unwrap();
        let sql = "SELECT COUNT(*) AS jobs FROM job WHERE state = 'queued'";
        let row = tx.fetch_one(sql, params![]).await.unwrap();
        assert_eq!(row.get::<i64>("jobs").unwrap(), 1, "a batch with a job gets no other");
        drop(tx);
        assert_eq!(world.worked_through(&id).await["status"], "completed");

        let id = world.batch_of(CHAT, &lines).await;
        world.change(lost).await;
        world.post(&format!("/v1/batches/{id}/cancel"), "", &[]).await;
        assert_eq!(world.worked_through(&id).await["status"], "cancelled");
        assert_eq!(upstream.requests().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn content_that_cannot_be_removed_keeps_its_record_and_nothing_else() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (_, file) = json_of(world.send_file("{}", &[]).await).await;
        let file = format!("/v1/files/{}", file["id"].as_str().unwrap());
        let blob = found(&world.test.folder.path().join("files")).remove(0);
        std::fs::remove_file(&blob).unwrap();
        std::fs::create_dir_all(blob.join("in the way")).unwrap();
        assert_eq!(text_of(world.delete(&file).await).await.0, 500);
        assert_eq!(text_of(world.get(&file, &world.key).await).await.0, 200);
        world.send_file("{}", &[]).await;
        world.test.clock.advance_ms(31 * 86_400_000);
        assert_eq!(world.gateway.sweep().await.unwrap(), 1, "the other one goes");
        std::fs::remove_dir_all(&blob).unwrap();
        assert_eq!(world.gateway.sweep().await.unwrap(), 1);
    })
    .await;
}

/// The files that are somewhere under `folder`.
fn found(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { found(&path) } else { vec![path] }).collect()
}
