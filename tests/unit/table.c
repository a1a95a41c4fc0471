/*
 * Guards: a slot that is lost or given twice, a limit that counts the wrong ones.
 */
#include "common/serve_internal.h"
#include "tests/unit/unit.h"

enum {
	SLOTS = 5,
	OWNER = 1,
};

static void
set_peer(struct serve_slot *slot, uint32_t host, uint16_t port)
{
	slot->peer = (struct net_address){ .len = sizeof slot->peer.sa.in };
	slot->peer.sa.in.sin_family = AF_INET;
	slot->peer.sa.in.sin_addr.s_addr = htonl(host);
	slot->peer.sa.in.sin_port = htons(port);
}

START_TEST(claims_finds_and_frees)
{
	struct serve_table *table = serve_table_new(SLOTS);
	struct serve_slot *slots[SLOTS];

	ck_assert_ptr_nonnull(table);
	for (int i = 0; i < SLOTS; i++) {
		slots[i] = serve_table_claim(table, OWNER);
		slots[i]->pid = 100 + i;
	}
	ck_assert_int_eq(table->live, SLOTS);
	for (int i = 0; i < SLOTS; i++)
		ck_assert_ptr_eq(serve_table_find(table, 100 + i), slots[i]);
	serve_table_free(table, slots[2]);
	ck_assert_ptr_null(serve_table_find(table, 102));
	ck_assert_ptr_eq(serve_table_claim(table, OWNER), slots[2]);
	ck_assert_int_eq(slots[2]->pid, 0); /* nothing of the last client is left */
	ck_assert_int_eq(slots[2]->peer.len, 0);
}
END_TEST

START_TEST(counts_the_clients_of_an_address)
{
	struct serve_table *table = serve_table_new(SLOTS);
	struct serve_slot *a = serve_table_claim(table, OWNER),
			  *b = serve_table_claim(table, OWNER),
			  *c = serve_table_claim(table, OWNER);

	set_peer(a, INADDR_LOOPBACK, 1);
	set_peer(b, INADDR_LOOPBACK, 2);
	set_peer(c, INADDR_LOOPBACK + 1, 1);
	ck_assert_int_eq(serve_table_same_host(table, &a->peer), 2);
	ck_assert_int_eq(serve_table_same_host(table, &c->peer), 1);
	b->state = SLOT_IDLE;
	ck_assert_int_eq(serve_table_same_host(table, &a->peer), 1);
	serve_table_free(table, a);
	ck_assert_int_eq(serve_table_same_host(table, &b->peer), 0);
}
END_TEST

Suite *
table_suite(void)
{
	Suite *suite = suite_create("child table");
	TCase *tcase = tcase_create("child table");

	tcase_add_test(tcase, claims_finds_and_frees);
	tcase_add_test(tcase, counts_the_clients_of_an_address);
	suite_add_tcase(suite, tcase);
	return suite;
}
