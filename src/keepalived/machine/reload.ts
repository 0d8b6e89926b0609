/**
 * A reload: what is the same goes on, and only what changed is sent to the kernel.
 *
 * First what left is taken out, service by service as they were; then what came is put in, in the order of
 * the new file; then quorum is decided with the new numbers.
 */
import type {
  Checker,
  MemberRange,
  RealServerConfiguration,
  VirtualServerConfiguration,
} from '../configuration.js';
import type { KeepalivedBehavior } from '../behavior.js';
import { serverLabel } from '../labels.js';
import type { CheckerRun } from './checker-run.js';
import type { ServiceRun } from './service-run.js';
import { effectiveWeight, sorryOf, type WatchedServer } from './watched-server.js';

/** The machine, as far as a reload changes it. */
interface ReloadedMachine {
  services: ServiceRun[];
  readonly behavior: KeepalivedBehavior;
  startService(configuration: VirtualServerConfiguration): ServiceRun;
  createServer(service: ServiceRun, configuration: RealServerConfiguration): WatchedServer;
  createChecker(
    service: ServiceRun,
    server: WatchedServer,
    checker: Checker,
    up: boolean,
  ): CheckerRun;
  isUsable(checker: Checker): boolean;
}

/**
 * Puts other services in force.
 *
 * @param machine - The machine.
 * @param old - The services at work.
 * @param next - What is configured now.
 * @param log - Takes log lines.
 */
export function reloadServices(
  machine: ReloadedMachine,
  old: readonly ServiceRun[],
  next: readonly VirtualServerConfiguration[],
  log: (line: string) => void,
): void {
  const matches = matchServices(old, next);
  for (const service of old) if (!matches.has(service)) removeService(service, log);
  const before = new Map<VirtualServerConfiguration, readonly MemberRange[]>();
  for (const [service, configuration] of matches) {
    before.set(configuration, service.configuration.ranges);
    takeOut(machine, service, configuration, log);
  }
  const running = new Map([...matches].map(([service, configuration]) => [configuration, service]));
  machine.services = [];
  for (const configuration of next) {
    const service = running.get(configuration);
    if (service === undefined) machine.startService(configuration);
    else {
      machine.services.push(service);
      putIn(machine, service, before.get(configuration) ?? [], log);
    }
  }
}

/** What a service is recognized by. */
function keyOf({ group, members, protocol, family }: VirtualServerConfiguration): string {
  return group === undefined
    ? JSON.stringify([members[0], family])
    : JSON.stringify(['group', group, protocol, family]);
}

function matchServices(
  old: readonly ServiceRun[],
  next: readonly VirtualServerConfiguration[],
): Map<ServiceRun, VirtualServerConfiguration> {
  const waiting = new Map<string, VirtualServerConfiguration[]>();
  for (const configuration of next) {
    const key = keyOf(configuration);
    waiting.set(key, [...(waiting.get(key) ?? []), configuration]);
  }
  const matches = new Map<ServiceRun, VirtualServerConfiguration>();
  for (const service of old) {
    const configuration = waiting.get(keyOf(service.configuration))?.shift();
    if (configuration !== undefined) matches.set(service, configuration);
  }
  return matches;
}

function removeService(service: ServiceRun, log: (line: string) => void): void {
  const { configuration, pool } = service;
  log(`Removing Virtual Server ${configuration.label}`);
  if (pool.sorry?.listed === true) service.remove(pool.sorry);
  for (const server of pool.servers) {
    if (server.listed) removeServer(service, server, log);
  }
  service.deleteServices();
}

function removeServer(
  service: ServiceRun,
  server: WatchedServer,
  log: (line: string) => void,
): void {
  const inhibited = server.inhibit && !server.alive ? '(inhibited) ' : '';
  log(`Removing ${inhibited}service ${server.label} from VS ${service.configuration.label}`);
  service.remove(server);
}

