/**
 * A recorded scenario, played again: the machine on a director, in the recorded world.
 */
import { ManualClock } from '../../../src/clock.js';
import { Director } from '../../../src/director/director.js';
import { executeCommand, parseArguments, saveRules } from '../../../src/ipvsadm/index.js';
import { splitLine } from '../../../src/ipvsadm/split.js';
import { directorKernel } from '../../../src/keepalived/machine/director-kernel.js';
import type { IpvsCommand } from '../../../src/keepalived/machine/commands.js';
import { KeepalivedMachine } from '../../../src/keepalived/machine/machine.js';
import { formatMessage } from '../../../src/keepalived/messages.js';
import { type ParsedConfiguration, parseKeepalived } from '../../../src/keepalived/parse.js';
import { ManualTimers } from '../../../src/timers.js';
import { recordedCommand } from './recorded-command.js';
import { recordedArguments } from './config-test.js';
import { recordedEnvironment } from './recorded-environment.js';
import { World } from './world.js';

/** The recorded program acts so much later than its timers say, in seconds. */
const TICK_SECONDS = 0.01;

/** One event of a scenario. */
export interface RecordedEvent {
  readonly t: number;
  readonly do?: string;
  readonly arg?: unknown;
  readonly cmd?: string;
  readonly log?: string;
  readonly notify?: string;
  readonly rules?: readonly string[];
  readonly [key: string]: unknown;
}

/** A scenario. */
export interface RecordedScenario {
  readonly name: string;
  readonly config: string;
  readonly addrs?: readonly string[];
  readonly servers?: readonly string[];
  readonly misc?: Readonly<Record<string, number>>;
  readonly prepare?: readonly string[];
  readonly args?: readonly string[];
  readonly end: number;
  readonly events: readonly RecordedEvent[];
}

/** What came out of a scenario: the same kinds of events, in order. */
export interface PlayedEvent {
  readonly t: number;
  readonly kind: 'cmd' | 'log' | 'notify';
  readonly text: string;
}

/** Plays one scenario. */
export class ScenarioPlayer {
  /** What happened, in order. */
  readonly events: PlayedEvent[] = [];
  /** The table whenever time has come to a recorded listing. */
  readonly tables: { readonly t: number; readonly rules: readonly string[] }[] = [];

  private readonly scenario: RecordedScenario;
  private readonly timers = new ManualTimers(new ManualClock());
  private readonly director: Director;
  private readonly world: World;
  private machine: KeepalivedMachine | undefined;
  private readonly engines = new Map<string, string>();

  /** @param scenario - The scenario. */
  constructor(scenario: RecordedScenario) {
    this.scenario = scenario;
    this.director = new Director({
      clock: this.timers,
      devices: ['lo', 'd0'],
      persistenceEngines: [],
    });
    const { addrs = [], servers = [], misc = {}, prepare = [] } = scenario;
    this.world = new World(this.timers, addrs, servers, misc, (seconds) => this.linesAt(seconds));
    for (const line of prepare) this.shell(line);
  }

  /** Whether checks come at random, because `warmup` is not 0. */
  get isRandom(): boolean {
    const { services = [] } = this.machine?.configuration ?? {};
    const checkers = services.flatMap(({ servers }) =>
      servers.flatMap((server) => server.checkers),
    );
    return checkers.some(({ timing }) => timing.warmupSeconds > 0);
  }

  /** Plays it to its end. */
  play(): void {
    const { config, events, end } = this.scenario;
    this.advance(TICK_SECONDS);
    this.start(config);
    for (const event of events) {
      if (event.do !== undefined) this.perform(event);
      if (event.rules !== undefined) {
        this.advance(event.t);
        this.tables.push({ t: event.t, rules: this.rules() });
      }
    }
    this.advance(end);
  }

  private linesAt(seconds: number): string[] {
    const near = this.scenario.events.filter(({ t }) => Math.abs(t - seconds) < 0.05);
    return near.flatMap(({ log }) => (log === undefined ? [] : [log]));
  }

  private advance(seconds: number): void {
    const span = Math.round(seconds * 1000) - this.timers.now();
    if (span > 0) this.timers.advance(span);
  }

