/**
 * The suite *connect*: what a balancer on sockets does for each client, `service.connect` and `close`.
 *
 * Clients come with their addresses as text, as sockets have them. A number of connections stays open; an operation
 * closes the oldest one and opens another. *plain*: nothing but the scheduler; *sticky*: with persistence, by
 * clients that are known; *watched*: an observer counts what opens and closes.
 */
import { ManualTimers, VirtualService } from 'ipvs';
import { weightedLeastConnection } from 'ipvs/schedulers';
import { OURS, type Job, type Prepared, type Scope, type Suite } from '../harness/suite.js';

const SUBJECTS = ['plain', 'sticky', 'watched'] as const;
const SIZES = [2, 8, 64];
const QUICK_SIZES = [8];
/** How many addresses there are, and how many connections stay open; powers of two. */
const CLIENTS = 1024;
const OPEN = 64;
const FIRST_PORT = 1024;
const PORTS = 0x7fff;

/** The suite. */
export const suite: Suite = {
  name: 'connect',
  operation: 'close the oldest connection, connect a client',
  jobs: (scope) =>
    SUBJECTS.flatMap((subject) => sizesOf(scope).map((n) => ({ ...jobOf(subject), n }))),
  prepare: (job, impl) => ({ impl, run: clientsOf(serviceFor(job)) }),
};

function sizesOf({ quick }: Scope): readonly number[] {
  return quick ? QUICK_SIZES : SIZES;
}

function jobOf(subject: string): Omit<Job, 'n'> {
  return { job: `connect, ${subject}`, subject, impls: [OURS], limit: undefined };
}

function serviceFor({ subject, n }: Job): VirtualService {
  const service = new VirtualService({
    address: '192.0.2.1',
    port: 80,
    scheduler: weightedLeastConnection(),
    timers: new ManualTimers(),
    servers: Array.from({ length: n }, (_, i) => ({ address: `10.0.0.${i + 1}`, port: 80 })),
    ...(subject === 'sticky' && { persistence: { timeoutSeconds: 300 } }),
  });
  let opened = 0;
  const count = (): void => void opened++;
  if (subject === 'watched') service.subscribe({ opened: count, closed: count });
  return service;
}

/** Clients that come one after the other, each on a port of its own. */
function clientsOf(service: VirtualService): Prepared['run'] {
  const addresses = Array.from(
    { length: CLIENTS },
    (_, n) => `198.51.${100 + (n >> 8)}.${n & 255}`,
  );
  let next = 0;
  const connect = (): ReturnType<VirtualService['connect']> => {
    next += 1;
    const address = addresses[next & (CLIENTS - 1)];
    return service.connect({ address, port: FIRST_PORT + (next & PORTS) });
  };
  const open = Array.from({ length: OPEN }, connect);
  return (count) => {
    for (let i = 0; i < count; i++) {
      const place = next & (OPEN - 1);
      open[place]?.close();
      open[place] = connect();
    }
  };
}
