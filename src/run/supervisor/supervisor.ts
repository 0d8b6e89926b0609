/**
 * The supervisor: keeps an engine working, answers the control socket, watches the servers.
 *
 * Every change goes the same way: it is done on the copies of the configuration, where it may be refused; what the
 * network needs is set up; then the engine does it. An engine that starts gets what is in force at that moment.
 */
import { IpvsadmError } from '../../ipvsadm/error.js';
import { executeCommand } from '../../ipvsadm/execute.js';
import { parseArguments, parseCommand } from '../../ipvsadm/parse.js';
import { planDaemonStarts, planDaemonStops } from '../../ipvsadm/plan-daemons.js';
import { planRules } from '../../ipvsadm/plan-rules.js';
import { restoreAllRules } from '../../ipvsadm/restore.js';
import type { Command } from '../../ipvsadm/command.js';
import { formatMetrics, type MetricFamily } from '../../metrics/metric-family.js';
import { readServerAddress } from '../../model/server-address.js';
import { Director } from '../../director/director.js';
import { UndoFile } from '../command-runner.js';
import type { EngineRequest } from '../engine/messages.js';
import { hasInterface } from '../machine.js';
import { runFiles, writeRunFile } from '../run-files.js';
import type { SupervisorSettings } from '../settings.js';
import { WorkRecord } from '../work-record.js';
import { checkBusyConnection } from './check-busy-connection.js';
import { Configuration } from './configuration.js';
import type { ControlAnswer, ControlRequest } from './control-messages.js';
import { ControlServer } from './control-server.js';
import type { Reply } from './engine-handle.js';
import { Engines } from './engines.js';
import { Health } from './health.js';
import { interfaceNumber } from './interface-number.js';
import { KernelCarrier } from './kernel-carrier.js';
import type { Log } from './log.js';
import { NetworkKeeper } from './network-keeper.js';
import { SyncNetwork } from './sync-network.js';

const RECORD_MS = 5000;
/** Commands that only show something. */
const QUESTIONS: readonly Command['command'][] = ['list', 'help', 'version'];

/** Runs one director. */
export class Supervisor {
  private readonly settings: SupervisorSettings;
  private readonly log: Log;
  private readonly configuration: Configuration;
  private readonly network: NetworkKeeper;
  private readonly engines: Engines;
  private readonly sync: SyncNetwork;
  /** Lets the kernel forward busy connections; `undefined`: the engine forwards all. */
  private readonly carrier: KernelCarrier | undefined;
  private health: Health | undefined;
  private control: ControlServer | undefined;
  /** Says to the next start how old the journal is. */
  private record: WorkRecord | undefined;
  private recorder: NodeJS.Timeout | undefined;
  private readonly startedMs = performance.now();
  /** How often the configuration was changed. */
  private changes = 0;

  /**
   * @param settings - What it is made of.
   * @param log - Takes events.
   * @param deviceGone - Called when the device was deleted, and nothing can be done from here.
   */
  constructor(settings: SupervisorSettings, log: Log, deviceGone: () => void) {
    this.settings = settings;
    this.log = log;
    this.configuration = new Configuration(settings.state);
    const { undo, journal } = runFiles(settings.folder);
    this.network = new NetworkKeeper(settings, new UndoFile(undo));
    this.engines = new Engines({
      folder: settings.folder,
      journal,
      user: settings.user,
      log,
      deviceGone,
      start: () => ({
        state: this.configuration.inForce.toJSON(),
        host: settings.host,
        journal,
        gateways: this.network.gateways(),
        reportsBusy: settings.hasKernelPath,
      }),
      busy: (report) => {
        const connection = checkBusyConnection(report, this.configuration.inForce.services);
        if (connection !== undefined) this.carrier?.add(connection);
      },
      announce: (message) => this.sync.send(message),
    });
    this.sync = new SyncNetwork({
      ports: () => this.configuration.inForce.tunables.get('sync_ports'),
      deliver: (messages) => this.engines.ask({ kind: 'received', messages }),
      interfaceNumber,
      log,
    });
    if (settings.hasKernelPath) {
      this.carrier = new KernelCarrier({
        gateways: () => this.network.gateways(),
        confirm: (ids) => this.engines.confirm(ids),
        counted: (counts) => this.engines.ask({ kind: 'carried', counts }),
        log,
      });
    }
  }

