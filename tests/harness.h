/*
 * harness: start a program, speak to it from outside, look at it from below.
 *
 * The tests of tests/e2e see a program as its user does: a command line, a
 * ready line, bytes on a socket, an exit status, and what /proc tells. They run
 * in Check's fork mode, one process a test, one test after another.
 *
 * Nothing here sleeps. Each wait is for an event and ends in a failed test when
 * the event has not come in WAIT_MS; every wait also collects what the started
 * programs print, so a full pipe can never hold one up.
 *
 * A failed expectation kills what the test has started and then reports, with
 * the last lines the programs wrote. What a crashed test leaves behind is
 * killed before the next one starts. See tests/README.md for grading with SUT.
 */
#ifndef TESTS_HARNESS_H
#define TESTS_HARNESS_H

#include <sys/resource.h>
#include <sys/types.h>

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	QUIET_MS = 150, /* for what must not happen */
	ADDRESS_MAX = 160,
	ADDRESSES = 8,
};

/* For what must happen; it normally takes milliseconds. */
#define WAIT_MS (harness_wait_ms())

#define ARRAY_LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* Fail the test, with a message, unless the condition holds. */
#define EXPECT(condition, ...)                                                                 \
	((condition) ? (void)0 : harness_fail(__FILE__, __LINE__, __VA_ARGS__))

_Noreturn void harness_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- the suite: which checks there are, and who is graded ---- */

/* What a check asks of the program under test; see tests/README.md. */
enum needs {
	NEEDS_PORT,    /* a running server somewhere is enough */
	NEEDS_START,   /* we start it (-p 0), so that its processes can be seen */
	NEEDS_OPTIONS, /* it must know the options of the manual */
	NEEDS_OURS,    /* about this suite's own words and models: never graded */
};

/* What a test's _i may be: MODEL_COUNT is a graded server's own, unnamed model. */
enum model {
	MODEL_FORK,
	MODEL_PREFORK,
	MODEL_ITERATIVE,
	MODEL_THREAD,
	MODEL_NONBLOCK,
	MODEL_SELECT,
	MODEL_POLL,
	MODEL_EPOLL,
	MODEL_EPOLL_ET,
	MODEL_COROUTINE,
	MODEL_EVENT,
	MODEL_COUNT,
};

/* The models to repeat a check in; ONCE where the program has none. */
enum models {
	FORK = 1 << MODEL_FORK,
	PREFORK = 1 << MODEL_PREFORK,
	FORKING = FORK | PREFORK,
	ITERATIVE = 1 << MODEL_ITERATIVE,
	THREAD = 1 << MODEL_THREAD,
	NONBLOCK = 1 << MODEL_NONBLOCK,
	SELECT = 1 << MODEL_SELECT,
	POLL = 1 << MODEL_POLL,
	EPOLL = 1 << MODEL_EPOLL,
	EPOLL_ET = 1 << MODEL_EPOLL_ET,
	COROUTINE = 1 << MODEL_COROUTINE,
	EVENT = 1 << MODEL_EVENT,
	SERVING = FORKING | EVENT, /* of httpd */
	IN_ONE_PROCESS = THREAD | NONBLOCK | SELECT | POLL | EPOLL | EPOLL_ET | COROUTINE,
	CONCURRENT = FORKING | IN_ONE_PROCESS,
	ALL_MODELS = CONCURRENT | ITERATIVE,
	ONCE = FORK,
};

struct check {
	const TTest *test;
	enum models models;
	enum needs needs;
	int points;
	const char *hint; /* one line: the idea, and the page to read */
};

/* A check that is never graded, so it has neither points nor a hint. */
#define OURS(test, models)                                                                     \
	{                                                                                      \
		test, models, NEEDS_OURS, 0, ""                                                \
	}

/*
 * A suite for this program. Then add its checks, in groups; then run it, which
 * returns the exit status for main. A group that this machine cannot run, because
 * of what it is missing, is skipped: printed and not counted.
 */
Suite *harness_suite(const char *program);
void harness_add(Suite *suite, const struct check *checks, size_t count);
void
harness_add_unless(const char *missing, Suite *suite, const struct check *checks, size_t count);
int harness_run(Suite *suite);

/* What this machine may lack, in words; NULL when it has it. */
const char *missing_ipv6(void);
const char *missing_root(void); /* who becomes another user */
const char *missing_hosts(void);
const char *missing_command(const char *name); /* on PATH */

/* ---- waiting ---- */

int64_t now_ms(void);
int harness_wait_ms(void);

/*
 * Look at a condition again and again until it holds or WAIT_MS have passed: the
 * only wait here that is not for a descriptor, for what only /proc tells.
 */
