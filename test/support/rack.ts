/** Servers called by letters, for examples that read like the text of a rule. */
import { createFlow, type Flow } from '../../src/model/flow.js';
import type { RealServer } from '../../src/model/real-server.js';
import { ServerList } from '../../src/model/server-list.js';
import type { ServerSettings } from '../../src/model/server-settings.js';
import type { Scheduler } from '../../src/schedulers/scheduler.js';

/** A packet for schedulers that do not look at it. */
export const anyFlow: Flow = createFlow({ source: '192.168.1.1', destination: '203.0.113.7' });

/** A list whose servers are A = 10.0.0.1:80, B = 10.0.0.2:80, and so on. */
export class Rack {
  readonly servers: ServerList = new ServerList();
  private readonly known = new Map<string, RealServer>();

  /** Adds servers in the order written: weights or settings by letter. */
  constructor(servers: Readonly<Record<string, number | ServerSettings>> = {}) {
    for (const [letter, settings] of Object.entries(servers)) this.add(letter, settings);
  }

  /** Adds a server at the front. */
  add(letter: string, settings: number | ServerSettings = {}): RealServer {
    const address = `10.0.0.${letter.charCodeAt(0) - 64}`;
    const more = typeof settings === 'number' ? { weight: settings } : settings;
    const server = this.servers.add({ address, port: 80, ...more });
    this.known.set(letter, server);
    return server;
  }

  /** Adds servers of weight 0 at the front, which have no letter. */
  addQuiesced(count: number): void {
    for (let id = 0; id < count; id++) {
      this.servers.add({ address: `10.0.1.${id}`, port: 80, weight: 0 });
    }
  }

  /** The server with a letter, in the list or removed. */
  server(letter: string): RealServer {
    return this.known.get(letter) as RealServer;
  }

  /** Changes the settings of a server. */
  edit(letter: string, settings: ServerSettings): void {
    this.servers.edit(this.server(letter), settings);
  }

  /** Takes a server out of the list. */
  remove(letter: string): void {
    this.servers.remove(this.server(letter));
  }

  /** The letter of a server, `-` for none. */
  letter(server: RealServer | undefined): string {
    if (server === undefined) return '-';
    return String.fromCharCode(64 + (server.address.word3 & 255));
  }

  /** The letters of the next picks, which open nothing. */
  picks(scheduler: Scheduler, count = 1, flow: Flow = anyFlow): string {
    let letters = '';
    for (let pick = 0; pick < count; pick++) letters += this.letter(scheduler.schedule(flow));
    return letters;
  }

  /** The letters of the next picks, each of which opens an active connection. */
  opens(scheduler: Scheduler, count = 1, flow: Flow = anyFlow): string {
    let letters = '';
    for (let pick = 0; pick < count; pick++) {
      const server = scheduler.schedule(flow);
      server?.open();
      letters += this.letter(server);
    }
    return letters;
  }
}
