import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Program, start, stopPrograms } from './support/programs.js';

afterEach(stopPrograms);

/** Announces two connections, and waits until the backup has them. */
async function announce(master: Program, backup: Program): Promise<void> {
  for (const client of ['198.51.100.7:4000', '198.51.100.8:4001']) {
    master.process.stdin?.write(`${client}\n`);
  }
  await backup.line(/^2 connections/);
  await backup.line(/198\.51\.100\.8:4001 -> 10\.0\.0\.1:80 ESTABLISHED/);
  // A busy machine may have announced the first one in a message of its own.
  const last = backup.lines.findLastIndex((line) => line.startsWith('2 '));
  const rows = backup.lines.slice(last + 1).filter((line) => line.startsWith('  '));
  expect(rows.map((row) => row.replace(/ \d+ s$/, '')).toSorted()).toEqual([
    '  198.51.100.7:4000 -> 10.0.0.2:80 ESTABLISHED',
    '  198.51.100.8:4001 -> 10.0.0.1:80 ESTABLISHED',
  ]);
}

test('a master and a backup in two processes have the same connections, over multicast on the loopback interface', async () => {
  // An id of its own keeps other masters of this machine out.
  const syncId = String(1 + Math.floor(Math.random() * 254));
  const backup = await start('sync/daemon', ['backup', 'lo', syncId]);
  await backup.line(/backup on lo/);
  const master = await start('sync/daemon', ['master', 'lo', syncId]);
  await master.line(/master on lo/);
  await announce(master, backup);
  await end(master, backup);
});

const spaces = ['m', 'b'].map((name) => `sync${name}-${process.pid}`) as [string, string];
const [master, backup] = spaces;
const ip = (words: string): string =>
  spawnSync('ip', words.split(' '), { encoding: 'utf8' }).stdout;
const canNamespace = spaces.every((space) => spawnSync('ip', ['netns', 'add', space]).status === 0);

/** Starts a daemon in a namespace. */
async function inside(space: string, role: string): Promise<Program> {
  const program = await start('sync/daemon', [role, 'sync0'], ['ip', 'netns', 'exec', space]);
  await program.line(new RegExp(`${role} on sync0`));
  return program;
}

/** Waits until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** A busy kernel takes its time until a link whose ends are up carries packets. */
async function carries(): Promise<void> {
  await until(() =>
    spaces.every((space) => ip(`-n ${space} link show sync0`).includes('state UP')),
  );
}

async function end(...programs: Program[]): Promise<void> {
  for (const { process } of programs) process.kill('SIGTERM');
  expect(await Promise.all(programs.map(async ({ exited }) => exited))).toEqual(
    programs.map(() => 0),
  );
}

describe.skipIf(!canNamespace)('in network namespaces (root, iproute2)', () => {
  beforeEach(() => {
    ip(`link add sync0 netns ${master} type veth peer name sync0 netns ${backup}`);
    for (const [index, space] of spaces.entries()) {
      ip(`-n ${space} addr add 10.77.0.${index + 1}/24 dev sync0`);
    }
  });
  afterEach(() => ip(`-n ${master} link del sync0`));
  afterAll(() => {
    for (const space of spaces) ip(`netns del ${space}`);
  });

  test('a master and a backup have the same connections, over multicast on a link between them', async () => {
    for (const space of spaces) ip(`-n ${space} link set sync0 up`);
    await carries();
    const takes = await inside(backup, 'backup');
    const gives = await inside(master, 'master');
    await announce(gives, takes);
    await end(gives, takes);
  });

  test('a backup whose link has no carrier at first has the connections that are made from then on', async () => {
    ip(`-n ${backup} link set sync0 up`);
    const takes = await inside(backup, 'backup');
    ip(`-n ${master} link set sync0 up`);
    await carries();
    await until(() => ip(`-n ${backup} maddr show dev sync0`).includes('224.0.0.81'));
    const gives = await inside(master, 'master');
    await announce(gives, takes);
    await end(gives);
  });
});
