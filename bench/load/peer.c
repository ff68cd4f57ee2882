/* The processes on the other side. Threads are added up, also those that a broker starts while it is measured. */
#define _GNU_SOURCE
#include "load.h"
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PEERS_MAX = 8 };
static int peers[PEERS_MAX], npeer;

void peer_add(int pid)
{
	if (npeer == PEERS_MAX) die("more than %d peers", PEERS_MAX);
	peers[npeer++] = pid;
}

static bool first_number(const char *path, const char *format, void *value)
{
	char line[256];
	FILE *f = fopen(path, "r");
	if (!f) return false;
	bool found = false;
	while (!found && fgets(line, sizeof line, f)) found = sscanf(line, format, value) == 1;
	fclose(f);
	return found;
}

/* Nanoseconds on a CPU of every thread of a process; clock ticks of 10 ms are too coarse for a broker that idles. */
static double cpu_of(int pid)
{
	char path[320];
	double seconds = 0;
	snprintf(path, sizeof path, "/proc/%d/task", pid);
	DIR *tasks = opendir(path);
	if (!tasks) die("no process %d", pid);
	for (struct dirent *e; (e = readdir(tasks));) {
		unsigned long long ns;
		if (e->d_name[0] == '.') continue;
		snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", pid, e->d_name);
		if (first_number(path, "%llu", &ns)) seconds += ns / 1e9;
	}
	closedir(tasks);
	return seconds;
}

double peer_cpu(void)
{
	double seconds = 0;
	for (int i = 0; i < npeer; i++) seconds += cpu_of(peers[i]);
	return seconds;
}

double self_cpu(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

long peer_rss_kb(void)
{
	long sum = 0;
	for (int i = 0; i < npeer; i++) {
		char path[64];
		long kb;
		snprintf(path, sizeof path, "/proc/%d/status", peers[i]);
		if (!first_number(path, "VmRSS: %ld", &kb)) die("no process %d", peers[i]);
		sum += kb;
	}
	return sum;
}
