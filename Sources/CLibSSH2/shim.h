#pragma once
#include <libssh2.h>
// malloc_usable_size(3): what a freed block really held, so that all of it can be zeroed.
#include <malloc.h>
