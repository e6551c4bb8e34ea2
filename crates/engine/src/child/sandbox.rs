//! Locks the child in before it touches the model: limits, no new privileges, no files but the model, no network, no
//! new processes. Where the system lacks a means, the rest still applies; what holds is then tried out and reported.
//!
//! What this does not stop: a break-out through a fault of the kernel, reading the model, and using up the processor.

use std::{fs::File, net::UdpSocket};

use crate::protocol::{Open, Sandbox};

/// Applies what the system offers to this thread and all that it starts, and reports what holds.
pub(super) fn lock_in(open: &Open) -> Sandbox {
    let inherited_descriptors = platform::extra_descriptors();
    let limits_set = platform::limit(open.memory_limit_bytes);
    let no_new_privileges = platform::forgo_privileges();
    platform::close_files(&open.model_path);
    platform::filter_system_calls();
    Sandbox {
        no_new_privileges,
        network_denied: UdpSocket::bind(("127.0.0.1", 0)).is_err(),
        files_denied: File::open("/proc/self/maps").is_err() && File::open("/").is_err(),
        limits_set,
        inherited_descriptors,
    }
}

#[cfg(target_os = "linux")]
mod platform {
    use landlock::{
        ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset,
        RulesetAttr, RulesetCreatedAttr, RulesetError, Scope,
    };
    use rustix::process::{Resource, Rlimit, setrlimit};
    use seccompiler::{
        BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, TargetArch, apply_filter_all_threads,
    };
    use std::{collections::BTreeMap, fs, path::Path};

    const OPEN_FILES: u64 = 64;

    /// A means that the system lacks; the caller tries out what holds, so the kind of it does not matter.
    type Fault = Box<dyn std::error::Error>;
    /// A system call with the cases in which it is denied; none means always.
    type DeniedCall = (libc::c_long, Vec<SeccompRule>);

    /// System calls that a process which only computes has no use for: they fail with "not permitted".
    const DENIED: &[libc::c_long] = &[
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept,
        libc::SYS_accept4,
        libc::SYS_sendto,
        libc::SYS_sendmsg,
        libc::SYS_sendmmsg,
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_open,
        libc::SYS_pidfd_getfd,
        libc::SYS_kill,
        libc::SYS_tkill,
        libc::SYS_rt_sigqueueinfo,
        libc::SYS_rt_tgsigqueueinfo,
        libc::SYS_pidfd_send_signal,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_pivot_root,
        libc::SYS_chroot,
        libc::SYS_setns,
        libc::SYS_unshare,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_kexec_load,
        libc::SYS_open_by_handle_at,
        libc::SYS_name_to_handle_at,
        libc::SYS_memfd_create,
        libc::SYS_unlinkat,
        libc::SYS_renameat,
        libc::SYS_renameat2,
        libc::SYS_linkat,
        libc::SYS_symlinkat,
        libc::SYS_mkdirat,
        libc::SYS_mknodat,
        libc::SYS_fchmodat,
        libc::SYS_fchownat,
        libc::SYS_truncate,
    ];

    /// The same by their older names, which only this processor still has.
    #[cfg(target_arch = "x86_64")]
    const DENIED_BY_OLD_NAME: &[libc::c_long] = &[
        libc::SYS_fork,
        libc::SYS_vfork,
        libc::SYS_unlink,
        libc::SYS_rmdir,
        libc::SYS_rename,
        libc::SYS_link,
        libc::SYS_symlink,
        libc::SYS_mkdir,
        libc::SYS_mknod,
        libc::SYS_chmod,
        libc::SYS_chown,
        libc::SYS_lchown,
    ];
    #[cfg(not(target_arch = "x86_64"))]
    const DENIED_BY_OLD_NAME: &[libc::c_long] = &[];

    pub(super) fn extra_descriptors() -> Option<u32> {
        // The listing itself holds one descriptor besides the three standard ones.
        let count = fs::read_dir("/proc/self/fd").ok()?.count();
        u32::try_from(count.saturating_sub(4)).ok()
    }

