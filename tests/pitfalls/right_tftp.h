/*
 * right_tftp: what the broken TFTP clients of this directory do right: a client of RFC
 * 1350, without options, as small as it can be.
 *
 * usage: NAME -p PORT get 127.0.0.1:NAME LOCAL  or  put LOCAL 127.0.0.1:NAME
 */
#ifndef TESTS_PITFALLS_RIGHT_TFTP_H
#define TESTS_PITFALLS_RIGHT_TFTP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
	RIGHT_DATA = 3,
	RIGHT_ACK = 4,
	RIGHT_BLOCK = 512,
	RIGHT_TRIES = 5,
};

struct right_tftp {
	int fd;
	bool puts;		   /* else it gets */
	const char *local;	   /* the file here */
	struct sockaddr_in server; /* where the next packet goes */
	bool answered;		   /* by `server` */
	unsigned char packet[4 + RIGHT_BLOCK + 1];
	size_t size; /* of what came last */
};

/* Read the command line, and send the request. */
void right_tftp_begin(struct right_tftp *tftp, int argc, char *argv[]);

/* Await a packet for a second. False: none has come. `from` is who has sent it. */
bool right_tftp_receive(struct right_tftp *tftp, struct sockaddr_in *from);

/* The same, but only from the server: a stranger is told ERROR 5. */
bool right_tftp_hear(struct right_tftp *tftp);

unsigned right_tftp_opcode(const struct right_tftp *tftp);
unsigned right_tftp_block(const struct right_tftp *tftp);

void right_tftp_ack(const struct right_tftp *tftp, unsigned block);
void right_tftp_data(
    const struct right_tftp *tftp, unsigned block, const unsigned char *bytes, size_t size);

/* The whole of a transfer, each as it should be; 0. */
int right_tftp_get(struct right_tftp *tftp);
int right_tftp_put(struct right_tftp *tftp);

/* The file under way has another name; its own it gets at the end. */
FILE *right_tftp_open(const struct right_tftp *tftp);
void right_tftp_publish(const struct right_tftp *tftp, FILE *file);

/* The last ACK may have been lost: a child stays to say it again. */
void right_tftp_dally(struct right_tftp *tftp);

#endif
