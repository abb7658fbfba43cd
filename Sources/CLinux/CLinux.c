#define _GNU_SOURCE
#include "CLinux.h"

int clinux_accept4(int listener, int flags) { return accept4(listener, 0, 0, flags); }