bool await_condition(bool (*holds)(void *), void *arg);
bool await_condition_within(int ms, bool (*holds)(void *), void *arg);

/*
 * Wait for poll(2)'s events on a descriptor (-1: none) and collect the programs'
 * output meanwhile. The events that came, 0 at the deadline (in now_ms() time).
 */
short await_events(int fd, short events, int64_t deadline);

/* ---- programs ---- */

struct stream {
	int fd;	    /* the pipe's end; -1 when closed */
	char *text; /* all that came, always a string */
	size_t length, capacity;
	size_t seen; /* program_forget: awaited lines lie behind this */
};

struct program {
	pid_t pid; /* 0: somebody else's server (SUT=tcp:...) */
	int in;	   /* write here for its standard input; -1 when closed */
	struct stream out, err;
	bool exited;
	int status; /* as from waitpid, once exited */
	size_t address_count;
	char address[ADDRESSES][ADDRESS_MAX]; /* as in the ready line, "127.0.0.1:4321" */
};

/* A list of arguments, ended by NULL. ARGS(NULL) for none. */
#define ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* How to start a program; what is zero gets the default. */
struct launch {
	const char *other; /* not the program under test but this one of $BIN, or "/a/path" */
	const char *const *args;
	int in, out, err;   /* descriptors to give as 0, 1, 2; 0: a pipe to us */
	int pass[2];	    /* descriptors to give as 3 and 4, announced in LISTEN_FDS */
	bool pass_to_other; /* announce them for another process */
	bool controlling;   /* the terminal at 0 is its controlling terminal */
	bool no_low_ports;  /* even as root: it may not have a port below 1024 */
	const char *hosts;  /* it sees this text as /etc/hosts; see missing_hosts */
	rlim_t processes, descriptors; /* soft limits */
};

/* Start the program under test. */
struct program *program_launch(const struct launch *launch);
struct program *program_start(const char *const *args);

/*
 * Start it as a server on a free port in model _i, and await the ready line; or
 * take the server that SUT=tcp:HOST:PORT names.
 */
struct program *server_start(int model, const char *const *args);

/* Await the ready line on stdout and note its addresses. */
void program_await_ready(struct program *p);

/*
 * Await a line on stdout or stderr that this extended regular expression matches,
 * and return it (valid until the next call).
 */
const char *program_await_line(struct program *p, struct stream *s, const char *regex);
void program_await_text(struct stream *s, const char *text); /* part of a line will do */
bool program_has_line(const struct stream *s, const char *regex);
void program_forget(struct program *p); /* lines so far are not looked at again */
size_t stream_lines(const struct stream *s);
void stream_await_end(struct stream *s);

void program_signal(struct program *p, int signal);
void program_send(struct program *p, const char *text); /* to its standard input */
void program_finish(struct program *p);			/* end of its standard input */

/* Await its end and all its output. Exit status; 128 + signal when killed. */
int program_await_exit(struct program *p);
int program_await_exit_within(struct program *p, int ms); /* for gigabytes of work */

/* ... and expect this exit status; and one line on stderr, its name and `words` in it. */
void program_expect_status(struct program *p, int wanted);
void program_expect_line(struct program *p, int status, const char *words);

/* It does not understand: status 2, and only such a line, which the expression matches. */
void program_expect_usage(const char *const *args, const char *regex);

struct mistake {
	const char *args[6];
	const char *words; /* which the line must hold */
};
void program_expect_mistakes(const struct mistake *mistakes, size_t count);

/* All of these are in the text, one behind the other; they are ended by NULL. */
void expect_in_order(const char *text, const char *const *steps);

/* The one that was launched last has exited, and is looked at no more: room for another. */
void program_release(struct program *p);

/* ---- clients ---- */

/*
 * Connect to "HOST:PORT", "[IPV6]:PORT" or "unix:PATH", perhaps from a given local
 * address. The descriptor is non-blocking; all below wait as needed.
 */
int client_open(const char *address);
int client_open_from(const char *address, const char *source);
int client_begin(const char *address); /* begin to connect; poll for POLLOUT */
bool client_is_refused(const char *address);
void client_local_address(int fd, char address[ADDRESS_MAX]); /* of an IPv4 client */

void client_send(int fd, const void *bytes, size_t count);
void client_say(int fd, const char *text);
void client_receive(int fd, void *bytes, size_t count); /* exactly that many */
void client_hear(int fd, const char *text);		/* exactly that text */
void client_echo(int fd, const char *text);		/* say it and hear it */

/* Send in pieces of odd sizes while reading; the answer must be the same bytes. */
void client_exchange(int fd, const unsigned char *bytes, size_t count);

