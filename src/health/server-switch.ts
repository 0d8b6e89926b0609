/**
 * Takes down servers out of service and brings them back, and keeps apart what the checker does to
 * the list from what the operator does.
 *
 * Rule: while a server is held out, every weight the operator writes is remembered and takes effect
 * when the server is up again; so a server quiesced meanwhile stays quiesced. To `inhibit` is to set
 * the weight to 0: connections and sticky clients stay. To `remove` is to take the server off the
 * list: it returns at the front, as a new server.
 */
import type { RealServer } from '../model/real-server.js';
import type { ServerAddress, ServerOptions, ServerSettings } from '../model/server-settings.js';
import type { WatchedServer } from './watched-server.js';

/** How a down server is taken out of service. */
export type DownAction = 'inhibit' | 'remove';

/** All values of {@link DownAction}. */
export const DOWN_ACTIONS: readonly DownAction[] = ['inhibit', 'remove'];

/** Who changes a list of servers: the list itself, or a director that does more when servers come and go. */
export interface ServerEditor {
  /**
   * Adds a server.
   *
   * @param server - The server.
   * @returns The server, in the list.
   */
  add(server: ServerOptions): RealServer;
  /**
   * Changes a server's settings.
   *
   * @param server - The server, or its address and port.
   * @param settings - What to change; what is not given stays.
   * @returns The server.
   */
  edit(server: ServerAddress, settings: ServerSettings): RealServer;
  /**
   * Removes a server.
   *
   * @param server - The server, or its address and port.
   * @returns The server that was.
   */
  remove(server: ServerAddress): RealServer;
}

/** Writes to a server list on behalf of a health checker. */
export class ServerSwitch {
  private readonly editor: ServerEditor;
  private readonly action: DownAction;
  private depth = 0;

  /**
   * @param editor - Changes the list.
   * @param action - How a down server is taken out of service.
   */
  constructor(editor: ServerEditor, action: DownAction) {
    this.editor = editor;
    this.action = action;
  }

  /** Whether the list is being changed by the checker at this moment. */
  get writing(): boolean {
    return this.depth > 0;
  }

  /**
   * Makes the list agree with a server's health.
   *
   * @param watched - The server.
   */
  apply(watched: WatchedServer): void {
    if (watched.up) this.release(watched);
    else this.hold(watched);
  }

  /**
   * Changes the list in the checker's own name.
   *
   * @param change - Makes the change.
   */
  write(change: (editor: ServerEditor) => void): void {
    this.depth++;
    try {
      change(this.editor);
    } finally {
      this.depth--;
    }
  }

  private hold(watched: WatchedServer): void {
    watched.held = true;
    const { server } = watched;
    if (!server.available) return;
    if (this.action === 'remove') this.write((editor) => editor.remove(server));
    else if (server.weight !== 0) this.write((editor) => editor.edit(server, { weight: 0 }));
  }

  private release(watched: WatchedServer): void {
    watched.held = false;
    const { server, wanted: weight } = watched;
    if (!server.available) {
      this.write((editor) => {
        watched.server = editor.add({ ...watched.toJSON().server, weight });
      });
    } else if (server.weight !== weight) {
      this.write((editor) => editor.edit(server, { weight }));
    }
  }
}
