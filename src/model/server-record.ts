/**
 * The record behind a {@link RealServer}: its fields and the rules between its counters.
 *
 * Only the server list makes records and changes their configuration; the counters change through
 * the methods of {@link RealServer}. No counter can become negative.
 */
import { requireInteger } from '../errors.js';
import { Inspectable } from '../platform-methods.js';
import type { IpAddress } from '../ip-address.js';
import { DEFAULT_TUNNEL, type ForwardingMethod, type Tunnel } from './forwarding-method.js';
import type { RealServer } from './real-server.js';
import { serverKey } from './server-address.js';
import { type ServerState, stateOfServer } from './server-list-state.js';
import type { CompleteServerSettings } from './server-settings.js';
import { effectiveLowerThreshold, type OverloadRules } from './thresholds.js';

/** Notified when a record's counters have changed. */
export interface LoadListener {
  /**
   * The counters or the overloaded flag of a server of the list have changed.
   *
   * @param server - The server.
   */
  loadChanged(server: ServerRecord): void;
}

/** Notified when a record's overloaded flag has changed. */
export interface OverloadListener {
  /**
   * The overloaded flag of a server of the list has changed.
   *
   * @param server - The server.
   */
  overloadedChanged(server: ServerRecord): void;
}

/** The mutable implementation of {@link RealServer}. */
export class ServerRecord extends Inspectable implements RealServer {
  readonly address: IpAddress;
  readonly port: number;
  forwardingMethod: ForwardingMethod = 'gatewaying';
  tunnel: Tunnel = DEFAULT_TUNNEL;
  weight = 0;
  lastWeight = 0;
  upperThreshold = 0;
  lowerThreshold = 0;
  active = 0;
  total = 0;
  persistent = 0;
  overloaded = false;
  usableWeight = 0;
  available = false;
  position = -1;
  /** The listener of the counters while the server is in the list; none for most algorithms. */
  loadListener: LoadListener | undefined = undefined;
  private effectiveLower = 0;
  private references = 0;
  /** How many reasons there are to pass it over. */
  private suspensions = 0;
  private readonly overloadListener: OverloadListener;
  private readonly rules: OverloadRules;

  constructor(
    address: IpAddress,
    port: number,
    overloadListener: OverloadListener,
    rules: OverloadRules,
  ) {
    super();
    this.rules = rules;
    this.address = address;
    this.port = port;
    this.overloadListener = overloadListener;
  }

  get inactive(): number {
    return this.total > this.active ? this.total - this.active : 0;
  }

  get suspended(): boolean {
    return this.suspensions > 0;
  }

  get quiesced(): boolean {
    return this.weight === 0;
  }

  /** Whether nothing counts on this record any more, so that it may be forgotten once removed. */
  get idle(): boolean {
    return this.total === 0 && this.persistent === 0 && this.references === 0;
  }

  /** Stores settings, and looks at the overloaded flag again. */
  configure(settings: CompleteServerSettings): void {
    this.forwardingMethod = settings.forwardingMethod;
    this.tunnel = settings.tunnel;
    this.setWeight(settings.weight);
    this.setThresholds(settings.upperThreshold, settings.lowerThreshold);
    this.setUsableWeight();
  }

  /**
   * Writes the overloaded flag, which settles whether the weight counts.
   *
   * @param overloaded - The flag.
   */
  setOverloaded(overloaded: boolean): void {
    this.overloaded = overloaded;
    this.setUsableWeight();
  }

  private setUsableWeight(): void {
    this.usableWeight = this.overloaded || this.suspensions > 0 ? 0 : this.weight;
  }

  /** Stores a weight; `lastWeight` follows unless the new weight is 0. */
  private setWeight(weight: number): void {
    this.weight = weight;
    if (weight !== 0) this.lastWeight = weight;
  }

  /** Stores the thresholds and looks at the flag again, if they differ from the present ones. */
  private setThresholds(upper: number, lower: number): void {
    if (upper === this.upperThreshold && lower === this.lowerThreshold) return;
    const { overloaded, total, upperThreshold } = this;
    const effectiveLower = effectiveLowerThreshold(upper, lower);
    this.upperThreshold = upper;
    this.lowerThreshold = lower;
    this.effectiveLower = effectiveLower;
    this.overloaded = this.rules.afterEdit(
      overloaded,
      total,
      upper,
      upperThreshold,
      effectiveLower,
    );
  }

