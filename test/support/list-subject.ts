/** The library's server list as a {@link Subject}; it picks nothing. */
import type { RealServer } from '../../src/model/real-server.js';
import { ServerList } from '../../src/model/server-list.js';
import type { Subject } from './subject.js';
import type {
  Choice,
  Endpoints,
  Draw,
  TraceServer,
  TraceSettings,
} from '../replay/scheduler-trace-steps.js';

/** A list whose servers have numbers. */
export class ListSubject implements Subject {
  drawn: number[] = [];
  servers: ServerList = new ServerList();
  private readonly known = new Map<number, RealServer>();
  private readonly ids = new Map<string, number>();

  /** Writes the list out as JSON text, and goes on with what is read back. */
  reload(): void {
    this.servers = ServerList.fromJSON(JSON.parse(JSON.stringify(this.servers)));
    this.know(this.servers);
  }

  add(id: number, { addr, port, weight, u, l }: TraceServer): void {
    const server = this.servers.add({
      address: addr,
      port,
      weight,
      upperThreshold: u,
      lowerThreshold: l,
    });
    this.known.set(id, server);
    this.ids.set(server.toString(), id);
  }

  edit(id: number, { weight, u, l }: TraceSettings): void {
    this.servers.edit(this.server(id), { weight, upperThreshold: u, lowerThreshold: l });
  }

  remove(id: number): void {
    this.servers.remove(this.server(id));
  }

  connections(id: number, active: number, inactive: number): void {
    const server = this.server(id);
    const activated = Math.max(0, Math.min(active, -inactive));
    const deactivated = Math.max(0, Math.min(-active, inactive));
    if (activated > 0) server.activate(activated);
    if (deactivated > 0) server.deactivate(deactivated);
    changeBy(server, true, active - activated + deactivated);
    changeBy(server, false, inactive + activated - deactivated);
  }

  advance(_ms: number): void {
    // A list has no clock.
  }

  pick(_endpoints: Endpoints, _draws?: readonly Draw[]): Choice {
    return null;
  }

  /** A server that is or was in the list. */
  server(id: number): RealServer {
    return this.known.get(id) as RealServer;
  }

  /** Finds out which servers of a list read back have which numbers. */
  protected know(servers: ServerList): void {
    for (const server of [...servers.removed, ...servers]) {
      this.known.set(this.idOf(server) as number, server);
    }
  }

  /** The number of a server. */
  protected idOf(server: RealServer | undefined): Choice {
    return server === undefined ? null : (this.ids.get(server.toString()) as number);
  }
}

function changeBy(server: RealServer, active: boolean, count: number): void {
  if (count > 0) server.open(active, count);
  else if (count < 0) server.close(active, -count);
}
