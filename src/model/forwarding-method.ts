/**
 * How a director hands a packet to a real server, in ipvsadm's terms.
 */
import { type OptionNames, requireInteger, requireKnownOptions, requireOneOf } from '../errors.js';

/**
 * How packets reach a real server: `masquerading` (NAT, `-m`), `gatewaying` (direct routing, `-g`)
 * or `tunneling` (encapsulation, `-i`).
 */
export type ForwardingMethod = 'masquerading' | 'gatewaying' | 'tunneling';

/** All values of {@link ForwardingMethod}. */
export const FORWARDING_METHODS: readonly ForwardingMethod[] = [
  'masquerading',
  'gatewaying',
  'tunneling',
];

/** The kind of encapsulation: IP in IP, generic UDP encapsulation, or generic routing encapsulation. */
export type TunnelType = 'ipip' | 'gue' | 'gre';

/** Which checksum a tunnel header carries: none, an ordinary one, or the remote-checksum option. */
export type TunnelChecksum = 'nocsum' | 'csum' | 'remcsum';

/** How packets are encapsulated for a real server reached by tunneling. */
export interface Tunnel {
  /** The kind of encapsulation. */
  readonly type: TunnelType;
  /** The UDP port of a `gue` tunnel, 1–65535; 0 for the other kinds. */
  readonly port: number;
  /** Which checksum the tunnel header carries; `remcsum` only with `gue`, `nocsum` with `ipip`. */
  readonly checksum: TunnelChecksum;
}

/** The tunnel of a server that was given none: plain IP in IP. */
export const DEFAULT_TUNNEL: Tunnel = { type: 'ipip', port: 0, checksum: 'nocsum' };

/**
 * Checks a description of a tunnel and fills in what is missing.
 *
 * @param tunnel - The parts that are not default; `port` is needed for `gue`.
 * @returns The whole tunnel.
 * @throws {TypeError} When a value has the wrong type.
 * @throws {RangeError} When a kind is unknown, a port is out of range, or an option does not go with the kind.
 */
export function createTunnel(tunnel: Partial<Tunnel>): Tunnel {
  if (tunnel === DEFAULT_TUNNEL) return DEFAULT_TUNNEL;
  requireKnownOptions('set a tunnel', tunnel, TUNNEL_OPTIONS);
  const type = requireOneOf('tunnel type', tunnel.type ?? 'ipip', ['ipip', 'gue', 'gre']);
  const allowed: readonly TunnelChecksum[] = checksumsOf[type];
  const checksum = requireOneOf(`checksum of ${type} tunnel`, tunnel.checksum ?? 'nocsum', allowed);
  const [low, high] = type === 'gue' ? [1, 65535] : [0, 0];
  return {
    type,
    port: requireInteger(`port of ${type} tunnel`, tunnel.port ?? 0, low, high),
    checksum,
  };
}

const TUNNEL_OPTIONS: OptionNames<Tunnel> = { type: true, port: true, checksum: true };

const checksumsOf: Readonly<Record<TunnelType, readonly TunnelChecksum[]>> = {
  ipip: ['nocsum'],
  gue: ['nocsum', 'csum', 'remcsum'],
  gre: ['nocsum', 'csum'],
};
