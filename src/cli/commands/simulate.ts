/**
 * `ipvs simulate`: what a director with the rules of a file makes of a seeded load.
 *
 * Connections are divided evenly among the services. What load a service gets depends on the seed and its own address
 * alone, and what becomes of it does not depend on the other services; so threads share the services.
 */
import { availableParallelism } from 'node:os';
import { SCHEDULERS, isSchedulerName } from '../../schedulers/create-scheduler.js';
import type { SchedulerName } from '../../schedulers/scheduler.js';
import type { Service } from '../../services/service.js';
import { EXIT, InputError, UsageError, type Command } from '../command.js';
import {
  KERNEL_OPTION,
  kernelOption,
  OWN_ADDRESS_OPTION,
  ownAddressOption,
} from '../director-options.js';
import type { Io } from '../io.js';
import { integerOption, readArguments, type Arguments } from '../options.js';
import { exampleNames } from '../package-files.js';
import { readRulesFile, type RulesFile } from '../rules-file.js';
import { comparisonLegend } from '../simulate/comparison.js';
import { counted } from '../simulate/figures.js';
import { takeFleetEvents } from '../simulate/fleet/fleet-events.js';
import { FLEET_OPTIONS, readFleetRequest } from '../simulate/fleet/fleet-request.js';
import {
  directorOf,
  findServer,
  type RuledDirector,
  type RuledDirectorOptions,
} from '../simulate/outcome.js';
import type { ServiceReport } from '../simulate/run-group.js';
import { divideRules, type RuleSections } from '../simulate/rule-sections.js';
import { runGroups } from '../simulate/run-groups.js';
import { legend, tableHeader } from '../simulate/service-table.js';
import { groupsOf, type SimulationTask } from '../simulate/simulation-task.js';
import { styleFor, wantsColor } from '../style.js';
import { wrap } from '../wrap.js';

const DEFAULT_CONNECTIONS = 100_000;
const DEFAULT_CLIENTS = 5000;

/** What the command line asks for. */
interface Request {
  readonly rules: RulesFile;
  /** A director with the rules, which has got no load yet. */
  readonly idle: RuledDirector;
  readonly connections: number;
  readonly clients: number;
  readonly seed: number;
  /** How each director is made. */
  readonly ruled: RuledDirectorOptions;
  /** `all`, or one algorithm for every service; default each its own. */
  readonly scheduler: SchedulerName | 'all' | undefined;
  readonly leave: string | undefined;
  /** How many threads there may be. */
  readonly workers: number;
}

/** What the command line asks for, divided. */
interface DividedRequest extends Omit<Request, 'idle'> {
  /** The services that are put under load together, by index. */
  readonly groups: readonly (readonly number[])[];
  /** What of the rules each group needs; absent when that is all of them. */
  readonly sections: RuleSections | undefined;
  /** The director for the first group; absent when no group needs all rules. */
  readonly idle: RuledDirector | undefined;
}

/** The `simulate` command. */
export const simulate: Command = {
  name: 'simulate',
  operands: 'RULES',
  // Not a constant: the names of the examples are read from the disk.
  get description(): string {
    return `
RULES is a file of ipvsadm rules, '-' for standard input, or the name of an example:
${exampleNames().join(', ')}.
It may also be a script that calls ipvsadm, a keepalived.conf, or a listing, as for 'ipvs admin'.

A director with these rules gets connections for all its services at once, from many clients and of
realistic durations. Every service is shown as 'ipvsadm -Ln' shows it, with what each server got against
what its weight asks for, and what would move if one server left. The same seed gives the same result
everywhere. Exits with 0, or with 2 on wrong usage or a rule that is refused.

With --directors N there are N directors with these rules behind a router that spreads flows over them
(ECMP). What happens is said by --at, in order of time, and shown is what each event does: connections that
the router sends to another director, those that break, clients that get another server, and the load.
  ipvs simulate nat-wrr --directors 4 --at 60 fail-director 2`;
  },
  options: {
    connections: { value: 'N', help: `connections in all; default ${DEFAULT_CONNECTIONS}` },
    clients: { value: 'N', help: `clients of each service; default ${DEFAULT_CLIENTS}` },
    seed: { value: 'N', help: 'the seed of all random numbers; default 1' },
    scheduler: {
      value: 'NAME',
      help: `run all services with this algorithm, or compare 'all': ${Object.keys(SCHEDULERS).join(' ')}`,
    },
    leave: {
      value: 'SERVER',
      help: 'ADDRESS[:PORT] of the server that leaves; default the busiest',
    },
    workers: { value: 'N', help: 'threads at most, 1–256; default as many as cores' },
    ...KERNEL_OPTION,
    ...OWN_ADDRESS_OPTION,
    json: { help: 'print one JSON document instead of tables' },
    ...FLEET_OPTIONS,
  },
  async run(argv, io) {
    const { events, rest } = takeFleetEvents(argv);
    const args = readArguments(rest, this.options);
    const fleet = readFleetRequest(args, events);
    const asJson = args.values['json'] === true;
    if (fleet !== undefined) {
      const request = await readRequest(args, io);
      if (request.leave !== undefined) {
        throw new UsageError(
          '--leave: expected without --directors; --at SECONDS fail-server SERVER',
        );
      }
      const { simulateFleets } = await import('../simulate/fleet/fleet-command.js');
      simulateFleets(request, fleet, asJson, io);
      return EXIT.ok;
    }
    const request = await readDividedRequest(args, io);
    const task = taskOf(request, asJson, io);
    const reports = await runGroups(task, request.groups, request.workers, request.idle, io);
    if (asJson) io.out.write(`${JSON.stringify(document(request, reports))}\n`);
    else print(request, reports, io);
    return EXIT.ok;
  },
};

