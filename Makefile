# Switchboard. `make help` lists what can be made.
#
# Each program's line names its parts: read them to learn who uses what.

SERVERS  = tcpechod udpechod udptimed udpchatd rcmdd filed httpd tftpd ftpd ftpadm
CLIENTS  = tcpecho tcpload udpecho udptime udpchat tcpchat rcmd filecp tftp ftp
SCRIPTS  = switchboard
# Started by a server, not by people.
HELPERS  = httpd-app
# What it loads in the lab: samples/*.c.
SAMPLES  = $(patsubst samples/%.c,$(BIN)/handlers/%.so,$(wildcard samples/*.c))
PROGRAMS = $(SERVERS) $(CLIENTS) $(SCRIPTS)
# Those that one can write oneself, from a start in which the work is missing.
START    = $(SERVERS) $(CLIENTS)

WORDS = common/log.o common/trace.o common/num.o common/sys.o common/sys_errno.o \
	common/sys_process.o common/sys_socket.o
NET   = common/net.o common/net_connect.o common/net_name.o common/net_address.o \
	common/explain.o common/conn.o common/opts.o common/opts_argument.o common/opts_help.o $(WORDS)
SERVE = common/serve.o common/serve_start.o common/serve_loop.o common/serve_door.o \
	common/serve_prefork.o common/serve_child.o common/serve_table.o common/serve_crowd.o \
	common/serve_workers.o $(NET)

DATAGRAMS = common/udp.o common/udp_send.o common/udp_control.o common/udp_open.o
UDP   = $(DATAGRAMS) $(NET)
LINK  = link/frames.o link/auth.o link/auth_client.o protocol/frame.o protocol/pack.o \
	common/keys.o common/private.o common/digest.o common/random.o
SERVE_UDP = common/serve_udp.o common/serve_datagrams.o common/udp_guard.o common/random.o \
	common/serve_start.o common/serve_child.o $(UDP)
# Datagrams, and a child for each request.
SERVE_CALLS = common/serve_calls.o common/serve_datagrams.o common/udp_guard.o \
	common/random.o $(DATAGRAMS) $(SERVE)
CHAT  = protocol/chat.o protocol/chat_words.o protocol/deliver.o protocol/utf8.o protocol/pack.o

FTP   = protocol/ftp.o protocol/ftp_reply.o protocol/ftp_host.o protocol/ftp_time.o \
	protocol/ftp_facts.o protocol/ftp_text.o protocol/ftp_ascii.o protocol/ftp_put.o \
	protocol/pack.o
FTP_LIST = protocol/ftp_list.o protocol/ftp_list_parse.o
# The accounts of ftpd.
USERS = link/users.o link/users_edit.o protocol/users.o protocol/users_words.o \
	common/password.o common/password_read.o common/private_edit.o
QUOTA = common/quota.o common/quota_table.o common/quota_count.o
CONFINE = common/sys_confine.o common/sys_confine_calls.o

# Files beneath one directory, for servers.
JAIL  = common/jail.o common/jail_walk.o common/jail_change.o common/jail_file.o \
	common/jail_list.o common/sys_file.o common/file_read.o

tcpechod = servers/tcpechod/tcpechod.o servers/tcpechod/echo.o servers/tcpechod/client.o \
	servers/tcpechod/thread.o servers/tcpechod/nonblock.o servers/tcpechod/select.o \
	servers/tcpechod/poll.o servers/tcpechod/epoll.o servers/tcpechod/epoll_et.o \
	servers/tcpechod/coroutine.o servers/tcpechod/co.o $(SERVE)
udpechod = servers/udpechod.o common/lossy.o $(SERVE_UDP)
tcpecho  = clients/tcpecho.o $(NET)
CLOCK    = protocol/clock.o protocol/pack.o common/wall.o
UDPTIMED = servers/udptimed/answer.o servers/udptimed/zone.o protocol/tzif.o \
	protocol/tzrule.o $(CLOCK)
udptimed = servers/udptimed/udptimed.o $(UDPTIMED) $(SERVE_UDP)
udptime  = clients/udptime/udptime.o clients/udptime/exchange.o clients/udptime/offset.o \
	common/random.o $(CLOCK) $(UDP)
tcpload  = clients/tcpload/tcpload.o clients/tcpload/run.o clients/tcpload/client.o \
	clients/tcpload/report.o clients/tcpload/ready.o common/histogram.o $(NET)
udpecho  = clients/udpecho/udpecho.o clients/udpecho/talk.o clients/udpecho/count.o \
	clients/udpecho/find.o clients/udpecho/post.o protocol/probe.o \
	common/histogram.o common/random.o $(UDP)

udpchatd = servers/udpchatd/udpchatd.o servers/udpchatd/door.o servers/udpchatd/members.o \
	servers/udpchatd/post.o servers/udpchatd/talk.o servers/udpchatd/operator.o \
	common/siphash.o $(CHAT) $(SERVE_UDP)
udpchat  = clients/udpchat/udpchat.o clients/udpchat/link.o clients/udpchat/talk.o \
	clients/udpchat/hear.o clients/udpchat/screen.o clients/udpchat/line.o $(CHAT) \
	common/random.o $(UDP)
tcpchat  = clients/tcpchat/tcpchat.o clients/tcpchat/full.o clients/tcpchat/half.o \
	clients/tcpchat/screen.o $(NET)
rcmdd    = servers/rcmdd/rcmdd.o servers/rcmdd/session.o servers/rcmdd/client.o \
	servers/rcmdd/command.o servers/rcmdd/output.o servers/rcmdd/list.o \
	protocol/command.o protocol/allow.o common/spawn.o common/heed.o $(LINK) $(SERVE)
rcmd     = clients/rcmd/rcmd.o clients/rcmd/talk.o clients/rcmd/output.o clients/rcmd/input.o \
	clients/rcmd/prompt.o protocol/command.o $(LINK) $(NET)

# What both ends of a file transfer are made of.
TRANSFER = link/transfer.o link/transfer_send.o link/transfer_large.o link/transfer_tree.o \
	link/transfer_receive.o link/transfer_arrival.o link/stream.o protocol/file.o \
	common/conn_bulk.o common/conn_file.o common/sys_splice.o $(JAIL) $(LINK)
filed    = servers/filed/filed.o servers/filed/session.o $(TRANSFER) $(SERVE)
filecp   = clients/filecp/filecp.o clients/filecp/call.o clients/filecp/place.o \
	clients/filecp/put.o clients/filecp/get.o clients/filecp/list.o common/progress.o \
	common/remote.o $(TRANSFER) $(NET)

# The codec of HTTP.
HTTP = protocol/http_request.o protocol/http_request_line.o protocol/http_fields.o \
	protocol/http_judge.o protocol/http_bytes.o protocol/http_fault.o \
	protocol/http_body.o protocol/http_target.o protocol/http_date.o protocol/http_match.o \
	protocol/http_range.o protocol/http_multipart.o protocol/http_accept.o \
	protocol/http_response.o protocol/http_escape.o protocol/http_cgi.o protocol/http_form.o \
	protocol/http_hostname.o protocol/http_basic.o
ROUTES = protocol/routes.o protocol/allow.o

# Both ends of TFTP: the datagrams, the transfer as a state machine, its driver.
TFTP     = protocol/tftp.o protocol/tftp_words.o protocol/tftp_engine.o protocol/tftp_blocks.o \
	protocol/tftp_time.o protocol/netascii.o protocol/pack.o
TFTP_RUN = link/tftp_run.o link/tftp_content.o link/tftp_errno.o common/udp_bulk.o \
	common/udp_bulk_receive.o common/pieces.o $(TFTP)
tftp     = clients/tftp/tftp.o clients/tftp/get.o clients/tftp/put.o clients/tftp/transfer.o \
	clients/tftp/linger.o clients/tftp/signals.o clients/tftp/show.o clients/tftp/shell.o \
	clients/tftp/commands.o common/progress.o common/remote.o common/landing.o \
	$(TFTP_RUN) $(JAIL) $(UDP)

HTTPD    = servers/httpd/session.o servers/httpd/session_time.o servers/httpd/answer.o \
	servers/httpd/answer_file.o servers/httpd/answer_send.o servers/httpd/reply.o \
	servers/httpd/site.o servers/httpd/site_cache.o servers/httpd/types.o \
	servers/httpd/listing.o servers/httpd/listing_page.o servers/httpd/access_log.o \
	servers/httpd/host.o servers/httpd/hosts.o servers/httpd/routing.o servers/httpd/routing_make.o servers/httpd/routing_reach.o \
	servers/httpd/program.o servers/httpd/program_pump.o \
	servers/httpd/program_output.o servers/httpd/environ.o common/spawn.o common/heed.o \
	servers/httpd/guard.o servers/httpd/guard_make.o servers/httpd/guard_keep.o \
	common/keeper.o common/guesses.o common/siphash.o common/password.o common/private.o \
	link/users.o protocol/users.o protocol/users_words.o protocol/ftp.o protocol/ftp_put.o \
	protocol/ftp_time.o protocol/pack.o $(ROUTES)
httpd    = servers/httpd/httpd.o servers/httpd/settings.o servers/httpd/drive.o servers/httpd/multiplex.o \
	servers/httpd/member.o $(HTTPD) $(HTTP) common/conn_gather.o common/pieces.o common/conn_file.o \
	common/event.o common/event_timer.o common/random.o $(JAIL) $(SERVE)

# Loads a handler in C: `make hello.so` builds one of hello.c, or of samples/hello.c.
httpd-app = servers/httpd-app.o $(HTTP) $(WORDS)

ftpd     = servers/ftpd/ftpd.o servers/ftpd/session.o servers/ftpd/control.o \
	servers/ftpd/login.o servers/ftpd/keep.o servers/ftpd/settings.o servers/ftpd/files.o \
	servers/ftpd/site.o servers/ftpd/data.o servers/ftpd/flow.o servers/ftpd/get.o \
	servers/ftpd/put.o servers/ftpd/arrival.o servers/ftpd/room.o servers/ftpd/list.o servers/ftpd/facts.o \
	servers/ftpd/names.o servers/ftpd/sums.o servers/ftpd/board.o servers/ftpd/confine.o common/keeper.o \
	$(CONFINE) common/net_data.o common/sys_splice.o common/digest.o common/random.o common/private.o \
	common/guesses.o common/siphash.o \
	link/users.o protocol/users.o protocol/users_words.o common/password.o protocol/glob.o \
	$(FTP) protocol/ftp_list.o $(QUOTA) $(JAIL) $(SERVE)

ftpadm   = servers/ftpadm/ftpadm.o servers/ftpadm/edit.o servers/ftpadm/look.o $(USERS) \
	protocol/ftp.o protocol/ftp_time.o protocol/ftp_put.o protocol/pack.o common/private.o \
	common/random.o $(JAIL) $(NET)

ftp      = clients/ftp/ftp.o clients/ftp/shell.o clients/ftp/words.o clients/ftp/commands.o \
	clients/ftp/remote.o clients/ftp/transfers.o clients/ftp/session.o clients/ftp/login.o \
	clients/ftp/account.o clients/ftp/data.o clients/ftp/move.o clients/ftp/facts.o \
	clients/ftp/verify.o clients/ftp/get.o clients/ftp/arrival.o common/landing.o \
	clients/ftp/put.o \
	clients/ftp/listing.o clients/ftp/mirror.o clients/ftp/signals.o protocol/ftp_url.o \
	protocol/netrc.o common/private.o common/password_read.o common/digest.o \
	common/progress.o common/conn_bulk.o common/sys_splice.o common/net_data.o common/random.o \
	$(FTP) $(FTP_LIST) $(JAIL) $(NET)

tftpd    = servers/tftpd/tftpd.o servers/tftpd/session.o servers/tftpd/grant.o $(TFTP_RUN) \
	$(JAIL) $(SERVE_CALLS)

# Test programs, built the same way and linked with Check.
HARNESS = $(patsubst %.c,%.o,$(wildcard tests/harness*.c)) tests/shard.o
unit_tests   = $(sort $(patsubst %.c,%.o,$(wildcard tests/unit/*.c)) tests/shard.o $(UDPTIMED) \
	protocol/probe.o common/progress.o common/remote.o common/histogram.o \
	common/pieces.o common/lossy.o common/udp_guard.o \
	$(DATAGRAMS) common/siphash.o clients/udpchat/line.o $(CHAT) \
	protocol/command.o protocol/allow.o common/spawn.o $(HTTP) $(ROUTES) $(TFTP) $(FTP) \
	$(FTP_LIST) protocol/glob.o common/keeper.o common/net_data.o protocol/ftp_url.o protocol/netrc.o clients/ftp/words.o \
	$(USERS) $(QUOTA) $(CONFINE) $(HTTPD) common/event.o common/event_timer.o $(TRANSFER) $(SERVE))
e2e_tcpechod = $(patsubst %.c,%.o,$(wildcard tests/e2e/tcpechod*.c)) $(HARNESS)
e2e_tcpecho  = $(patsubst %.c,%.o,$(wildcard tests/e2e/tcpecho_*.c tests/e2e/tcpecho.c)) $(HARNESS)
e2e_udpecho  = $(patsubst %.c,%.o,$(wildcard tests/e2e/udpecho_*.c)) $(HARNESS)
e2e_udpechod = $(patsubst %.c,%.o,$(wildcard tests/e2e/udpechod*.c)) $(HARNESS)
e2e_udptimed = $(patsubst %.c,%.o,$(wildcard tests/e2e/udptimed*.c)) $(HARNESS)
e2e_udptime  = $(patsubst %.c,%.o,$(wildcard tests/e2e/udptime_*.c)) $(HARNESS)
e2e_tcpload  = $(patsubst %.c,%.o,$(wildcard tests/e2e/tcpload*.c)) $(HARNESS)
e2e_messages = tests/e2e/messages.o $(HARNESS)
e2e_tcpchat  = $(patsubst %.c,%.o,$(wildcard tests/e2e/tcpchat*.c)) $(HARNESS)
e2e_udpchatd = $(patsubst %.c,%.o,$(wildcard tests/e2e/udpchatd*.c)) tests/e2e/chat.o $(CHAT) $(HARNESS)
e2e_udpchat  = $(patsubst %.c,%.o,$(wildcard tests/e2e/udpchat_*.c)) tests/e2e/chat.o $(CHAT) $(HARNESS)
LAB_OF_FILES = $(patsubst %.c,%.o,$(wildcard tests/e2e/file_*.c)) protocol/frame.o \
	protocol/file.o protocol/pack.o common/digest.o
e2e_filed    = $(patsubst %.c,%.o,$(wildcard tests/e2e/filed_*.c)) $(LAB_OF_FILES) $(HARNESS)
e2e_filecp   = $(patsubst %.c,%.o,$(wildcard tests/e2e/filecp_*.c)) $(LAB_OF_FILES) $(HARNESS)
e2e_httpd    = $(patsubst %.c,%.o,$(wildcard tests/e2e/httpd_*.c)) tests/e2e/file_lab.o $(HARNESS)
e2e_tftp     = $(patsubst %.c,%.o,$(wildcard tests/e2e/tftp_*.c)) tests/e2e/file_lab.o $(HARNESS)
e2e_ftp      = $(patsubst %.c,%.o,$(wildcard tests/e2e/ftp_*.c)) tests/e2e/file_lab.o $(HARNESS)
e2e_ftpd     = $(patsubst %.c,%.o,$(wildcard tests/e2e/ftpd_*.c)) tests/e2e/file_lab.o $(HARNESS)
e2e_ftpadm   = $(patsubst %.c,%.o,$(wildcard tests/e2e/ftpadm*.c)) $(HARNESS)
relay        = tests/relay.o tests/relay_ways.o common/lossy.o $(UDP)
e2e_tftpd    = $(patsubst %.c,%.o,$(wildcard tests/e2e/tftpd*.c)) tests/e2e/file_lab.o $(HARNESS)
e2e_rcmdd    = $(patsubst %.c,%.o,$(wildcard tests/e2e/rcmdd*.c)) $(HARNESS)
e2e_rcmd     = $(patsubst %.c,%.o,$(wildcard tests/e2e/rcmd_*.c)) tests/e2e/rcmdd_client.o $(HARNESS)
load         = tests/bench/load.o
probe        = tests/bench/probe.o
udpload      = tests/bench/udpload.o
filepair     = tests/bench/filepair.o
ftpload      = tests/bench/ftpload.o tests/bench/ftptalk.o
HANDLERS     = $(patsubst %,$(BUILD)/handlers/%.so,hello time form status odd)
TESTS = unit_tests $(filter e2e_%,$(.VARIABLES))

# Fuzz targets: each file of tests/fuzz, with all of protocol/ and the parts that
# fuzz_NAME adds. Built twice: to replay its corpus (make check) and for libFuzzer.
FUZZ      = $(filter-out replay,$(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))
FUZZ_WITH = $(patsubst %.c,%.o,$(wildcard protocol/*.c))
fuzz_http_environ = servers/httpd/environ.o common/net_address.o
fuzz_udptimed = servers/udptimed/answer.o servers/udptimed/zone.o

# ---- how ----

CC       ?= cc
CFLAGS   ?= -O2 -g
WARNINGS  = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes
HARDENING = -fstack-protector-strong -D_FORTIFY_SOURCE=2
SANITIZE  =
PORTABLE  =
STATIC    = yes
BUILD     = build
BIN       = bin
MINE      = mine
PREFIX         = /usr/local
PROGRAM_PREFIX =
MANDIR         = $(PREFIX)/share/man
LABDIR         = $(PREFIX)/share/switchboard/lab
FUZZ_CC        = clang
FUZZ_SECONDS   = 60

# fresh machines have no `cc` variable of their own: make's default is fine
ALL_CPPFLAGS = -I. -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 \
	$(if $(PORTABLE),-DPORTABLE) $(CPPFLAGS)
ALL_CFLAGS   = -std=c11 $(WARNINGS) -fPIE $(if $(SANITIZE),-fsanitize=$(SANITIZE) \
	-fno-sanitize-recover=all -fno-omit-frame-pointer,$(HARDENING)) $(CFLAGS)
ALL_LDFLAGS  = $(if $(SANITIZE),-fsanitize=$(SANITIZE)) -Wl,-z,relro,-z,now $(LDFLAGS)
SERVER_LINK  = $(if $(SANITIZE),-pie,$(if $(filter yes,$(STATIC)),@$(BUILD)/static.flags,-pie))

# Everything is compiled on every processor, but for goals that must keep their order:
# "make clean check" does one after the other.
in_order = $(if $(filter-out all $(PROGRAMS),$(MAKECMDGOALS)),$(word 2,$(MAKECMDGOALS)))
MAKEFLAGS += $(if $(in_order),,-j$(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1))

# With --no-warnings (etc/static-flags.sh) ld says nothing of undefined symbols either, and
# succeeds: an ordinary link does tell.
CHECK_LINK = $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -pie -o $(BUILD)/$*.linked $(call objects,$*) $(LDLIBS)

.DELETE_ON_ERROR:
.SECONDEXPANSION:
.SUFFIXES:
# Suites that are no program's; each has a script in tests/, but for unit.
SCRIPTED = unit manual fuzz graders dissector interop netns lab install golden pitfalls experiments

.PHONY: all $(PROGRAMS) $(HELPERS) $(START:%=start-%) tests lab check $(PROGRAMS:%=check-%) $(SCRIPTED:%=check-%) fuzz \
	experiments pitfalls bench bench-udp bench-file bench-http bench-rcmd bench-tftp bench-ftp bench-models soak asan tsan portable lint format \
	install uninstall clean help FORCE

all: $(PROGRAMS) $(HELPERS) $(SAMPLES)
$(PROGRAMS) $(HELPERS): %: $(BIN)/%
httpd: $(HELPERS) $(SAMPLES)
tests: $(TESTS:%=$(BUILD)/tests/%) $(HANDLERS) $(BUILD)/tests/relay $(FUZZ:%=$(BUILD)/fuzz/replay-%)

objects = $(addprefix $(BUILD)/,$($1))

# rcmd, too: it is started for each command, in four fifths of the time.
$(SERVERS:%=$(BIN)/%) $(BIN)/rcmd: $(BIN)/%: $$(call objects,$$*) $(BUILD)/flags $(BUILD)/static.flags
	@mkdir -p $(@D)
	@$(CHECK_LINK)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(SERVER_LINK) -o $@ $(call objects,$*) $(LDLIBS)

# Helpers load what others have built, so they are linked dynamically, as clients are.
$(patsubst %,$(BIN)/%,$(filter-out rcmd,$(CLIENTS)) $(HELPERS)): $(BIN)/%: $$(call objects,$$*) $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -pie -o $@ $(call objects,$*) $(LDLIBS)

# Somebody's own program: `make start-NAME` begins it in mine/NAME, and all that is not of
# the program itself is the house's.
is_its_own = servers/% clients/%
mine = $(MINE)/$1/$1

$(START:%=start-%): start-%:
	@MINE=$(MINE) sh etc/start.sh $* $(patsubst %.o,%.c,$(filter $(is_its_own),$($*)))

$(foreach p,$(START),$(call mine,$p)): $$(wildcard $$(@D)/*.[ch]) \
		$$(addprefix $(BUILD)/,$$(filter-out $(is_its_own),$$($$(@F)))) $(BUILD)/flags
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -Wno-unused $(ALL_LDFLAGS) -pie -o $@ \
		$(filter %.c %.o,$^) $(LDLIBS)

# Digests are nettle's.
$(foreach p,rcmdd rcmd ftpd filed filecp ftp,$(BIN)/$p $(call mine,$p)) $(BUILD)/tests/unit_tests \
	$(BUILD)/tests/e2e_filed $(BUILD)/tests/e2e_filecp: LDLIBS += -lnettle

# Hashes of passwords are libxcrypt's.
$(foreach p,ftpd ftpadm httpd,$(BIN)/$p $(call mine,$p)) $(BUILD)/tests/unit_tests: LDLIBS += -lcrypt

$(BIN)/httpd-app: LDLIBS += -ldl

BUILD_HANDLER = @mkdir -p $(@D); $(CC) $(ALL_CPPFLAGS) -std=c11 $(WARNINGS) $(CFLAGS) -fPIC -shared -o $@ $<

%.so: %.c common/app.h
	$(BUILD_HANDLER)

%.so: samples/%.c common/app.h
	$(BUILD_HANDLER)

$(BIN)/handlers/%.so: samples/%.c common/app.h
	$(BUILD_HANDLER)

$(BUILD)/handlers/%.so: samples/%.c common/app.h
	$(BUILD_HANDLER)

$(BUILD)/handlers/%.so: tests/handlers/%.c common/app.h
	$(BUILD_HANDLER)

$(SCRIPTS:%=$(BIN)/%): $(BIN)/%: clients/%
	@mkdir -p $(@D)
	cp clients/$* $@
	chmod 755 $@

$(TESTS:%=$(BUILD)/tests/%): $(BUILD)/tests/%: $$(call objects,$$*) $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -pie -o $@ $(call objects,$*) \
		$$(pkg-config --libs check 2>/dev/null || echo -lcheck -lsubunit -lrt -lm -lpthread) $(LDLIBS)

$(BUILD)/tests/load $(BUILD)/tests/probe $(BUILD)/tests/relay $(BUILD)/tests/udpload $(BUILD)/tests/filepair $(BUILD)/tests/ftpload: $(BUILD)/tests/%: $$(call objects,$$*) $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -pie -o $@ $(call objects,$*)

fuzz_parts = tests/fuzz/$1.o $(FUZZ_WITH) $(fuzz_$1)

$(FUZZ:%=$(BUILD)/fuzz/replay-%): $(BUILD)/fuzz/replay-%: $(BUILD)/tests/fuzz/replay.o \
		$$(addprefix $(BUILD)/,$$(call fuzz_parts,$$*)) $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -pie -o $@ $(filter %.o,$^)

# From the sources in one go: these objects are of no use to anything else.
$(FUZZ:%=$(BUILD)/fuzz/fuzz-%): $(BUILD)/fuzz/fuzz-%: $$(subst .o,.c,$$(call fuzz_parts,$$*)) \
		$(wildcard protocol/*.h common/*.h servers/*/*.h tests/fuzz/*.h)
	@mkdir -p $(@D)
	$(FUZZ_CC) $(ALL_CPPFLAGS) -std=c11 -g -O1 -fno-omit-frame-pointer \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o $@ $(filter %.c,$^)

$(BUILD)/tests/%.o: ALL_CPPFLAGS += -D_GNU_SOURCE

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Other flags than last time: everything is made anew.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(STATIC)' | cmp -s - $@ || \
	echo '$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(STATIC)' >$@

$(BUILD)/static.flags: etc/static-flags.sh etc/first.ld $(BUILD)/flags
	@sh etc/static-flags.sh $(CC) >$@

-include $(shell find $(BUILD) -type f -name '*.d' 2>/dev/null)

# ---- see and test ----

lab: all
	$(BIN)/switchboard demo

# Quick suites first. SUT names a program of your own to grade: see tests/README.md.
check: all tests pitfalls
	BIN=$(BIN) BUILD=$(BUILD) sh tests/run.sh

$(PROGRAMS:%=check-%): check-%: all tests
	BIN=$(BIN) BUILD=$(BUILD) SUT='$(SUT)' sh tests/run.sh $*

$(SCRIPTED:%=check-%): check-%: all tests pitfalls
	BIN=$(BIN) BUILD=$(BUILD) sh tests/run.sh $*

experiments: all pitfalls
	BIN=$(BIN) BUILD=$(BUILD) sh tests/experiments.sh backlog cpu-or-io forgotten-descriptor glued \
		half-read long-or-short sticky time-wait zero-reads

# Servers with one mistake each: to look at in experiments, and to test the tests with.
pitfalls: $(patsubst tests/pitfalls/%.c,$(BUILD)/pitfalls/%,$(filter-out tests/pitfalls/right%, \
	$(wildcard tests/pitfalls/*.c)))

$(BUILD)/pitfalls/framed: protocol/frame.c protocol/pack.c
$(patsubst tests/%.c,$(BUILD)/%,$(wildcard tests/pitfalls/tftp-*.c)): \
	tests/pitfalls/right_tftp.c tests/pitfalls/right_tftp.h
$(patsubst tests/%.c,$(BUILD)/%,$(wildcard tests/pitfalls/http-*.c)): \
	tests/pitfalls/right_http.c tests/pitfalls/right_http.h

# Those that run commands: rcmd is their client.
RUN_COMMANDS = $(addprefix $(BUILD)/pitfalls/,collected-output empty-is-missing \
	header-in-one-read kills-the-shell-only stdout-then-stderr)
$(RUN_COMMANDS): tests/pitfalls/right_command.c tests/pitfalls/right_command.h \
	protocol/command.c protocol/frame.c protocol/pack.c common/digest.c
$(RUN_COMMANDS): LDLIBS += -lnettle

$(BUILD)/pitfalls/%: tests/pitfalls/%.c tests/pitfalls/right.c tests/pitfalls/right.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) -D_GNU_SOURCE -std=c11 -O2 -D_FORTIFY_SOURCE=2 -Wall -Wextra -o $@ $(filter %.c,$^) \
		$(LDLIBS)

# What each target learns stays in $(BUILD)/fuzz/corpus, and what breaks one beside it.
fuzz: $(FUZZ:%=$(BUILD)/fuzz/fuzz-%)
	BUILD=$(BUILD) sh tests/fuzz.sh run $(FUZZ_SECONDS)

bench: all $(BUILD)/tests/load $(BUILD)/tests/probe
	BIN=$(BIN) BUILD=$(BUILD) sh tests/bench/run.sh $(BENCH)

bench-udp: all $(BUILD)/tests/udpload $(BUILD)/tests/probe
	BIN=$(BIN) BUILD=$(BUILD) sh tests/bench/udp.sh $(BENCH)

bench-file: all $(BUILD)/tests/filepair
	BIN=$(BIN) BUILD=$(BUILD) sh tests/bench/file.sh $(BENCH)

bench-http: httpd $(BUILD)/tests/probe
	BIN=$(BIN) BUILD=$(BUILD) sh tests/bench/http.sh $(BENCH)

bench-rcmd: rcmdd rcmd
	BIN=$(BIN) sh tests/bench/rcmd.sh $(BENCH)

bench-tftp: tftpd tftp
	BIN=$(BIN) sh tests/bench/tftp.sh $(BENCH)

bench-ftp: ftpd ftp $(BUILD)/tests/ftpload $(BUILD)/tests/probe
	BIN=$(abspath $(BIN)) BUILD=$(abspath $(BUILD)) sh tests/bench/ftp.sh $(BENCH)

bench-models: all
	BIN=$(BIN) sh tests/bench/models.sh -o $(BUILD)/models.tsv -p $(BUILD)/models.svg $(BENCH)

soak: all $(BUILD)/tests/load $(BUILD)/tests/e2e_filecp $(BUILD)/tests/relay
	BIN=$(BIN) BUILD=$(BUILD) sh tests/soak.sh $(SECONDS)
	BIN=$(BIN) BUILD=$(BUILD) sh tests/soak-tftp.sh
	BIN=$(BIN) sh tests/soak-ftpd.sh
	BIN=$(BIN) BUILD=$(BUILD) LONG=yes sh tests/interop.sh tftp

# The suites that look at a build from inside and outside; the others look at the tree.
SUITES_OF_BUILD = unit fuzz golden $(patsubst e2e_%,%,$(filter e2e_%,$(TESTS)))

asan:
	$(MAKE) BUILD=build/asan BIN=build/asan/bin SANITIZE=address,undefined CFLAGS='-O1 -g' \
		check SUITES='$(SUITES_OF_BUILD)'

tsan:
	$(MAKE) BUILD=build/tsan BIN=build/tsan/bin SANITIZE=thread CFLAGS='-O1 -g' \
		check SUITES='$(SUITES_OF_BUILD)'

portable:
	$(MAKE) BUILD=build/portable BIN=build/portable/bin PORTABLE=1 \
		check SUITES='$(SUITES_OF_BUILD)'

lint:
	CC='$(CC)' sh etc/lint.sh

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

# ---- install ----

install: all
	DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' PROGRAM_PREFIX='$(PROGRAM_PREFIX)' \
	MANDIR='$(MANDIR)' LABDIR='$(LABDIR)' BIN='$(BIN)' \
	SERVERS='$(SERVERS) $(HELPERS)' CLIENTS='$(CLIENTS)' SCRIPTS='$(SCRIPTS)' sh etc/install.sh install

uninstall:
	DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' PROGRAM_PREFIX='$(PROGRAM_PREFIX)' \
	MANDIR='$(MANDIR)' LABDIR='$(LABDIR)' BIN='$(BIN)' \
	SERVERS='$(SERVERS) $(HELPERS)' CLIENTS='$(CLIENTS)' SCRIPTS='$(SCRIPTS)' sh etc/install.sh uninstall

clean:
	rm -rf build bin

help:
	@echo 'make            build every program into bin/'
	@echo 'make NAME       build one: $(PROGRAMS)'
	@echo 'make hello.so   build a handler for httpd -a of hello.c, or of samples/hello.c'
	@echo 'make lab        build, start the servers on loopback, run the demo, stop'
	@echo 'make experiments  see the mistakes and the limits: prediction and result'
	@echo 'make check      run every test; make check-NAME one suite'
	@echo 'make check-tcpechod SUT=./mine   grade a program of your own (tests/README.md)'
	@echo 'make start-tcpechod  begin one of your own in mine/tcpechod, with the work left to do'
	@echo 'make bench      measure against other servers, as ratios'
	@echo 'make bench-udp  the same for datagrams'
	@echo 'make bench-file     measure filecp against nc, tar and rsync'
	@echo 'make bench-http     httpd beside nginx, lighttpd and busybox'
	@echo 'make bench-rcmd     rcmd beside ssh; SSHD= names an sshd'
	@echo 'make bench-tftp     tftp and tftpd beside tftp-hpa, atftp, curl, dnsmasq'
	@echo 'make bench-ftp      ftpd and ftp beside vsftpd, pure-ftpd, proftpd, curl, lftp'
	@echo 'make bench-models   what each model of tcpechod costs: a table and a picture'
	@echo 'make soak       the long tests'
	@echo 'make asan tsan portable   the tests again: sanitizers, plain fallbacks only'
	@echo 'make fuzz       libFuzzer on each parser, FUZZ_SECONDS=60 each (needs clang)'
	@echo 'make lint       format, compilers, analysers, manuals, scripts'
	@echo 'make install    PREFIX=/usr/local DESTDIR= PROGRAM_PREFIX=; make uninstall'
	@echo 'make clean      remove what was built'
	@echo 'Variables: CC CFLAGS PORTABLE=1 STATIC=no SUT'
