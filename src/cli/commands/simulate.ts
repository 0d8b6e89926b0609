/**
 * `ipvs simulate`: what the schedulers of a rule file make of a seeded load.
 *
 * Connections are divided evenly among the services, which share no servers' counters and so run one
 * after the other. What a service gets depends on the seed and its own address alone.
 */
import { existsSync, readFileSync } from 'node:fs';
import { SCHEDULERS, isSchedulerName, type SchedulerName } from '../../schedulers/index.js';
import {
  createWorkload,
  readRules,
  RulesError,
  type ServiceRules,
} from '../../simulation/index.js';
import { EXIT, InputError, UsageError, type Command } from '../command.js';
import type { Io } from '../io.js';
import { integerOption, readArguments, type Arguments } from '../options.js';
import { exampleNames, examplePath } from '../package-files.js';
import { Progress } from '../progress.js';
import { serviceAsJson } from '../simulate/as-json.js';
import { comparisonLegend, comparisonTable } from '../simulate/comparison.js';
import { count } from '../simulate/figures.js';
import { findServer, simulateService, type Outcome } from '../simulate/outcome.js';
import { legend, serviceTable, tableHeader } from '../simulate/service-table.js';
import { styleFor } from '../style.js';

const DEFAULT_CONNECTIONS = 100_000;
const DEFAULT_CLIENTS = 5000;

/** What the command line asks for. */
interface Request {
  readonly services: readonly ServiceRules[];
  readonly connections: number;
  readonly clients: number;
  readonly seed: number;
  /** `all`, or one algorithm for every service; default each its own. */
  readonly scheduler: SchedulerName | 'all' | undefined;
  readonly leave: string | undefined;
}

/** The `simulate` command. */
export const simulate: Command = {
  name: 'simulate',
  summary: 'show what the services of a rule file do under a seeded load',
  operands: 'RULES',
  // Not a constant: the names of the examples are read from the disk.
  get description(): string {
    return `
RULES is a file of ipvsadm rules (-A and -a lines), or the name of an example:
  ${exampleNames().join(', ')}
Every service gets its part of the connections, from many clients and of realistic durations,
and is shown as 'ipvsadm -Ln' shows it, with what each server got against what its weight asks for,
and what would move if one server left. The same seed gives the same result everywhere.`;
  },
  options: {
    connections: { value: 'N', help: `connections in all; default ${DEFAULT_CONNECTIONS}` },
    clients: { value: 'N', help: `clients of each service; default ${DEFAULT_CLIENTS}` },
    seed: { value: 'N', help: 'what decides all chance; default 1' },
    scheduler: {
      value: 'NAME',
      help: `run all services with this algorithm, or compare 'all': ${Object.keys(SCHEDULERS).join(' ')}`,
    },
    leave: {
      value: 'SERVER',
      help: 'ADDRESS[:PORT] of the server that leaves; default the busiest',
    },
    json: { help: 'print one JSON document instead of tables' },
  },
  run(argv, io) {
    const args = readArguments(argv, this.options);
    const request = readRequest(args);
    const results = runAll(request, io);
    if (args.values['json'] === true)
      io.out.write(`${JSON.stringify(document(request, results))}\n`);
    else print(request, results, io);
    return EXIT.ok;
  },
};

function readRequest(args: Arguments): Request {
  const [name, ...more] = args.operands;
  if (name === undefined || more.length > 0) {
    const examples = exampleNames().join(', ');
    throw new UsageError(`expected one file of rules, or an example: ${examples}`);
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
  const services = readServices(name);
  if (limits.connections < services.length) {
    throw new UsageError(
      `--connections: expected ${services.length} or more, one for each service`,
    );
  }
  const leave = args.values['leave'] as string | undefined;
  if (leave !== undefined) requireServer(services, leave);
  return { services, ...limits, scheduler, leave };
}

function readServices(name: string): ServiceRules[] {
  const path = existsSync(name) ? name : (examplePath(name) ?? name);
  try {
    const services = readRules(readFileSync(path, 'utf8'));
    if (services.length === 0) throw new InputError(`${path}: no service in it (-A lines)`);
    return services;
  } catch (error) {
    if (error instanceof RulesError) throw new InputError(`${path}: ${error.message}`);
    if (error instanceof InputError) throw error;
    const examples = exampleNames().join(', ');
    throw new InputError(`${path}: ${(error as Error).message}; examples are ${examples}`);
  }
}

function requireServer(services: readonly ServiceRules[], leave: string): void {
  if (services.some((rules) => findServer(rules, leave) >= 0)) return;
  const servers = services.flatMap((rules) => rules.servers.map(({ address }) => `${address}`));
  const known = [...new Set(servers)].join(', ');
  throw new UsageError(`--leave: expected a server of the rules (${known}), got '${leave}'`);
}

/** Runs every service with every algorithm asked for. */
function runAll(request: Request, io: Io): Outcome[][] {
  const { services, connections, seed, leave } = request;
  const algorithms = (rules: ServiceRules): SchedulerName[] => {
    if (request.scheduler === 'all') return Object.keys(SCHEDULERS).filter(isSchedulerName);
    return [request.scheduler ?? rules.scheduler];
  };
  const rounds = request.scheduler === 'all' ? Object.keys(SCHEDULERS).length : 1;
  const progress = new Progress(io, connections * rounds);
  let done = 0;
  const advance = (more: number): void => progress.update((done += more));
  const results = services.map((rules, index) => {
    const part = partOf(connections, services.length, index);
    const load = { connections: part, clients: request.clients, seed };
    const workload = createWorkload(rules.service, load);
    return algorithms(rules).map((scheduler) =>
      simulateService(
        rules,
        workload,
        leave === undefined ? { scheduler, seed } : { scheduler, seed, leave },
        advance,
      ),
    );
  });
  progress.finish();
  return results;
}

/** An even part of a whole; the first parts get what remains. */
function partOf(whole: number, parts: number, index: number): number {
  return Math.floor(whole / parts) + (index < whole % parts ? 1 : 0);
}

function print(request: Request, results: readonly Outcome[][], io: Io): void {
  const style = styleFor(io, io.out);
  if (request.scheduler === 'all') {
    io.out.write(`${headline(request)}\n\n`);
    for (const outcomes of results) io.out.write(`${comparisonTable(outcomes, style)}\n`);
    io.out.write(comparisonLegend(style));
    return;
  }
  io.out.write(`${headline(request)}\n${tableHeader(style)}`);
  for (const [outcome] of results as [Outcome][]) {
    io.out.write(`${serviceTable(outcome, style, io.out.columns)}\n`);
  }
  io.out.write(legend(style));
}

function headline({ connections, clients, seed }: Request): string {
  const each = `up to ${count(clients)} clients a service`;
  return `IP Virtual Server simulated: ${count(connections)} connections, ${each}, seed ${seed}`;
}

function document(request: Request, results: readonly Outcome[][]): object {
  const { connections, clients, seed } = request;
  const services = results.map(serviceAsJson);
  return { format: 'ipvs-simulation/1', seed, connections, clients, services };
}
