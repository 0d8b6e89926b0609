/** Going through connections, waiting for them with a deadline, and being notified of what becomes of them. */
import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { roundRobin } from '../../src/schedulers/round-robin.js';
import type { ServiceConnection } from '../../src/services/service-connection.js';
import { VirtualService } from '../../src/services/virtual-service.js';
import type { VirtualServiceObserver } from '../../src/services/virtual-service-observer.js';
import { client, makeService, server } from './support.js';

/** Writes down what an observer is notified of. */
function journal(): { lines: string[]; observer: VirtualServiceObserver } {
  const lines: string[] = [];
  const of = ({ clientAddress, clientPort }: ServiceConnection): string =>
    `${clientAddress}:${clientPort}`;
  return {
    lines,
    observer: {
      opened: (connection) => lines.push(`opened ${of(connection)}`),
      closed: (connection) => lines.push(`closed ${of(connection)}`),
      expired: (connection) => lines.push(`expired ${of(connection)}`),
      refused: (reason) => lines.push(`refused ${reason}`),
      failed: (connection) => lines.push(`failed ${of(connection)}`),
      retried: (failed, next) => lines.push(`retried ${failed.server} ${next.server}`),
    },
  };
}

describe('an observer', () => {
  it('is notified of what is opened, refused, failed, retried, closed and expired', () => {
    const { service, timers } = makeService({ idleTimeoutSeconds: 10 });
    const { lines, observer } = journal();
    const stop = service.subscribe(observer);
    service.connect(client(1))?.close();
    service.connect(client(2))?.retry();
    service.connect({ address: '', port: 1 });
    timers.advance(12_000);
    stop();
    service.connect(client(3))?.close();
    expect(lines).toEqual([
      'opened 198.51.100.1:1000',
      'closed 198.51.100.1:1000',
      'opened 198.51.100.2:1000',
      'failed 198.51.100.2:1000',
      'closed 198.51.100.2:1000',
      'opened 198.51.100.2:1000',
      'retried 10.0.0.1:8080 10.0.0.2:8080',
      'refused client-gone',
      'expired 198.51.100.2:1000',
    ]);
  });

  it('gets the object that connect gave, of connections that were read back, too', () => {
    const { service, timers } = makeService({ idleTimeoutSeconds: 10, persistence: {} });
    const expired = new Set<ServiceConnection>();
    service.subscribe({ expired: (connection) => expired.add(connection) });
    const connection = service.connect(client(1));
    timers.advance(12_000);
    expect([...expired]).toEqual([connection]);
    expect(connection?.open).toBe(false);
  });

  it('may open and close connections while it is notified', () => {
    const { service, timers } = makeService({ idleTimeoutSeconds: 10 });
    let again: ServiceConnection | undefined;
    service.subscribe({
      expired: () => (again = service.connect(client(2))),
      closed: () => service.connect(client(3)),
    });
    service.connect(client(1));
    timers.advance(12_000);
    expect([again?.open, service.size]).toEqual([true, 1]);
    again?.close();
    expect(service.size).toBe(1);
  });

  it('that throws keeps neither the others nor the service from going on', async () => {
    const { service } = makeService();
    const { lines, observer } = journal();
    const reported: unknown[] = [];
    const report = (error: unknown): number => reported.push(error);
    const [former] = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', report);
    service.subscribe({
      opened: () => {
        throw new Error('mine');
      },
    });
    service.subscribe(observer);
    service.connect(client(1));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', report);
    if (former !== undefined) process.on('unhandledRejection', former);
    expect(lines).toEqual(['opened 198.51.100.1:1000']);
    expect(reported.map(String)).toEqual(['Error: mine']);
  });
});

