/**
 * Reads the rules that build a configuration, as `ipvsadm -S` writes them: `-A` and `-a` lines.
 *
 * Blank lines, `#` comments and a leading word `ipvsadm` are allowed. Everything else is refused with
 * line and column, so that nothing of a rule file is silently left out. Source: ipvsadm(8).
 */
import type { Protocol } from '../model/flow.js';
import type { ForwardingMethod, TunnelChecksum } from '../model/forwarding-method.js';
import { ServerList } from '../model/server-list.js';
import type { ServerOptions } from '../model/server-settings.js';
import { MAX_WEIGHT } from '../model/thresholds.js';
import { isSchedulerName, SCHEDULERS } from '../schedulers/create-scheduler.js';
import type { SchedulerName } from '../schedulers/scheduler.js';
import { readEndpoint, readFlags, readNetmask, readNumber } from './rule-values.js';
import { readOptions, type RuleOption } from './rule-words.js';
import { RulesError } from './rules-error.js';
import {
  familyOf,
  serviceName,
  type PersistenceRules,
  type ServiceAddress,
  type ServiceRules,
} from './service-rules.js';

/** The scheduler of a service that names none. */
const DEFAULT_SCHEDULER = 'wlc';
/** Seconds that `-p` without a value stands for. */
const DEFAULT_PERSISTENCE = 360;
/** The greatest persistence timeout: 31 days in seconds. */
const LONGEST_PERSISTENCE = 2678400;

const serviceOptions = ['scheduler', 'persistent', 'netmask', 'ops', 'sched-flags'];
const forwardingOptions = ['gatewaying', 'ipip', 'masquerading'];
const tunnelOptions = ['tun-type', 'tun-port', 'tun-nocsum', 'tun-csum', 'tun-remcsum'];
const limitOptions = ['weight', 'u-threshold', 'l-threshold'];
const serverOptions = ['real-server', ...forwardingOptions, ...limitOptions, ...tunnelOptions];
const addressOptions = ['tcp-service', 'udp-service', 'sctp-service', 'fwmark-service', 'ipv6'];

/** A service while its servers are still being added. */
interface ServiceInProgress extends ServiceRules {
  readonly servers: ServerOptions[];
  /** Finds servers that are there twice. */
  readonly list: ServerList;
}

/**
 * Reads rules.
 *
 * @param text - The rules, one a line.
 * @returns The services in the order in which they were added.
 * @throws {RulesError} With line and column, when a line is no such rule or contradicts an earlier one.
 */
export function readRules(text: string): ServiceRules[] {
  const services = new Map<string, ServiceInProgress>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const options = readOptions(line, index + 1);
    if (options.length > 0) new Rule(options, index + 1).applyTo(services);
  }
  return [...services.values()].map(({ list: _list, ...service }) => service);
}

/** One line, option by option. */
class Rule {
  private readonly options: readonly RuleOption[];
  private readonly line: number;

  constructor(options: readonly RuleOption[], line: number) {
    this.options = options;
    this.line = line;
  }

  applyTo(services: Map<string, ServiceInProgress>): void {
    const [command] = this.options as [RuleOption];
    if (command.name === 'add-service') this.addService(services);
    else if (command.name === 'add-server') this.addServer(services);
    else this.fail(command, 'expected -A or -a first');
  }

  private addService(services: Map<string, ServiceInProgress>): void {
    this.allow('add-service', serviceOptions);
    const service = this.serviceAddress();
    const name = serviceName(service);
    if (services.has(name)) this.fail(this.options[0], `Service already exists: ${name}`);
    const scheduler = this.scheduler();
    const persistence = this.persistence(service);
    if ('port' in service && service.port === 0 && persistence === undefined) {
      this.fail(this.options[0], 'Zero port specified for non-persistent service');
    }
    services.set(name, {
      service,
      scheduler,
      flags: this.flags(scheduler),
      ...(persistence === undefined ? {} : { persistence }),
      onePacket: this.onePacket(service),
      servers: [],
      list: new ServerList(),
    });
  }

  private addServer(services: Map<string, ServiceInProgress>): void {
    this.allow('add-server', serverOptions);
    const address = this.serviceAddress();
    const service = services.get(serviceName(address));
    if (service === undefined) this.fail(this.options[0], 'Service not defined');
    const server = this.server(address);
    try {
      service.list.add(server);
    } catch (error) {
      this.fail(this.find('real-server'), (error as Error).message);
    }
    service.servers.push(server);
  }

  private serviceAddress(): ServiceAddress {
    const option = this.options.find(({ name }) => name.endsWith('-service') && !isCommand(name));
    if (option === undefined) this.fail(this.options[0], "You need to supply a 'service-address'");
    const value = option.value as string;
    if (option.name === 'fwmark-service') {
      const mark = readNumber(value, 1, 0xffff_ffff);
      if (mark === undefined) this.fail(option, `invalid fwmark value '${value}' specified`);
      return { mark, family: this.find('ipv6') === undefined ? 4 : 6 };
    }
    const protocol = option.name.slice(0, -'-service'.length) as Protocol;
    const endpoint = readEndpoint(value, protocol);
    if (endpoint === undefined) {
      this.fail(option, `illegal virtual server address[:port] specified: ${value}`);
    }
    return { protocol, address: endpoint.address, port: endpoint.port ?? 0 };
  }

