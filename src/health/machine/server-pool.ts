/**
 * The servers of one service: which are alive, and which are in its table with which weight.
 *
 * A server that fails leaves the table, or stays with weight 0 when it is inhibited. While there is no quorum
 * (`quorum.ts`), a service with a sorry server has nothing but the sorry server in its table. The pool decides; an
 * observer does what it decides.
 */
import { hasQuorum, type QuorumRules } from './quorum.js';

/** When a pool has quorum, and what it does without. */
export interface PoolRules extends QuorumRules {
  /** Whether alive servers of weight 0 stay in the table when quorum is lost; default `false`. */
  keepsQuiesced?: boolean;
}

/** A server of a pool. Only the pool writes to it. */
export interface PoolServer {
  /** Whether it may serve. */
  alive: boolean;
  /** Its weight, which a dead server keeps, too. */
  weight: number;
  /** Whether it is in the table of the service, as far as the pool knows: it asked for it. */
  listed: boolean;
  /** Whether the table refused it when it was last to be added. */
  refused: boolean;
  /** Whether it stays in the table with weight 0 while it does not serve. */
  inhibit: boolean;
}

/** Does what a pool decides, in order. */
export interface PoolObserver<Server extends PoolServer> {
  /**
   * Adds a server to the table.
   *
   * @param server - The server.
   * @param weight - The weight it gets there.
   * @returns Whether it could be added.
   */
  add(server: Server, weight: number): boolean;
  /**
   * Changes the weight of a server in the table.
   *
   * @param server - The server.
   * @param weight - The new weight.
   */
  edit(server: Server, weight: number): void;
  /**
   * Removes a server from the table.
   *
   * @param server - The server.
   */
  remove(server: Server): void;
  /**
   * Hears what happens, before it is done.
   *
   * @param event - What it is.
   */
  note(event: PoolEvent<Server>): void;
}

/** What happens in a pool. */
export type PoolEvent<Server> =
  | { readonly type: 'up' | 'down' | 'sorry-in' | 'sorry-out'; readonly server: Server }
  | { readonly type: 'weight'; readonly server: Server; readonly from: number; readonly to: number }
  | { readonly type: 'gained' | 'lost'; readonly total: number; readonly starting: boolean }
  | { readonly type: 'emptying' | 'filling' }
  | { readonly type: 'quorum-up' | 'quorum-down' };

/** The servers of a service. */
export class ServerPool<Server extends PoolServer> {
  /** The servers, in order. */
  servers: Server[];
  /** What serves while there is no quorum. */
  sorry: Server | undefined;
  /** When quorum is gained and lost. */
  rules: PoolRules;
  /** Whether there is quorum. */
  up = false;

  private readonly observer: PoolObserver<Server>;

  /**
   * @param servers - The servers, in order.
   * @param sorry - The sorry server.
   * @param rules - When quorum is gained and lost.
   * @param observer - Does what is decided.
   */
  constructor(
    servers: readonly Server[],
    sorry: Server | undefined,
    rules: PoolRules,
    observer: PoolObserver<Server>,
  ) {
    this.servers = [...servers];
    this.sorry = sorry;
    this.rules = rules;
    this.observer = observer;
  }

  /** The weight of the servers that are alive. */
  get total(): number {
    let total = 0;
    for (const { alive, weight } of this.servers) if (alive) total += weight;
    return total;
  }

  /** Whether alive servers are in the table. */
  get open(): boolean {
    return this.up || this.sorry === undefined;
  }

  /** Fills the table for the first time. */
  start(): void {
    for (const server of this.servers) this.enter(server);
    if (hasQuorum(this.rules, this.total, false)) this.gain(true);
    else this.lose(true);
    this.enterSorry();
  }

  /** Adds a sorry server that waits with weight 0, where it does and is not there. */
  enterSorry(): void {
    if (this.sorry?.inhibit === true && !this.sorry.listed) this.insert(this.sorry, 0);
  }

