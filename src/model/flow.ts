/**
 * The endpoints of one packet, as schedulers see it: who sends, to whom, by which protocol.
 */
import { type OptionNames, requireInteger, requireKnownOptions, requireOneOf } from '../errors.js';
import { IpAddress, type IpAddressLike } from '../ip-address.js';
import { type Protocol, PROTOCOLS } from '../protocols.js';

/** The endpoints of a packet on its way from a client to a virtual service. */
export interface Flow {
  /** The transport protocol. */
  readonly protocol: Protocol;
  /** Who sent the packet: the client. */
  readonly source: IpAddress;
  /** The client's port, 0–65535. */
  readonly sourcePort: number;
  /** Where the packet is going: the virtual service's address. */
  readonly destination: IpAddress;
  /** The virtual port, 0–65535. */
  readonly destinationPort: number;
  /**
   * `true` when the packet travels from the server's side, as some ICMP errors do; source hashing
   * then looks at the destination. Default `false`.
   */
  readonly inverse?: boolean;
}

/** What {@link createFlow} takes: a {@link Flow} whose addresses may be text and whose rest has defaults. */
export interface FlowOptions {
  /** The transport protocol; default `'tcp'`. */
  readonly protocol?: Protocol;
  /** The client's address. */
  readonly source: IpAddressLike;
  /** The client's port, 0–65535; default 0. */
  readonly sourcePort?: number;
  /** The virtual service's address. */
  readonly destination: IpAddressLike;
  /** The virtual port, 0–65535; default 0. */
  readonly destinationPort?: number;
}

const FLOW_OPTIONS: OptionNames<FlowOptions> = {
  protocol: true,
  source: true,
  sourcePort: true,
  destination: true,
  destinationPort: true,
};

/**
 * Makes a flow from texts and numbers, checking each.
 *
 * @param options - The endpoints.
 * @returns The flow.
 * @throws {TypeError} When a value has the wrong type.
 * @throws {RangeError} When an address or a protocol is unknown, or a port is not an integer 0–65535.
 * @example
 * {@includeCode ../../docs/examples/source-hashing.ts}
 */
export function createFlow(options: FlowOptions): Flow {
  requireKnownOptions('create a flow', options, FLOW_OPTIONS);
  return {
    protocol: requireOneOf('protocol', options.protocol ?? 'tcp', PROTOCOLS),
    source: IpAddress.from(options.source),
    sourcePort: requirePort('source port', options.sourcePort ?? 0),
    destination: IpAddress.from(options.destination),
    destinationPort: requirePort('destination port', options.destinationPort ?? 0),
  };
}

/**
 * Checks a port number.
 *
 * @param name - What the port is, as the message shall call it.
 * @param value - The value to check.
 * @returns The value itself.
 * @throws {TypeError} When the value is not a number.
 * @throws {RangeError} When it is no integer 0–65535.
 */
export function requirePort(name: string, value: unknown): number {
  return requireInteger(name, value, 0, 65535);
}
