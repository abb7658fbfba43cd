#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>
#include "CLinux.h"

int clinux_accept4(int listener, int flags) { return accept4(listener, 0, 0, flags); }

int clinux_name_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }

int clinux_thread_id(void) { return gettid(); }
