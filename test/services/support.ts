/** Services, clients and servers for tests of virtual services with sockets. */
import { ManualClock } from '../../src/clock.js';
import { roundRobin } from '../../src/schedulers/round-robin.js';
import { VirtualService } from '../../src/services/virtual-service.js';
import type { VirtualServiceOptions } from '../../src/services/virtual-service-options.js';
import { ManualTimers } from '../../src/timers.js';

/** The n-th server of a rack. */
export const server = (n: number): { address: string; port: number } => ({
  address: `10.0.0.${n}`,
  port: 8080,
});

/** A client by the last byte of its address. */
export const client = (host: number, port = 1000): { address: string; port: number } => ({
  address: `198.51.100.${host}`,
  port,
});

/** A service with two servers, rr and a clock that stands still. */
export function makeService(options: Partial<VirtualServiceOptions> = {}): {
  service: VirtualService;
  timers: ManualTimers;
} {
  const timers = new ManualTimers(new ManualClock());
  const service = new VirtualService({
    address: '192.0.2.1',
    port: 80,
    scheduler: roundRobin(),
    servers: [server(1), server(2)],
    timers,
    ...options,
  });
  return { service, timers };
}

/** How often each text occurs. */
export function tally(values: Iterable<unknown>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
  return counts;
}
