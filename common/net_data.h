/*
 * net_data: a second connection beside the one a client already has, as FTP wants it.
 */
#ifndef COMMON_NET_DATA_H
#define COMMON_NET_DATA_H

#include "common/net.h"

/*
 * Listen for one caller on `local`'s address (its port does not count), on a port from
 * `first` to `last`, tried from a place that nobody foresees; 0: the kernel chooses. A
 * non-blocking descriptor, or -1 with errno: EADDRINUSE if all ports are taken.
 */
int net_data_listen(const struct net_address *local, int first, int last);

/*
 * Begin to connect from `local`'s address (its port does not count) to `target`. A
 * non-blocking descriptor, which polls writable when it stands or has failed:
 * net_data_error tells which. -1 with errno.
 */
int net_data_connect(const struct net_address *local, const struct net_address *target);

/* 0, or -1 with errno: why the socket does not stand. */
int net_data_error(int fd);

#endif
