/**
 * The sockets of synchronization daemons, which the supervisor has.
 */
import { afterEach, expect, it, vi } from 'vitest';
import { IpAddress } from 'ipvs';
import { SyncNetwork } from '../../src/run/supervisor/sync-network.js';
import type { SyncDaemon, SyncRole } from '../../src/sync/sync-daemon.js';
import { until } from './support/stage.js';

let port = 20_000 + (process.pid % 20_000);
let open: SyncNetwork[] = [];

afterEach(async () => {
  await Promise.all(open.map((each) => each.close()));
  open = [];
});

function daemon(role: SyncRole, device = 'lo'): SyncDaemon {
  const group = IpAddress.parse('127.0.0.1');
  return { role, device, syncId: 7, maxLengthBytes: 1472, group, port, ttl: 1 };
}

/** Sockets of a master and a backup that hear each other. */
function networkOf(deliver: (messages: readonly string[]) => Promise<unknown>) {
  const events: string[] = [];
  port += 2;
  const present: { number: number | undefined } = { number: 1 };
  const network = new SyncNetwork({
    ports: () => 1,
    deliver,
    interfaceNumber: () => present.number,
    log: (event) => events.push(event),
  });
  open.push(network);
  return { network, events, present };
}

const messageOf = (text: string): string => Buffer.from(text).toString('base64');

it('pass on what the master announces, byte for byte, and count it', async () => {
  const delivered: string[] = [];
  const { network, events } = networkOf(async (messages) => delivered.push(...messages));
  network.start(daemon('backup'));
  network.start(daemon('master'));
  await until(() => {
    network.send({ port: 0, bytes: messageOf('first') });
    return delivered.length > 0;
  });
  expect(new Set(delivered)).toEqual(new Set([messageOf('first')]));
  expect(network.statistics.received).toBeGreaterThan(0);
  expect(network.statistics.sent).toBeGreaterThanOrEqual(network.statistics.received);
  expect(events).toEqual(['sync-started', 'sync-started']);
});

it('keep what comes while an engine is busy, in order', async () => {
  const batches: (readonly string[])[] = [];
  let finish: () => void = () => undefined;
  const busy = new Promise<void>((resolve) => (finish = resolve));
  const { network } = networkOf(async (messages) => {
    batches.push(messages);
    await busy;
  });
  network.start(daemon('backup'));
  network.start(daemon('master'));
  await until(() => {
    network.send({ port: 0, bytes: messageOf('begin') });
    return batches.length === 1;
  });
  const before = network.statistics.received;
  const numbers = [...'012345678'];
  for (const number of numbers) network.send({ port: 0, bytes: messageOf(number) });
  await until(() => network.statistics.received >= before + numbers.length);
  expect(batches).toHaveLength(1);
  finish();
  const words = (): string[] =>
    batches.flat().map((each) => Buffer.from(each, 'base64').toString());
  await until(() => words().includes('8'));
  expect(words().filter((word) => word !== 'begin')).toEqual(numbers);
});

it('send nothing without a master, nor to a port that no daemon has', async () => {
  const { network } = networkOf(async () => undefined);
  network.send({ port: 0, bytes: messageOf('lost') });
  network.start(daemon('master'));
  for (const wrong of [-1, 64, 1e9, NaN]) network.send({ port: wrong, bytes: messageOf('lost') });
  await network.close();
  expect(network.statistics).toMatchObject({ sent: 0, failed: 0, dropped: 0 });
});

it('are opened again when their interface was made again, and only then', async () => {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  const delivered: string[] = [];
  const { network, events, present } = networkOf(async (messages) => delivered.push(...messages));
  network.start(daemon('backup'));
  network.start(daemon('master'));
  for (const number of [1, undefined, 1, 2, 2]) {
    present.number = number;
    vi.advanceTimersByTime(1000);
  }
  vi.useRealTimers();
  const changes = ['sync-interface-changed', 'sync-interface-changed'];
  expect(events).toEqual(['sync-started', 'sync-started', ...changes]);
  await until(() => {
    network.send({ port: 0, bytes: messageOf('again') });
    return delivered.length > 0;
  });
});

it('say when an interface cannot be used', async () => {
  const { network, events } = networkOf(async () => undefined);
  network.start({ ...daemon('backup', 'none0'), group: IpAddress.parse('224.0.0.81') });
  await until(() => events.includes('sync-failed'));
  expect(network.statistics.failed).toBe(1);
});
