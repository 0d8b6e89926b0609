/**
 * The fast path of a packet that opens a connection: a plain SYN, which `fast-path.ts` or `fast-path-6.ts` has checked and
 * found no entry for.
 *
 * Server and entry are chosen as for any other packet (`connection-opener.ts`); what is left out is the second look at
 * the packet: it is not parsed, and not looked up again. The entry begins in the state that the SYN leads to, so it is
 * counted once at its server instead of twice. Where anything else may matter (tracking, defenses, clients on the host,
 * persistence engines, data connections of a helper) nothing is done, and the slow path begins from the start. When
 * the packet cannot be forwarded on the fast path after all, the slow path goes on from the opening.
 */
import { AddressBuffer } from '../address-words.js';
import type { ConnectionTable } from '../connections/connection-table.js';
import type { ConnectionKey } from '../connections/entries/connection-key.js';
import { PROTOCOL_TCP } from '../connections/entries/flags.js';
import { TCP_RST, TCP_SYN, TCP_SYN_RECV } from '../connections/states/tcp.js';
import { ConnectionOpener, type Opening } from '../services/connection-opener.js';
import { isFtpData } from '../services/ftp-rules.js';
import type { Service } from '../services/service.js';
import type { Admission } from './admission.js';
import type { PacketDropper } from './defenses.js';
import type { PacketState } from './packet-state.js';
import type { DirectorParts } from './parts.js';

/** A connection that the fast path opened, or why it could not, for a packet that needs the slow path all the same. */
export interface UnfinishedOpening {
  /** The service. */
  readonly service: Service;
  /** The key of the connection. */
  readonly key: ConnectionKey;
  /** The connection, or why there is none. */
  readonly opening: Opening;
}

/** Opens connections for plain SYNs. */
export class FastOpening {
  /** The opening of the packet at hand, if the slow path has to go on with it. Written here only. */
  unfinished: UnfinishedOpening | undefined = undefined;
  private readonly parts: DirectorParts;
  private readonly state: PacketState;
  private readonly table: ConnectionTable;
  private readonly admission: Admission;
  private readonly dropper: PacketDropper;
  private readonly opener: ConnectionOpener;
  private readonly virtual = new AddressBuffer();

  /**
   * @param parts - The director.
   * @param state - The state of the packet at hand.
   * @param admission - Opens connections for all other packets.
   * @param dropper - The `drop_packet` defense.
   */
  constructor(
    parts: DirectorParts,
    state: PacketState,
    admission: Admission,
    dropper: PacketDropper,
  ) {
    const { table, states } = parts;
    const timeoutMs = states.timeouts.tcp(TCP_SYN_RECV);
    const afterSyn = { state: TCP_SYN_RECV, active: true, timeoutMs };
    this.parts = parts;
    this.state = state;
    this.table = table;
    this.admission = admission;
    this.dropper = dropper;
    this.opener = new ConnectionOpener(table, admission.expireQuiescent, afterSyn);
  }

  /**
   * Opens a connection for a plain segment that belongs to none.
   *
   * @param key - Its key.
   * @param flags - The flags of its TCP header.
   * @returns The service, the connection and its server; `undefined` when the slow path has to decide, from the
   *   start or from {@link FastOpening.unfinished} on.
   */
  open(key: ConnectionKey, flags: number): Extract<Opening, object> | undefined {
    if ((flags & (TCP_SYN | TCP_RST)) !== TCP_SYN || !this.isPlain(key)) return undefined;
    const { virtual, state } = this;
    if (key.family === 4) virtual.set4(key.virtual3);
    else virtual.set6(key.virtual0, key.virtual1, key.virtual2, key.virtual3);
    const service = this.parts.services.lookup(state.mark, PROTOCOL_TCP, virtual, key.virtualPort);
    if (service === undefined) return undefined;
    const opening = this.admission.openBy(this.opener, service, key, false);
    if (typeof opening !== 'string') return opening;
    this.leave(service, key, opening);
    return undefined;
  }

  /** Leaves an opening to the slow path. */
  leave(service: Service, key: ConnectionKey, opening: Opening): void {
    this.unfinished = { service, key, opening };
  }

  /**
   * Takes the opening that the slow path goes on with.
   *
   * @returns The opening; `undefined` when the slow path begins from the start.
   */
  takeUnfinished(): UnfinishedOpening | undefined {
    const { unfinished } = this;
    if (unfinished !== undefined) this.unfinished = undefined;
    return unfinished;
  }

  /** Whether nothing but the service decides about the connection. */
  private isPlain(key: ConnectionKey): boolean {
    const { table, dropper } = this;
    const { ownClients, services, states, tracking } = this.parts;
    if (tracking !== undefined || dropper.rate !== 0 || states.secureTcp) return false;
    if (ownClients.exist || services.withEngine.size > 0 || table.helped.waiting > 0) return false;
    return !isFtpData(key.clientPort);
  }
}
