/**
 * Persistence in its simple form: a network of clients is remembered with the server it got, for a
 * timeout after its last new connection and as long as one of its connections lives.
 *
 * A remembered server is used while it is in the list and not overloaded; a quiesced one is still
 * used. Source: ipvsadm(8), `--persistent` and `--netmask`.
 */
import type { IpAddress } from '../ip-address.js';
import type { RealServer } from '../model/real-server.js';
import type { PersistenceRules } from './service-rules.js';

/** What is known of one network of clients. */
interface Template {
  server: RealServer;
  expiryMs: number;
  /** Connections that began under this template and have not ended. */
  connections: number;
}

/** Which server each network of clients goes to. */
export class ClientMemory {
  private readonly templates = new Map<string, Template>();
  private readonly rules: PersistenceRules;

  /** @param rules - Timeout and mask. */
  constructor(rules: PersistenceRules) {
    this.rules = rules;
  }

  /**
   * The server of a client.
   *
   * @param client - Its address.
   * @param nowMs - The present moment.
   * @returns The server, or `undefined` when the client has none that can be used.
   */
  recall(client: IpAddress, nowMs: number): RealServer | undefined {
    const template = this.templates.get(this.networkOf(client));
    if (template === undefined) return undefined;
    const { server, expiryMs, connections } = template;
    const alive = connections > 0 || nowMs <= expiryMs;
    return alive && server.available && !server.overloaded ? server : undefined;
  }

  /**
   * Notes a new connection.
   *
   * @param client - The client's address.
   * @param server - The server it got.
   * @param nowMs - The present moment.
   */
  opened(client: IpAddress, server: RealServer, nowMs: number): void {
    const network = this.networkOf(client);
    const expiryMs = nowMs + this.rules.timeoutSeconds * 1000;
    const template = this.templates.get(network);
    if (template?.server === server) {
      template.expiryMs = expiryMs;
      template.connections += 1;
      return;
    }
    template?.server.closeTemplate();
    server.openTemplate();
    this.templates.set(network, { server, expiryMs, connections: 1 });
  }

  /**
   * Notes that a connection has ended.
   *
   * @param client - The client's address.
   * @param server - The server it had.
   */
  closed(client: IpAddress, server: RealServer): void {
    const template = this.templates.get(this.networkOf(client));
    if (template?.server === server && template.connections > 0) template.connections -= 1;
  }

  private networkOf(client: IpAddress): string {
    const { netmask } = this.rules;
    if (client.family === 6) return client.prefix(netmask).toString();
    return String((client.word3 & netmask) >>> 0);
  }
}
