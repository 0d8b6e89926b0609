/**
 * A director from rules: what the page's text area says, or where in it the mistake is.
 */
import { ManualClock, seededRandom } from 'ipvs';
import { Director, type HostOptions } from 'ipvs/director';
import { IpvsadmError, parseCommand, restoreAllRules } from 'ipvs/ipvsadm';

/** What a lane works with. */
export interface Setup {
  /** The director, configured. */
  readonly director: Director;
  /** Its time. */
  readonly clock: ManualClock;
  /** Its host. */
  readonly host: HostOptions;
  /** The service that is put under load: the first of the rules. */
  readonly service: Service;
}

/** A service of a director. */
export type Service = NonNullable<ReturnType<Director['findService']>>;

/**
 * Makes a director.
 *
 * @param rules - The rules.
 * @param seed - Decides the director's draws.
 * @returns The director and the first service.
 * @throws {IpvsadmError} With line and column, when the rules are wrong or have no service.
 */
export function setUp(rules: string, seed: number): Setup {
  const clock = new ManualClock();
  const marked = /(?:^|\s)(?:-f|--fwmark-service)/m.test(rules);
  const host = marked ? { ...HOST, localPrefixes: ANY_DESTINATION } : HOST;
  const director = new Director({
    clock,
    random: seededRandom(seed | 0),
    host,
  });
  restoreAllRules(rules, director);
  return { director, clock, host, service: firstService(rules, director) };
}

/** The director's own addresses: tunnels and ICMP errors come from them. */
const HOST: HostOptions = {
  client: { ipv4: '192.0.2.254', ipv6: '2001:db8::fe' },
  server: { ipv4: '10.0.0.254', ipv6: 'fd00::fe' },
};

/** Marked packets may have any destination. */
const ANY_DESTINATION = [
  { address: '0.0.0.0', length: 0 },
  { address: '::', length: 0 },
];

function firstService(rules: string, director: Director): Service {
  for (const [index, line] of rules.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const command = parseCommand(line, index + 1);
    if (command.command !== 'add-service') continue;
    const service = director.findService(command.service);
    if (service !== undefined) return service;
  }
  throw new IpvsadmError('There is no virtual service: add a line such as -A -t 192.0.2.1:80');
}