  /** Begins to work. */
  async start(): Promise<void> {
    const { settings, log } = this;
    const reply = await this.engines.start();
    if (!reply.ok) throw new Error(`the engine did not start: ${reply.text}`);
    for (const daemon of this.configuration.wanted.daemons) this.sync.start(daemon);
    if (settings.check !== undefined) {
      this.health = new Health(settings.check, {
        inForce: this.configuration.inForce,
        tell: (request) => void this.change(request),
        log,
      });
    }
    const { control, worked } = runFiles(settings.folder);
    this.record = new WorkRecord(worked);
    this.recorder = setInterval(() => this.record?.note(), RECORD_MS);
    this.control = new ControlServer(control, (request) => this.answer(request));
    log('ready', { ms: Math.round(performance.now() - this.startedMs), control });
  }

  /** Ends: connections are in the journal, from which the next start goes on. */
  async stop(): Promise<void> {
    this.health?.stop();
    this.carrier?.close();
    clearInterval(this.recorder);
    await this.engines.close();
    this.record?.close();
    await this.sync.close();
    this.control?.close();
    this.log('stopped');
  }

  /** Answers a request; what a change has led to is on disk by then, for a supervisor that comes next. */
  private async answer(request: ControlRequest): Promise<ControlAnswer> {
    const before = this.changes;
    const answer = await this.perform(request);
    if (this.changes !== before) this.save();
    return answer;
  }

  private save(): void {
    const { settings, network, configuration } = this;
    try {
      writeRunFile(
        runFiles(settings.folder).settings,
        JSON.stringify({ ...settings, ...network.present(), state: configuration.wanted }),
      );
    } catch (error) {
      this.log('settings-not-saved', { reason: messageOf(error) });
    }
  }

  private async perform(request: ControlRequest): Promise<ControlAnswer> {
    switch (request.do) {
      case 'command':
        return this.command(request.words);
      case 'status':
        return this.status();
      case 'metrics':
        return done(await this.metricsText());
      case 'reload':
        return this.reload(request.rules, request.dryRun);
      case 'weight':
        return this.weigh(request.server, request.weight);
      case 'tunable':
        return this.tune(request.name, request.value);
      case 'snapshot':
        await this.engines.ask({ kind: 'flush' });
        return done(this.configuration.rules());
      case 'replace-engine':
        await this.engines.replace();
        return done(`engine ${this.engines.pid}\n`);
      case 'stop':
        // The launcher ends this process, and takes everything back.
        setImmediate(() => process.kill(process.ppid, 'SIGTERM'));
        return done('');
      default:
        return refused('this is no request');
    }
  }

  private async command(words: readonly string[]): Promise<ControlAnswer> {
    try {
      return await this.execute(parseArguments(words), words);
    } catch (error) {
      if (error instanceof IpvsadmError) return refused(error.message, error.exitStatus);
      throw error;
    }
  }

  private async execute(command: Command, words: readonly string[]): Promise<ControlAnswer> {
    if (command.command === 'save') return done(this.configuration.rules());
    if (QUESTIONS.includes(command.command)) {
      await this.carrier?.count();
      return this.reply(await this.engines.ask({ kind: 'show', words }));
    }
    // A change that would be refused must not touch the network.
    executeCommand(command, this.configuration.wanted.dryRun());
    if (command.command === 'start-daemon' && !hasInterface(command.device)) {
      return refused('No such device', 255);
    }
    const hasNewGateways = this.network.prepare(command);
    this.configuration.execute(command);
    this.changes++;
    if (hasNewGateways) this.tellGateways();
    if (command.command === 'start-daemon') this.sync.start(command);
    const asked = this.change(this.health?.requestOf(command, words) ?? { kind: 'command', words });
    this.health?.update();
    this.log('changed', { command: words.join(' ') });
    const reply = await asked;
    // The last message of a master comes before its answer.
    if (command.command === 'stop-daemon') this.sync.stop(command.role);
    return this.reply(reply);
  }

