import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { type Program, start, stopPrograms } from './support/programs.js';

afterEach(stopPrograms);

/** Announces two connections, and waits until the backup has them. */
async function announce(master: Program, backup: Program): Promise<void> {
  for (const client of ['198.51.100.7:4000', '198.51.100.8:4001']) {
    master.process.stdin?.write(`${client}\n`);
  }
  await backup.line(/^2 connections/);
  await backup.line(/198\.51\.100\.8:4001 -> 10\.0\.0\.1:80 ESTABLISHED/);
  const rows = backup.lines.filter((line) => line.startsWith('  '));
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
  for (const { process } of [master, backup]) process.kill('SIGTERM');
  expect([await master.exited, await backup.exited]).toEqual([0, 0]);
});

const spaces = ['m', 'b'].map((name) => `sync${name}-${process.pid}`) as [string, string];
const ip = (words: string): boolean => spawnSync('ip', words.split(' ')).status === 0;
const canNamespace = spaces.every((space) => ip(`netns add ${space}`));

describe.skipIf(!canNamespace)('in network namespaces (root, iproute2)', () => {
  afterAll(() => {
    for (const space of spaces) ip(`netns del ${space}`);
  });

  test('a master and a backup have the same connections, over multicast on a link between them', async () => {
    const [master, backup] = spaces;
    ip(`link add sync0 netns ${master} type veth peer name sync0 netns ${backup}`);
    for (const [index, space] of spaces.entries()) {
      ip(`-n ${space} addr add 10.77.0.${index + 1}/24 dev sync0`);
      ip(`-n ${space} link set sync0 up`);
    }
    const inside = (space: string, role: string): Promise<Program> =>
      start('sync/daemon', [role, 'sync0'], ['ip', 'netns', 'exec', space]);
    const takes = await inside(backup, 'backup');
    await takes.line(/backup on sync0/);
    const gives = await inside(master, 'master');
    await gives.line(/master on sync0/);
    await announce(gives, takes);
    for (const { process } of [gives, takes]) process.kill('SIGTERM');
    expect([await gives.exited, await takes.exited]).toEqual([0, 0]);
  });
});
