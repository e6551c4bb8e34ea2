//! A real PostgreSQL for one test process: made on first use, gone with the process.
//!
//! `initdb` refuses root, so as root it runs as the `postgres` user. A thread of its own owns the
//! server; the kernel stops the server when that thread, and so the process, is gone.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

static SERVER: OnceLock<PathBuf> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The URL of a fresh, empty database.
///
/// # Panics
///
/// When PostgreSQL cannot be started.
pub async fn database_url() -> String {
    let socket = SERVER.get_or_init(start);
    let admin = url(socket, "postgres");
    let mut conn = PgConnection::connect(&admin).await.expect("PostgreSQL answers");
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::SeqCst));
    conn.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("a new database");
    url(socket, &name)
}

fn url(socket: &Path, database: &str) -> String {
    let host = socket.display().to_string().replace('/', "%2F");
    format!("postgresql://{host}/{database}?user=postgres")
}

/// Makes a cluster in a temporary folder, starts it, and gives the folder of its socket.
fn start() -> PathBuf {
    let (ready, started) = mpsc::channel();
    std::thread::spawn(move || serve(&ready));
    started.recv().expect("PostgreSQL starts; its programs come from the package postgresql")
}

fn serve(ready: &mpsc::Sender<PathBuf>) {
    let folder = tempfile::Builder::new().prefix("kaname-pg-").tempdir().expect("a folder");
    let path = folder.path().to_owned();
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(&path));
    }
    let data = path.join("data");
    let mut init = as_unprivileged("initdb");
    init.args([
        "--auth=trust",
        "--username=postgres",
        "--encoding=UTF8",
        "--no-sync",
        "--locale=C",
    ]);
    run(init.arg("-D").arg(&data).stdout(Stdio::null()));
    let mut postgres = as_unprivileged("postgres");
    postgres
        .arg("-D")
        .arg(&data)
        .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200"])
        .arg("-c")
        .arg(format!("unix_socket_directories={}", path.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut server = postgres.spawn().expect("postgres runs");
    let mut waiting = Command::new(program("pg_isready"));
    waiting.arg("-q").arg("-t").arg("1").arg("-h").arg(&path);
    while !waiting.status().expect("pg_isready runs").success() {
        assert!(server.try_wait().expect("a child").is_none(), "postgres ended at once");
    }
    ready.send(path).expect("the test waits");
    let _ended = server.wait();
}

fn run(command: &mut Command) {
    assert!(command.status().expect("the program runs").success(), "{command:?} failed");
}

fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| line.starts_with("Uid:\t0\t"))
}

fn as_unprivileged(name: &str) -> Command {
    let mut command = Command::new("setpriv");
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.args(["--pdeathsig", "INT", "--"]).arg(program(name));
    command.current_dir("/");
    command
}

/// The newest PostgreSQL of the system, or whatever is on the path.
fn program(name: &str) -> PathBuf {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin").join(name)).collect())
        .unwrap_or_default();
    versions.sort();
    versions.into_iter().rfind(|path| path.exists()).unwrap_or_else(|| PathBuf::from(name))
}
