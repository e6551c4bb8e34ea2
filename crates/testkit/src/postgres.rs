//! A real PostgreSQL for one test process: made on first use, gone with the process.
//!
//! `initdb` refuses root, so as root it runs as the `postgres` user. A thread of its own owns a
//! keeper process; the kernel tells the keeper when that thread, and so the test, is gone, however
//! it went, and the keeper stops the server and removes its folder. Where even the keeper was
//! killed, the next start removes the folder: its name says whose it was.

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

/// How the folder's name begins; the process id of the test follows.
const PREFIX: &str = "kaname-pg-";
/// Runs a server in a folder until told to stop, then removes the folder.
///
/// Whoever tells it before the server is there is heard once it is.
const KEEPER: &str = r#"folder=$1; shift
trap 'told=1; [ -z "$!" ] || kill -INT "$!"' INT TERM
"$@" &
[ -z "$told" ] || kill -INT "$!"
wait "$!"; wait "$!"
rm -rf "$folder"
"#;

/// Runs a command that hears SIGINT. A shell ignores it in what it runs beside itself, and who was begun
/// so cannot set a trap.
const HEARING: [&str; 2] = ["env", "--default-signal=INT"];

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
    remove_orphans(&std::env::temp_dir());
    let prefix = format!("{PREFIX}{}-", std::process::id());
    let path = tempfile::Builder::new().prefix(&prefix).tempdir().expect("a folder").keep();
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(&path));
    }
    let data = path.join("data");
    let mut init = as_unprivileged();
    init.arg(program("initdb")).args([
        "--auth=trust",
        "--username=postgres",
        "--encoding=UTF8",
        "--no-sync",
        "--locale=C",
    ]);
    run(init.arg("-D").arg(&data).stdout(Stdio::null()));
    let mut postgres = as_unprivileged();
    postgres
        .args(HEARING)
        .args(["sh", "-c", KEEPER, "keeper"])
        .arg(&path)
        .arg(program("postgres"))
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

/// Removes the folders of processes that are gone.
fn remove_orphans(parent: &Path) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if owner(&name.to_string_lossy()).is_some_and(|pid| !Path::new("/proc").join(pid).exists())
        {
            // Another test may have been faster; whatever cannot be removed is left.
            let _gone = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// The process id in a folder's name.
fn owner(name: &str) -> Option<&str> {
    let (pid, _) = name.strip_prefix(PREFIX)?.split_once('-')?;
    pid.bytes().all(|byte| byte.is_ascii_digit()).then_some(pid)
}

fn run(command: &mut Command) {
    assert!(command.status().expect("the program runs").success(), "{command:?} failed");
}

fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| line.starts_with("Uid:\t0\t"))
}

/// The beginning of a command that drops root and ends, told by SIGINT, with the thread that runs it.
fn as_unprivileged() -> Command {
    let mut command = Command::new("setpriv");
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.args(["--pdeathsig", "INT", "--"]);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_a_process_that_is_gone_is_removed_and_that_of_a_living_one_stays() {
        let parent = tempfile::tempdir().unwrap();
        let folder = |name: String| {
            let path = parent.path().join(name);
            std::fs::create_dir_all(path.join("data")).unwrap();
            path
        };
        let mut ended = Command::new("true").spawn().unwrap();
        let pid = ended.id();
        ended.wait().unwrap();
        let orphan = folder(format!("{PREFIX}{pid}-abc"));
        let mine = folder(format!("{PREFIX}{}-abc", std::process::id()));
        let foreign = folder(format!("{PREFIX}other"));
        remove_orphans(parent.path());
        assert!(!orphan.exists() && mine.exists() && foreign.exists());
    }

    #[test]
    fn the_keeper_ends_the_server_and_removes_its_folder_when_the_test_is_gone() {
        let folder = tempfile::tempdir().unwrap().keep();
        let begun = folder.join("begun");
        let (sender, started) = mpsc::channel();
        let server = [r#"trap 'exit 0' INT; : > "$1"; while :; do sleep 60 & wait $!; done"#, "s"];
        let kept = folder.clone();
        let owner = std::thread::spawn(move || {
            let mut keeper = Command::new("setpriv");
            keeper.args(["--pdeathsig", "INT", "--"]).args(HEARING);
            keeper.args(["sh", "-c", KEEPER, "keeper"]).arg(&kept);
            keeper.args(HEARING).args(["bash", "-c"]).args(server).arg(&begun);
            let child = keeper.spawn().unwrap();
            while !begun.exists() {
                std::thread::yield_now();
            }
            sender.send(child).unwrap();
        });
        let mut child = started.recv().unwrap();
        owner.join().unwrap();
        assert!(child.wait().unwrap().success());
        assert!(!folder.exists());
    }
}
