/**
 * What a forwarder has to know of a connection, as plain fields.
 *
 * The director keeps one target and fills it in once per packet from its connection table; nothing
 * is allocated. Addresses are the four words of `IpAddress`, of which IPv4 uses the last.
 */
import { type AddressFamily, IpAddress } from '../ip-address.js';
import { DEFAULT_TUNNEL, type Tunnel } from '../model/forwarding-method.js';
import type { PathMtu } from './path-mtu.js';

/** The far ends of one connection. */
export class ForwardingTarget {
  /** The server's address. */
  server: IpAddress = IpAddress.fromIpv4(0);
  /** The connection's server port, 0–65535; only NAT looks at it. */
  serverPort = 0;
  /** Bits 0–31 of the virtual address; 0 for IPv4. */
  virtualWord0 = 0;
  /** Bits 32–63 of the virtual address; 0 for IPv4. */
  virtualWord1 = 0;
  /** Bits 64–95 of the virtual address; 0 for IPv4. */
  virtualWord2 = 0;
  /** Bits 96–127 of the virtual address, or the IPv4 address. */
  virtualWord3 = 0;
  /** The connection's virtual port, 0–65535; only NAT looks at it. */
  virtualPort = 0;
  /** How packets are encapsulated; only tunnelling looks at it. */
  tunnel: Tunnel = DEFAULT_TUNNEL;
  /** What is known of the way to the server; `undefined`: the leg's MTU. Only tunnelling looks at it. */
  path: PathMtu | undefined = undefined;

  /** The family of the server's address; differs from the packet's only for tunnels. */
  get serverFamily(): AddressFamily {
    return this.server.family;
  }

  /** Bits 0–31 of the server's address; 0 for IPv4. */
  get serverWord0(): number {
    return this.server.word0;
  }

  /** Bits 32–63 of the server's address; 0 for IPv4. */
  get serverWord1(): number {
    return this.server.word1;
  }

  /** Bits 64–95 of the server's address; 0 for IPv4. */
  get serverWord2(): number {
    return this.server.word2;
  }

  /** Bits 96–127 of the server's address, or the IPv4 address. */
  get serverWord3(): number {
    return this.server.word3;
  }

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
  setVirtual(address: IpAddress, port: number): void {
    this.virtualWord0 = address.word0;
    this.virtualWord1 = address.word1;
    this.virtualWord2 = address.word2;
    this.virtualWord3 = address.word3;
    this.virtualPort = port;
  }
}