async function readRequest(args: Arguments, io: Io): Promise<Request> {
  const [name, ...more] = args.operands;
  if (name === undefined || more.length > 0) {
    const examples = exampleNames().join(', ');
    const got = more.length > 0 ? `; one word too many: '${more[0]}'` : '';
    throw new UsageError(`expected one file of rules, or an example (${examples})${got}`);
  }
  const scheduler = args.values['scheduler'] as string | undefined;
  if (scheduler !== undefined && scheduler !== 'all' && !isSchedulerName(scheduler)) {
    const allowed = ['all', ...Object.keys(SCHEDULERS)].join(', ');
    throw new UsageError(`--scheduler: expected ${allowed}, got '${scheduler}'`);
  }
  const limits = {
    connections: integerOption(args, 'connections', DEFAULT_CONNECTIONS, 1, 100_000_000),
    clients: integerOption(args, 'clients', DEFAULT_CLIENTS, 1, 10_000_000),
    seed: integerOption(args, 'seed', 1, -2147483648, 4294967295),
  };
  const workers = integerOption(args, 'workers', availableParallelism(), 1, 256);
  const rules = await readRulesFile(name, io);
  const { seed } = limits;
  const ruled = { seed, ...kernelOption(args), addresses: ownAddressOption(args) };
  const idle = idleDirector(rules, ruled, io);
  const services = [...idle.director.services];
  if (limits.connections < services.length) {
    throw new UsageError(
      `--connections: expected ${services.length} or more, one for each service`,
    );
  }
  const leave = args.values['leave'] as string | undefined;
  if (leave !== undefined) requireServer(services, leave);
  return { rules, idle, ...limits, ruled, scheduler, leave, workers };
}

/** With several groups plain rules are divided, too; then the director that has all of them is dropped. */
async function readDividedRequest(args: Arguments, io: Io): Promise<DividedRequest> {
  const { idle, ...request } = await readRequest(args, io);
  const { text, reader } = request.rules;
  const groups = groupsOf(idle.director, request.connections);
  const isPlain = groups.length > 1 && reader === undefined;
  const sections = isPlain ? divideRules(text, idle.director) : undefined;
  return { ...request, groups, sections, idle: sections === undefined ? idle : undefined };
}

function idleDirector(rules: RulesFile, options: RuledDirectorOptions, io: Io): RuledDirector {
  const idle = directorOf(rules, options);
  const { services } = idle.director;
  for (const warning of idle.warnings) io.err.write(`ipvs simulate: ${warning}\n`);
  if (services.size === 0) throw new InputError(`${rules.name}: no service in it (-A lines)`);
  return idle;
}

function requireServer(services: readonly Service[], leave: string): void {
  const servers = services.flatMap((service) => [...service.servers].toReversed());
  if (findServer(servers, leave) >= 0) return;
  const known = [...new Set(servers.map(({ address }) => `${address}`))].join(', ');
  throw new UsageError(`--leave: expected a server of the rules (${known}), got '${leave}'`);
}

function taskOf(request: DividedRequest, asJson: boolean, io: Io): SimulationTask {
  const { rules, sections, connections, clients, seed, ruled, scheduler, leave } = request;
  const { kernel, addresses = [] } = ruled;
  return {
    rules,
    ...(sections !== undefined && { sections }),
    connections,
    clients,
    seed,
    ...(kernel !== undefined && { kernel }),
    addresses: addresses.map(String),
    scheduler,
    leave,
    format: asJson
      ? { json: true }
      : { json: false, columns: io.out.columns, isColored: wantsColor(io, io.out) },
  };
}

function print(request: DividedRequest, reports: readonly ServiceReport[], io: Io): void {
  const style = styleFor(io, io.out);
  const { columns } = io.out;
  const isComparison = request.scheduler === 'all';
  const explained = isComparison ? comparisonLegend(style, columns) : legend(style, columns);
  const header = isComparison ? '' : tableHeader(style, columns);
  io.out.write(`${headline(request, columns)}\n${explained}\n${header}`);
  for (const report of reports) io.out.write(`${report as string}\n`);
}

function headline({ connections, clients, seed }: DividedRequest, columns: number): string {
  const load = `${counted(connections, 'connection')} of up to ${counted(clients, 'client')} a service`;
  return wrap(`IP Virtual Server, simulated: ${load}, seed ${seed}`, columns);
}

function document({ connections, clients, seed }: DividedRequest, services: object): object {
  return { format: 'ipvs-simulation/1', seed, connections, clients, services };
}
