/**
 * The launcher: one process that starts Postgres, api, worker, edge and agent in order, starts again what dies, and stops
 * all of it on Ctrl-C. It holds no state of its own: after `kill -9` the next start puts everything right.
 */
import { copyFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readConfig } from '@rookery/service-kit/config';
import { writeDurably } from '@rookery/service-kit/files';
import type { Child } from './child.ts';
import { type Database, openDatabase } from './database.ts';
import { type FirstLogin, forgetPartialLogin, makeFirstLogin, makeSetupLink, readFirstLogin } from './first-login.ts';
import { type Home, healAfterCrash, holdHome, openHome, releaseHome, rememberProcesses } from './home.ts';
import { type DockerCell, findDockerCell, runtimeImage } from './docker-cell.ts';
import { requireFreePort } from './ports.ts';
import { banner } from './banner.ts';
import { isLoopback, runFolder, type Settings, settingsSchema } from './settings.ts';
import { describeSystem, type System } from './system.ts';

const READY_TIMEOUT_MS = 90_000;

/** Whether the data folder is ours, and so ours to give back. */
let held = false;

const say = (line: string) => console.log(line);

async function main(): Promise<void> {
  const settings = readConfig(settingsSchema, process.env);
  const homePath = resolve(settings.ROOKERY_HOME);
  const home = openHome(homePath, runFolder(homePath));
  holdHome(home);
  held = true;
  let stopRequested = false;
  let stop: () => Promise<void> = async () => releaseHome(home);
  const onSignal = () => {
    if (stopRequested) return;
    stopRequested = true;
    say('\nStopping …');
    void stop().then(() => process.exit(process.exitCode ?? 0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);

  await healAfterCrash(home);
  for (let i = 0; i < settings.ROOKERY_API_PROCESSES; i++)
    await requireFreePort(settings.ROOKERY_BIND, settings.ROOKERY_PORT + i, 'ROOKERY_PORT');
  for (const name of ['kek', 'session']) home.secret(name);
  const database = await openDatabase(home, settings, say);
  const publicUrl =
    settings.PUBLIC_URL ?? `http://${isLoopback(settings.ROOKERY_BIND) ? 'localhost' : settings.ROOKERY_BIND}:${settings.ROOKERY_PORT}`;
  const docker = await findDockerCell(settings);
  const containers: Child[] = [];
  let system: System | null = null;
  const remember = () =>
    rememberProcesses(home, system === null ? [] : [...all(system), ...containers].flatMap((child) => child.identity ?? []));
  system = describeSystem({ home, settings, urls: database.urls, publicUrl, docker, onStart: remember });
  const here = system;
  stop = async () => {
    // The agent first: it stops the containers.
    for (const child of containers.toReversed()) await child.stop('SIGINT', 30_000);
    await stopSystem(here, database, home);
  };
  if (stopRequested) return;

  say('Starting api, worker, edge and agent …');
  for (const child of all(system)) child.start();
  await untilReady(system, () => stopRequested);
  const { login, setupUrl } = await firstPeople(home, settings, system, publicUrl);
  writeReady(home, settings, publicUrl, setupUrl);
  say(await banner({ settings, publicUrl, login, setupUrl, home: home.path, caFile: home.file('ca.pem') }));
  if (docker !== null) await startContainers(docker, settings, here, containers, () => stopRequested);
}

/** The docker cell comes up beside the rest: its image may have to be fetched first. What fails is said, and stops nothing. */
async function startContainers(
  docker: DockerCell,
  settings: Settings,
  system: System,
  started: Child[],
  abandoned: () => boolean,
): Promise<void> {
  try {
    const image = await runtimeImage(docker, settings.NODE_IMAGE);
    if (abandoned()) return;
    started.push(...system.docker(image));
    for (const child of started) child.start();
    say('  Deployments of the region local-docker are containers made by Terraform.');
  } catch (error) {
    say(`  There is no docker cell: ${(error as Error).message}`);
  }
}

function all(system: System): Child[] {
  return [...system.apis, ...system.workers, ...system.edges, system.agent];
}

async function untilReady(system: System, abandoned: () => boolean): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    const reasons = (await Promise.all(all(system).map((child) => child.notReady()))).filter((reason) => reason !== null);
    if (reasons.length === 0 || abandoned()) return;
    if (Date.now() > deadline) throw new Error(`not ready after ${READY_TIMEOUT_MS / 1000} s:\n  ${reasons.join('\n  ')}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

async function firstPeople(
  home: Home,
  settings: Settings,
  system: System,
  publicUrl: string,
): Promise<{ login: FirstLogin | null; setupUrl: string | null }> {
  copyFileSync(home.file('machine', 'ca', 'ca.pem'), home.file('ca.pem'));
  const known = readFirstLogin(home);
  if (known !== null) {
    forgetPartialLogin(home);
    return { login: known, setupUrl: null };
  }
  if (isLoopback(settings.ROOKERY_BIND)) {
    say('Making the first log-in and a first deployment …');
    return {
      login: await makeFirstLogin(home, system.privateApi, `http://${settings.ROOKERY_BIND}:${settings.ROOKERY_PORT}/graphql`),
      setupUrl: null,
    };
  }
  const path = await makeSetupLink(system.privateApi);
  return { login: null, setupUrl: path === null ? null : `${publicUrl}${path}` };
}

function writeReady(home: Home, settings: Settings, publicUrl: string, setupUrl: string | null): void {
  const shared = settings.ROOKERY_DOMAIN !== undefined;
  const ready = {
    version: 1,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    consoleUrl: publicUrl,
    graphqlUrl: `${publicUrl}/graphql`,
    caFile: home.file('ca.pem'),
    domain: settings.ROOKERY_DOMAIN ?? null,
    setupUrl,
    ports: {
      http: settings.ROOKERY_PORT,
      mqtts: shared ? settings.ROOKERY_MQTTS_PORT : null,
      wss: shared ? settings.ROOKERY_WSS_PORT : null,
      deployments: settings.ROOKERY_MQTT_PORTS.split('-').map(Number),
    },
  };
  writeDurably(home.file('ready.json'), `${JSON.stringify(ready, null, 2)}\n`);
}

/** Clients first (the agent stops the runtimes), then the door, then the control plane, the database last. */
async function stopSystem(system: System, database: Database, home: Home): Promise<void> {
  await Promise.all([system.agent.stop('SIGINT', 20_000), ...system.workers.map((worker) => worker.stop('SIGTERM', 10_000))]);
  await Promise.all([...system.edges, ...system.apis].map((child) => child.stop('SIGTERM', 10_000)));
  await database.stop();
  releaseHome(home);
}

await main().catch((error: Error) => {
  console.error(`\nRookery did not start: ${error.message}`);
  if (!held) process.exit(1);
  // What was started is stopped by the same path as on Ctrl-C.
  process.exitCode = 1;
  process.kill(process.pid, 'SIGTERM');
});
