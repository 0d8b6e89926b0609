/**
 * The server of last resort: in the list exactly while no watched server can serve.
 *
 * It is not probed. A server of the same address and port that the operator has put into the list is
 * left alone, and so is the list when the operator takes the sorry server out by hand.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { ServerOptions } from '../model/server-settings.js';
import type { ServerSwitch } from './server-switch.js';

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

  /**
   * Brings the sorry server in or out.
   *
   * @param needed - Whether no other server can serve.
   * @returns The server that has come or gone, or `undefined` when nothing has changed.
   */
  update(needed: boolean): RealServer | undefined {
    if (needed === (this.present !== undefined)) return undefined;
    return needed ? this.enter() : this.leave();
  }

  private enter(): RealServer | undefined {
    if (this.servers.get(this.options) !== undefined) return undefined;
    this.change.write((editor) => {
      this.present = editor.add(this.options);
    });
    return this.present;
  }

  private leave(): RealServer | undefined {
    const server = this.present as RealServer;
    this.present = undefined;
    if (!server.available) return undefined;
    this.change.write((editor) => editor.remove(server));
    return server;
  }
}
