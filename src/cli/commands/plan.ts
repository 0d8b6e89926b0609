/**
 * `ipvs plan`: the commands that turn one configuration into another.
 */
import { Director } from '../../director/director.js';
import type { Administration } from '../../director/administration.js';
import { applyRules } from '../../operations/apply-rules.js';
import {
  commandLine,
  opinionsOf,
  plan as planChange,
  type PlannedState,
  planScript,
  type Step,
} from '../../operations/plan.js';
import { IpvsadmError } from '../../ipvsadm/error.js';
import { EXIT, InputError, UsageError, type Command } from '../command.js';
import type { Io } from '../io.js';
import { forecastPlan, type ServiceForecast } from '../../operations/plan-forecast.js';
import { type Arguments, integerOption, readArguments } from '../options.js';
import { isFault } from '../reported-message.js';
import { forecastText } from '../plan-forecast-text.js';
import { type PlannedReload, reloadText } from '../plan-reload-text.js';
import type { TextReader } from '../pasted-text.js';
import { directorOf, workloadsOf } from '../simulate/outcome.js';
import {
  loadKeepalived,
  readRulesFile,
  refusalText,
  type RulesFile,
  STANDARD_INPUT,
  understandFile,
  warningTexts,
} from '../rules-file.js';
import type { InputKind } from '../../operations/input-kind.js';
import { serverRule } from '../../ipvsadm/save.js';
import type { UnderstoodText } from '../../operations/understood-text.js';
import { counted } from '../simulate/figures.js';

const DEFAULT_CONNECTIONS = 20_000;
const DEFAULT_CLIENTS = 2000;

/** The `plan` command. */
export const plan: Command = {
  name: 'plan',
  operands: 'OLD NEW',
  description: `
OLD and NEW are rules, scripts, listings, keepalived.conf, or folders of 'ipvs twin', in any combination; one of
them may be '-', standard input:

  ipvs plan lvs1.listing wanted.rules
  ssh lvs1 ipvsadm -S -n | ipvs plan - keepalived.conf
  ipvs plan old.rules new.rules --script > change.sh

Each difference takes one command, and nothing is cleared: -E and -e keep connections, counters and templates.
Servers come before others go, so that a service never is without a usable server. Timeouts, daemons and sysctls
change only when NEW speaks of them; what OLD does not say of a sysctl cannot be undone.

--reload adds, for two keepalived.conf, the commands that a reload of keepalived 2.2.7 sends itself, in its order, and
what it leaves out.

--forecast puts OLD under a seeded load, makes the change in the middle, and shows which connections break, which
clients get another server, and the connections in use before, during and after. It is written as comments, with --reload for both.

Exits with 0, with --exit-code 1 when there is something to do, and with 2 when a file is not understood.`,
  options: {
    forecast: { help: 'show what the change does to the clients of a seeded load' },
    connections: { value: 'N', help: `connections of the load; default ${DEFAULT_CONNECTIONS}` },
    clients: { value: 'N', help: `clients of each service; default ${DEFAULT_CLIENTS}` },
    seed: { value: 'N', help: 'the seed of all random numbers; default 1' },
    reload: { help: 'show, for two keepalived.conf, what a reload of keepalived does' },
    undo: { help: 'show the way back: from NEW to OLD' },
    script: { help: 'print a script that makes the change, and takes it back with --undo' },
    'exit-code': { help: 'exit with 1 when OLD and NEW differ' },
    json: { help: 'print one JSON document instead of commands' },
  },
  async run(argv, io) {
    const args = readArguments(argv, this.options);
    const [old, wanted, ...more] = args.operands;
    if (old === undefined || wanted === undefined || more.length > 0) {
      const got = args.operands.length === 0 ? 'none' : args.operands.join(' ');
      throw new UsageError(`expected two files, OLD and NEW, got ${got}`);
    }
    if (old === STANDARD_INPUT && wanted === STANDARD_INPUT) {
      throw new UsageError('only one of OLD and NEW can be standard input');
    }
    const named = [await readRulesFile(old, io), await readRulesFile(wanted, io)] as const;
    const isUndo = args.values['undo'] === true;
    const files = isUndo ? ([named[1], named[0]] as const) : named;
    const present = stateOf(named[0], io);
    const asked = stateOf(named[1], io);
    const { timeouts, daemons } = asked.administrator;
    const { services } = (asked.namesServices ? asked : present).administrator;
    const after = { ...asked, administrator: { services, timeouts, daemons } };
    const [from, to] = isUndo ? [after, present] : [present, after];
    const steps = planChange(from, to);
    warnOfUnknown(from, steps, io);
    warnOfNothing(files[1].name, from, to, io);
    if ((isUndo ? present : asked).kind === 'listing') warnOfHidden(files[1], from, io);
    const undo = planChange(to, from);
    const forecast = forecastOf(files[0], steps, args);
    const reload = reloadOf(files, to, args);
    if (args.values['json'] === true) {
      const document = { format: 'ipvs-plan/1', steps, undo, forecast, reload };
      io.out.write(`${JSON.stringify(document)}\n`);
    } else {
      io.out.write(args.values['script'] === true ? planScript(steps, undo) : textOf(steps, to));
      io.out.write(forecast === undefined ? '' : forecastText(forecast));
      io.out.write(reload === undefined ? '' : reloadText(reload));
    }
    const differs = steps.length > 0 && args.values['exit-code'] === true;
    return differs ? EXIT.differences : EXIT.ok;
  },
};

/** What a file comes to. */
interface FileState extends PlannedState {
  /** Whether it says which services there are; others, such as settings alone, leave them as they are. */
  readonly namesServices: boolean;
  /** What kind of text it is. */
  readonly kind: InputKind;
}

