/*
 * transfer_internal: what sender and receiver share. Nobody else includes it.
 */
#ifndef LINK_TRANSFER_INTERNAL_H
#define LINK_TRANSFER_INTERNAL_H

#include "link/transfer.h"

/* Wait longer, since a disk has to read or sync `bytes`; and as before. */
void transfer_be_patient(struct transfer *transfer, uint64_t bytes);
void transfer_be_usual(struct transfer *transfer);

void transfer_moved(struct transfer *transfer, const char *path, uint64_t bytes);

/* A TROUBLE for the peer alone; `words` of FILE_WORDS_MAX bytes at most. 0, or -1. */
int transfer_put_trouble(
    struct transfer *transfer, uint64_t number, enum frame_error error, const char *words);

/* ---- sender ---- */

/* What the receiver may say at any time. 1 taken, 0 it is something else, -1. */
int transfer_take_answer(struct transfer *transfer, const struct frame *frame);

/* Send what waits, and hear until no more than `left` entries are unanswered. */
int transfer_await_answers(struct transfer *transfer, uint64_t left);

struct file_entry
transfer_describe(enum file_kind kind, const struct stat *st, const char *path);
int transfer_put_entry(struct transfer *transfer, const struct file_entry *entry);
int transfer_put_sum(struct transfer *transfer, struct digest *digest, uint64_t size);
int transfer_send_directory(
    struct transfer *transfer, enum file_kind kind, const struct stat *st, const char *path);
int
transfer_send_large(struct transfer *transfer, int fd, const struct stat *st, const char *path);

/* The file is not what it was; or errno, if it cannot be read. */
int transfer_tell_change(
    struct transfer *transfer, uint64_t number, const char *path, bool unreadable);

/* ---- both ---- */

/* The digest by which a kept part is compared. */
enum digest_kind transfer_part_kind(const struct transfer *transfer);

/* Add so many zeros to a digest. */
void transfer_digest_zeros(struct digest *digest, uint64_t len);

/*
 * Add `len` bytes of a file from `from` on to a digest, through a buffer that never leaves
 * the processor's cache; what waits is sent first. *error is the file's, EIO if it is too
 * short, 0 if there was none. 0, or -1: the connection.
 */
int transfer_digest_part(struct transfer *transfer, int fd, uint64_t from, uint64_t len,
    struct digest *digest, int *error);

#endif
