/**
 * The address that tunnels come from when no option gives it: that of the tunnel packets in the capture, and until
 * one is seen a virtual address, which is the director's as well.
 */
import type { Director } from '../../director/index.js';
import type { HostInterfaceOptions } from '../../director/host.js';
import { type AddressFamily, IpAddress } from '../../ip-address.js';
import type { Packet } from '../../wire/packet.js';
import { counted } from '../simulate/figures.js';

/** Finds the director's own addresses toward tunneled servers. */
export class TunnelSource {
  private readonly director: Director;
  /** Families of tunnels whose source no option gives and no packet has shown. */
  private readonly unknown: Set<AddressFamily>;
  private standIns = 0;
  private dropped = 0;

  /**
   * @param director - A director with its rules.
   * @param given - What options say of the interface toward the servers.
   */
  constructor(director: Director, given: HostInterfaceOptions = {}) {
    this.director = director;
    const services = [...director.services];
    const families = services.flatMap(({ servers }) =>
      [...servers]
        .filter(({ forwardingMethod }) => forwardingMethod === 'tunneling')
        .map(({ address }) => address.family),
    );
    this.unknown = new Set(families.filter((family) => given[`ipv${family}`] === undefined));
    for (const family of this.unknown) {
      const service = services.find(
        ({ fwmark, address }) => fwmark === 0 && address.family === family,
      );
      if (service !== undefined) director.addresses.assign('server', service.address);
    }
  }

  /**
   * Takes the source of a tunnel packet in the capture, unless the address is known.
   *
   * @param packet - The tunnel packet.
   */
  learn({ family, bytes, sourceOffset }: Packet): void {
    if (!this.unknown.delete(family)) return;
    this.director.addresses.assign('server', IpAddress.fromBytes(family, bytes, sourceOffset));
  }

  /**
   * Counts what became of packets while an address was unknown.
   *
   * @param reason - What the verdict says.
   */
  noteVerdict(reason: string): void {
    if (this.unknown.size === 0) return;
    if (reason === 'encapsulated') this.standIns += 1;
    else if (reason === 'no-own-address') this.dropped += 1;
  }

  /**
   * What is worth saying.
   *
   * @returns Sentences.
   */
  sentences(): string[] {
    const { standIns, dropped } = this;
    const wayOut = 'say its own address with --server-address.';
    const sentences: string[] = [];
    if (standIns > 0)
      sentences.push(
        `${counted(standIns, 'packet')} left in tunnels from a virtual address of the director; ${wayOut}`,
      );
    if (dropped > 0)
      sentences.push(
        `${counted(dropped, 'packet')} had no tunnel: the director's address is not known; ${wayOut}`,
      );
    return sentences;
  }
}
