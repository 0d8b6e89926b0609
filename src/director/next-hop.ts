/**
 * The next hop of a connection: the forwarder of its method, and the target that it needs (both ends, the
 * tunnel, and the path MTU that was learned). The method is the one that the entry got when it was made, the tunnel the
 * server's present one.
 */
import type { ConnectionTable } from '../connections/connection-table.js';
import { METHOD_BITS, METHOD_FLAGS } from '../connections/entries/flags.js';
import { bypass } from '../forwarding/cache-bypass.js';
import { gatewaying } from '../forwarding/direct-routing.js';
import type { ForwardingEnvironment } from '../forwarding/environment.js';
import type { Forwarder } from '../forwarding/forwarder.js';
import { masquerading } from '../forwarding/masquerading.js';
import { PathMtu, type PathMtuState } from '../forwarding/path-mtu.js';
import { ForwardingTarget } from '../forwarding/target.js';
import { tunneling } from '../forwarding/tunneling.js';
import type { IpAddress } from '../ip-address.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';
import type { Packet } from '../wire/packet.js';

/** The method bits of connections that bypass all servers. */
export const METHOD_BYPASS = 4;

/** The path MTUs to servers that were learned, by address. */
export type PathStates = Readonly<Record<string, PathMtuState>>;

/** Finds the forwarder of a connection, and fills in its target: one object, reused for each packet. */
export class NextHop {
  /** The target that was filled in last; written here only. */
  readonly target: ForwardingTarget = new ForwardingTarget();
  private readonly table: ConnectionTable;
  private readonly environment: ForwardingEnvironment;
  private readonly forwarders: Readonly<Record<number, Forwarder | undefined>>;
  /** By the address object of a server, which is one and the same as long as the server exists. */
  private readonly paths = new Map<IpAddress, PathMtu>();
  private readonly pathsByText = new Map<string, PathMtu>();

  /**
   * @param table - The connections.
   * @param environment - The host.
   */
  constructor(table: ConnectionTable, environment: ForwardingEnvironment) {
    this.table = table;
    this.environment = environment;
    this.forwarders = {
      [METHOD_FLAGS.masquerading]: masquerading(environment),
      [METHOD_FLAGS.tunneling]: tunneling(environment),
      [METHOD_FLAGS.gatewaying]: gatewaying(environment),
      [METHOD_BYPASS]: bypass(environment),
    };
  }

  /**
   * Fills in the target of a connection.
   *
   * @param slot - The connection's entry.
   * @returns The forwarder of its method; `undefined` for a tunnel to a server that is not known here.
   */
  fill(slot: number): Forwarder | undefined {
    const { table, target } = this;
    const method = table.fastPath.readEnds(slot, target) & METHOD_BITS;
    if (method === METHOD_FLAGS.tunneling) {
      const server = table.server(slot);
      if (server === undefined) return undefined;
      this.fillTunnel(server);
    }
    return this.forwarders[method];
  }

  /**
   * Fills in a target of which only the server's address matters, as for direct routing.
   *
   * @param address - The server's address.
   * @returns The target.
   */
  gateway(address: IpAddress): ForwardingTarget {
    this.target.setServer(address, 0);
    return this.target;
  }

  /**
   * Fills in a target of which the ends of the connection do not matter, as for a tunnel.
   *
   * @param server - The server.
   * @returns The target.
   */
  tunnelTo(server: RealServer): ForwardingTarget {
    this.target.setServer(server.address, 0);
    this.fillTunnel(server);
    return this.target;
  }

  /**
   * Fills in the target of a one-packet connection, which has no entry.
   *
   * @param packet - Its packet.
   * @param server - Its server.
   * @param serverPort - Its server-side port.
   * @returns The forwarder of the server's method.
   */
  fillOnePacket(packet: Packet, server: RealServer, serverPort: number): Forwarder {
    const { target } = this;
    target.setServer(server.address, serverPort);
    target.setVirtual(packet.destination, packet.destinationPort);
    this.fillTunnel(server);
    return this.forwarders[METHOD_FLAGS[server.forwardingMethod]] as Forwarder;
  }

  /**
   * Fills in the target of a one-packet connection that its masqueraded server begins.
   *
   * @param service - Its service.
   * @param server - Its server.
   * @returns The forwarder of the server's method.
   */
  fillServersOnePacket({ address, port }: Service, server: RealServer): Forwarder {
    const { target } = this;
    target.setServer(server.address, server.port);
    target.setVirtual(address, port);
    return this.forwarders[METHOD_FLAGS.masquerading] as Forwarder;
  }

  /**
   * Saves the path MTUs that were learned.
   *
   * @returns By address, plain JSON for {@link NextHop.restore}.
   */
  toJSON(): PathStates {
    return Object.fromEntries([...this.pathsByText].map(([text, path]) => [text, path.toJSON()]));
  }

  /**
   * Restores the path MTUs that were learned.
   *
   * @param state - What {@link NextHop.toJSON} gave.
   */
  restore(state: PathStates): void {
    for (const [text, each] of Object.entries(state)) {
      const path = new PathMtu(this.environment.server.mtu);
      path.restore(each);
      this.pathsByText.set(text, path);
    }
  }

  private fillTunnel(server: RealServer): void {
    this.target.tunnel = server.tunnel;
    this.target.path = this.pathTo(server.address);
  }

  /** The path to an address; servers of several services may share it. */
  private pathTo(address: IpAddress): PathMtu {
    const known = this.paths.get(address);
    if (known !== undefined) return known;
    const text = address.toString();
    const path = this.pathsByText.get(text) ?? new PathMtu(this.environment.server.mtu);
    this.pathsByText.set(text, path);
    this.paths.set(address, path);
    return path;
  }
}
