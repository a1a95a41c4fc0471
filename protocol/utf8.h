/*
 * utf8: strict UTF-8, RFC 3629, and what of it may stand in a name.
 *
 * Strict: no overlong form, no surrogate, nothing above U+10FFFF, nothing cut short. What
 * is only almost UTF-8 is read differently by different programs, and between two
 * readings there is room for an attack.
 */
#ifndef PROTOCOL_UTF8_H
#define PROTOCOL_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of the first character of `bytes`, and its number in *point; 0: not UTF-8. */
size_t utf8_next(const uint8_t *bytes, size_t len, uint32_t *point);

/* Whether all of it is well-formed. Empty is. */
bool utf8_is_valid(const uint8_t *bytes, size_t len);

/*
 * Whether a character may stand in a name: letters and digits of ASCII, - _ . and,
 * beyond ASCII, what is no space, no control, no punctuation known to be invisible or to
 * turn the direction of writing, and not for private use. It is no table of letters: two
 * names can still look alike.
 */
bool utf8_is_name_character(uint32_t point);

#endif
