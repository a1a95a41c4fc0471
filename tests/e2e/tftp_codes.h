/*
 * tftp_codes: what an ERROR of TFTP may say (RFC 1350, 2347), for the checks of both sides.
 */
#ifndef TESTS_E2E_TFTP_CODES_H
#define TESTS_E2E_TFTP_CODES_H

enum tftp_error {
	ERROR_NOT_FOUND = 1,
	ERROR_DENIED = 2,
	ERROR_FULL = 3,
	ERROR_ILLEGAL = 4,
	ERROR_TID = 5,
	ERROR_EXISTS = 6,
	ERROR_OPTION = 8,
};

#endif