describe('the connections of a service', () => {
  it('can be gone through, all or those of a server, and closed on the way', () => {
    const { service } = makeService({ persistence: {} });
    const opened = [1, 2, 3, 4].map((host) => service.connect(client(host)));
    expect(new Set(service)).toEqual(new Set(opened));
    const [ofFirst] = [...service.connections('10.0.0.1:8080')];
    expect(String(ofFirst?.server)).toBe('10.0.0.1:8080');
    for (const connection of service.connections(server(1))) connection.close();
    expect([...service].map(({ server }) => String(server))).toEqual(
      Array(2).fill('10.0.0.2:8080'),
    );
    expect([...service.connections('10.9.9.9:1')]).toEqual([]);
  });

  it('are the same objects each time, so that they can be the keys of a map', () => {
    const { service } = makeService({ protocol: 'udp' });
    const first = service.connect(client(1));
    expect(service.connect(client(1))).toBe(first);
    expect([...service]).toEqual([first]);
  });

  it('are there after a snapshot was read back, and can be closed', () => {
    const { service } = makeService();
    service.connect(client(1));
    const restored = VirtualService.fromJSON(service.toJSON(), {
      scheduler: roundRobin(),
    });
    const [connection] = [...restored];
    expect(String(connection?.clientAddress)).toBe('198.51.100.1');
    connection?.close();
    expect(restored.size).toBe(0);
    restored.close();
  });

  it('close themselves at the end of `using`, as the service does', () => {
    const { dispose } = Symbol as unknown as { dispose: symbol };
    const { service } = makeService();
    const connection = service.connect(client(1)) as unknown as Record<symbol, () => void>;
    connection[dispose]?.();
    expect(service.size).toBe(0);
    (service as unknown as Record<symbol, () => void>)[dispose]?.();
    expect(service.servers.size).toBe(0);
  });
});

describe('draining', () => {
  it('is given up at its deadline, and the connections that are left can be closed', async () => {
    const { service, timers } = makeService();
    const connection = service.connect(client(1));
    const drained = service.drain(server(2), { timeoutSeconds: 30 });
    timers.advance(30_000);
    expect(await drained).toBe(false);
    expect([...service.connections(server(2))]).toEqual([connection]);
    for (const each of service.connections(server(2))) each.close();
    expect(await service.drain(server(2))).toBe(true);
  });

  it('is given up when its signal is aborted, at once when it is already', async () => {
    const { service } = makeService();
    service.connect(client(1));
    const controller = new AbortController();
    const drained = service.drain(server(2), { signal: controller.signal });
    controller.abort();
    expect(await drained).toBe(false);
    expect(await service.drain(server(2), { signal: controller.signal })).toBe(false);
    service.close();
  });

  it('leaves no listener at its signal when it is over', async () => {
    const { service } = makeService({ servers: [server(1)] });
    const { signal } = new AbortController();
    const connection = service.connect(client(1));
    const drained = service.drain(server(1), { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    connection?.close();
    expect(await drained).toBe(true);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('leaves no timer behind when it is over before its deadline', async () => {
    const { service, timers } = makeService({ servers: [server(1)] });
    const connection = service.connect(client(1));
    const drained = service.drain(server(1), { timeoutSeconds: 30 });
    connection?.close();
    expect(await drained).toBe(true);
    service.close();
    expect(timers.nextMs).toBeUndefined();
  });

  it('changes nothing when an option is wrong', async () => {
    const { service } = makeService();
    await expect(service.drain(server(1), { timeout: 1 } as never)).rejects.toThrow('"timeout"');
    await expect(service.drain(server(1), { timeoutSeconds: -1 })).rejects.toThrow('got -1');
    expect(service.servers.get(server(1))?.weight).toBe(1);
  });
});

describe('console.log', () => {
  it('shows services, lists, servers, connections and addresses in words', () => {
    const { service } = makeService();
    const connection = service.connect(client(1));
    expect(inspect(service)).toBe(
      'VirtualService TCP 192.0.2.1:80 rr (2 servers, 1 connections and templates)',
    );
    expect(inspect(service.servers)).toBe(
      'ServerList [\n  10.0.0.2:8080 (weight 1, 1 active, 0 inactive),\n  10.0.0.1:8080 (weight 1, 0 active, 0 inactive)\n]',
    );
    expect(inspect(connection?.server)).toBe(
      'RealServer 10.0.0.2:8080 (weight 1, 1 active, 0 inactive)',
    );
    expect(inspect(connection)).toBe('ServiceConnection 198.51.100.1:1000 -> 10.0.0.2:8080 (open)');
    expect(inspect(connection?.clientAddress)).toBe('IpAddress 198.51.100.1');
  });

  it('and JSON show nothing internal of a server', () => {
    const { service } = makeService();
    expect(Object.keys(JSON.parse(JSON.stringify(service.servers.first)) as object)).toEqual([
      'address',
      'port',
      'weight',
      'lastWeight',
      'upperThreshold',
      'lowerThreshold',
      'forwardingMethod',
      'tunnel',
      'active',
      'total',
      'persistent',
      'overloaded',
    ]);
  });
});
