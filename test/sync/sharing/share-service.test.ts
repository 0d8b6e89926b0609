import { describe, expect, it } from 'vitest';
import { VirtualService } from '../../../src/services/virtual-service.js';
import { roundRobin } from '../../../src/schedulers/round-robin.js';
import { shareService } from '../../../src/sync/sharing/share-service.js';
import { Bus, countsOf, type Process, processOn } from './support.js';

const [A, B] = ['10.0.0.1:80', '10.0.0.2:80'];
const EQUAL = { [A]: 1, [B]: 1 };

function pairOn(bus: Bus, persistent = false): [Process, Process] {
  const options = { persistent };
  const pair: [Process, Process] = [
    processOn(bus, 1, EQUAL, options),
    processOn(bus, 2, EQUAL, options),
  ];
  bus.timers.advance(10);
  return pair;
}

function client(port: number, address = '198.51.100.7'): { address: string; port: number } {
  return { address, port };
}

describe('connections of another process', () => {
  it('count at their server within two milliseconds on a channel that takes one', () => {
    const bus = new Bus();
    const [one, other] = pairOn(bus);
    const connection = one.service.connect(client(1));
    bus.timers.advance(2);
    expect(countsOf(other)).toEqual(countsOf(one));
    expect(other.service.connect(client(2))?.server).not.toBe(connection?.server);
    connection?.close();
    bus.timers.advance(2);
    expect(countsOf(other)).toEqual([`${B} 0 0`, `${A} 1 0`]);
  });

  it('keep a threshold together', () => {
    const bus = new Bus();
    const [one, other] = pairOn(bus);
    for (const { service } of [one, other]) {
      service.servers.remove(B);
      service.servers.edit(A, { upperThreshold: 2 });
    }
    one.service.connect(client(1));
    bus.timers.advance(2);
    other.service.connect(client(2));
    expect(other.service.connect(client(3))).toBeUndefined();
  });

  it('are drained, too: the last one ends the waiting in whichever process it was', async () => {
    const bus = new Bus();
    const [one, other] = pairOn(bus);
    other.service.servers.remove(B);
    const connection = other.service.connect(client(1));
    bus.timers.advance(2);
    const drained = one.service.drain(A);
    connection?.close();
    bus.timers.advance(2);
    expect(await drained).toBe(true);
  });

  it('count at a server that is added later', () => {
    const bus = new Bus();
    const [one, other] = pairOn(bus);
    one.service.servers.add('10.0.0.3:80');
    one.service.servers.edit('10.0.0.3:80', { weight: 100 });
    one.service.connect(client(1));
    bus.timers.advance(2);
    other.service.servers.add('10.0.0.3:80');
    expect(countsOf(other)[0]).toBe('10.0.0.3:80 1 0');
  });

  it('are known to a process that joins', () => {
    const bus = new Bus();
    const [one] = pairOn(bus);
    one.service.connect(client(1));
    one.service.connect(client(2));
    bus.timers.advance(2);
    const joiner = processOn(bus, 3, EQUAL);
    bus.timers.advance(5);
    expect(countsOf(joiner)).toEqual([`${B} 1 0`, `${A} 1 0`]);
  });

  it('are gone when this process stops sharing, and its own stay', () => {
    const bus = new Bus();
    const [one, other] = pairOn(bus);
    one.service.connect(client(1));
    bus.timers.advance(2);
    other.service.connect(client(2));
    other.shared?.close();
    expect(countsOf(other).toSorted()).toEqual([`${A} 1 0`, `${B} 0 0`]);
  });
});

describe('the connections of a process that was killed', () => {
  it('are gone at once when the channel notifies of its end', () => {
    const bus = new Bus();
    const [one, other] = pairOn(bus);
    one.service.connect(client(1));
    bus.timers.advance(2);
    one.channel.close();
    bus.notifyOfEnd(one.shared?.id ?? '');
    expect(countsOf(other)).toEqual([`${B} 0 0`, `${A} 0 0`]);
  });

  it('are gone within a second where it does not, and not while the process lives', () => {
    const bus = new Bus(false);
    const [one, other] = pairOn(bus);
    one.service.connect(client(1));
    bus.timers.advance(60_000);
    expect(countsOf(other)).toEqual([`${B} 1 0`, `${A} 0 0`]);
    one.channel.close();
    bus.timers.advance(1000);
    expect(countsOf(other)).toEqual([`${B} 0 0`, `${A} 0 0`]);
  });

  it('do not come back with a message that was late', () => {
    const bus = new Bus(true, 50);
    const [one, other] = pairOn(bus);
    one.service.connect(client(1));
    bus.timers.advance(2);
    bus.notifyOfEnd(one.shared?.id ?? '');
    bus.timers.advance(500);
    expect(countsOf(other)).toEqual([`${B} 0 0`, `${A} 0 0`]);
    expect(other.shared?.statistics.faults.get('process-ended')).toBeGreaterThan(0);
  });
});

