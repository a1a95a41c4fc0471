/*
 * shard: several runs of one test program share its work. See shard.h.
 */
#include "tests/shard.h"

#include <stdio.h>
#include <stdlib.h>

bool
shard_has(unsigned long i)
{
	const char *shard = getenv("SHARD");
	unsigned long part, parts;

	if (shard == NULL || sscanf(shard, "%lu/%lu", &part, &parts) != 2 || parts == 0)
		return true;
	return i % parts == part;
}
