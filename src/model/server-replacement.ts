/**
 * Bringing a list in line with another one, as a registry or a name server gives it.
 *
 * Servers of both lists stay where they are, with their counters, and are edited only where a setting
 * differs: what a scheduler remembers of them stays as well.
 */
import { type OptionNames, requireKnownOptions, requireOneOf } from '../errors.js';
import type { RealServer } from './real-server.js';
import { createTunnel, type Tunnel } from './forwarding-method.js';
import { type ServerAddressLike, serverKey } from './server-address.js';
import { readServerOptions } from './server-options.js';
import {
  completeSettings,
  DEFAULT_SERVER_SETTINGS,
  type ServerOptions,
  type ServerSettings,
} from './server-settings.js';

/** What becomes of servers that are not in the new list. */
export type Leaving = 'remove' | 'quiesce';

/** How {@link ServerList.replace} works. */
export interface ReplaceOptions {
  /**
   * What becomes of a server that is not in the new list: `'remove'` (the default), or `'quiesce'`: it gets
   * weight 0 while it has connections, and is removed by a later `replace` once it has none.
   */
  readonly leaving?: Leaving;
}

/** What {@link ServerList.replace} has done. */
export interface Replacement {
  /** Servers that were not in the list before. */
  readonly added: readonly RealServer[];
  /** Servers of which a setting has changed. */
  readonly edited: readonly RealServer[];
  /** Servers that were removed. */
  readonly removed: readonly RealServer[];
  /** Servers that were quiesced, because they have connections. */
  readonly quiesced: readonly RealServer[];
}

const REPLACE_OPTIONS: OptionNames<ReplaceOptions> = { leaving: true };
/** All values of {@link Leaving}. */
export const LEAVING: readonly Leaving[] = ['remove', 'quiesce'];

/** The list, as far as it is used here. */
interface ReplacedList extends Iterable<RealServer> {
  get(server: ServerAddressLike): RealServer | undefined;
  add(options: ServerOptions): RealServer;
  edit(server: RealServer, settings: ServerSettings): RealServer;
  remove(server: RealServer): RealServer;
}

/** Replaces the servers of a list, and remembers which ones it has quiesced. */
export class ServerReplacement {
  private readonly servers: ReplacedList;
  private readonly leaving = new Set<RealServer>();

  /** @param servers - The list. */
  constructor(servers: ReplacedList) {
    this.servers = servers;
  }

  /** See {@link ServerList.replace}. */
  replace(wanted: Iterable<ServerOptions | string>, options: ReplaceOptions): Replacement {
    requireKnownOptions('replace servers', options, REPLACE_OPTIONS);
    const action = requireOneOf('leaving', options.leaving ?? 'remove', LEAVING);
    const next = this.check(wanted);
    const gone = [...this.servers].filter((server) => !next.has(server.toString()));
    const added: RealServer[] = [];
    const edited: RealServer[] = [];
    for (const [key, server] of next) this.bringIn(key, server, added, edited);
    return { added, edited, ...this.letGo(gone, action) };
  }

  /** Notes that a server has left the list by other means. */
  forget(server: RealServer): void {
    this.leaving.delete(server);
  }

  /** The wanted servers by key; everything is checked before anything is changed. */
  private check(wanted: Iterable<ServerOptions | string>): Map<string, ServerOptions> {
    const next = new Map<string, ServerOptions>();
    for (const each of wanted) {
      const server = readServerOptions(each);
      const key = serverKey(server);
      completeSettings(server, this.servers.get(key) ?? DEFAULT_SERVER_SETTINGS);
      next.set(key, server);
    }
    return next;
  }

  private bringIn(
    key: string,
    server: ServerOptions,
    added: RealServer[],
    edited: RealServer[],
  ): void {
    const present = this.servers.get(key);
    if (present === undefined) {
      added.push(this.servers.add(server));
      return;
    }
    const returns = this.leaving.delete(present) && server.weight === undefined;
    const settings = differing(
      returns ? { ...server, weight: present.lastWeight } : server,
      present,
    );
    if (settings !== undefined) edited.push(this.servers.edit(present, settings));
  }

  private letGo(
    gone: readonly RealServer[],
    action: Leaving,
  ): Pick<Replacement, 'removed' | 'quiesced'> {
    const removed: RealServer[] = [];
    const quiesced: RealServer[] = [];
    for (const server of gone) {
      if (action === 'remove' || server.total === 0) {
        this.leaving.delete(server);
        removed.push(this.servers.remove(server));
      } else if (server.weight > 0) {
        this.leaving.add(server);
        quiesced.push(this.servers.edit(server, { weight: 0 }));
      }
    }
    return { removed, quiesced };
  }
}

/** The settings that a server does not have yet; `undefined` when there are none. */
function differing(wanted: ServerSettings, present: RealServer): ServerSettings | undefined {
  const { weight, upperThreshold, lowerThreshold, forwardingMethod, tunnel } = wanted;
  const settings: ServerSettings = {
    ...(differs(weight, present.weight) && { weight }),
    ...(differs(upperThreshold, present.upperThreshold) && { upperThreshold }),
    ...(differs(lowerThreshold, present.lowerThreshold) && { lowerThreshold }),
    ...(differs(forwardingMethod, present.forwardingMethod) && { forwardingMethod }),
    ...(tunnel !== undefined && differentTunnel(tunnel, present.tunnel) && { tunnel }),
  };
  return Object.keys(settings).length === 0 ? undefined : settings;
}

function differentTunnel(wanted: Partial<Tunnel>, present: Tunnel): boolean {
  const { type, port, checksum } = createTunnel(wanted);
  return type !== present.type || port !== present.port || checksum !== present.checksum;
}

function differs<T>(wanted: T | undefined, present: T): wanted is T {
  return wanted !== undefined && wanted !== present;
}