  /**
   * Adds a server as it is at the start.
   *
   * @param server - The server, one of {@link ServerPool.servers}.
   */
  enter(server: Server): void {
    if (server.alive) this.insert(server, server.weight);
    else if (server.inhibit) this.insert(server, 0);
  }

  /**
   * A server may serve.
   *
   * @param server - The server.
   */
  bringUp(server: Server): void {
    this.observer.note({ type: 'up', server });
    server.alive = true;
    if (this.open && !this.place(server)) {
      server.alive = false;
      return;
    }
    this.weigh();
  }

  /**
   * A server may not serve any more.
   *
   * @param server - The server.
   */
  takeDown(server: Server): void {
    this.observer.note({ type: 'down', server });
    server.alive = false;
    if (this.open) this.withdraw(server);
    this.weigh();
  }

  /**
   * A server has another weight.
   *
   * @param server - The server.
   * @param weight - The new weight.
   */
  changeWeight(server: Server, weight: number): void {
    if (this.setWeight(server, weight) && server.alive) this.weigh();
  }

  /**
   * A server has another weight, and others may follow before it is decided whether there is quorum.
   *
   * @param server - The server.
   * @param weight - The new weight.
   * @returns Whether it is another one.
   */
  setWeight(server: Server, weight: number): boolean {
    if (weight === server.weight) return false;
    this.observer.note({ type: 'weight', server, from: server.weight, to: weight });
    server.weight = weight;
    if (server.alive && this.open) this.observer.edit(server, weight);
    return true;
  }

  /**
   * Puts right what others have changed: a server that came into the table, or has another weight there.
   *
   * @param server - The server, one of {@link ServerPool.servers}.
   */
  correct(server: Server): void {
    if (server.alive && this.open) this.place(server);
    else if (!this.staysQuiesced(server)) this.withdraw(server);
  }

  /**
   * Decides whether there is quorum.
   *
   * @param again - Whether it is decided with new rules, or for a new sorry server; default `false`.
   */
  weigh(again = false): void {
    const isUp = hasQuorum(this.rules, this.total, this.up);
    const idle = again && !isUp && this.sorry?.listed === false;
    if (isUp !== this.up) {
      if (isUp) this.gain(again);
      else this.lose(again);
    } else if (idle) this.lose(again);
  }

  private gain(starting: boolean): void {
    const { observer, sorry } = this;
    this.up = true;
    observer.note({ type: 'gained', total: this.total, starting });
    if (sorry?.listed === true) {
      observer.note({ type: 'sorry-out', server: sorry });
      this.withdraw(sorry);
      observer.note({ type: 'filling' });
      for (const server of this.servers) if (server.alive) this.place(server);
    }
    observer.note({ type: 'quorum-up' });
  }

  private lose(starting: boolean): void {
    const { observer, sorry } = this;
    this.up = false;
    observer.note({ type: 'lost', total: this.total, starting });
    if (sorry !== undefined) {
      observer.note({ type: 'sorry-in', server: sorry });
      observer.note({ type: 'emptying' });
      for (const server of this.servers) {
        if (server.alive && server.listed && !this.staysQuiesced(server)) this.withdraw(server);
      }
      if (sorry.listed && sorry.inhibit) observer.edit(sorry, 1);
      else this.insert(sorry, 1);
    }
    observer.note({ type: 'quorum-down' });
  }

  private staysQuiesced({ alive, weight }: Server): boolean {
    return this.rules.keepsQuiesced === true && alive && weight === 0;
  }

  /** Puts a server into the table with its weight. */
  private place(server: Server): boolean {
    if (!server.listed || server.refused) return this.insert(server, server.weight);
    this.observer.edit(server, server.weight);
    return true;
  }

  private insert(server: Server, weight: number): boolean {
    server.refused = !this.observer.add(server, weight);
    server.listed = true;
    return !server.refused;
  }

  /** Takes a server out of the table, or leaves it there with weight 0. */
  private withdraw(server: Server): void {
    if (server.inhibit) {
      if (server.listed) this.observer.edit(server, 0);
    } else if (server.listed) {
      this.observer.remove(server);
      server.listed = false;
    }
  }
}
