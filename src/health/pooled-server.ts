/**
 * A server as the pool of a checker has it, with what the list is to say of it.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerOptions, ServerSettings } from '../model/server-settings.js';
import type { PoolServer } from './machine/server-pool.js';

/** A watched server, or the sorry server. The pool writes what it decides, the list table the record. */
export class PooledServer implements PoolServer {
  alive: boolean;
  weight: number;
  listed = false;
  refused = false;
  readonly inhibit: boolean;
  /** Its address, and the settings that it has in the list beside its weight. */
  options: ServerOptions;
  /** Its record in the list, or its last one. */
  record: RealServer | undefined;

  /**
   * @param options - Its address and settings.
   * @param alive - Whether it may serve.
   * @param inhibit - Whether it stays in the list with weight 0 while it does not serve.
   * @param record - Its record in the list.
   */
  constructor(options: ServerOptions, alive: boolean, inhibit: boolean, record?: RealServer) {
    this.options = options;
    this.alive = alive;
    this.weight = options.weight ?? 1;
    this.inhibit = inhibit;
    this.record = record;
  }
}

/**
 * The settings of a server that is in a list.
 *
 * @param server - The server.
 * @returns What adds one like it.
 */
export function optionsOf(server: RealServer): ServerOptions {
  const { address, port, weight, upperThreshold, lowerThreshold, forwardingMethod, tunnel } =
    server;
  return { address, port, weight, upperThreshold, lowerThreshold, forwardingMethod, tunnel };
}

/**
 * What has to be changed of a server to give it settings.
 *
 * @param wanted - The settings; what is not given stays.
 * @param server - The server as it is.
 * @returns The changes, or `undefined` when there are none.
 */
export function differences(
  wanted: ServerSettings,
  server: RealServer,
): ServerSettings | undefined {
  const { weight, upperThreshold, lowerThreshold, forwardingMethod, tunnel } = wanted;
  const settings = { weight, upperThreshold, lowerThreshold, forwardingMethod };
  const changed = Object.entries(settings).filter(([name, value]) => {
    return value !== undefined && value !== server[name as keyof typeof settings];
  });
  if (tunnel !== undefined && !hasTunnel(server, tunnel)) changed.push(['tunnel', tunnel as never]);
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}

function hasTunnel({ tunnel }: RealServer, wanted: NonNullable<ServerSettings['tunnel']>): boolean {
  const { type = 'ipip', port = 0, checksum = 'nocsum' } = wanted;
  return tunnel.type === type && tunnel.port === port && tunnel.checksum === checksum;
}
