/**
 * Counts what happens in a virtual service: connections opened, closed, expired and retried by server, and
 * refused by reason.
 *
 * It observes the service, so a service without metrics counts nothing. Servers that were removed keep their
 * counters, since a counter must not go back.
 */
import { show } from '../errors.js';
import type { RealServer } from '../model/real-server.js';
import { type Refusal, REFUSALS } from '../services/client.js';
import type { ServiceConnection } from '../services/service-connection.js';
import type { VirtualService } from '../services/virtual-service.js';
import type { VirtualServiceObserver } from '../services/virtual-service-observer.js';
import { backendMetrics } from './backend-metrics.js';
import { formatMetrics, type MetricFamily, type MetricSample } from './metric-family.js';

/** What is counted for each server. */
export interface ServerCounts {
  /** Connections that clients got. */
  readonly opened: number;
  /** Connections that were closed. */
  readonly closed: number;
  /** Connections that ran out. */
  readonly expired: number;
  /** Failures that were notified by `retry` or `fail`. */
  readonly failed: number;
  /** Clients that got another server after this one had failed. */
  readonly retried: number;
  /** Times that outlier detection took it out. */
  readonly ejected: number;
}

type Event = keyof ServerCounts;

const EVENTS: readonly (readonly [event: Event, help: string])[] = [
  ['opened', 'Connections that clients got.'],
  ['closed', 'Connections that were closed.'],
  ['expired', 'Connections that ran out because they were idle.'],
  ['failed', 'Failures that clients met.'],
  ['retried', 'Clients that got another server after this one had failed.'],
  ['ejected', 'Times that outlier detection took the server out.'],
];

/** Counts for one virtual service, from the moment it is made. */
export class ServiceMetrics {
  private readonly service: VirtualService;
  private readonly refused = new Map<Refusal, number>(REFUSALS.map((reason) => [reason, 0]));
  private readonly byServer = new Map<string, Record<Event, number>>();
  /** The same counters by the server's record, which is found without making its name. */
  private readonly byRecord = new WeakMap<RealServer, Record<Event, number>>();
  private readonly stop: () => void;

  /**
   * @param service - The service to observe.
   * @throws {TypeError} When it is something else, such as its list of servers.
   */
  constructor(service: VirtualService) {
    // By a method of its own: the class is not loaded for it.
    if (typeof (service as Partial<VirtualService> | undefined)?.connect !== 'function') {
      throw new TypeError(`Cannot count: expected a virtual service, got ${show(service)}`);
    }
    this.service = service;
    const count = (event: Event) => (connection: ServiceConnection) => {
      this.countsOf(connection.server)[event] += 1;
    };
    const observer: VirtualServiceObserver = {
      opened: count('opened'),
      closed: count('closed'),
      expired: count('expired'),
      failed: count('failed'),
      retried: count('retried'),
      ejected: (server) => {
        this.countsOf(server).ejected += 1;
      },
      refused: (reason) => {
        this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
      },
    };
    this.stop = service.subscribe(observer);
  }

  /**
   * The counters of a server.
   *
   * @param name - Its address and port as text, such as `10.0.0.1:80`.
   * @returns Copies of the counters, all 0 for a server that no client has met.
   */
  server(name: string): ServerCounts {
    return { ...(this.byServer.get(name) ?? noCounts()) };
  }

  /**
   * How many clients got no connection.
   *
   * @param reason - Why.
   * @returns 0 or more.
   */
  refusals(reason: Refusal): number {
    return this.refused.get(reason) ?? 0;
  }

  /**
   * The metrics: counters by server and reason, and what each server has at this moment.
   *
   * @returns The metrics, for {@link formatMetrics}.
   */
  collect(): MetricFamily[] {
    const service = String(this.service);
    const servers = [...this.byServer];
    const events = EVENTS.map(([event, help]): MetricFamily => ({
      name: `ipvs_service_${event}_total`,
      help,
      type: 'counter',
      samples: servers.map(([server, counts]): MetricSample => ({
        labels: { service, server },
        value: counts[event],
      })),
    }));
    return [...events, this.refusedFamily(service), ...this.moment(service)];
  }

  /**
   * The metrics as Prometheus reads them.
   *
   * @returns The text.
   */
  toString(): string {
    return formatMetrics(this.collect());
  }

  /** Stops counting. */
  close(): void {
    this.stop();
  }

  private refusedFamily(service: string): MetricFamily {
    return {
      name: 'ipvs_service_refused_total',
      help: 'Clients that got no connection, by reason.',
      type: 'counter',
      samples: [...this.refused].map(([reason, value]) => ({ labels: { service, reason }, value })),
    };
  }

  /** What is so at this moment. */
  private moment(service: string): MetricFamily[] {
    const { servers, key } = this.service;
    const suspended = [...servers].map((server): MetricSample => ({
      labels: { service, server: String(server) },
      value: Number(server.suspended),
    }));
    return [
      {
        name: 'ipvs_service_suspended',
        help: 'Whether a server is passed over for a time: 1 or 0.',
        type: 'gauge',
        samples: suspended,
      },
      ...backendMetrics([{ ...key, servers }]),
    ];
  }

  private countsOf(server: RealServer): Record<Event, number> {
    const known = this.byRecord.get(server);
    if (known !== undefined) return known;
    const name = String(server);
    const counts = this.byServer.get(name) ?? noCounts();
    this.byServer.set(name, counts);
    this.byRecord.set(server, counts);
    return counts;
  }
}

function noCounts(): Record<Event, number> {
  return { opened: 0, closed: 0, expired: 0, failed: 0, retried: 0, ejected: 0 };
}