describe('a sticky client', () => {
  it('stays with its server whichever process takes it', () => {
    const bus = new Bus();
    const [one, other] = pairOn(bus, true);
    const server = String(one.service.connect(client(1))?.server);
    bus.timers.advance(2);
    for (let port = 2; port < 10; port++) {
      expect(String(other.service.connect(client(port))?.server)).toBe(server);
    }
  });

  it('stays for the timeout since its last connection in any process, and an eighth longer at most', () => {
    const bus = new Bus();
    const [one, other] = pairOn(bus, true);
    const connect = (process: Process): string => {
      const connection = process.service.connect(client(1));
      connection?.close();
      return String(connection?.server);
    };
    const server = connect(one);
    for (let turn = 0; turn < 5; turn++) {
      bus.timers.advance(70_000);
      expect(connect(turn % 2 === 0 ? other : one)).toBe(server);
    }
    bus.timers.advance(79_000);
    other.service.advance();
    expect(other.service.size).toBe(1);
    bus.timers.advance(12_000);
    other.service.advance();
    one.service.advance();
    expect([one.service.size, other.service.size]).toEqual([0, 0]);
  });

  it('is sent on by the last writer when two processes took it at once', () => {
    const bus = new Bus();
    const [one, other] = pairOn(bus, true);
    one.service.connect(client(1, '198.51.100.99'));
    one.service.connect(client(1));
    other.service.connect(client(2));
    bus.timers.advance(3);
    const servers = [one, other].map(({ service }) => String(service.connect(client(3))?.server));
    expect(servers[0]).toBe(servers[1]);
  });

  it('costs eight messages in each timeout, and not one per connection', () => {
    const bus = new Bus();
    const [one] = pairOn(bus, true);
    const before = bus.sent;
    for (let second = 0; second < 800; second++) {
      const connection = one.service.connect(client(second + 1));
      connection?.close();
      bus.timers.advance(1000);
    }
    expect(bus.sent - before).toBeLessThanOrEqual(8 * 10 + 1);
  });
});

describe('time', () => {
  it('costs no message while nothing changes, on a channel that notifies of ends', () => {
    const bus = new Bus();
    const [one] = pairOn(bus);
    one.service.connect(client(1));
    bus.timers.advance(10);
    const before = bus.sent;
    bus.timers.advance(3_600_000 / 6);
    expect(bus.sent).toBe(before);
  });

  it('costs a heartbeat of the processes with connections alone where it does not', () => {
    const bus = new Bus(false);
    const [one] = pairOn(bus);
    const connection = one.service.connect(client(1));
    bus.timers.advance(10);
    const before = bus.sent;
    bus.timers.advance(10_000);
    expect(bus.sent - before).toBe(50);
    connection?.close();
    bus.timers.advance(2000);
    const quiet = bus.sent;
    bus.timers.advance(60_000);
    expect(bus.sent).toBe(quiet);
    expect(bus.timers.nextMs).toBeGreaterThan(bus.timers.now() + 1_000_000);
  });
});

it('what arrives from nowhere changes nothing and is counted', () => {
  const bus = new Bus();
  const service = new VirtualService({ address: '192.0.2.1', port: 80, scheduler: roundRobin() });
  let receive: (message: unknown) => void = () => undefined;
  const channel = {
    ...bus.channel(),
    open: (end: { receive: typeof receive }) => {
      receive = (message) => end.receive(message);
    },
  };
  const shared = shareService(service, channel);
  receive(undefined);
  receive({
    format: 1,
    service: 'TCP 192.0.2.1:80',
    from: 'x',
    after: 0,
    clock: 1,
    counts: [['no server', 1, 5, 5]],
    templates: [['no key', 1, 'x', 'no server', 1000]],
  });
  expect([...shared.statistics.faults]).toEqual([['malformed', 1]]);
  expect(service.size).toBe(0);
  shared.close();
  service.close();
});
