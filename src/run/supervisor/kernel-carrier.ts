/**
 * Lets the kernel forward busy connections by itself, and brings back what it has counted.
 *
 * Connections are added a few times a second at most, each time in one transaction. When a transaction fails, all
 * connections go back to the engine, which is right at any time. Cost: a process of nft per transaction.
 */
import { spawn } from 'node:child_process';
import type { BusyConnection } from '../kernel-path.js';
import {
  chainRules,
  EMPTY_KERNEL_PATH,
  type Direction,
  directionsOf,
  KERNEL_PATH_SECONDS,
  KERNEL_PATH_TABLE,
  kernelPathTable,
  type KernelPathCounts,
  pathOf,
} from '../kernel-path.js';
import { DEVICE } from '../network-plan.js';
import { KernelElements } from './kernel-elements.js';
import type { Log } from './log.js';

const FIRST_BATCH_MS = 5;
const NEXT_BATCH_MS = 100;
const COUNT_MS = 1000;
/** The most pairs of chains; then the table is made again. */
const MOST_CHAINS = 1024;
/** After that many failures in a row the kernel is taken not to be able to do it. */
const MOST_FAILURES = 3;

/** What a kernel carrier works with. */
export interface KernelCarrierParts {
  /** The marks that lead to servers of direct routing, by the server's address. */
  readonly gateways: () => Readonly<Record<string, number>>;
  /** Which of the connections that were reported, by their ids, may be forwarded still: asked when they are watched. */
  readonly confirm: (ids: readonly string[]) => Promise<readonly string[]>;
  /** Takes what the kernel has counted. */
  readonly counted: (counts: readonly KernelPathCounts[]) => Promise<unknown>;
  /** Takes events. */
  readonly log: Log;
}

/** What the kernel has forwarded since the supervisor started. */
export interface CarriedTotals {
  /** Connections that it was given, each as often as it was. */
  readonly connections: number;
  /** Packets, merged ones as one. */
  readonly packets: number;
  /** Their bytes. */
  readonly bytes: number;
}

/** The chains of one service and server. */
interface Chains {
  readonly number: number;
  readonly service: string;
  readonly server: string;
}

/** Keeps the kernel path of one director. */
export class KernelCarrier {
  private readonly parts: KernelCarrierParts;
  private readonly chains = new Map<string, Chains>();
  private readonly elements = new KernelElements();
  private queue: BusyConnection[] = [];
  private work: Promise<unknown>;
  private timer: NodeJS.Timeout | undefined;
  private readonly counter: NodeJS.Timeout;
  private batchedMs = -Infinity;
  private failures = 0;
  private connections = 0;
  private packets = 0;
  private bytes = 0;

  /** @param parts - What it works with. */
  constructor(parts: KernelCarrierParts) {
    this.parts = parts;
    // An earlier supervisor may have left chains behind.
    this.work = this.makeTable();
    this.counter = setInterval(() => void this.count(), COUNT_MS);
  }

  /**
   * Lets the kernel forward a connection, soon.
   *
   * @param connection - The connection.
   */
  add(connection: BusyConnection): void {
    if (this.failures >= MOST_FAILURES) return;
    this.queue.push(connection);
    const waitMs = this.batchedMs + NEXT_BATCH_MS - performance.now();
    this.timer ??= setTimeout(
      () => this.enqueue(() => this.addBatch()),
      Math.max(FIRST_BATCH_MS, waitMs),
    );
  }

  /** Gives all connections back to the engine, after a change of services; settled when it is done. */
  async empty(): Promise<void> {
    this.queue = [];
    if (this.isIdle) return;
    await this.enqueue(async () => {
      this.elements.clear();
      if (!(await this.apply(EMPTY_KERNEL_PATH))) await this.makeTable();
    });
  }

  /** Reports what the kernel has counted since the last time; settled when it is done. */
  async count(): Promise<void> {
    if (this.chains.size === 0 || this.isIdle) return;
    await this.enqueue(() => this.report());
  }

  /** What the kernel has forwarded, as of the last count. */
  get totals(): CarriedTotals {
    const { connections, packets, bytes } = this;
    return { connections, packets, bytes };
  }

  /** Ends. */
  close(): void {
    clearTimeout(this.timer);
    clearInterval(this.counter);
  }

