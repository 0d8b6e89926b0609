/**
 * The server of last resort: in the list exactly while no watched server can serve.
 *
 * It is not probed. It may be one of the watched servers, too: then that one serves although it is down, and is
 * an ordinary real server again as soon as any is up. A server of the same address and port that the operator has
 * put into the list and that is not watched is left alone, and so is the list when the operator takes the sorry
 * server out by hand.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerOptions } from '../model/server-settings.js';
import type { ServerSwitch } from './server-switch.js';
import type { WatchedServer } from './watched-server.js';

/** Puts a sorry server into a list and takes it out. */
export class SorryServer {
  private readonly servers: ServerList;
  private readonly options: ServerOptions;
  private readonly change: ServerSwitch;
  private present: RealServer | undefined;

  /**
   * @param servers - The list.
   * @param options - The server.
   * @param change - Writes to the list.
   */
  constructor(servers: ServerList, options: ServerOptions, change: ServerSwitch) {
    this.servers = servers;
    this.options = options;
    this.change = change;
  }

  /**
   * Whether a server of the list is the sorry server.
   *
   * @param server - A server.
   * @returns `true` when this put it there.
   */
  is(server: RealServer): boolean {
    return server === this.present;
  }

  /** The sorry server while it is in service. */
  get active(): RealServer | undefined {
    return this.present;
  }

  /** Takes a server of the list that an earlier checker put there for the sorry server. */
  adopt(): void {
    this.present = this.servers.get(this.options);
  }

  /** Address and port of the sorry server. */
  get address(): ServerOptions {
    return this.options;
  }

  /**
   * Brings the sorry server in or out.
   *
   * @param needed - Whether no other server can serve.
   * @param twin - The watched server of the same address and port, if there is one.
   * @returns The server that has come or gone, or `undefined` when nothing has changed.
   */
  update(needed: boolean, twin: WatchedServer | undefined): RealServer | undefined {
    if (needed === (this.present !== undefined)) return undefined;
    return needed ? this.enter(twin) : this.leave(twin);
  }

  private enter(twin: WatchedServer | undefined): RealServer | undefined {
    const listed = this.servers.get(this.options);
    if (listed !== undefined && !isHeld(listed, twin)) return undefined;
    this.change.write((editor) => {
      const weight = this.options.weight ?? (twin?.weight || 1);
      this.present =
        listed === undefined ? editor.add(this.options) : editor.edit(listed, { weight });
    });
    // A real server that serves as the sorry server is one record of the list.
    if (twin !== undefined && this.present !== undefined) twin.server = this.present;
    return this.present;
  }

  private leave(twin: WatchedServer | undefined): RealServer | undefined {
    const server = this.present as RealServer;
    this.present = undefined;
    if (!server.available) return undefined;
    if (twin === undefined) this.change.write((editor) => editor.remove(server));
    // It goes on as the real server that it is: in service when it is up, else held out as before.
    else this.change.apply(twin);
    return server;
  }
}

/** Whether a server of the list is the sorry server's twin, which the checker holds out. */
function isHeld(listed: RealServer, twin: WatchedServer | undefined): boolean {
  return twin?.server === listed && !twin.up && listed.weight === 0;
}
