/**
 * What can be said of a real server: its address, its weight, its thresholds, how packets reach it.
 */
import { type OptionNames, requireInteger, requireOneOf } from '../errors.js';
import type { IpAddressLike } from '../ip-address.js';
import {
  createTunnel,
  DEFAULT_TUNNEL,
  FORWARDING_METHODS,
  type ForwardingMethod,
  type Tunnel,
} from './forwarding-method.js';
import { MAX_WEIGHT, requireThresholds } from './thresholds.js';

/** What names a real server within its service. */
export interface ServerAddress {
  /** The server's address; `'localhost'` is 127.0.0.1. */
  readonly address: IpAddressLike;
  /** The server's port, 0–65535. */
  readonly port: number;
}

/** What can be changed of a real server. */
export interface ServerSettings {
  /** Its share of new connections, 0–2147483647; default 1. */
  readonly weight?: number;
  /** Connections at which it is overloaded, 0–2147483647; default 0 = never. */
  readonly upperThreshold?: number;
  /** Connections below which it recovers, 0–`upperThreshold`; default 0 = three quarters of that. */
  readonly lowerThreshold?: number;
  /** How packets reach it; default `gatewaying`. */
  readonly forwardingMethod?: ForwardingMethod;
  /** How they are encapsulated, for `tunneling`; default `ipip`. */
  readonly tunnel?: Partial<Tunnel>;
}

/** A real server as it is added to a list. */
export interface ServerOptions extends ServerAddress, ServerSettings {}

/** Settings with nothing left open. */
export type CompleteServerSettings = Required<Omit<ServerSettings, 'tunnel'>> & {
  readonly tunnel: Tunnel;
};

/**
 * The names of what can be changed of a server.
 *
 * @internal
 */
export const SERVER_SETTING_NAMES: OptionNames<ServerSettings> = {
  weight: true,
  upperThreshold: true,
  lowerThreshold: true,
  forwardingMethod: true,
  tunnel: true,
};

/**
 * The names of what describes a new server.
 *
 * @internal
 */
export const SERVER_OPTION_NAMES: OptionNames<ServerOptions> = {
  address: true,
  port: true,
  ...SERVER_SETTING_NAMES,
};

/** The settings of a server that was given none. */
export const DEFAULT_SERVER_SETTINGS: CompleteServerSettings = {
  weight: 1,
  upperThreshold: 0,
  lowerThreshold: 0,
  forwardingMethod: 'gatewaying',
  tunnel: DEFAULT_TUNNEL,
};

/**
 * Fills in what a change leaves out, and checks the whole.
 *
 * @param change - What is to change.
 * @param present - The settings before.
 * @returns The settings after.
 * @throws {TypeError} When a value has the wrong type.
 * @throws {RangeError} When a value is out of range.
 */
export function completeSettings(
  change: ServerSettings,
  present: CompleteServerSettings,
): CompleteServerSettings {
  const weight = requireInteger('weight', change.weight ?? present.weight, 0, MAX_WEIGHT);
  const upperThreshold = change.upperThreshold ?? present.upperThreshold;
  const lowerThreshold = change.lowerThreshold ?? present.lowerThreshold;
  requireThresholds(upperThreshold, lowerThreshold);
  const forwardingMethod = requireOneOf(
    'forwarding method',
    change.forwardingMethod ?? present.forwardingMethod,
    FORWARDING_METHODS,
  );
  const tunnel = change.tunnel === undefined ? present.tunnel : createTunnel(change.tunnel);
  return { weight, upperThreshold, lowerThreshold, forwardingMethod, tunnel };
}
