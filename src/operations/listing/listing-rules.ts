/**
 * The rules that make what listings show, with what listings leave out named.
 */
import { formatEndpoint } from '../../endpoint.js';
import type { RuleLine } from '../../ipvsadm/numbered-lines.js';
import type { ListedNumbers, TextWarning } from '../understood-text.js';
import {
  type ListedServer,
  type ListedService,
  type ListedServices,
  serviceText,
} from './listed-service.js';

/** What listings come to. */
export interface RulesOfListings {
  /** The rules. */
  readonly rules: readonly RuleLine[];
  /** What goes beyond rules. */
  readonly numbers: readonly ListedNumbers[];
  /** What was assumed. */
  readonly warnings: readonly TextWarning[];
}

/**
 * Makes rules of listings.
 *
 * @param services - What the listings say.
 * @returns The rules, in the order that gives the listing back.
 */
export function rulesOfListings({ all }: ListedServices): RulesOfListings {
  const rules: RuleLine[] = [];
  const numbers: ListedNumbers[] = [];
  for (const each of all) {
    const listed = each.ofKernel ? withFamily(each) : each;
    const name = serviceText(listed.service);
    rules.push({ line: listed.line, text: `-A ${name}${listed.settings ?? ''}` });
    const { totals, rates } = listed;
    if (totals !== undefined || rates !== undefined) {
      numbers.push({ service: listed.service, ...(totals && { totals }), ...(rates && { rates }) });
    }
    const servers = [...listed.servers.values()];
    for (const server of listed.newestFirst ? servers.toReversed() : servers) {
      rules.push({ line: server.line, text: `-a ${name}${serverOptions(server)}` });
      numbers.push(numbersOf(listed, server));
    }
  }
  return { rules, numbers, warnings: assumptions(all) };
}

function serverOptions(server: ListedServer): string {
  const { method = '-g', weight = 1, tunnel = '', upperThreshold = 0, lowerThreshold = 0 } = server;
  const endpoint = formatEndpoint(server.address, server.port);
  const upper = upperThreshold === 0 ? '' : ` -x ${upperThreshold}`;
  const lower = lowerThreshold === 0 ? '' : ` -y ${lowerThreshold}`;
  return ` -r ${endpoint} ${method} -w ${weight}${tunnel}${upper}${lower}`;
}

function numbersOf({ service }: ListedService, server: ListedServer): ListedNumbers {
  const { address, port, active, inactive, persistent, totals, rates } = server;
  return {
    service,
    server: { address, port },
    ...(active !== undefined && { active }),
    ...(inactive !== undefined && { inactive }),
    ...(persistent !== undefined && { persistent }),
    ...(totals && { totals }),
    ...(rates && { rates }),
  };
}

/** /proc/net/ip_vs does not say the family of a mark: its servers do. */
function withFamily(listed: ListedService): ListedService {
  const { service } = listed;
  const [first] = listed.servers.values();
  if (!('fwmark' in service) || first === undefined) return listed;
  return { ...listed, service: { ...service, family: first.address.family } };
}

function assumptions(all: readonly ListedService[]): TextWarning[] {
  const warnings: TextWarning[] = [];
  const add = (line: number, text: string): void => void warnings.push({ line, text });
  const unsettled = all.find(({ settings }) => settings === undefined);
  if (unsettled !== undefined) {
    add(
      unsettled.line,
      'no listing shows the schedulers, so they are taken as wlc; add that of ipvsadm -Ln',
    );
  }
  const servers = all.flatMap((each) => [...each.servers.values()]);
  const unknown = servers.find(({ method }) => method === undefined);
  if (unknown !== undefined) {
    add(
      unknown.line,
      'no listing shows the forwarding methods, so they are taken as -g; add that of ipvsadm -Ln',
    );
  }
  const kernel = all.find(({ ofKernel }) => ofKernel);
  if (kernel !== undefined) {
    const lost =
      'shows no thresholds, scheduler flags and types of tunnels, so they have their defaults';
    add(kernel.line, `/proc/net/ip_vs ${lost}`);
  }
  const timed = all.find(({ ofKernel, settings = '' }) => ofKernel && settings.includes(' -p '));
  if (timed !== undefined) {
    add(timed.line, '/proc/net/ip_vs has timeouts in ticks of the kernel, taken as 100 a second');
  }
  return warnings;
}
