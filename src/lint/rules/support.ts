/**
 * What rules of the linter share: looking things up in a subject, and writing examples.
 */
import type { IpAddress } from '../../ip-address.js';
import type { CommandServiceAddress } from '../../ipvsadm/command.js';
import type { LintPlace } from '../finding.js';
import type { LintInput } from '../lint-rule.js';
import type { LintNetwork } from '../network.js';
import type { LintHost, LintSetting } from '../subject/host.js';
import type { LintLine, LintService, LintSubject } from '../subject/subject.js';

/** What a tunable of IPVS begins with. */
export const VS = 'net.ipv4.vs.';

/** An example of rules. */
export function rules(text: string): LintInput {
  return { name: 'director.rules', text };
}

/** An example of sysctls. */
export function sysctls(text: string): LintInput {
  return { name: 'sysctl.conf', text };
}

/** An example of a firewall's rules. */
export function firewall(text: string): LintInput {
  return { name: 'firewall.rules', text };
}

/** An example of a script that a real server runs. */
export function serverScript(text: string): LintInput {
  return { name: 'server.sh', text: `#!/bin/sh\n${text}` };
}

/** An example of a keepalived.conf. */
export function keepalived(text: string): LintInput {
  return { name: 'keepalived.conf', text };
}

/** The last value of a sysctl that counts for the director. */
export function directorSetting(subject: LintSubject, name: string): LintSetting | undefined {
  return subject.hosts
    .filter((host) => !host.isServer)
    .map(({ settings }) => settings.get(name))
    .findLast((setting) => setting !== undefined);
}

/** The number that a tunable of IPVS is set to; `undefined` when it is not set. */
export function tunable(subject: LintSubject, name: string): number | undefined {
  const value = directorSetting(subject, VS + name)?.value;
  return value === undefined ? undefined : Number(value.split(/\s/)[0]);
}

/** The hosts that are real servers. */
export function serverHosts(subject: LintSubject): LintHost[] {
  return subject.hosts.filter((host) => host.isServer);
}

/** The members of a service that have an address. */
export function addressMembers({ members }: LintService): CommandServiceAddress[] {
  return members.filter((member): member is CommandServiceAddress => 'address' in member);
}

/** All virtual addresses. */
export function virtualAddresses(subject: LintSubject): IpAddress[] {
  return subject.services.flatMap((service) =>
    addressMembers(service).map(({ address }) => address),
  );
}

/** The networks that the director is known to be in. */
export function directorNetworks(subject: LintSubject): readonly LintNetwork[] {
  const { director } = subject.topology;
  const found = subject.hosts
    .filter((host) => host.isDirector)
    .flatMap(({ addresses }) => addresses.map(({ network }) => network));
  return [...director, ...found].filter(({ address, length }) => length < address.bitLength);
}

/** Where the value of an option is in a line; the line's place when it has none. */
export function valuePlace(line: LintLine, option: RegExp): LintPlace {
  const match = option.exec(line.text);
  if (match === null) return line.place;
  const value = match[1] ?? '';
  const column = line.place.column + match.index + match[0].length - value.length;
  return { ...line.place, column };
}

/** The value of `-r` in a line. */
export const REAL_SERVER: RegExp = /(?:^|\s)(?:-\w*r|--real-server)[\s=]*(\S+)/;
/** The value of `-t`, `-u` or `--sctp-service` in a line. */
export const VIRTUAL_SERVER: RegExp = /(?:^|\s)(?:-\w*[tu]|--(?:tcp|udp|sctp)-service)[\s=]*(\S+)/;
