/**
 * What a reload of keepalived does to the rules: the commands that it sends to the kernel itself, in its order.
 *
 * All servers are well, before and after. The program is followed as it was recorded, with what it leaves out.
 */
import { Director } from '../director/director.js';
import type { Administrator } from '../ipvsadm/administrator.js';
import { type PlanStep, serverStep, serviceStep } from '../ipvsadm/plan-step.js';
import { AS_RECORDED } from '../keepalived/behavior.js';
import type { KeepalivedConfiguration } from '../keepalived/configuration.js';
import {
  type IpvsCommand,
  type KernelRefusal,
  refusalLine,
} from '../keepalived/machine/commands.js';
import { directorKernel } from '../keepalived/machine/director-kernel.js';
import { memberName } from '../keepalived/machine/member-name.js';
import { KeepalivedMachine } from '../keepalived/machine/machine.js';
import { withoutAlpha } from '../keepalived/without-alpha.js';
import { ManualTimers } from '../timers.js';

/** One command that a reload sends. */
export interface ReloadStep extends PlanStep {
  /** How many seconds after the reload, at the earliest: a server with `alpha` waits for its check. */
  readonly afterSeconds: number;
}

/** What a reload does. */
export interface ReloadPlan {
  /** The commands, in order. */
  readonly steps: readonly ReloadStep[];
  /** The commands that the kernel refuses, as keepalived logs them. */
  readonly refused: readonly string[];
  /** The rules afterwards. */
  readonly administrator: Pick<Administrator, 'services' | 'timeouts' | 'daemons'>;
}

/**
 * Plans a reload.
 *
 * @param present - What is in force; read with the behavior `'asRecorded'`, it is what the program reads.
 * @param wanted - The file that is reloaded.
 * @returns What is sent when all servers are well: at once, and when checks of new servers with `alpha` have passed.
 * @example
 * {@includeCode ../../docs/examples/plan-reload.ts}
 */
export function planReload(
  present: KeepalivedConfiguration,
  wanted: KeepalivedConfiguration,
): ReloadPlan {
  const administrator: Administrator = new Director().dryRun();
  const recorder = new Recorder(administrator);
  const timers = new ManualTimers();
  const machine = new KeepalivedMachine({
    configuration: withoutAlpha(present),
    timers,
    random: () => 0,
    runCheck: (_request, done) => {
      done({ good: true });
      return () => undefined;
    },
    kernel: (command) => recorder.perform(command, timers.now()),
    behavior: AS_RECORDED,
  });
  for (const address of suspendable([present, wanted])) machine.setAddress(address, true);
  machine.start();
  recorder.begin();
  machine.reload(wanted);
  const endMs = 1000 * secondsUntilChecked(wanted);
  for (let next = timers.nextMs; next !== undefined && next <= endMs; next = timers.nextMs) {
    if (machine.isWell) break;
    timers.advance(next - timers.now());
  }
  machine.abandon();
  return { steps: recorder.steps, refused: recorder.refused, administrator };
}

/** The addresses whose services are checked while this host has them: it has. */
function suspendable(configurations: readonly KeepalivedConfiguration[]): string[] {
  const services = configurations.flatMap((configuration) => configuration.services);
  return services
    .filter(({ haSuspend }) => haSuspend)
    .flatMap(({ members }) => members)
    .flatMap((member) => (member.kind === 'address' ? [String(member.address)] : []));
}

/** After how many seconds every checker has passed: an HTTP check asks for one URL at a time. */
function secondsUntilChecked({ services }: KeepalivedConfiguration): number {
  const checkers = services.flatMap(({ servers }) => servers.flatMap((each) => each.checkers));
  return checkers.reduce((most, { timing, http }) => {
    const { warmupSeconds, delayLoopSeconds } = timing;
    return Math.max(most, 1 + warmupSeconds + (http.urls.length + 1) * delayLoopSeconds);
  }, 1);
}

/** Does commands, and from the reload on writes them down. */
class Recorder {
  readonly steps: ReloadStep[] = [];
  readonly refused: string[] = [];
  private readonly administrator: Administrator;
  private readonly kernel: (command: IpvsCommand) => KernelRefusal | undefined;
  private recording = false;

  constructor(administrator: Administrator) {
    this.administrator = administrator;
    this.kernel = directorKernel(administrator);
  }

  /** What follows belongs to the reload. */
  begin(): void {
    this.recording = true;
  }

  perform(command: IpvsCommand, timeMs: number): KernelRefusal | undefined {
    // What is deleted has its name only before, what is added only afterwards.
    const before = this.stepOf(command);
    const refusal = this.kernel(command);
    if (!this.recording) return refusal;
    const step = this.stepOf(command) ?? before;
    if (refusal !== undefined) this.refused.push(refusalLine(command, refusal));
    else if (step !== undefined) this.steps.push({ ...step, afterSeconds: timeMs / 1000 });
    return refusal;
  }

  private stepOf(command: IpvsCommand): PlanStep | undefined {
    if (!('member' in command)) return undefined;
    const service = this.administrator.findService(memberName(command.member));
    if (service === undefined) return undefined;
    if (!('server' in command)) return serviceStep(command.command, service);
    const server = service.servers.get(command.server);
    return server && serverStep(command.command, service, server);
  }
}
