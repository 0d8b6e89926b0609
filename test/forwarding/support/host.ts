/** A host to forward on, and connections to forward for. */
import * as fc from 'fast-check';
import {
  type ForwardingEnvironment,
  ForwardingTarget,
  type HostInterface,
  type Locality,
} from '../../../src/forwarding/index.js';
import { IpAddress } from '../../../src/ip-address.js';
import { createTunnel, type Tunnel } from '../../../src/model/forwarding-method.js';
import type { PacketDescription } from '../../../src/wire/index.js';
import { ipv4, ipv6 } from '../../wire/support/packets.js';

/** What differs from one test to the next. */
export interface HostOptions {
  readonly clientMtu?: number;
  readonly serverMtu?: number;
  readonly pathMtuDiscovery?: boolean;
  readonly locality?: Locality;
}

const leg = (ipv4: string, ipv6: string, mtu: number): HostInterface => ({
  ipv4: IpAddress.parse(ipv4),
  ipv6: IpAddress.parse(ipv6),
  mtu,
});

/** A host with two legs. */
export function host(options: HostOptions = {}): ForwardingEnvironment {
  let identification = 0;
  return {
    client: leg('192.168.100.1', 'fd00:64::1', options.clientMtu ?? 65535),
    server: leg('10.0.0.1', 'fd00:10::1', options.serverMtu ?? 65535),
    pathMtuDiscovery: options.pathMtuDiscovery ?? true,
    localityOf: () => options.locality ?? 'foreign',
    millisecondsOfDay: () => 12_345_678,
    nextIdentification: () => (identification += 1),
  };
}

/** A connection. */
export function targetOf(
  server: IpAddress,
  serverPort: number,
  virtual: IpAddress,
  virtualPort: number,
  tunnel: Partial<Tunnel> = {},
): ForwardingTarget {
  const target = new ForwardingTarget();
  target.setServer(server, serverPort);
  target.setVirtual(virtual, virtualPort);
  target.tunnel = createTunnel(tunnel);
  return target;
}

/** Any address of the family that a description has. */
export const likeAddress = (family: 4 | 6): fc.Arbitrary<IpAddress> =>
  family === 4 ? ipv4() : ipv6();

/** The family of a description. */
export const familyOf = (description: PacketDescription): 4 | 6 =>
  IpAddress.from(description.source).family;

/** Any kind of tunnel. */
export const tunnels = (): fc.Arbitrary<Partial<Tunnel>> =>
  fc.constantFrom<Partial<Tunnel>>(
    { type: 'ipip' },
    { type: 'gue', port: 6080 },
    { type: 'gue', port: 6080, checksum: 'csum' },
    { type: 'gue', port: 6080, checksum: 'remcsum' },
    { type: 'gre' },
    { type: 'gre', checksum: 'csum' },
  );

/** A TTL with which a packet goes on. */
export const lasting = (): fc.Arbitrary<number> => fc.integer({ min: 2, max: 255 });
