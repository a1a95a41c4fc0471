/*
 * udp_bulk_internal: what both halves of udp_bulk share. Nobody else includes this.
 */
#ifndef COMMON_UDP_BULK_INTERNAL_H
#define COMMON_UDP_BULK_INTERNAL_H

#include "common/udp_bulk.h"
#include "common/udp_control.h"

/* Not connected: take all news that ICMP brought. Whether one of them is about the peer. */
bool udp_bulk_hears_of_peer(struct udp_bulk *bulk);

#endif
