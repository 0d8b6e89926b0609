/**
 * The directors of a fleet: real ones, each with a connection table of its own, and the router in front of them.
 *
 * A director that comes back is a new one with the same rules, and every change that was made since: its connection
 * table is empty. With synchronization each runs a master and a backup, as directors that all are active do.
 */
import type { ManualClock } from '../../clock.js';
import type { Director } from '../../director/director.js';
import type { DirectorOptions } from '../../director/director-options.js';
import { IpAddress } from '../../ip-address.js';
import { type RandomSource, seededRandom } from '../../random.js';
import type { SyncRole } from '../../sync/sync-daemon.js';
import { synchronization } from '../../sync/synchronization.js';
import { Conversations } from '../conversation.js';
import { createEcmpTable, type EcmpTable, type EcmpTableKind } from './ecmp-table.js';
import { SyncNetwork } from './sync-network.js';

/** What a director of a fleet is made with. */
export interface FleetDirectorOptions extends Pick<DirectorOptions, 'sync'> {
  /** The clock of the whole fleet. */
  readonly clock: ManualClock;
  /** The director's own random source. */
  readonly random: RandomSource;
}

/** Makes a director with its services; all directors of a fleet are alike. */
export type MakeDirector = (options: FleetDirectorOptions) => Director;

/** One director of a fleet. */
export interface FleetMember {
  /** The director that runs now, or ran last. */
  director: Director;
  /** Talks to it. */
  conversations: Conversations;
  /** Whether it runs. */
  isUp: boolean;
}

/** What a fleet is made of. */
export interface FleetMembersOptions {
  /** Makes its directors. */
  readonly director: MakeDirector;
  /** How many there are at the beginning. */
  readonly directors: number;
  /** The clock of all. */
  readonly clock: ManualClock;
  /** Decides all draws. */
  readonly seed: number;
  /** Whether they synchronize. */
  readonly sync: boolean;
  /** How the router chooses among them. */
  readonly table: EcmpTableKind;
  /** How many buckets a resilient table has. */
  readonly buckets: number;
}

/** How the daemons run; the network is one of its own, so only the role matters. */
const DAEMON = {
  device: 'eth0',
  syncId: 0,
  maxLengthBytes: 1472,
  group: IpAddress.fromIpv4(0xe0000051),
  port: 8848,
  ttl: 1,
} as const;
const ROLES: readonly SyncRole[] = ['master', 'backup'];
/** Spreads the seeds of directors: 2^32 over the golden ratio. */
const SEED_STEP = 0x9e3779b9;

/** The directors, and which of them a flow reaches. */
export class FleetMembers {
  /** All that ever were there, by number from 0. */
  readonly members: readonly FleetMember[];
  /** Carries their messages of synchronization. */
  readonly network: SyncNetwork = new SyncNetwork();
  private readonly options: FleetMembersOptions;
  private readonly list: FleetMember[] = [];
  private readonly table: EcmpTable;
  private readonly changes: ((director: Director) => void)[] = [];
  private made = 0;

  /** @param options - What the fleet is made of. */
  constructor(options: FleetMembersOptions) {
    this.options = options;
    this.members = this.list;
    for (let index = 0; index < options.directors; index++) this.list.push(this.make(index));
    this.table = createEcmpTable(options.table, this.running(), options.buckets);
  }

  /**
   * The director that the router sends a flow to.
   *
   * @param hash - The flow's hash.
   * @returns Its number; −1 when none runs.
   */
  pathOf(hash: number): number {
    return this.table.nextHop(hash);
  }

  /**
   * Ends a director; messages that it has not sent yet are lost.
   *
   * @param index - Its number.
   */
  fail(index: number): void {
    this.list[index].isUp = false;
    this.network.disconnect(index);
    this.table.change(this.running());
  }

  /**
   * Starts a director again, with an empty connection table.
   *
   * @param index - Its number.
   */
  restore(index: number): void {
    this.list[index] = this.make(index);
    this.table.change(this.running());
  }

  /** Adds a director. */
  add(): void {
    this.list.push(this.make(this.list.length));
    this.table.change(this.running());
  }

  /**
   * Changes the configuration of all directors that run, and of all that will.
   *
   * @param change - Makes the change on one.
   */
  configure(change: (director: Director) => void): void {
    this.changes.push(change);
    for (const { director, isUp } of this.list) if (isUp) change(director);
    this.network.deliver();
  }

  /** Runs what is due on every director, and delivers its messages. */
  advance(): void {
    for (const { director, isUp } of this.list) if (isUp) director.advance();
    this.network.deliver();
  }

  private running(): number[] {
    return [...this.list.keys()].filter((index) => this.list[index].isUp);
  }

  private make(index: number): FleetMember {
    const { clock, seed, sync } = this.options;
    // No two directors draw the same numbers, neither does one that comes back.
    const random = seededRandom(~seed ^ Math.imul(this.made++, SEED_STEP));
    const transport = this.network.transportOf(index);
    const director = this.options.director({
      clock,
      random,
      ...(sync && { sync: synchronization({ transport }) }),
    });
    for (const change of this.changes) change(director);
    if (sync) for (const role of ROLES) director.startDaemon({ ...DAEMON, role });
    return { director, conversations: new Conversations(director), isUp: true };
  }
}
