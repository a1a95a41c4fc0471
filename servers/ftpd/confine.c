/*
 * confine: what a session gives up, so that who takes it over by a mistake in it has little.
 *
 *	a stranger talks	fewer system calls; as root: `/` is an empty directory
 *	a user has logged in	files beneath his home only, without a right to write if he
 *				has none; no signals to others; as root: `/` is the home
 *
 * All of it is one wall more behind common/jail, and none of it is there on every machine:
 * -v tells what holds. A process that serves others afterwards (prefork, iterative)
 * cannot give anything up.
 */
#include <unistd.h>

#include "common/log.h"
#include "common/sys_confine.h"
#include "servers/ftpd/ftpd.h"

bool
confine_is_for(const struct serve_options *serve)
{
	return serve->model == SERVE_FORK && !serve->once;
}

void
confine_stranger(const struct session *session)
{
	int nowhere = session->options->nowhere;
	bool calls, root;

	if (!confine_is_for(session->options->serve))
		return;
	calls = sys_confine_calls() == 0;
	root = nowhere != -1 && sys_confine_root(nowhere) == 0;
	if (nowhere != -1)
		close(nowhere); /* by `..` it leads to where it was made */
	log_step("%s: held by:%s%s%s", conn_peer(session->conn), calls ? " seccomp" : "",
	    root ? " chroot" : "", calls || root ? "" : " nothing");
}

void
confine_user(const struct session *session)
{
	bool write = session->rights & (USERS_WRITE | USERS_DELETE);
	bool root, beneath;

	if (!confine_is_for(session->options->serve))
		return;
	root = session->options->nowhere != -1 && sys_confine_root(session->home.top) == 0;
	sys_give_up_chroot();
	beneath = sys_confine_beneath(session->home.top, write) == 0;
	log_step("%s: held in the home of %s by:%s%s openat2", conn_peer(session->conn),
	    session->user, root ? " chroot" : "", beneath ? " Landlock" : "");
}
