/**
 * What a forwarder has to know of a connection, as plain fields.
 *
 * The director keeps one target and fills it in once per packet from its connection table; nothing
 * is allocated.
 */
import { AddressBuffer, type AddressWords } from '../address-words.js';
import { IpAddress } from '../ip-address.js';
import { DEFAULT_TUNNEL, type Tunnel } from '../model/forwarding-method.js';
import type { PathMtu } from './path-mtu.js';

/** The far ends of one connection. */
export class ForwardingTarget {
  /** The server's address. */
  server: IpAddress = IpAddress.fromIpv4(0);
  /** The connection's server port, 0–65535; only NAT looks at it. */
  serverPort = 0;
  /** The virtual address. */
  readonly virtual: AddressBuffer = new AddressBuffer();
  /** The connection's virtual port, 0–65535; only NAT looks at it. */
  virtualPort = 0;
  /** How packets are encapsulated; only tunnelling looks at it. */
  tunnel: Tunnel = DEFAULT_TUNNEL;
  /** What is known of the way to the server; `undefined`: the leg's MTU. Only tunnelling looks at it. */
  path: PathMtu | undefined = undefined;

  /**
   * Fills in the server.
   *
   * @param address - Its address.
   * @param port - The connection's server port, 0–65535.
   */
  setServer(address: IpAddress, port: number): void {
    this.server = address;
    this.serverPort = port;
  }

  /**
   * Fills in the virtual end.
   *
   * @param address - The virtual address, of the packets' family.
   * @param port - The virtual port, 0–65535.
   */
  setVirtual(address: AddressWords, port: number): void {
    this.virtual.copy(address);
    this.virtualPort = port;
  }
}
