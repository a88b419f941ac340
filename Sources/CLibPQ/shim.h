#include <libpq-fe.h>

/* What the client's own thread waits with; Swift's Glibc module leaves these out. */
#include <pthread.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* GNU extensions that the headers hide without _GNU_SOURCE. */
extern int pthread_setname_np(pthread_t thread, const char *name);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