/** Takes out what left a service, and configures it again. */
function takeOut(
  machine: ReloadedMachine,
  service: ServiceRun,
  next: VirtualServerConfiguration,
  log: (line: string) => void,
): void {
  const { pool, configuration: before } = service;
  service.namesPortsOfMarks = machine.behavior.reloadKeepsPortsOfMarks;
  const kept = rangesIn(before.ranges, next.ranges);
  const members = kept.flatMap((range) => range.members);
  if (serviceText(before) !== serviceText(next)) {
    for (const member of members)
      service.command({ command: 'edit-service', member, service: next });
  }
  for (const range of before.ranges) {
    if (!kept.includes(range)) takeOutRange(machine, service, range, log);
  }
  service.configuration = { ...before, members };
  const staying = new Set(next.servers.map(serverKey));
  for (const server of pool.servers) {
    if (staying.has(serverKey(server.configuration))) continue;
    log(`service ${server.label} no longer exist`);
    if (server.listed) removeServer(service, server, log);
  }
  takeOutSorry(machine, service, next);
  service.configuration = next;
  pool.rules = { quorum: next.quorum, hysteresis: next.hysteresis };
}

/** Ranges that are the same in others, as they are written. */
function rangesIn(ranges: readonly MemberRange[], others: readonly MemberRange[]): MemberRange[] {
  const keys = new Set(others.map(({ key }) => key));
  return ranges.filter(({ key }) => keys.has(key));
}

/** Takes the servers of a range out; its services stay where they stay in the recorded program. */
function takeOutRange(
  machine: ReloadedMachine,
  service: ServiceRun,
  range: MemberRange,
  log: (line: string) => void,
): void {
  const { group } = service.configuration;
  const { sorry, servers } = service.pool;
  log(`VS [${rangeLabel(range, '')}] in group ${group} no longer exists`);
  for (const server of sorry === undefined ? servers : [...servers, sorry]) {
    if (server.listed) service.forMembers('delete-server', server, server.weight, range.members);
  }
  if (machine.behavior.reloadLeavesMembers) return;
  for (const member of range.members) service.command({ command: 'delete-service', member });
}

/** A range as these lines name it. */
function rangeLabel({ members }: MemberRange, mark: string): string {
  const [first] = members;
  const last = members.at(-1);
  if (first === undefined || first.kind === 'mark') return `${mark}${first?.fwmark ?? ''}`;
  const end = members.length > 1 && last?.kind === 'address' ? `-${last.address}` : '';
  return `${serverLabel(first.address, first.port, first.protocol)}${end}`;
}

/** What an edit-service sends. */
function serviceText(service: VirtualServerConfiguration): string {
  const {
    scheduler,
    schedulerFlags,
    onePacket,
    persistenceSeconds,
    granularity,
    persistenceEngine,
  } = service;
  return JSON.stringify([
    scheduler,
    schedulerFlags,
    onePacket,
    persistenceSeconds,
    String(granularity),
    persistenceEngine,
  ]);
}

function serverKey({
  address,
  port,
}: {
  readonly address: unknown;
  readonly port: number;
}): string {
  return `${String(address)} ${port}`;
}

function takeOutSorry(
  machine: ReloadedMachine,
  service: ServiceRun,
  next: VirtualServerConfiguration,
): void {
  const { pool } = service;
  const { sorry } = pool;
  const configuration = next.sorryServer;
  if (
    sorry !== undefined &&
    configuration !== undefined &&
    serverKey(sorry.configuration) === serverKey(configuration)
  ) {
    const waits = sorry.listed && pool.up && sorry.inhibit && !configuration.inhibit;
    if (waits && !machine.behavior.reloadLeavesWaitingSorryServer) {
      service.remove(sorry);
      sorry.listed = false;
    }
    sorry.configuration = configuration;
    sorry.inhibit = configuration.inhibit;
    return;
  }
  if (sorry?.listed === true) {
    service.note({ type: 'sorry-out', server: sorry });
    service.remove(sorry);
  }
  pool.sorry = configuration === undefined ? undefined : sorryOf(configuration, next);
}

/** Puts in what came to a service, and decides quorum. */
function putIn(
  machine: ReloadedMachine,
  service: ServiceRun,
  before: readonly MemberRange[],
  log: (line: string) => void,
): void {
  const { configuration: next, pool } = service;
  const kept = rangesIn(next.ranges, before);
  for (const range of next.group === undefined ? [] : next.ranges) {
    if (!kept.includes(range)) putInRange(service, range, log);
  }
  const old = new Map(pool.servers.map((server) => [serverKey(server.configuration), server]));
  const servers = next.servers.map((configuration) => {
    const known = old.get(serverKey(configuration));
    const server = known ?? machine.createServer(service, configuration);
    return { server, configuration, isNew: known === undefined };
  });
  pool.servers = servers.map(({ server }) => server);
  for (const { server, configuration, isNew } of servers) {
    if (isNew) enter(machine, service, server);
    else adjust(machine, service, server, configuration);
  }
  pool.weigh(true);
  pool.enterSorry();
  service.namesPortsOfMarks = false;
}

