/**
 * The connection as a forwarder sees it: plain fields.
 *
 * The director has one target and fills it in once per packet from its connection table; nothing
 * is allocated.
 */
import { AddressBuffer, type AddressWords } from '../address-words.js';
import { IpAddress } from '../ip-address.js';
import { DEFAULT_TUNNEL, type Tunnel } from '../model/forwarding-method.js';
import type { PathMtu } from './path-mtu.js';

/** Both ends of one connection, as the forwarder needs them. */
export class ForwardingTarget {
  /** The server's address. */
  server: IpAddress = IpAddress.fromIpv4(0);
  /** The connection's server port, 0–65535; only NAT reads it. */
  serverPort = 0;
  /** The virtual address. */
  readonly virtual: AddressBuffer = new AddressBuffer();
  /** The connection's virtual port, 0–65535; only NAT reads it. */
  virtualPort = 0;
  /** How packets are encapsulated; only tunneling reads it. */
  tunnel: Tunnel = DEFAULT_TUNNEL;
  /** The path MTU to the server; `undefined`: that of the interface. Only tunneling reads it. */
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
