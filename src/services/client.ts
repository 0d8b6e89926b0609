/**
 * Clients as their sockets know them, and what is made of their addresses.
 *
 * Clients are traffic: whatever an address looks like, reading it gives a value or a reason, and never throws.
 * IPv4 in IPv6 form (`::ffff:a.b.c.d`, as a dual-stack socket has it) is IPv4; the zone of a link-local address
 * (`fe80::1%eth0`) is left out, since it says nothing about the client.
 */
import { show } from '../errors.js';
import { IpAddress, type IpAddressLike } from '../ip-address.js';
import { parseIpv4 } from '../ip-address-text.js';
import { requirePort } from '../model/flow.js';
import type { ServerAddressLike } from '../model/server-address.js';

/** A client by address and port, such as the `rinfo` of a datagram. */
export interface ClientAddress {
  /** The client's address: `socket.remoteAddress`. IPv4 in IPv6 form (`::ffff:a.b.c.d`) is IPv4. */
  readonly address: IpAddressLike | undefined;
  /** The client's port, 0–65535: `socket.remotePort`. */
  readonly port: number | undefined;
  /** The port the client asked for; default the service's. */
  readonly virtualPort?: number;
  /** What the client is recognized by instead of its address: see {@link ConnectOptions.key}. */
  readonly key?: string | undefined;
  /** Servers that the client must not get: see {@link ConnectOptions.except}. */
  readonly exclude?: Iterable<ServerAddressLike>;
}

/** A client as a socket: one of `node:net`, or anything else with these properties. */
export interface ClientSocket {
  /** The client's address; a socket whose peer is gone has none. */
  readonly remoteAddress?: string | undefined;
  /** The client's port. */
  readonly remotePort?: number | undefined;
}

/** A client: a socket, or its address and port. */
export type Client = ClientAddress | ClientSocket;

/** How a connection is to be opened. */
export interface ConnectOptions {
  /** Servers that this client must not get, such as one that has just refused it; default none. */
  readonly except?: Iterable<ServerAddressLike>;
  /**
   * What the client is recognized by instead of its address, such as the value of a cookie or a server name:
   * persistence, `sh` and `mh` then go by the key. An empty key is none.
   */
  readonly key?: string | undefined;
  /** The port the client asked for; default the service's. */
  readonly virtualPort?: number;
}

/**
 * Why a client got no connection.
 *
 * | reason            | meaning                                                             |
 * | ----------------- | ------------------------------------------------------------------- |
 * | `client-gone`     | the client has no address or no port: its socket is closed already  |
 * | `client-address`  | the client's address is no IPv4 or IPv6 address                     |
 * | `client-port`     | the client's port is no integer 0–65535                             |
 * | `port-not-served` | the service has no persistence, and the client asked for another port |
 * | `no-server`       | no server can take the connection                                   |
 * | `table-full`      | `connectionLimit` is reached                                        |
 */
export type Refusal =
  'client-gone' | 'client-address' | 'client-port' | 'port-not-served' | 'no-server' | 'table-full';

/** All values of {@link Refusal}. */
export const REFUSALS: readonly Refusal[] = [
  'client-gone',
  'client-address',
  'client-port',
  'port-not-served',
  'no-server',
  'table-full',
];

const MAPPED = '::ffff:';
const COLON = 58;
const NO_ADDRESS = IpAddress.fromIpv4(0);

/** A client that was read; one object that is filled again for each. */
export class ClientEnd {
  /** Its address, after {@link ClientEnd.read} gave no reason. */
  address: IpAddress = NO_ADDRESS;
  /** Its port. */
  port = 0;
  /** The port it asked for; `undefined` = the service's. */
  virtualPort: number | undefined = undefined;
  /** What it is recognized by; `undefined` = its address. */
  key: string | undefined = undefined;
  /** The servers that it must not get. */
  except: Iterable<ServerAddressLike> | undefined = undefined;

  /**
   * Reads a client.
   *
   * @param client - The client.
   * @returns Why it can have no connection, or `undefined`.
   * @throws {TypeError} When the client is no object, or its key no string: mistakes of the caller.
   * @throws {RangeError} When its virtual port is out of range.
   */
  read(client: Client): Refusal | undefined {
    if (typeof client !== 'object' || client === null) {
      throw new TypeError(
        `Cannot connect: expected a socket or { address, port }, got ${show(client)}`,
      );
    }
    const given = client as Partial<ClientAddress>;
    const { address } = given;
    if (typeof address === 'string' || address instanceof IpAddress) {
      this.virtualPort = virtualPort(given.virtualPort);
      this.key = stickyKey(given.key);
      this.except = given.exclude;
      return this.readEnds(address, given.port);
    }
    this.virtualPort = this.key = this.except = undefined;
    const { remoteAddress, remotePort } = client as ClientSocket;
    return this.readEnds(remoteAddress, remotePort);
  }

  /**
   * Takes over what a caller says apart from the client.
   *
   * @param options - The options, their names checked.
   * @throws As {@link ClientEnd.read} does.
   */
  apply(options: ConnectOptions): void {
    this.except = options.except ?? this.except;
    this.key = stickyKey(options.key) ?? this.key;
    this.virtualPort = virtualPort(options.virtualPort) ?? this.virtualPort;
  }

  private readEnds(
    address: IpAddressLike | undefined,
    port: number | undefined,
  ): Refusal | undefined {
    if (address === undefined || address === '' || port === undefined) return 'client-gone';
    const read = typeof address === 'string' ? readAddress(address) : unmapped(address);
    if (read === undefined) return 'client-address';
    if (typeof port !== 'number' || port >>> 0 !== port || port > 65535) return 'client-port';
    this.address = read;
    this.port = port;
    return undefined;
  }
}

/** Reads a client's address, IPv4 first. */
function readAddress(text: string): IpAddress | undefined {
  const isMapped = text.charCodeAt(0) === COLON && text.startsWith(MAPPED);
  const value = parseIpv4(text, isMapped ? MAPPED.length : 0);
  if (value !== undefined) return IpAddress.fromIpv4(value);
  const zone = text.indexOf('%');
  const address = IpAddress.tryParse(zone === -1 ? text : text.slice(0, zone));
  // Only IPv6 addresses have zones.
  if (address === undefined || (zone !== -1 && address.family === 4)) return undefined;
  return unmapped(address);
}

/** A dual-stack socket has IPv4 clients as `::ffff:a.b.c.d`. */
function unmapped(address: IpAddress): IpAddress {
  const { family, word0, word1, word2, word3 } = address;
  const isMapped = family === 6 && (word0 | word1) === 0 && word2 === 0xffff;
  return isMapped ? IpAddress.fromIpv4(word3) : address;
}

function virtualPort(port: number | undefined): number | undefined {
  return port === undefined ? undefined : requirePort('virtual port', port);
}

function stickyKey(key: string | undefined): string | undefined {
  if (key === undefined || key === '') return undefined;
  if (typeof key === 'string') return key;
  throw new TypeError(`Invalid key: expected a string, got ${show(key)}`);
}
