#pragma once
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>

// These hide behind _GNU_SOURCE, which must not be defined in a module's header: accept4(2), pthread_setname_np(3)
// of the calling thread (at most 15 bytes), gettid(2).
int clinux_accept4(int listener, int flags);
int clinux_name_thread(const char *name);
int clinux_thread_id(void);
