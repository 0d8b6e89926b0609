/**
 * One scheduler under the load: a director of its own, and a record of which server got what.
 */
import type { RealServer } from 'ipvs';
import { executeCommand, parseCommand, saveRules } from 'ipvs/ipvsadm';
import { type Conversation, talk } from './conversation.js';
import { type Outage, parseOutage } from './outage.js';
import { closingTurns, openingTurns } from './packets.js';
import { type Row, rowsOf } from './row.js';
import { type Service, type Setup, setUp } from './setup.js';
import { createTally, type Tally } from './tally.js';
import type { Timeline } from './timeline.js';
import { VisitBook, type Visits } from './visits.js';

/** How many packets took which path. */
export interface PacketCounts {
  /** From clients, to the director. */
  requests: number;
  /** From servers, through the director: by masquerading. */
  answersThrough: number;
  /** From servers straight to the clients: by direct routing and tunneling. */
  answersPast: number;
}

/** The flag of the hashing schedulers by which an unusable server is replaced, and its name here. */
const FALLBACK = 1;
const SUFFIX = '-fallback';

/** A run with one scheduler. */
export class Lane {
  /** Director, clock and service. */
  readonly setup: Setup;
  /** Connections that no server took. */
  refused = 0;
  /** Connections that a server was given which did not answer. */
  unanswered = 0;
  /** How many packets took which path. */
  readonly packets: PacketCounts = { requests: 0, answersThrough: 0, answersPast: 0 };
  private readonly book = new VisitBook();
  private readonly byName = new Map<string, Tally>();
  /** The connections that were opened and have not ended. */
  private readonly open = new Set<number>();
  private readonly conversation: Conversation;

  /**
   * @param rules - The rules.
   * @param scheduler - The scheduler, as a scenario has it.
   * @param seed - Decides the director's draws.
   * @throws {IpvsError} When rules or scheduler are wrong.
   */
  constructor(rules: string, scheduler: string, seed: number) {
    this.setup = setUp(rules, seed);
    const { director, service } = this.setup;
    if (scheduler !== '') director.editService(service, settingsOf(scheduler));
    this.conversation = {
      director,
      mark: service.fwmark,
      asked: (server) => this.countRequest(server),
      answers: (server) => !this.tallyOf(server).failed,
      answered: (server, through) => this.countAnswer(server, through),
    };
    this.noteServers();
  }

  /** The service under load; as it was last when a command has deleted it. */
  get service(): Service {
    return this.setup.director.findService(this.setup.service) ?? this.setup.service;
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

  /** What later visits of clients met since the last change. */
  get visits(): Readonly<Visits> {
    return this.book.visits;
  }

  /** How many clients have had a connection. */
  get clients(): number {
    return this.book.clients;
  }

  /** What each server was given, in the order of the rules. */
  get tallies(): readonly Tally[] {
    return [...this.byName.values()];
  }

  /**
   * Lets an event of the load happen.
   *
   * @param timeline - The load.
   * @param index - Which event.
   */
  take(timeline: Timeline, index: number): void {
    const event = timeline.events[index];
    const connection = event >>> 1;
    this.setup.clock.set(timeline.timesMs[index]);
    if (event % 2 === 1) this.end(timeline, connection);
    else this.begin(timeline, connection);
  }

  /**
   * Lets time pass.
   *
   * @param nowMs - The time, in milliseconds.
   */
  advance(nowMs: number): void {
    this.setup.clock.set(nowMs);
    this.setup.director.advance();
  }

  /**
   * Does a command.
   *
   * @param line - The command.
   * @returns What it writes.
   * @throws {IpvsadmError} When it is wrong; nothing is changed then.
   * @throws {RangeError} When a server that shall fail is none of the service.
   */
  run(line: string): string {
    const outage = parseOutage(line);
    if (outage !== undefined) return this.setFailed(outage);
    const command = parseCommand(line);
    const output = executeCommand(command, this.setup.director);
    if (command.command === 'list' || command.command === 'save') return output;
    this.book.restart();
    this.noteServers();
    return output;
  }

  /** What each server has, in the order of the rules. */
  rows(): Row[] {
    return rowsOf(this.tallies);
  }

  /**
   * The rules that add the servers as they are now.
   *
   * @returns By address and port: the line.
   */
  rules(): ReadonlyMap<string, string> {
    const lines = saveRules([this.service]).split('\n');
    return new Map(lines.map((line) => [/ -r (\S+)/.exec(line)?.[1] ?? '', line]));
  }

  private begin({ workload }: Timeline, connection: number): void {
    const flow = workload.flow(connection);
    const { server, complete } = talk(openingTurns(flow), flow, this.conversation);
    const tally = server === undefined ? undefined : this.tallyOf(server);
    this.book.count(workload.client[connection], tally);
    if (tally === undefined) {
      this.refused += 1;
      return;
    }
    tally.opened += 1;
    if (complete) this.open.add(connection);
    else this.unanswered += 1;
  }

  private end({ workload }: Timeline, connection: number): void {
    if (!this.open.delete(connection)) return;
    const flow = workload.flow(connection);
    talk(closingTurns(flow), flow, this.conversation);
  }

  private setFailed({ server, fails }: Outage): string {
    const tally = this.byName.get(server);
    if (tally === undefined) throw new RangeError(`There is no server ${server}`);
    tally.failed = fails;
    this.book.restart();
    return '';
  }

  private countRequest(server: RealServer | undefined): void {
    this.packets.requests += 1;
    if (server !== undefined) this.tallyOf(server).requests += 1;
  }

  private countAnswer(server: RealServer, through: boolean): void {
    this.tallyOf(server).answers += 1;
    this.packets[through ? 'answersThrough' : 'answersPast'] += 1;
  }

  private tallyOf(server: RealServer): Tally {
    const name = String(server);
    let tally = this.byName.get(name);
    if (tally === undefined) {
      tally = createTally(server);
      this.byName.set(name, tally);
    }
    return tally;
  }

  /** The list has the newest server first. */
  private noteServers(): void {
    for (const server of [...this.service.servers].toReversed()) {
      this.tallyOf(server).server = server;
    }
  }
}

function settingsOf(scheduler: string): { scheduler: string; schedulerFlags?: number } {
  return scheduler.endsWith(SUFFIX)
    ? { scheduler: scheduler.slice(0, -SUFFIX.length), schedulerFlags: FALLBACK }
    : { scheduler };
}