  private async reload(rules: string, dryRun: boolean): Promise<ControlAnswer> {
    const wanted = new Director();
    try {
      restoreAllRules(rules, wanted);
    } catch (error) {
      if (!(error instanceof IpvsadmError)) throw error;
      return refused(`line ${error.line}, column ${error.column}: ${error.message}`, 2);
    }
    const present = this.configuration.wanted;
    // Daemons change only when the file speaks of them: VRRP may have started those that run.
    const daemons = wanted.daemons.length > 0 ? wanted.daemons : present.daemons;
    const lines = [
      ...planDaemonStops(present.daemons, daemons),
      ...planRules(present.services, wanted.services).map(({ rule }) => rule),
      ...planDaemonStarts(present.daemons, daemons),
    ];
    if (!dryRun) {
      for (const line of lines) {
        const answer = await this.execute(parseCommand(line), line.split(' '));
        if (!answer.ok) return refused(`${line}: ${answer.text}`, answer.exitStatus);
      }
    }
    return done(lines.map((line) => `${line}\n`).join(''));
  }

  /** Sets the weight of a server in all services that have it. */
  private async weigh(server: string, weight: number): Promise<ControlAnswer> {
    const { address, port } = readServerAddress(server);
    let services = 0;
    for (const service of [...this.configuration.wanted.services]) {
      if (service.servers.get({ address, port }) === undefined) continue;
      services++;
      const name = {
        protocol: service.protocol,
        address: service.address.toString(),
        port: service.port,
      };
      const named =
        service.fwmark === 0 ? name : { fwmark: service.fwmark, family: service.family };
      const at = { address: address.toString(), port };
      const isDown = this.health?.isDown(named, at) === true;
      this.configuration.wanted.editServer(named, at, { weight });
      this.configuration.inForce.editServer(named, at, { weight });
      await this.change({
        kind: 'edit-server',
        service: named,
        server: at,
        settings: { weight: isDown ? 0 : weight },
      });
    }
    if (services === 0) return refused(`no service has a server ${server}`);
    this.changes++;
    this.log('weight-changed', { server, weight });
    return done(`${services}\n`);
  }

  private async tune(name: string, value: string): Promise<ControlAnswer> {
    this.configuration.wanted.setTunable(name, value);
    this.configuration.inForce.setTunable(name, value);
    this.changes++;
    return this.reply(await this.change({ kind: 'tunable', name, value }));
  }

  /** Lets the engine change something, and gives it back what the kernel forwards by what was in force before. */
  private async change(request: EngineRequest): Promise<Reply> {
    const reply = await this.engines.ask(request);
    await this.carrier?.empty();
    return reply;
  }

  private async status(): Promise<ControlAnswer> {
    await this.carrier?.count();
    const reply = await this.engines.ask({ kind: 'status' });
    if (!reply.ok) return this.reply(reply);
    const { clientInterface, serverInterface } = this.settings;
    const { daemons } = this.configuration.wanted;
    return done(
      JSON.stringify({
        upSeconds: Math.round((performance.now() - this.startedMs) / 1000),
        pid: process.pid,
        enginePid: this.engines.pid,
        engineRestarts: this.engines.restarts,
        clientInterface,
        serverInterface,
        ...(this.carrier !== undefined && { carried: this.carrier.totals }),
        ...(daemons.length > 0 && { syncNetwork: this.sync.statistics }),
        ...(JSON.parse(reply.text) as object),
      }),
    );
  }

  private async metricsText(): Promise<string> {
    await this.carrier?.count();
    const { text } = await this.engines.ask({ kind: 'metrics' });
    const { dropped, overflowed, failed } = this.sync.statistics;
    return (
      text +
      formatMetrics([
        counter(
          'engine_restarts',
          'How often an engine has replaced one that had ended.',
          this.engines.restarts,
        ),
        counter(
          'sync_dropped_messages',
          'Synchronization messages that were dropped, by the system or here.',
          dropped + overflowed,
        ),
        counter('sync_failures', 'Failures of the sockets of synchronization.', failed),
      ])
    );
  }

  private tellGateways(): void {
    void this.engines.ask({ kind: 'gateways', gateways: this.network.gateways() });
  }

  private reply(reply: { ok: boolean; text: string; exitStatus?: number }): ControlAnswer {
    return { ok: reply.ok, text: reply.text, exitStatus: reply.exitStatus ?? 0 };
  }
}

function counter(name: string, help: string, value: number): MetricFamily {
  return { name: `ipvs_${name}_total`, help, type: 'counter', samples: [{ labels: {}, value }] };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function done(text: string): ControlAnswer {
  return { ok: true, text, exitStatus: 0 };
}

function refused(text: string, exitStatus = 2): ControlAnswer {
  return { ok: false, text, exitStatus };
}
