/**
 * One scheduler under the load: a director of its own, and a record of who got what.
 */
import type { Flow, RealServer } from 'ipvs';
import { executeCommand, parseCommand, saveRules } from 'ipvs/ipvsadm';
import { closingTurns, openingTurns, packetOf, type Turn } from './packets.js';
import { type Row, rowsOf, stateOf } from './row.js';
import { type Service, type Setup, setUp } from './setup.js';
import type { Timeline } from './timeline.js';

/** What became of clients that came back since the last change. */
export interface Moves {
  /** Connections of clients that had had one before. */
  returned: number;
  /** Those of them that went to another server than the last time. */
  moved: number;
  /** Those of them that no server took. */
  refused: number;
  /** Those of the moved whose last server takes no new connections. */
  unavoidable: number;
}

/** How many packets went which way. */
export interface PacketCounts {
  /** From clients, to the director. */
  requests: number;
  /** From servers, through the director: by masquerading. */
  answersThrough: number;
  /** From servers straight to the clients: by direct routing and tunneling. */
  answersPast: number;
}

const noMoves: Moves = { returned: 0, moved: 0, refused: 0, unavoidable: 0 };

/** The flag of the hashing schedulers by which an unusable server is replaced, and its name here. */
const FALLBACK = 1;
const SUFFIX = '-fallback';

/** A run with one scheduler. */
export class Lane {
  /** The service under load. */
  readonly service: Service;
  /** What moved since the last change. */
  moves: Moves = { ...noMoves };
  /** Connections that no server took. */
  refused = 0;
  /** How many packets went which way. */
  readonly packets: PacketCounts = { requests: 0, answersThrough: 0, answersPast: 0 };
  private readonly setup: Setup;
  private readonly opened = new Map<RealServer, number>();
  private readonly lastServer = new Map<number, RealServer>();

  /**
   * @param rules - The rules.
   * @param scheduler - The scheduler, as a scenario has it.
   * @param seed - Decides the director's draws.
   * @throws {IpvsError} When rules or scheduler are wrong.
   */
  constructor(rules: string, scheduler: string, seed: number) {
    this.setup = setUp(rules, seed);
    const { service, director } = this.setup;
    if (scheduler !== '') director.editService(service, settingsOf(scheduler));
    this.service = service;
    this.noteServers();
  }

  /** The scheduler's short name, with `-fallback` when it has that flag. */
  get scheduler(): string {
    const { schedulerName, schedulerFlags } = this.service;
    return schedulerName + ((schedulerFlags & FALLBACK) === 0 ? '' : SUFFIX);
  }

  /** Connections and templates in the table. */
  get tableSize(): number {
    return this.setup.director.table.size;
  }

  /**
   * Lets an event of the load happen.
   *
   * @param timeline - The load.
   * @param index - Which event.
   */
  take(timeline: Timeline, index: number): void {
    const event = timeline.events[index] as number;
    const connection = event >>> 1;
    const flow = timeline.workload.flow(connection);
    this.setup.clock.set(timeline.timesMs[index] as number);
    if (event % 2 === 1) {
      this.exchange(closingTurns(flow), flow);
      return;
    }
    const server = this.exchange(openingTurns(flow), flow);
    this.count(timeline.workload.client[connection] as number, server);
  }

  /**
   * Lets time pass.
   *
   * @param nowMs - The time, in milliseconds.
   */
  settle(nowMs: number): void {
    this.setup.clock.set(nowMs);
    this.setup.director.advance();
  }

  /**
   * Does a command.
   *
   * @param line - The command.
   * @returns What it writes.
   * @throws {IpvsadmError} When it is wrong; nothing is changed then.
   */
  run(line: string): string {
    const command = parseCommand(line);
    const output = executeCommand(command, this.setup.director);
    if (command.command === 'list' || command.command === 'save') return output;
    this.moves = { ...noMoves };
    this.noteServers();
    return output;
  }

  /** What each server has, in the order of the rules. */
  rows(): Row[] {
    return rowsOf([...this.opened]);
  }

  /**
   * The command that gives a server another weight; it repeats all other settings, since what an edit
   * leaves out has its default afterwards.
   *
   * @param name - Address and port of the server.
   * @param weight - The weight.
   * @returns The line; `undefined` when the server is not in the list.
   */
  weightCommand(name: string, weight: number): string | undefined {
    return this.ruleOf(name)
      ?.replace('-a ', '-e ')
      .replace(/ -w \d+/, ` -w ${weight}`);
  }

  /**
   * The command that removes a server.
   *
   * @param name - Address and port of the server.
   * @returns The line; `undefined` when the server is not in the list.
   */
  removeCommand(name: string): string | undefined {
    return this.ruleOf(name)?.replace(/^-a (.* -r \S+).*$/, '-d $1');
  }

  private ruleOf(name: string): string | undefined {
    const lines = saveRules([this.service]).split('\n');
    return lines.find((line) => line.includes(` -r ${name} `));
  }

  /** Lets client and server talk; gives the server, or `undefined` when the client reached none. */
  private exchange(turns: readonly Turn[], flow: Flow): RealServer | undefined {
    let server: RealServer | undefined;
    for (const turn of turns) {
      if (turn.from === 'server') {
        if (server !== undefined) this.answer(turn, flow, server);
        continue;
      }
      server = this.request(turn, flow);
      if (server === undefined) return undefined;
    }
    return server;
  }

  private request(turn: Turn, flow: Flow): RealServer | undefined {
    this.packets.requests += 1;
    const verdict = this.setup.director.receive(packetOf(turn, flow), this.service.fwmark);
    return verdict.action === 'forward' ? verdict.server : undefined;
  }

  private answer(turn: Turn, { protocol, ...client }: Flow, server: RealServer): void {
    if (server.forwardingMethod !== 'masquerading') {
      this.packets.answersPast += 1;
      return;
    }
    const answer = packetOf(turn, {
      protocol,
      source: server.address,
      sourcePort: server.port === 0 ? client.destinationPort : server.port,
      destination: client.source,
      destinationPort: client.sourcePort,
    });
    const { action } = this.setup.director.respond(answer);
    if (action === 'forward') this.packets.answersThrough += 1;
  }

  private count(client: number, server: RealServer | undefined): void {
    const last = this.lastServer.get(client);
    if (last !== undefined) this.countReturn(last, server);
    if (server === undefined) {
      this.refused += 1;
      return;
    }
    this.lastServer.set(client, server);
    this.opened.set(server, (this.opened.get(server) ?? 0) + 1);
  }

  private countReturn(last: RealServer, server: RealServer | undefined): void {
    const { moves } = this;
    moves.returned += 1;
    if (server === undefined) moves.refused += 1;
    else if (server !== last) {
      moves.moved += 1;
      if (stateOf(last) !== 'in use') moves.unavoidable += 1;
    }
  }

  /** The list has the newest server first. */
  private noteServers(): void {
    for (const server of [...this.service.servers].toReversed()) {
      if (!this.opened.has(server)) this.opened.set(server, 0);
    }
  }
}

function settingsOf(scheduler: string): { scheduler: string; schedulerFlags?: number } {
  return scheduler.endsWith(SUFFIX)
    ? { scheduler: scheduler.slice(0, -SUFFIX.length), schedulerFlags: FALLBACK }
    : { scheduler };
}