/** A configuration alone, without a director's parts: a plan needs no packets. */
function stateOf(file: RulesFile, io: Io): FileState {
  const administrator: Administration = new Director().dryRun();
  const text = understandFile(file);
  const about = { kind: text.kind, namesServices: saysWhichServices(file, text) };
  if (text.keepalived !== undefined) {
    const said = loadKeepalived(file, text, administrator);
    const fault = said.find(isFault);
    if (fault !== undefined) throw new InputError(fault.text);
    for (const message of said) io.err.write(`ipvs plan: ${message.text}\n`);
    return { administrator, ...about, ...opinionsOf(text) };
  }
  try {
    const idle = applyRules(text, administrator);
    const warnings = warningTexts(file, [...text.warnings, ...idle]);
    for (const warning of warnings) io.err.write(`ipvs plan: ${warning}\n`);
    return { administrator, ...about, ...opinionsOf(text) };
  } catch (error) {
    if (!(error instanceof IpvsadmError)) throw error;
    throw new InputError(refusalText(`${file.name}:${error.line}:`, error));
  }
}

/** Settings, a script of them, and listings of connections or timeouts say nothing of services. */
function saysWhichServices(file: RulesFile, { kind, rules }: UnderstoodText): boolean {
  if (kind === 'ipvsadm' || kind === 'keepalived') return true;
  if (kind === 'listing' && file.text.includes('LocalAddress:Port')) return true;
  return [...rules].some(({ text }) => !/^--(?:set|start-daemon|stop-daemon)\b/.test(text));
}

/** A setting that is unknown before cannot be set back. */
function warnOfUnknown({ settings }: PlannedState, steps: readonly Step[], io: Io): void {
  const changed = steps.flatMap((step) => (step.action === 'set-sysctl' ? [step.name] : []));
  const unknown = changed.filter((name) => settings?.has(name) !== true);
  if (unknown.length === 0) return;
  io.err.write(
    `ipvs plan: the present value is not known, so undoing leaves ${unknown.join(', ')}\n`,
  );
}

/** A file without services may be the wrong one, as a keepalived.conf with VRRP alone. */
function warnOfNothing(name: string, from: PlannedState, to: PlannedState, io: Io): void {
  const services = [...from.administrator.services].length;
  if (services === 0 || [...to.administrator.services].length > 0) return;
  io.err.write(
    `ipvs plan: ${name} has no services, so ${services === 1 ? 'the only service' : `all ${services} services`} will be deleted\n`,
  );
}

/** What `ipvsadm -Ln` does not show of a server: the options of its rule, and the listing that has them. */
const HIDDEN = [
  { options: / -[xy] /, what: 'thresholds', listing: '--thresholds', header: 'Uthreshold' },
  {
    options: /--tun-type g/,
    what: 'the types of tunnels',
    listing: '--tun-info',
    header: 'TunnelInfo',
  },
];

/** A listing takes from a server what it does not show. */
function warnOfHidden(file: RulesFile, { administrator }: PlannedState, io: Io): void {
  const rules = [...administrator.services].flatMap(({ servers }) =>
    [...servers].map((server) => serverRule(server)[1]),
  );
  for (const { options, what, listing, header } of HIDDEN) {
    if (file.text.includes(header) || !rules.some((rule) => options.test(rule))) continue;
    io.err.write(
      `ipvs plan: ${file.name} does not show ${what}, so they get their defaults; add that of ipvsadm -Ln ${listing}\n`,
    );
  }
}

function textOf(steps: readonly Step[], { administrator }: PlannedState): string {
  if (steps.length === 0) return '# nothing to do\n';
  const services = [...administrator.services].length;
  const alone = services === 0 && steps.every(({ action }) => action === 'set-sysctl');
  const title = `# ${counted(steps.length, 'command')}${alone ? '' : `, for ${counted(services, 'service')} afterwards`}\n`;
  return title + steps.map((step) => `${commandLine(step)}\n`).join('');
}

function forecastOf(
  file: RulesFile,
  steps: readonly Step[],
  args: Arguments,
): ServiceForecast[] | undefined {
  if (args.values['forecast'] !== true) return undefined;
  const seed = integerOption(args, 'seed', 1, -2147483648, 4294967295);
  const { director, clock } = directorOf(file, { seed });
  const { size } = director.services;
  const load = {
    connections: integerOption(args, 'connections', DEFAULT_CONNECTIONS, size, 10_000_000),
    clients: integerOption(args, 'clients', DEFAULT_CLIENTS, 1, 10_000_000),
    seed,
  };
  return forecastPlan(director, clock, steps, workloadsOf(director, load), (added) => {
    const places = new Map([...director.services].map((service, index) => [service, index]));
    // Half of the time is over.
    const connections = Math.max(places.size, Math.ceil(load.connections / 2));
    const group = added.map((service) => places.get(service) ?? 0);
    return workloadsOf(director, { ...load, connections }, group);
  });
}

/** What a reload does, beside the plan. */
function reloadOf(
  [present, wanted]: readonly [RulesFile, RulesFile],
  to: PlannedState,
  args: Arguments,
): PlannedReload | undefined {
  if (args.values['reload'] !== true) return undefined;
  const other = [present, wanted].find((file) => understandFile(file).kind !== 'keepalived');
  if (other !== undefined) {
    throw new InputError(`${other.name}: expected a keepalived.conf, which --reload is about`);
  }
  const reload = (present.reader as TextReader).reload(present, wanted);
  const { steps, refused, administrator } = reload;
  const left = planChange({ ...to, administrator }, to);
  return { steps, refused, left, forecast: forecastOf(present, steps, args) };
}
