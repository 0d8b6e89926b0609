/**
 * One virtual service in several processes: sticky clients stay sticky whichever process takes them, and a scheduler
 * that looks at connections sees those of all.
 */
import { type OptionNames, requireInteger, requireKnownOptions } from '../../errors.js';
import { randomBelow, type RandomSource, systemRandom } from '../../random.js';
import type { VirtualService } from '../../services/virtual-service.js';
import type { CancelTimer, Timers } from '../../timers.js';
import type { SharedChannel } from './shared-channel.js';
import { SharedLoads } from './shared-loads.js';
import type { SharedFault } from './shared-message.js';
import { SharedState } from './shared-state.js';
import { SharedTemplates } from './shared-templates.js';

/** How a service is shared. */
export interface ShareOptions {
  /** How long changes are collected before they are sent, 0–1000 ms; default 0: until the next turn of timers. */
  readonly delayMs?: number;
  /** How often a process shows that it lives, on channels that do not notify of ends, 10–60000 ms; default 200. */
  readonly heartbeatMs?: number;
  /** Draws the name of this process; default the platform's. */
  readonly random?: RandomSource;
}

/** What was exchanged. */
export interface SharedStatistics {
  /** Other processes that are known now. */
  readonly processes: number;
  /** Messages sent. */
  readonly sent: number;
  /** Messages received. */
  readonly received: number;
  /** Messages that had no effect, or only in part, by reason. */
  readonly faults: ReadonlyMap<SharedFault, number>;
}

/** A service that is shared. */
export interface SharedService {
  /** The name of this process. */
  readonly id: string;
  /** What was exchanged so far. */
  readonly statistics: SharedStatistics;
  /** Ends it: the connections of other processes no longer count here. The service goes on. */
  close(): void;
}

const OPTION_NAMES: OptionNames<ShareOptions> = { delayMs: true, heartbeatMs: true, random: true };
/** After so many heartbeats that did not come, a process counts as ended. */
const MISSED_HEARTBEATS = 3;
const NAME_SPACE = 0x1_0000_0000;

/**
 * Shares the templates and the connection counts of a service with the same service in other processes.
 *
 * Own connections count at once, those of others a moment later. Servers and settings are not shared: each process
 * configures its own, and what concerns a server that is not in the list waits until it is added.
 *
 * @param service - The service; its name (`service.toString()`) is the same in all processes.
 * @param channel - Carries the messages.
 * @param options - Delays.
 * @returns What ends it.
 * @throws {TypeError} When an option has an unknown name or the wrong type.
 * @throws {RangeError} When a value is out of range.
 * @example
 * {@includeCode ../../../docs/examples/share-service.ts}
 */
export function shareService(
  service: VirtualService,
  channel: SharedChannel,
  options: ShareOptions = {},
): SharedService {
  requireKnownOptions('share a service', options, OPTION_NAMES);
  return new Sharing(service, channel, options);
}

class Sharing implements SharedService {
  readonly id: string;
  private readonly channel: SharedChannel;
  private readonly timers: Timers;
  private readonly delayMs: number;
  private readonly heartbeatMs: number;
  private readonly state: SharedState;
  private readonly loads: SharedLoads;
  private readonly templates: SharedTemplates;
  private readonly ended = new Set<string>();
  private readonly heardMs = new Map<string, number>();
  private readonly faults = new Map<SharedFault, number>();
  private sending: CancelTimer | undefined;
  private beating: CancelTimer | undefined;
  private sent = 0;
  private received = 0;

  constructor(service: VirtualService, channel: SharedChannel, options: ShareOptions) {
    const { servers, templates } = service;
    const { random = systemRandom } = options;
    this.delayMs = requireInteger('delay', options.delayMs ?? 0, 0, 1000);
    this.heartbeatMs = requireInteger('heartbeat', options.heartbeatMs ?? 200, 10, 60_000);
    this.id = [random, random].map((each) => randomBelow(each, NAME_SPACE).toString(36)).join('-');
    this.channel = channel;
    this.timers = templates.timers;
    const changed = (): void => this.wake();
    this.state = new SharedState(service.toString(), this.id, {
      loadChanged: (server) => this.loads.apply(server),
      templateWritten: (key, template) => this.templates.apply(key, template),
    });
    this.templates = new SharedTemplates(templates, servers, this.state, changed);
    this.loads = new SharedLoads(servers, this.state, changed, {
      emptied: (server) => templates.connectionsEnded(server),
      added: (server) => this.templates.serverAdded(server),
    });
    channel.open({
      receive: (message) => this.receive(message),
      ended: (process) => this.end(process),
    });
    this.wake();
  }

  get statistics(): SharedStatistics {
    const { sent, received, heardMs, faults } = this;
    return { processes: heardMs.size, sent, received, faults: new Map(faults) };
  }

  close(): void {
    this.sending?.();
    this.beating?.();
    this.sending = this.beating = undefined;
    this.channel.close();
    this.loads.close();
    this.templates.close();
  }

  private receive(value: unknown): void {
    this.received++;
    const from = (value as { from?: unknown } | null | undefined)?.from;
    const isEnded = typeof from === 'string' && this.ended.has(from);
    const fault = isEnded ? 'process-ended' : this.state.take(value, this.timers.now());
    if (fault !== undefined) this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
    else this.heardMs.set(from as string, this.timers.now());
    if (this.state.hasOutgoing) this.wake();
    this.beat();
  }

  /** A process has ended for certain: its name never comes again. */
  private end(process: string): void {
    this.ended.add(process);
    this.forget(process);
  }

  private forget(process: string): void {
    this.heardMs.delete(process);
    this.state.forget(process);
  }

  /** Sends what has changed, soon. */
  private wake(): void {
    this.sending ??= this.timers.after(this.delayMs, () => {
      this.sending = undefined;
      this.send();
    });
  }

  private send(): void {
    const { channel, state } = this;
    this.loads.collect();
    for (const message of state.takeOutgoing(this.timers.now(), channel.itemsPerMessage)) {
      this.sent++;
      channel.send(message);
    }
    this.beat();
  }

  /** Waits for the next heartbeat, while there is one to send or to wait for. */
  private beat(): void {
    if (this.channel.isReliable || this.beating !== undefined) return;
    if (!this.state.isUsed && this.heardMs.size === 0) return;
    this.beating = this.timers.after(this.heartbeatMs, () => {
      this.beating = undefined;
      this.forgetSilent();
      if (this.state.isUsed) {
        this.sent++;
        this.channel.send(this.state.heartbeat());
      }
      this.beat();
    });
  }

  private forgetSilent(): void {
    const silentMs = this.heartbeatMs * MISSED_HEARTBEATS;
    const now = this.timers.now();
    for (const [process, heardMs] of this.heardMs) {
      if (now - heardMs > silentMs) this.forget(process);
    }
  }
}