  private scheduler(): SchedulerName {
    const option = this.find('scheduler');
    const name = option?.value ?? DEFAULT_SCHEDULER;
    if (isSchedulerName(name)) return name;
    const known = Object.keys(SCHEDULERS).join(', ');
    return this.fail(option, `unknown scheduler ${name}; expected ${known}`);
  }

  private persistence(service: ServiceAddress): PersistenceRules | undefined {
    const option = this.find('persistent');
    if (option === undefined) return undefined;
    const timeoutSeconds = this.number('persistent', DEFAULT_PERSISTENCE, 1, LONGEST_PERSISTENCE);
    const mask = this.find('netmask');
    const family = familyOf(service);
    const host = family === 4 ? 0xffff_ffff : 128;
    const netmask = mask === undefined ? host : readNetmask(mask.value as string, family);
    if (netmask === undefined) {
      this.fail(mask, `illegal virtual server persistent mask specified: ${mask?.value}`);
    }
    return { timeoutSeconds, netmask };
  }

  private flags(scheduler: string): ServiceRules['flags'] {
    const option = this.find('sched-flags');
    const flags = readFlags(option?.value ?? '', scheduler);
    if ('refused' in flags) {
      this.fail(option, `invalid scheduler flag '${flags.refused}' for ${scheduler}`);
    }
    return flags;
  }

  private onePacket(service: ServiceAddress): boolean {
    const option = this.find('ops');
    if (option === undefined) return false;
    if ('protocol' in service && service.protocol !== 'udp') {
      this.fail(option, 'One-Packet Scheduling is only for UDP virtual services');
    }
    return true;
  }

  private server(service: ServiceAddress): ServerOptions {
    const option = this.find('real-server');
    if (option === undefined) this.fail(this.options[0], "You need to supply the 'real-server'");
    const protocol = 'protocol' in service ? service.protocol : 'tcp';
    const endpoint = readEndpoint(option.value as string, protocol);
    if (endpoint === undefined) {
      this.fail(option, `illegal real server address[:port] specified: ${option.value}`);
    }
    const forwardingMethod = this.forwardingMethod();
    if (endpoint.address.family !== familyOf(service) && forwardingMethod !== 'tunneling') {
      this.fail(option, 'Different address family is allowed only for tunneling servers');
    }
    // Only address translation can lead to another port than the client asked for.
    const fixed = 'port' in service && forwardingMethod !== 'masquerading';
    const servicePort = 'port' in service ? service.port : 0;
    return {
      address: endpoint.address,
      port: fixed ? servicePort : (endpoint.port ?? servicePort),
      weight: this.number('weight', 1, 0, MAX_WEIGHT),
      upperThreshold: this.number('u-threshold', 0, 0, MAX_WEIGHT),
      lowerThreshold: this.number('l-threshold', 0, 0, MAX_WEIGHT),
      forwardingMethod,
      ...(forwardingMethod === 'tunneling' ? { tunnel: this.tunnel() } : {}),
    };
  }

  private forwardingMethod(): ForwardingMethod {
    if (this.find('masquerading') !== undefined) return 'masquerading';
    if (this.find('ipip') !== undefined) return 'tunneling';
    const tunnel = this.options.find(({ name }) => name.startsWith('tun-'));
    if (tunnel !== undefined) this.fail(tunnel, 'Tunnel options conflict with forward method');
    return 'gatewaying';
  }

  private tunnel(): NonNullable<ServerOptions['tunnel']> {
    const checksum = this.options.find(({ name }) => /^tun-(?:no|rem)?csum$/.test(name));
    return {
      type: (this.find('tun-type')?.value ?? 'ipip') as 'ipip',
      port: this.number('tun-port', 0, 1, 65535),
      checksum: (checksum?.name.slice('tun-'.length) ?? 'nocsum') as TunnelChecksum,
    };
  }

  private number(name: string, fallback: number, low: number, high: number): number {
    const option = this.find(name);
    if (option?.value === undefined) return fallback;
    const number = readNumber(option.value, low, high);
    if (number === undefined) {
      this.fail(option, `illegal ${name} specified: expected ${low}–${high}, got ${option.value}`);
    }
    return number;
  }

  private find(name: string): RuleOption | undefined {
    return this.options.find((option) => option.name === name);
  }

  /** Refuses options that do not go with the command, and those that stand twice. */
  private allow(command: string, names: readonly string[]): void {
    const seen = new Set<string>();
    for (const option of this.options.slice(1)) {
      if (!names.includes(option.name) && !addressOptions.includes(option.name)) {
        this.fail(option, `Illegal '${option.name}' option with the '${command}' command`);
      }
      const role = roleOf(option.name);
      if (seen.has(role)) this.fail(option, `multiple '${role}' options specified`);
      seen.add(role);
    }
  }

  private fail(option: RuleOption | undefined, message: string): never {
    throw new RulesError(this.line, option?.column ?? 1, message);
  }
}

function isCommand(name: string): boolean {
  return name === 'add-service' || name === 'add-server';
}

/** What an option is one of, where several exclude each other. */
function roleOf(name: string): string {
  if (name.endsWith('-service')) return 'service-address';
  if (forwardingOptions.includes(name)) return 'forwarding-method';
  return name;
}
