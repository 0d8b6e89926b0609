import { describe, expect, it } from 'vitest';
import type { ConnectionTable } from '../../src/connections/connection-table.js';
import { TrafficCounters } from '../../src/director/traffic-counters.js';
import { ServiceTable } from '../../src/services/service-table.js';
import { roundRobin } from '../../src/schedulers/index.js';
import { StatisticsRegistry } from '../../src/statistics/statistics-registry.js';

describe('a connection that was scheduled', () => {
  const table = { fastPath: { destinationOf: (slot: number) => slot } } as ConnectionTable;
  const name = { address: '192.0.2.1', port: 80 };

  it('counts for its server, its service and the director, whoever had its destination before', () => {
    const registry = new StatisticsRegistry();
    const counters = new TrafficCounters(table, registry);
    const service = new ServiceTable().add(name, { scheduler: roundRobin() });
    const [one, other] = ['10.0.0.1:80', '10.0.0.2:80'].map((each) => service.servers.add(each));
    const destination = 5;
    counters.countConnection(destination, service, one);
    counters.countInAt(destination, 40);
    counters.countConnection(destination, service, other);
    counters.countInAt(destination, 60);
    counters.countConnection(-1, service, other);

    const counted = [one, other, service].map((each) => registry.of(each).counted());
    expect([...counted, registry.total.counted()]).toMatchObject([
      { connections: 1, packetsIn: 1, bytesIn: 40 },
      { connections: 2, packetsIn: 1, bytesIn: 60 },
      { connections: 3, packetsIn: 2, bytesIn: 100 },
      { connections: 3, packetsIn: 2, bytesIn: 100 },
    ]);
  });
});
