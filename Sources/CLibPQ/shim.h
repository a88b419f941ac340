#include <libpq-fe.h>

/* What the client's own thread waits with; Swift's Glibc module leaves these out. */
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* A GNU extension that the headers hide without _GNU_SOURCE. */
extern int pthread_setname_np(pthread_t thread, const char *name);