/** Adds the services of a range that a group got, with everything that is alive. */
function putInRange(service: ServiceRun, range: MemberRange, log: (line: string) => void): void {
  service.addServices(range.members);
  log(`VS [${rangeLabel(range, 'FWM ')}] added into group ${service.configuration.group}`);
  for (const server of service.pool.servers) {
    if (server.alive) service.forMembers('add-server', server, server.weight, range.members);
  }
}

/** A server that came: it waits for quorum where the recorded program does not. */
function enter(machine: ReloadedMachine, { pool }: ServiceRun, server: WatchedServer): void {
  if (pool.open) pool.enter(server);
  else if (machine.behavior.reloadAddsBesideSorryServer) {
    pool.enter(server);
    // It is added once more when quorum is gained.
    server.refused = true;
  }
}

/** A server that stays: what changed is sent. */
function adjust(
  machine: ReloadedMachine,
  service: ServiceRun,
  server: WatchedServer,
  next: RealServerConfiguration,
): void {
  const { pool } = service;
  const before = server.configuration as RealServerConfiguration;
  const inhibited = server.inhibit;
  server.configuration = next;
  server.label = serverLabel(next.address, next.port, service.configuration.protocol);
  server.inhibit = next.inhibitOnFailure;
  const wasAlive = server.alive;
  server.checkers = adoptCheckers(machine, service, server, next.checkers);
  const weight = reloadedWeight(machine, server, before, next);
  if (weight !== server.weight) {
    service.note({ type: 'weight', server, from: server.weight, to: weight });
    server.weight = weight;
    if (server.alive && server.listed && pool.open) service.edit(server, weight);
  } else if (isChanged(machine, before, next) && server.listed && server.alive) {
    service.edit(server, weight);
  }
  if (!wasAlive) adjustInhibit(pool, service, server, inhibited);
}

function adjustInhibit(
  pool: ServiceRun['pool'],
  service: ServiceRun,
  server: WatchedServer,
  inhibited: boolean,
): void {
  if (server.inhibit && !inhibited && !server.listed) pool.enter(server);
  else if (!server.inhibit && inhibited && server.listed) {
    service.remove(server);
    server.listed = false;
  }
}

/** The effective weight after a reload. */
function reloadedWeight(
  machine: ReloadedMachine,
  server: WatchedServer,
  before: RealServerConfiguration,
  next: RealServerConfiguration,
): number {
  const dynamic = server.checkers.filter(({ checker }) => checker.misc.dynamic);
  if (dynamic.length === 0) return next.weight;
  if (!machine.behavior.reloadZeroesDynamicWeights)
    return effectiveWeight(next.weight, server.checkers);
  const shares = dynamic.reduce((sum, { share }) => sum + share, 0);
  void before;
  return shares === 0 ? 0 : server.weight;
}

function isChanged(
  { behavior }: ReloadedMachine,
  before: RealServerConfiguration,
  next: RealServerConfiguration,
): boolean {
  if (JSON.stringify(before.forwarding) !== JSON.stringify(next.forwarding)) return true;
  if (behavior.reloadKeepsThresholds) return false;
  return (
    before.upperThreshold !== next.upperThreshold || before.lowerThreshold !== next.lowerThreshold
  );
}

/** A checker that is the same keeps its state; any other begins up. */
function adoptCheckers(
  machine: ReloadedMachine,
  service: ServiceRun,
  server: WatchedServer,
  next: readonly Checker[],
): CheckerRun[] {
  const old = [...server.checkers];
  return next
    .filter((checker) => machine.isUsable(checker))
    .map((checker) => {
      const at = old.findIndex((run) => checkerKey(run.checker) === checkerKey(checker));
      if (at !== -1) {
        const [run] = old.splice(at, 1) as [CheckerRun];
        run.reconfigure(checker);
        return run;
      }
      const run = machine.createChecker(service, server, checker, true);
      run.cycle.checked = server.alive;
      return run;
    });
}

/** What makes two checkers the same: not their times, nor their retries. */
function checkerKey({ kind, address, port, http, misc, dns, udp }: Checker): string {
  const urls = http.urls.map(({ path, digest, statusCodes, virtualHost, regex }) => {
    return [path, digest, statusCodes, virtualHost, regex];
  });
  return JSON.stringify([kind, String(address), port, urls, misc.script?.command, dns, udp]);
}
