import { afterEach, expect, test } from 'vitest';
import { start, stopPrograms } from './support/programs.js';

afterEach(stopPrograms);

test('a master and a backup in two processes have the same connections, over multicast on the loopback interface', async () => {
  // An id of its own keeps other masters of this machine out.
  const syncId = String(1 + Math.floor(Math.random() * 254));
  const backup = await start('sync/daemon', ['backup', 'lo', syncId]);
  await backup.line(/backup on lo/);
  const master = await start('sync/daemon', ['master', 'lo', syncId]);
  await master.line(/master on lo/);
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
  for (const { process } of [master, backup]) process.kill('SIGTERM');
  expect([await master.exited, await backup.exited]).toEqual([0, 0]);
});
