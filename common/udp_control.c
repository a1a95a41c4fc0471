/*
 * udp_control: ancillary data beside datagrams. See udp_control.h.
 */
#include "common/udp_control.h"

#include <stdint.h>
#include <string.h>

void
udp_control_add(struct msghdr *msg, struct udp_control *control, int level, int type,
    const void *data, size_t len)
{
	const struct cmsghdr head = {
		.cmsg_len = CMSG_LEN(len), .cmsg_level = level, .cmsg_type = type
	};
	unsigned char *at = control->bytes + msg->msg_controllen;

	memset(at, 0, CMSG_SPACE(len));
	memcpy(at, &head, sizeof head);
	memcpy(CMSG_DATA((struct cmsghdr *)(void *)at), data, len);
	msg->msg_control = control;
	msg->msg_controllen += CMSG_SPACE(len);
}

void
udp_control_cut(struct msghdr *msg, struct udp_control *control, size_t each)
{
	const uint16_t size = (uint16_t)each;

	udp_control_add(msg, control, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size);
}

bool
udp_control_can_cut(int fd)
{
	int size;
	socklen_t len = sizeof size;

	return getsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &size, &len) == 0;
}
