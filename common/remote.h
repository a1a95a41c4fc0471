/*
 * remote: HOST:PATH, as clients take it on the command line.
 *
 *	host:path  [::1]:path  unix:/run/x:path		of another machine
 *	file  ./a:b  /tmp/a:b				a slash before the colon: of this one
 */
#ifndef COMMON_REMOTE_H
#define COMMON_REMOTE_H

#include "common/net.h"

/*
 * Take the two apart: `host` without brackets, *path within `text`, as it stands. 1; 0 if
 * this is a file of this machine (*path is all of it); -1 if the host is too long.
 */
int remote_split(const char *text, char host[NET_TEXT_MAX], const char **path);

#endif
