/*
 * Runs a program and kills it, threads and all, as it is about to make its K-th call that brings something to the disk, counted
 * over all of its threads: `kill-at K COMMAND…`. With K 0 it only counts, and says the number at the end on standard error.
 *
 * A filter in the kernel stops the program at those calls alone, so it is hardly slower for it.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WATCHED(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE)

/* Between fork and exec. */
static void run(char **command)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        WATCHED(SYS_pwrite64), WATCHED(SYS_pwritev), WATCHED(SYS_pwritev2),
        WATCHED(SYS_fsync), WATCHED(SYS_fdatasync), WATCHED(SYS_msync),
        WATCHED(SYS_rename), WATCHED(SYS_renameat2), WATCHED(SYS_unlink), WATCHED(SYS_ftruncate),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { .len = sizeof(filter) / sizeof(*filter), .filter = filter };

    if (ptrace(PTRACE_TRACEME, 0, 0, 0))
        _exit(126);
    raise(SIGSTOP);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        _exit(126);
    execvp(command[0], command);
    _exit(127);
}

int main(int argc, char **argv)
{
    const long options = PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC;
    long at = argc > 2 ? strtol(argv[1], NULL, 10) : -1, count = 0;
    int status, code = 0;
    pid_t child, thread;

    if (at < 0) {
        fprintf(stderr, "usage: kill-at K COMMAND...\n");
        return 2;
    }
    child = fork();
    if (child == 0)
        run(argv + 2);
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFSTOPPED(status) || ptrace(PTRACE_SETOPTIONS, child, 0, options)) {
        perror("kill-at");
        return 2;
    }
    ptrace(PTRACE_CONT, child, 0, 0);

    while ((thread = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
        if (thread < 0)
            continue;
        if (!WIFSTOPPED(status)) {
            if (thread == child)
                code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            continue;
        }
        int event = status >> 16, signal = WSTOPSIG(status);

        if (event == PTRACE_EVENT_SECCOMP && ++count == at) {
            kill(child, SIGKILL);
            continue;
        }
        /* Events, and the stop with which each new thread begins, are no signals of the program's. */
        ptrace(PTRACE_CONT, thread, 0, event || signal == SIGSTOP ? 0 : signal);
    }
    fprintf(stderr, "kill-at: %ld calls\n", count);
    return code;
}