  open(active = true, count = 1): void {
    if (count !== 1) requireCount(count);
    const before = this.total;
    this.total = before + count;
    if (active) this.active += count;
    // Most servers have no threshold, and those that have one are seldom overloaded.
    if (this.upperThreshold !== 0) this.becomeOverloaded(before);
    this.loadListener?.loadChanged(this);
  }

  close(active = true, count = 1): void {
    if (count !== 1) requireCount(count);
    if ((active ? this.active : this.inactive) < count) this.refuse('close', active, count);
    const before = this.total;
    this.total = before - count;
    if (active) this.active -= count;
    if (this.overloaded) this.recover(before);
    this.loadListener?.loadChanged(this);
  }

  activate(count = 1): void {
    if (count !== 1) requireCount(count);
    if (this.inactive < count) this.refuse('activate', false, count);
    this.active += count;
    this.loadListener?.loadChanged(this);
  }

  deactivate(count = 1): void {
    if (count !== 1) requireCount(count);
    if (this.active < count) this.refuse('deactivate', true, count);
    this.active -= count;
    this.loadListener?.loadChanged(this);
  }

  openTemplate(): void {
    this.persistent += 1;
    if (this.upperThreshold === 0 || !this.rules.concernsTemplates) return;
    this.becomeOverloaded(this.total);
    this.loadListener?.loadChanged(this);
  }

  closeTemplate(): void {
    if (this.persistent === 0)
      throw new RangeError(`Cannot close a template of ${this}: it has none`);
    this.persistent -= 1;
    if (!this.overloaded || !this.rules.concernsTemplates) return;
    this.recover(this.total);
    this.loadListener?.loadChanged(this);
  }

  suspend(): void {
    this.suspensions += 1;
    if (this.suspensions === 1) this.suspensionChanged();
  }

  resume(): void {
    if (this.suspensions === 0) throw new RangeError(`Cannot resume ${this}: it is not suspended`);
    this.suspensions -= 1;
    if (this.suspensions === 0) this.suspensionChanged();
  }

  retain(): void {
    this.references += 1;
  }

  release(): void {
    this.references -= 1;
  }

  override toString(): string {
    return serverKey(this);
  }

  toJSON(): ServerState {
    return stateOfServer(this);
  }

  describe(): string {
    return `RealServer ${describeServer(this)}`;
  }

  /** Schedulers treat a suspended server as an overloaded one, so they are notified in the same manner. */
  private suspensionChanged(): void {
    this.setUsableWeight();
    if (!this.available) return;
    this.overloadListener.overloadedChanged(this);
    this.loadListener?.loadChanged(this);
  }

  private becomeOverloaded(totalBefore: number): void {
    const { overloaded, total, upperThreshold } = this;
    this.changeOverloaded(this.rules.afterOpening(overloaded, totalBefore, total, upperThreshold));
  }

  private recover(totalBefore: number): void {
    const { overloaded, total, effectiveLower } = this;
    this.changeOverloaded(this.rules.afterClosing(overloaded, totalBefore, total, effectiveLower));
  }

  private changeOverloaded(overloaded: boolean): void {
    if (overloaded === this.overloaded) return;
    this.setOverloaded(overloaded);
    if (this.available) this.overloadListener.overloadedChanged(this);
  }

  private refuse(verb: string, active: boolean, count: number): never {
    const have = active ? `${this.active} active` : `${this.inactive} inactive`;
    throw new RangeError(`Cannot ${verb} ${count} connection(s) of ${this}: it has ${have}`);
  }
}

/**
 * A server in one line, for people.
 *
 * @param server - The server.
 * @returns For example `10.0.0.1:80 (weight 3, 2 active, 1 inactive, overloaded)`.
 */
export function describeServer(server: RealServer): string {
  const { weight, active, inactive, persistent } = server;
  const parts = [`weight ${weight}`, `${active} active`, `${inactive} inactive`];
  if (persistent > 0) parts.push(`${persistent} persistent`);
  if (server.overloaded) parts.push('overloaded');
  if (server.suspended) parts.push('suspended');
  if (!server.available) parts.push('removed');
  return `${server} (${parts.join(', ')})`;
}

/** Refuses a number of connections that would turn opening into ending or leave a fraction. */
function requireCount(count: number): void {
  requireInteger('number of connections', count, 0, Number.MAX_SAFE_INTEGER);
}
