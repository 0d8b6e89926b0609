/**
 * The source NAT of new connections: which own endpoint a connection gets, if a rule wants one. Only masqueraded
 * connections are asked about.
 */
import { isMasquerading } from '../connections/entries/flags.js';
import { IpAddress } from '../ip-address.js';
import type { CurrentPacket } from './current-packet.js';
import type { Firewall } from './firewall.js';
import { chooseOwnPort } from './source-nat-port.js';
import { sourceFor } from './source-nat-rules.js';
import type { TrackedEntries } from './tracked-entries.js';
import type { TrackingEnvironment, TrackingFault } from './tracking-part.js';

/** Gives connections own endpoints. */
export class SourceTranslation {
  private readonly environment: TrackingEnvironment;
  private readonly firewall: Firewall;
  private readonly entries: TrackedEntries;

  /**
   * @param environment - The director.
   * @param firewall - The rules.
   * @param entries - The tracked entries.
   */
  constructor(environment: TrackingEnvironment, firewall: Firewall, entries: TrackedEntries) {
    this.environment = environment;
    this.firewall = firewall;
    this.entries = entries;
  }

  /**
   * Consults the rules for a new connection.
   *
   * @param entry - Its entry, tracked.
   * @param current - Its first packet, whose own endpoint is written.
   * @returns Why it cannot be translated; `undefined` when it is, or no rule wants it.
   */
  choose(entry: number, current: CurrentPacket): TrackingFault | undefined {
    const { sourceRules } = this.firewall;
    const { environment, entries } = this;
    if (sourceRules.length === 0 || !isMasquerading(environment.table.flags(entry)))
      return undefined;
    const { clientPort, virtualAddress, virtualPort, serverAddress, serverPort } =
      environment.table.endpoints(entry);
    const { protocol } = current.tuple;
    const subject = { protocol, mark: current.mark, virtualAddress, virtualPort };
    const to = sourceFor(sourceRules, subject);
    if (to === undefined) return undefined;
    const own = to instanceof IpAddress ? to : environment.ownAddress(virtualAddress.family);
    if (own === undefined) return 'no-own-address';
    const isTaken = (port: number): boolean =>
      entries.own.find(protocol, serverAddress, serverPort, own, port) >= 0;
    const port = chooseOwnPort(clientPort, isTaken, environment.random);
    if (port < 0) return 'no-own-port';
    entries.translate(entry, own, port);
    current.ownAddress = own;
    current.ownPort = port;
    return undefined;
  }
}