  private read(config: string): ParsedConfiguration {
    const parsed = parseKeepalived(config, {
      behavior: 'asRecorded',
      environment: recordedEnvironment(),
      ...recordedArguments(this.scenario.args ?? []),
    });
    for (const message of parsed.messages) {
      const place = message.place?.line ? { ...message.place, file: 'k.conf' } : message.place;
      this.note('log', formatMessage({ ...message, place }));
    }
    return parsed;
  }

  private start(config: string): void {
    const { configuration, exitStatus } = this.read(config);
    if (exitStatus === 2) return;
    if (!/\bvirtual_server\b/.test(config)) {
      return this.note('log', 'Warning - keepalived has no configuration to run');
    }
    const kernel = directorKernel(this.director);
    this.machine = new KeepalivedMachine({
      configuration,
      timers: this.timers,
      random: () => 0.5,
      runCheck: this.world.runCheck,
      behavior: 'asRecorded',
      log: (line) => this.note('log', line),
      notify: ({ command }) => this.note('notify', command.replace(/^\S+ /, '')),
      kernel: (command) => {
        this.note('cmd', recordedCommand(command));
        return this.withEngines(command, kernel);
      },
    });
    this.machine.start();
  }

  /** The director knows no persistence engines; the recorded kernel knew `sip`. */
  private engineOf(rule: string): string {
    const engine = this.engines.get(rule.split(' ')[2]);
    return engine === undefined ? '' : ` --pe ${engine}`;
  }

  private withEngines(
    command: IpvsCommand,
    kernel: ReturnType<typeof directorKernel>,
  ): ReturnType<ReturnType<typeof directorKernel>> {
    const engine = 'service' in command ? command.service.persistenceEngine : undefined;
    const used =
      engine !== undefined && 'service' in command && command.service.persistenceSeconds > 0;
    if (used && engine !== 'sip')
      return { text: 'Scheduler or persistence engine not found', errno: 2 };
    const bare =
      'service' in command
        ? { ...command, service: { ...command.service, persistenceEngine: undefined } }
        : command;
    const refusal = kernel(bare);
    if (used && refusal === undefined && command.member.kind === 'address') {
      this.engines.set(`${command.member.address}:${command.member.port}`, engine);
    }
    return refusal;
  }

  private perform({ t, do: what, arg }: RecordedEvent): void {
    // Events were made at a quarter or a half of a second, and noted when they were done.
    this.advance(t);
    if (what === 'server') this.world.setServer(arg as string);
    else if (what === 'misc') this.world.setScript(...(arg as [string, number]));
    else if (what === 'addr+' || what === 'addr-') {
      this.world.setAddress(arg as string, what === 'addr+');
      this.machine?.setAddress(arg as string, what === 'addr+');
    } else if (what === 'stop') this.machine?.stop((this.scenario.args ?? []).includes('-I'));
    else if (what === 'reload') this.reload(arg as string);
    else if (what === 'start') this.start(this.scenario.config);
    else if (what === 'kill') this.machine?.abandon();
    else if (what === 'sh') this.shell(arg as string);
  }

  private reload(config: string): void {
    this.note('log', 'Reloading');
    const { configuration, exitStatus } = this.read(config);
    if (exitStatus === 2) {
      this.machine?.abandon();
      this.machine = undefined;
    } else this.machine?.reload(configuration);
  }

  /** A command from outside; only ipvsadm is done. */
  private shell(line: string): void {
    for (const part of line.split(/;|&&/)) {
      const [program, ...words] = splitLine(part.trim()).map(({ text }) => text);
      if (program !== 'ipvsadm') continue;
      try {
        executeCommand(parseArguments(words), this.director);
      } catch (error) {
        this.note('log', String(error));
      }
    }
  }

  private note(kind: PlayedEvent['kind'], text: string): void {
    this.events.push({ t: this.timers.now() / 1000, kind, text });
  }

  /** The table as `ipvsadm -Sn` prints it, services sorted. */
  private rules(): string[] {
    const blocks: string[][] = [];
    for (const line of saveRules(this.director.services, { exactSave: true }).split('\n')) {
      const text = line.trim();
      if (text.startsWith('-A')) blocks.push([text + this.engineOf(text)]);
      else if (text !== '') blocks.at(-1)?.push(text);
    }
    return blocks.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)).flat();
  }
}