void client_hear_end(int fd);	/* end of file, and not a byte before it */
void client_await_gone(int fd); /* end of file or reset, whatever comes before */
void client_hear_nothing(int fd, int ms);
void client_finish(int fd); /* half-close: no more from us */
void client_reset(int fd);  /* vanish: the peer gets ECONNRESET */

/* A whole short visit: a line there and back, half-close, end of file. */
void client_visit(const char *address);

/* ---- datagrams ---- */

/* Start the program under test as a datagram server (-p 0), or take SUT=udp:HOST:PORT. */
struct program *udp_server_start(const char *const *args);

/*
 * A socket connected to "HOST:PORT", so that only its answers come in; perhaps from a
 * given local "HOST:PORT". Non-blocking; those below wait as needed.
 */
int udp_client_open(const char *address);
int udp_client_open_from(const char *address, const char *source);

void udp_client_send(int fd, const void *bytes, size_t count);
size_t udp_client_receive(int fd, void *bytes, size_t capacity); /* one datagram */
void udp_client_hear(int fd, const void *bytes, size_t count);	 /* exactly this one */
void udp_client_hear_nothing(int fd, int ms);

/*
 * A free port of loopback, kept free of listeners by the socket that holds it; and
 * its number. The kernel gives such a port to nobody who lets it choose.
 */
int port_reserve(int family, int *port);

/* A listening socket on loopback, and its address. */
int listener_open(int backlog, char address[ADDRESS_MAX]);

/* Await a call there and take it: a descriptor for the client_ functions. */
int listener_take(int listener);

/*
 * Our end of a new terminal that neither echoes what is typed nor changes what is
 * printed, for the client_ functions; the program's in *theirs (launch.controlling).
 * And a program that has one for standard input and output; or for standard error alone,
 * where it may draw.
 */
int terminal_open(int *theirs);
struct program *program_on_terminal(int *ours, const char *const *args);
struct program *program_that_draws(int *ours, const char *const *args);

/* What is shown there by now and was not read yet: good until the next call. */
const char *terminal_shows(int ours);
void terminal_resize(int ours, int rows, int columns);

/*
 * Give this test, and what it starts, a loopback of its own, where the kernel's
 * table of TIME_WAIT is empty. False where that is not allowed.
 */
bool network_of_its_own(void);

/* A new directory, removed by teardown with what lies in it. */
const char *temporary_directory(void);

/* ---- processes, from /proc ---- */

enum {
	TCP_STATE_ESTABLISHED = 1,
	TCP_STATE_TIME_WAIT = 6,
	TCP_STATE_LISTEN = 10,
};

bool process_alive(pid_t pid); /* exists and is no zombie */
char process_state(pid_t pid); /* a letter as in ps(1): R, S, T...; 0: none such */
size_t process_children(pid_t pid, pid_t *children, size_t capacity); /* the living */
size_t process_zombies(pid_t pid);
size_t process_descriptors(pid_t pid);
int process_free_descriptor(pid_t pid);		  /* the number open(2) would give it */
size_t process_sockets(pid_t pid, int tcp_state); /* how many of them it holds */
uid_t process_user(pid_t pid);
long process_ticks(pid_t pid); /* processor time, in clock ticks */

/*
 * How long it ran or wanted to: a loop without a rest is busy all the time, also on a
 * machine that has others to run.
 */
int64_t process_busy_ms(pid_t pid);
void process_limit(pid_t pid, int resource, rlim_t soft);

/* Await that many living children: at least, at most. */
void process_await_children(pid_t pid, size_t at_least, size_t at_most);
void process_await_end(pid_t pid);
void process_await_no_zombies(pid_t pid);
void process_stop(pid_t pid); /* SIGSTOP, and it has stopped */

/* ---- for the harness' own files ---- */

bool harness_is_graded(void);
void harness_grade_begin(void);
void harness_grade_await_turn(void); /* before each check */
void harness_grade_report(
    const struct check *checks, size_t count, TestResult **results, int result_count);
int harness_guard(int (*run)(Suite *), Suite *suite);
void harness_setup(void);
void harness_teardown(void);
void harness_kill_all(void);
const char *harness_program(void); /* "tcpechod" */
const char *harness_bin(void);	   /* the directory of the programs: $BIN */
const char *harness_sut(void);	   /* the command, or NULL */
const char *harness_server(void);  /* HOST:PORT of SUT=tcp:HOST:PORT, or NULL */
const char *harness_model(int model);
void harness_remove_directories(void);
size_t harness_programs(struct program **list); /* all started by this test */
void stream_collect(struct stream *s);
void process_kill_descendants(pid_t ancestor, pid_t spare);

#endif
