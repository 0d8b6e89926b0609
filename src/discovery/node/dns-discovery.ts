/**
 * Keeps a list of servers in line with what name servers say.
 *
 * Rule: the name is resolved again and again, and the list follows the answers; a query that fails or gives no
 * server leaves the last good list as it is. What is the same in two answers is not touched.
 */
import * as nodeDns from 'node:dns/promises';
import {
  type OptionNames,
  requireInteger,
  requireKnownOptions,
  requireOneOf,
  show,
} from '../../errors.js';
import { requirePort } from '../../model/flow.js';
import type { ServerList } from '../../model/server-list.js';
import { type Leaving, LEAVING, type Replacement } from '../../model/server-replacement.js';
import type { ServerOptions } from '../../model/server-settings.js';
import { Disposable } from '../../platform-methods.js';
import { rethrowLater } from '../../rethrow-later.js';
import { type CancelTimer, MAX_DELAY_MS, systemTimers, type Timers } from '../../timers.js';
import { AnswerList } from './answer-list.js';
import { DNS_RECORDS, type DnsQueries, type DnsRecords, queryServers } from './records.js';

/** What a {@link DnsDiscovery} asks for, and how often. */
export interface DnsDiscoveryOptions {
  /** The name, such as `web.internal`, or `_http._tcp.web.internal` for SRV records. */
  readonly name: string;
  /** Which records: `'A+AAAA'` (the default), `'A'`, `'AAAA'`, `'SRV'`, or `'hosts'` for the system's resolver. */
  readonly records?: DnsRecords;
  /** The servers' port, 0–65535; SRV records have their own. */
  readonly port?: number;
  /** From one query to the next, 1–2147483647 ms; default 30000. */
  readonly intervalMs?: number;
  /** What becomes of servers that are not in the answer any more; default `'quiesce'`. */
  readonly leaving?: Leaving;
  /** Notified of each answer that has changed the list. */
  readonly onChange?: (change: Replacement) => void;
  /** Notified of each query that has failed; the last good list stays. */
  readonly onError?: (error: unknown) => void;
  /** What is asked; default `node:dns/promises`. A `Resolver` for certain name servers will do. */
  readonly dns?: Partial<DnsQueries>;
  /** What measures time; default the platform's timers, which do not keep the process alive. */
  readonly timers?: Timers;
}

const OPTION_NAMES: OptionNames<DnsDiscoveryOptions> = {
  name: true,
  records: true,
  port: true,
  intervalMs: true,
  leaving: true,
  onChange: true,
  onError: true,
  dns: true,
  timers: true,
};

/**
 * Servers by name.
 *
 * @example
 * {@includeCode ../../../docs/examples/dns-discovery.ts}
 */
export class DnsDiscovery extends Disposable {
  private readonly servers: ServerList;
  private readonly answers: AnswerList;
  private readonly options: DnsDiscoveryOptions;
  private readonly dns: DnsQueries;
  private readonly timers: Timers;
  private readonly intervalMs: number;
  private readonly records: DnsRecords;
  private readonly port: number;
  private cancel: CancelTimer | undefined;
  /** Counts starts and stops, so that an answer that comes too late is recognized. */
  private run = 0;

  /**
   * Makes a discovery; {@link DnsDiscovery.start} asks for the first time.
   *
   * @param servers - The list to keep in line. The first answer replaces what is in it; later ones change what differs
   *   from the answer before, and leave alone what others have changed.
   * @param options - What to ask for.
   * @throws {TypeError} When an option has the wrong type or an unknown name.
   * @throws {RangeError} When an option is out of range.
   */
  constructor(servers: ServerList, options: DnsDiscoveryOptions) {
    super();
    requireKnownOptions('discover servers', options, OPTION_NAMES);
    const { name, records = 'A+AAAA', intervalMs = 30_000, port } = options;
    if (typeof name !== 'string' || name === '') {
      throw new TypeError(`Invalid name: expected a host name, got ${show(name)}`);
    }
    this.servers = servers;
    this.answers = new AnswerList(
      servers,
      requireOneOf('leaving', options.leaving ?? 'quiesce', LEAVING),
    );
    this.options = options;
    this.dns = queriesOf(options.dns);
    this.timers = options.timers ?? systemTimers;
    this.records = requireOneOf('records', records, DNS_RECORDS);
    this.intervalMs = requireInteger('interval', intervalMs, 1, MAX_DELAY_MS);
    this.port = records === 'SRV' ? 0 : requirePort('port', port);
  }

  /**
   * Asks for the first time, and again from then on.
   *
   * @returns Fulfils when the first answer has come: `true` when the list is in line with it. Never rejects.
   */
  async start(): Promise<boolean> {
    this.stop();
    this.answers.forget();
    return this.ask(this.run);
  }

  /** Stops asking; the list stays as it is. */
  stop(): void {
    this.run += 1;
    this.cancel?.();
    this.cancel = undefined;
  }

  /** The same as {@link DnsDiscovery.stop}, for `using`. */
  close(): void {
    this.stop();
  }

  /**
   * Asks now, whatever the interval.
   *
   * @returns `true` when the list is in line with the answer; `false` when the query has failed. Never rejects.
   */
  async refresh(): Promise<boolean> {
    const { run } = this;
    const found = await this.query();
    // Stopped meanwhile: the list is the caller's again.
    if (found === undefined || run !== this.run) return false;
    const change = this.replace(found);
    if (change === undefined) return false;
    const { added, edited, removed, quiesced } = change;
    if (added.length + edited.length + removed.length + quiesced.length > 0) {
      notify(this.options.onChange, change);
    }
    return true;
  }

  /**
   * The discovery in words, for people: what `console.log` shows under Node.
   *
   * @returns For example `DnsDiscovery web.internal A+AAAA (2 servers)`.
   */
  describe(): string {
    return `DnsDiscovery ${this.options.name} ${this.records} (${this.servers.size} servers)`;
  }

  private async ask(run: number): Promise<boolean> {
    const good = await this.refresh();
    if (run === this.run) {
      this.cancel = this.timers.after(this.intervalMs, () => void this.ask(run));
    }
    return good;
  }

  /** The servers of an answer; `undefined` when the query has failed. */
  private async query(): Promise<ServerOptions[] | undefined> {
    try {
      return await queryServers(this.dns, this.options.name, this.records, this.port);
    } catch (error) {
      notify(this.options.onError, error);
      return undefined;
    }
  }

  /** Brings the list in line; `undefined`, and nothing changed, when the answer has what cannot be a server. */
  private replace(found: readonly ServerOptions[]): Replacement | undefined {
    try {
      return this.answers.take(found);
    } catch (error) {
      notify(this.options.onError, error);
      return undefined;
    }
  }
}

/** Calls back; what a callback throws does not end the discovery. */
function notify<Value>(callback: ((value: Value) => void) | undefined, value: Value): void {
  try {
    callback?.(value);
  } catch (error) {
    rethrowLater(error);
  }
}

/** The queries, each from the caller's object if that has it. */
function queriesOf(dns: Partial<DnsQueries> = {}): DnsQueries {
  return {
    resolve4: async (name) => (dns.resolve4 ? dns.resolve4(name) : nodeDns.resolve4(name)),
    resolve6: async (name) => (dns.resolve6 ? dns.resolve6(name) : nodeDns.resolve6(name)),
    resolveSrv: async (name) => (dns.resolveSrv ? dns.resolveSrv(name) : nodeDns.resolveSrv(name)),
    lookup: async (name, all) => (dns.lookup ? dns.lookup(name, all) : nodeDns.lookup(name, all)),
  };
}