  /** Whether the kernel forwards nothing, and has reported all. */
  private get isIdle(): boolean {
    return performance.now() > this.batchedMs + (KERNEL_PATH_SECONDS + 2) * 1000;
  }

  private async enqueue(job: () => Promise<unknown>): Promise<void> {
    this.work = this.work.then(job);
    await this.work;
  }

  private async makeTable(): Promise<void> {
    this.chains.clear();
    this.elements.clear();
    if (!(await nft(['-f', '-'], kernelPathTable(DEVICE))).ok) this.failures = MOST_FAILURES;
  }

  private async addBatch(): Promise<void> {
    this.timer = undefined;
    if (this.chains.size > MOST_CHAINS) await this.makeTable();
    const { queue } = this;
    this.queue = [];
    this.batchedMs = performance.now();
    const known = queue.filter((connection) => this.canReach(connection));
    if (known.length === 0) return;
    const rules = known.map((connection) => this.watchRules(connection));
    const text = this.elements.expire(this.batchedMs) + rules.join('');
    if ((await this.apply(text)) && (await this.forward(known))) return;
    await this.makeTable();
  }

  /** Lets the kernel forward those connections that had not ended before they were watched. */
  private async forward(watched: readonly BusyConnection[]): Promise<boolean> {
    const confirmed = new Set(await this.parts.confirm(watched.map(({ id }) => id)));
    const steady = watched.filter(({ id }) => confirmed.has(id));
    if (steady.length === 0) return true;
    const text = steady.flatMap((connection) =>
      this.directions(connection).map((each) => this.elements.forward(each)),
    );
    this.connections += steady.length;
    return this.apply(text.join(''));
  }

  private canReach({ method, server }: BusyConnection): boolean {
    return method !== 'gatewaying' || this.parts.gateways()[server] !== undefined;
  }

  private watchRules(connection: BusyConnection): string {
    const { server, service, serverName } = connection;
    const path = pathOf(connection);
    let rules = '';
    if (!this.chains.has(path)) {
      const number = this.chains.size;
      this.chains.set(path, { number, service, server: serverName });
      rules = chainRules(number, connection, this.parts.gateways()[server]);
    }
    const elements = this.directions(connection).map((each) =>
      this.elements.watch(connection, each, this.batchedMs),
    );
    return rules + elements.join('');
  }

  private directions(connection: BusyConnection): Direction[] {
    const chains = this.chains.get(pathOf(connection));
    return chains === undefined ? [] : directionsOf(chains.number, connection);
  }

  /** Applies a transaction. */
  private async apply(text: string): Promise<boolean> {
    const { ok, output } = await nft(['-f', '-'], text);
    this.failures = ok ? 0 : this.failures + 1;
    if (!ok) this.parts.log('kernel-path-failed', { reason: output });
    return ok;
  }

  private async report(): Promise<void> {
    const words = `-j reset counters table ${KERNEL_PATH_TABLE}`.split(' ');
    const { ok, output } = await nft(words, '');
    if (!ok) return;
    const { nftables } = JSON.parse(output) as {
      nftables: { counter?: { name: string; packets: number; bytes: number } }[];
    };
    const numbers = new Map(
      nftables.flatMap(({ counter }) => (counter ? [[counter.name, counter]] : [])),
    );
    const counts = [...this.chains.values()].map(
      ({ number, service, server }): KernelPathCounts => {
        const [inward, outward] = [numbers.get(`in${number}`), numbers.get(`out${number}`)];
        return {
          service,
          server,
          counts: [
            inward?.packets ?? 0,
            inward?.bytes ?? 0,
            outward?.packets ?? 0,
            outward?.bytes ?? 0,
          ],
        };
      },
    );
    const some = counts.filter((each) => each.counts.some((number) => number > 0));
    for (const { counts: each } of some) {
      this.packets += each[0] + each[2];
      this.bytes += each[1] + each[3];
    }
    if (some.length > 0) await this.parts.counted(some);
  }
}

/** Runs nft; never fails. */
function nft(words: readonly string[], input: string): Promise<{ ok: boolean; output: string }> {
  return new Promise((resolve) => {
    const child = spawn('nft', words, { stdio: ['pipe', 'pipe', 'pipe'] });
    let [output, complaint] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code) =>
      resolve(code === 0 ? { ok: true, output } : { ok: false, output: complaint.slice(0, 500) }),
    );
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
