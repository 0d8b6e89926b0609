/**
 * Link addresses of the picture: clients come through a router, each server has an address of its own.
 */
import type { RealServer } from 'ipvs';
import type { HostOptions } from 'ipvs/director';
import { ETHER_TYPE, ETHERNET_HEADER_LENGTH, MacAddress, writeEthernetHeader } from 'ipvs/wire';

const ROUTER = MacAddress.parse('02:00:00:00:00:01');
const TOWARDS_CLIENTS = MacAddress.parse('02:00:00:00:00:d1');
const TOWARDS_SERVERS = MacAddress.parse('02:00:00:00:00:d2');
const FIRST_SERVER = 0x51;

/** Who sends and gets frames. */
export const LINK_ADDRESSES = {
  router: ROUTER,
  directorTowardsClients: TOWARDS_CLIENTS,
  directorTowardsServers: TOWARDS_SERVERS,
} as const;

/** The link of a host: its own addresses, and its neighbors. */
export type Link = NonNullable<HostOptions['link']>;

/**
 * The link address of a server.
 *
 * @param server - The server.
 * @param servers - All servers of the service.
 * @returns Its address: by its place in the list, oldest first.
 */
export function linkAddressOf(server: RealServer, servers: Iterable<RealServer>): MacAddress {
  const index = Math.max(0, [...servers].toReversed().indexOf(server));
  const number = (FIRST_SERVER + index) & 0xffff;
  const digits = number.toString(16).padStart(4, '0');
  return MacAddress.parse(`02:00:00:00:${digits.slice(0, 2)}:${digits.slice(2)}`);
}

/**
 * The link of a director.
 *
 * @param servers - The servers of its service.
 * @returns The link.
 */
export function linkOf(servers: () => Iterable<RealServer>): Link {
  return {
    client: TOWARDS_CLIENTS,
    server: TOWARDS_SERVERS,
    resolveNeighbor: (side, wanted) => {
      if (side === 'client') return ROUTER;
      const found = [...servers()].find(({ address }) => sameAddress(address, wanted));
      return found === undefined ? ROUTER : linkAddressOf(found, servers());
    },
  };
}

/**
 * Whose interface a link address is.
 *
 * @param mac - A link address, as a frame has it.
 * @returns Its owner's name; the router is the neighbor for all clients.
 */
export function ownerOf(mac: string): string {
  if (mac === String(ROUTER)) return 'router';
  return [TOWARDS_CLIENTS, TOWARDS_SERVERS].map(String).includes(mac) ? 'director' : 'real server';
}

/**
 * Writes the link header into the room in front of a packet.
 *
 * @param bytes - The packet, with room for the header in front; changed.
 * @param source - Who sends it.
 * @param destination - Who gets it.
 * @returns The same bytes.
 */
export function toFrame(
  bytes: Uint8Array,
  source: MacAddress,
  destination: MacAddress,
): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[ETHERNET_HEADER_LENGTH] >> 4;
  const type = version === 6 ? ETHER_TYPE.IPV6 : ETHER_TYPE.IPV4;
  writeEthernetHeader(view, 0, destination, source, type);
  return bytes;
}

type Words = Pick<RealServer['address'], 'family' | 'word0' | 'word1' | 'word2' | 'word3'>;

function sameAddress(a: Words, b: Words): boolean {
  const names = ['family', 'word0', 'word1', 'word2', 'word3'] as const;
  return names.every((name) => a[name] === b[name]);
}
