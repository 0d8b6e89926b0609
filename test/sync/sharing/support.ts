import { seededRandom } from '../../../src/random.js';
import { weightedLeastConnection } from '../../../src/schedulers/weighted-least-connection.js';
import { VirtualService } from '../../../src/services/virtual-service.js';
import { ManualTimers } from '../../../src/timers.js';
import type { SharedChannel, SharedReceiver } from '../../../src/sync/sharing/shared-channel.js';
import type { SharedMessage } from '../../../src/sync/sharing/shared-message.js';
import { type SharedService, shareService } from '../../../src/sync/sharing/share-service.js';

/** Carries messages between services of one test, each after a delay. */
export class Bus {
  readonly timers = new ManualTimers();
  /** How many messages were sent. */
  sent = 0;
  private readonly receivers = new Map<object, SharedReceiver>();
  private readonly isReliable: boolean;
  private readonly latencyMs: number;

  constructor(isReliable = true, latencyMs = 1) {
    this.isReliable = isReliable;
    this.latencyMs = latencyMs;
  }

  channel(): SharedChannel {
    const end = {};
    return {
      isReliable: this.isReliable,
      itemsPerMessage: 100,
      open: (receiver) => void this.receivers.set(end, receiver),
      send: (message) => this.carry(end, message),
      close: () => void this.receivers.delete(end),
    };
  }

  /** The end of a process as a reliable channel notifies of it. */
  notifyOfEnd(process: string): void {
    for (const receiver of this.receivers.values()) receiver.ended(process);
  }

  private carry(from: object, message: SharedMessage): void {
    if (!this.receivers.has(from)) return;
    this.sent++;
    for (const [end, receiver] of this.receivers) {
      if (end !== from) this.timers.after(this.latencyMs, () => receiver.receive(message));
    }
  }
}

/** A process: its service, and what shares it. */
export interface Process {
  readonly service: VirtualService;
  readonly shared: SharedService | undefined;
  readonly channel: SharedChannel;
}

/** Makes a process; servers are written `ADDRESS:PORT`, each with its weight. */
export function processOn(
  bus: Bus,
  seed: number,
  weights: Readonly<Record<string, number>>,
  { persistent = false, isShared = true } = {},
): Process {
  const service = new VirtualService({
    address: '192.0.2.1',
    port: 80,
    scheduler: weightedLeastConnection(),
    timers: bus.timers,
    ...(persistent && { persistence: { timeoutSeconds: 80 } }),
  });
  for (const [server, weight] of Object.entries(weights)) {
    service.servers.add(server);
    service.servers.edit(server, { weight });
  }
  const channel = bus.channel();
  const random = seededRandom(seed);
  const shared = isShared ? shareService(service, channel, { random }) : undefined;
  return { service, shared, channel };
}

/** What a service counts: server, active and inactive connections. */
export function countsOf({ service }: Process): string[] {
  return [...service.servers].map(
    (server) => `${String(server)} ${server.active} ${server.inactive}`,
  );
}
