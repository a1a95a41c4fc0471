/*
 * multiplex: many clients in one process: the driver of model event. See session.h.
 */
#include "common/crowd.h"
#include "common/serve.h"
#include "servers/httpd/drive.h"

int
drive_many(struct server *server, void *arg)
{
	(void)server;
	(void)arg;
	return STATUS_FAILED;
}
