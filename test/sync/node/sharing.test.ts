import { createSocket } from 'node:dgram';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { roundRobin } from '../../../src/schedulers/round-robin.js';
import { VirtualService } from '../../../src/services/virtual-service.js';
import { shareService } from '../../../src/sync/sharing/share-service.js';
import type { SharedReceiver } from '../../../src/sync/sharing/shared-channel.js';
import { UdpChannel } from '../../../src/sync/node/udp-channel.js';
import {
  type RelayedWorker,
  workerChannel,
  WorkerRelay,
} from '../../../src/sync/node/worker-channel.js';
import { freePort, until } from './support.js';

const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

function service(): VirtualService {
  const made = new VirtualService({
    address: '192.0.2.1',
    port: 80,
    scheduler: roundRobin(),
    servers: ['10.0.0.1:80'],
  });
  cleanUps.push(() => made.close());
  return made;
}

describe('two services over UDP', () => {
  async function pair(): Promise<[VirtualService, VirtualService, UdpChannel]> {
    const ports = [await freePort(), await freePort()];
    const services = [service(), service()] as [VirtualService, VirtualService];
    const channels = ports.map(
      (port, index) =>
        new UdpChannel({ address: '127.0.0.1', port, peers: [`127.0.0.1:${ports[1 - index]}`] }),
    );
    for (const [index, each] of services.entries()) {
      const shared = shareService(each, channels[index], { heartbeatMs: 50 });
      cleanUps.push(() => shared.close());
    }
    return [...services, channels[0]];
  }

  it('count the connections of both, and lose those of one that falls silent', async () => {
    const [one, other, channel] = await pair();
    one.connect({ address: '198.51.100.7', port: 1 });
    await until(() => other.servers.first?.total === 1);
    expect(other.servers.first?.total).toBe(1);
    channel.close();
    await until(() => other.servers.first?.total === 0);
    expect(other.servers.first?.total).toBe(0);
  });

  it.each([
    [{ address: 'web1' }, RangeError, 'Invalid address: expected one of this host, got "web1"'],
    [{ address: undefined }, RangeError, 'Invalid address: expected one of this host'],
    [{ port: 70_000 }, RangeError, 'Invalid port: expected an integer 1–65535, got 70000'],
    [{ peers: '10.0.0.2:7000' }, TypeError, "expected a list of 'ADDRESS:PORT', got"],
    [{ peers: undefined }, TypeError, "expected a list of 'ADDRESS:PORT', got undefined"],
    [{ peers: ['10.0.0.2'] }, RangeError, 'got "10.0.0.2"'],
  ])('refuse options that are none: %#', (wrong, type, message) => {
    const options = { address: '127.0.0.1', port: 7000, peers: [], ...wrong } as never;
    expect(() => new UdpChannel(options)).toThrow(type);
    expect(() => new UdpChannel(options)).toThrow(message);
  });

  it('pass over datagrams that are none of theirs', async () => {
    const port = await freePort();
    const shared = shareService(
      service(),
      new UdpChannel({ address: '127.0.0.1', port, peers: [] }),
    );
    cleanUps.push(() => shared.close());
    const socket = createSocket('udp4');
    for (let tries = 0; tries < 100 && shared.statistics.received < 2; tries++) {
      for (const text of ['{', '[1,2]']) socket.send(text, port, '127.0.0.1');
      await new Promise((done) => setTimeout(done, 20));
    }
    socket.close();
    const { malformed, unknown } = {
      malformed: shared.statistics.faults.get('malformed') ?? 0,
      unknown: shared.statistics.faults.get('format-unknown') ?? 0,
    };
    expect(malformed).toBeGreaterThan(0);
    expect(unknown).toBeGreaterThan(0);
    expect(shared.statistics.processes).toBe(0);
  });
});

describe('a relay of workers', () => {
  /** A worker thread as its parent sees it, and the port at its end. */
  function worker(): { seen: RelayedWorker; port: MessagePort; end: () => void } {
    const { port1, port2 } = new MessageChannel();
    const exits: ((code: unknown) => void)[] = [];
    cleanUps.push(() => port1.close());
    const seen: RelayedWorker = {
      on: (event, listener) =>
        event === 'exit' ? exits.push(listener) : port1.on('message', listener),
      postMessage: (message) => port1.postMessage(message),
    };
    return { seen, port: port2, end: () => exits.forEach((exit) => exit(1)) };
  }

  it('passes messages on to the others, or to the one that is asked for, and notifies of ends', async () => {
    const relay = new WorkerRelay();
    const workers = [worker(), worker(), worker()] as const;
    const received: string[] = [];
    for (const [index, { seen, port }] of workers.entries()) {
      relay.add(seen);
      port.on('message', (message) => received.push(`${index} ${JSON.stringify(message)}`));
    }
    const [first, second] = workers;
    first.port.postMessage({ 'ipvs:shared': { from: 'one' } });
    await until(() => received.length === 2);
    second.port.postMessage({ 'ipvs:shared': { from: 'two', to: 'one' } });
    second.port.postMessage({ anything: 'else' });
    await until(() => received.length === 3);
    first.end();
    await until(() => received.length === 5);
    expect(received).toEqual([
      '1 {"ipvs:shared":{"from":"one"}}',
      '2 {"ipvs:shared":{"from":"one"}}',
      '0 {"ipvs:shared":{"from":"two","to":"one"}}',
      '1 {"ipvs:ended":"one"}',
      '2 {"ipvs:ended":"one"}',
    ]);
  });

  it('does not send to a process that is gone', () => {
    const relay = new WorkerRelay();
    const sent: unknown[] = [];
    let say: (message: unknown) => void = () => undefined;
    const process = (isConnected: boolean): RelayedWorker => ({
      on: (event, listener) => event === 'message' && (say = listener),
      send: (message) => sent.push(message),
      isConnected: () => isConnected,
    });
    relay.add(process(false));
    relay.add(process(true));
    relay.add(process(true));
    say({ 'ipvs:shared': { from: 'x' } });
    expect(sent).toEqual([{ 'ipvs:shared': { from: 'x' } }]);
  });
});

it('the channel of a worker hands on messages and ends, until it is closed', () => {
  const before = process.listeners('message');
  const channel = workerChannel();
  const received: unknown[] = [];
  const receiver: SharedReceiver = {
    receive: (message) => received.push(message),
    ended: (name) => received.push(`${name} ended`),
  };
  channel.open(receiver);
  const listener = process.listeners('message').find((each) => !before.includes(each));
  listener?.({ 'ipvs:shared': 'a message' }, undefined);
  listener?.({ 'ipvs:ended': 'one' }, undefined);
  listener?.('something else', undefined);
  channel.close();
  expect(received).toEqual(['a message', 'one ended']);
  expect(process.listeners('message')).toEqual(before);
});