    /// No core dumps, no writing of files, few descriptors, bounded memory.
    ///
    /// The number of processes is not limited this way, since the system counts all of the user's; the filter of
    /// system calls forbids new ones instead.
    pub(super) fn limit(memory_bytes: u64) -> bool {
        let limits = [
            (Resource::Core, 0),
            (Resource::Fsize, 0),
            (Resource::Nofile, OPEN_FILES),
            (Resource::As, memory_bytes),
        ];
        limits.into_iter().all(|(resource, most)| {
            let limit = Rlimit { current: Some(most), maximum: Some(most) };
            setrlimit(resource, limit).is_ok()
        })
    }

    pub(super) fn forgo_privileges() -> bool {
        rustix::thread::set_no_new_privs(true).is_ok()
            && rustix::thread::no_new_privs().unwrap_or(false)
    }

    /// Leaves the model as the only file that can be opened, and only for reading.
    pub(super) fn close_files(model: &Path) {
        // A kernel without Landlock is not an error here: what holds is tried out by the caller.
        let _ = try_close_files(model);
    }

    fn try_close_files(model: &Path) -> Result<(), RulesetError> {
        let abi = ABI::V6;
        let ruleset = Ruleset::default()
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(abi))?
            .handle_access(AccessNet::from_all(abi))?
            .scope(Scope::from_all(abi))?
            .create()?;
        // Without the model among the rules, nothing can be opened and loading fails with a clear error.
        let ruleset = match PathFd::new(model) {
            Ok(file) => ruleset.add_rule(PathBeneath::new(file, AccessFs::ReadFile))?,
            Err(_) => ruleset,
        };
        ruleset.restrict_self()?;
        Ok(())
    }

    pub(super) fn filter_system_calls() {
        // An unsupported processor or kernel is not an error here either.
        let _ = try_filter();
    }

    fn try_filter() -> Result<(), Fault> {
        let always = DENIED.iter().chain(DENIED_BY_OLD_NAME).map(|call| (*call, Vec::new()));
        let denied = always.chain(denied_at_times()?);
        let tables = denied
            .flat_map(|(call, rules)| both_tables(call).map(move |call| (call, rules.clone())));
        // What clone3 does cannot be seen by a filter; "not implemented" makes the C library use clone.
        let hidden = both_tables(libc::SYS_clone3).map(|call| (call, Vec::new())).collect();
        install(hidden, libc::ENOSYS)?;
        install(tables.collect(), libc::EPERM)
    }

    /// System calls that are denied for some arguments only.
    fn denied_at_times() -> Result<[DeniedCall; 3], Fault> {
        let when = |length, comparison, value| -> Result<_, seccompiler::BackendError> {
            let condition = SeccompCondition::new(0, length, comparison, value)?;
            Ok(vec![SeccompRule::new(vec![condition])?])
        };
        let thread = u64::try_from(libc::CLONE_THREAD)?;
        let own = u64::from(std::process::id());
        Ok([
            // A clone that makes no thread makes a process.
            (libc::SYS_clone, when(SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(thread), 0)?),
            // Signals to itself are how a process aborts; others are none of its business, nor are their limits.
            (libc::SYS_tgkill, when(SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, own)?),
            (libc::SYS_prlimit64, when(SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, 0)?),
        ])
    }

    /// The numbers of a system call: on x86-64 the same calls can be reached by a second table.
    fn both_tables(call: libc::c_long) -> impl Iterator<Item = i64> {
        const X32: i64 = 0x4000_0000;
        let second = cfg!(target_arch = "x86_64").then_some(call | X32);
        std::iter::once(call).chain(second)
    }

    fn install(calls: BTreeMap<i64, Vec<SeccompRule>>, errno: libc::c_int) -> Result<(), Fault> {
        let architecture = TargetArch::try_from(std::env::consts::ARCH)?;
        let refuse = SeccompAction::Errno(u32::try_from(errno)?);
        let filter = SeccompFilter::new(calls, SeccompAction::Allow, refuse, architecture)?;
        let program: BpfProgram = filter.try_into()?;
        apply_filter_all_threads(&program)?;
        Ok(())
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use std::path::Path;

    pub(super) fn extra_descriptors() -> Option<u32> {
        None
    }

    pub(super) fn limit(_memory_bytes: u64) -> bool {
        false
    }

    pub(super) fn forgo_privileges() -> bool {
        false
    }

    pub(super) fn close_files(_model: &Path) {}

    pub(super) fn filter_system_calls() {}
}
