/**
 * What the picture of a lane shows, as plain data.
 */
import type { ForwardingMethod } from 'ipvs';
import type { ServerState } from './row.js';

/** A server in the picture. */
export interface StageServer {
  /** Address and port. */
  readonly name: string;
  /** How packets reach it. */
  readonly method: ForwardingMethod;
  /** Its color, 0–7. */
  readonly color: number;
  /** Its weight. */
  readonly weight: number;
  /** Its state. */
  readonly state: ServerState;
  /** Active connections. */
  readonly active: number;
  /** Inactive connections. */
  readonly inactive: number;
  /** Connections at which it counts as overloaded; 0 = no limit. */
  readonly upperThreshold: number;
  /** Packets that reach it in a second. */
  readonly requests: number;
  /** Packets it sends in a second. */
  readonly answers: number;
}

/** What the picture shows. */
export interface Stage {
  /** How many clients have come. */
  readonly clients: number;
  /** The service's name. */
  readonly service: string;
  /** The scheduler's name. */
  readonly scheduler: string;
  /** Entries in the connection table. */
  readonly entries: number;
  /** The servers, in the order of the rules. */
  readonly servers: readonly StageServer[];
  /** The most active connections that a server has had: this many fill a server. */
  readonly fullActive: number;
  /** Packets from clients in a second that give the widest arrow. */
  readonly fullRate: number;
}

/** How many colors there are for servers. */
export const SERVER_COLORS = 8;

/**
 * The words for a server in the picture.
 *
 * @param server - The server.
 * @returns What it has, in short.
 */
export function describeServer({ state, active, weight }: StageServer): string {
  switch (state) {
    case 'in use':
      return `${active} active`;
    case 'draining':
      return `draining: ${active} left`;
    case 'drained':
      return 'drained';
    case 'full':
      return `full: ${active} active`;
    case 'removed':
      return active > 0 ? `removed: ${active} left` : 'removed';
    default:
      return weight > 0 ? 'not answering' : 'dead, weight 0';
  }
}

/**
 * The whole picture in words.
 *
 * @param stage - The picture.
 * @returns For those who do not see it.
 */
export function describeStage({ service, scheduler, servers }: Stage): string {
  const each = servers.map((server) => `${server.name} ${describeServer(server)}`);
  return `Clients send to the director, ${service} with scheduler ${scheduler}, and it to ${servers.length} servers by ${methodsOf(servers)}. ${each.join('. ')}.`;
}

function methodsOf(servers: readonly StageServer[]): string {
  return [...new Set(servers.map(({ method }) => METHOD_NAMES[method]))].join(' and ');
}

/** The forwarding methods in words. */
export const METHOD_NAMES: Readonly<Record<ForwardingMethod, string>> = {
  masquerading: 'NAT, with answers back through the director',
  gatewaying: 'direct routing, with answers past the director',
  tunneling: 'tunnels, with answers past the director',
};
