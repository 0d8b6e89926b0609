/**
 * What a keepalived.conf says, and keepalived 2.2.7 does otherwise. Source: recorded behavior.
 */
import type { LintRule } from '../lint-rule.js';
import { placeIn } from '../subject/keepalived-services.js';
import type { LintSubject } from '../subject/subject.js';
import {
  BAD_GRANULARITY,
  BAD_TIME,
  NO_FILE,
  NO_GROUP,
  NO_PROTOCOL,
  QUORUM,
  SERVICE_TWICE,
} from './keepalived-messages.js';
import { allStatements, reportMessages, service } from './keepalived-support.js';
import { keepalived } from './support.js';

const SWITCHES = ['alpha', 'omega', 'inhibit_on_failure'];

/** Rules on keepalived.conf. */
export const keepalivedRules: readonly LintRule[] = [
  {
    code: 'LVS801',
    name: 'no-protocol',
    severity: 'error',
    title: 'A virtual server without a protocol',
    why: 'The default is UDP, port 80 and HTTP_GET notwithstanding: clients of TCP are refused, while the checks are good.',
    fix: 'Write `protocol TCP`.',
    see: { command: 'ipvs admin bad', shows: ['UDP  192.0.2.1:80'] },
    found: () => [keepalived(service('delay_loop 6'))],
    clean: () => [keepalived(service('protocol TCP'))],
    check(subject, report) {
      reportMessages(subject, NO_PROTOCOL, 'the service is for UDP: it has no protocol', report);
    },
  },
  {
    code: 'LVS802',
    name: 'time-with-unit',
    severity: 'error',
    title: 'A time with a unit',
    why: 'keepalived takes the digits as microseconds when anything is behind them: `delay_loop 4s` checks every four microseconds, and the servers see a flood of connections.',
    fix: 'Write seconds as a plain number: `delay_loop 4`.',
    see: { command: 'ipvs admin bad', shows: ["invalid number '4s'"] },
    found: () => [keepalived(service('protocol TCP\n    delay_loop 4s'))],
    clean: () => [keepalived(service('protocol TCP\n    delay_loop 4'))],
    check(subject, report) {
      for (const { file, parsed } of subject.configurations) {
        for (const { text, place } of parsed.messages) {
          if (!BAD_TIME.test(text)) continue;
          const value = /'(.*)'/.exec(text)?.[1] ?? '';
          report(placeIn(file, place), `'${value}' is read as microseconds`);
        }
      }
    },
  },
  {
    code: 'LVS803',
    name: 'granularity-as-length',
    severity: 'error',
    title: 'A granularity that is no mask',
    why: 'For IPv4 `persistence_granularity 24` is the mask 0.0.0.24: thousands of strangers share one server.',
    fix: 'Write 255.255.255.0.',
    see: { command: 'ipvs lint bad', shows: ['LVS803'] },
    found: () => [
      keepalived(
        service('protocol TCP\n    persistence_timeout 300\n    persistence_granularity 24'),
      ),
    ],
    clean: () => [
      keepalived(
        service(
          'protocol TCP\n    persistence_timeout 300\n    persistence_granularity 255.255.255.0',
        ),
      ),
    ],
    check(subject, report) {
      let hasFamily = true;
      for (const { words, place } of allStatements(subject)) {
        const [keyword, value = ''] = words;
        if (keyword === 'virtual_server') hasFamily = !/^(?:group|fwmark)$/.test(value);
        if (keyword === 'ip_family') hasFamily = true;
        if (keyword !== 'persistence_granularity' || !/^\d+$/.test(value)) continue;
        const isIpv6 = subject.services.some(
          ({ configuration }) =>
            configuration?.family === 6 && isWithin(configuration.place.line, place.line, subject),
        );
        if (isIpv6) continue;
        const mask = `${value} is read as the mask 0.0.0.${Number(value) & 255}`;
        report(place, hasFamily ? mask : `${value} makes the service one of IPv6`);
      }
      reportMessages(subject, BAD_GRANULARITY, 'the granularity is no mask', report);
    },
  },
  {
    code: 'LVS804',
    name: 'off-is-on',
    severity: 'error',
    title: 'A switch that its word does not turn off',
    why: 'In a virtual_server `alpha`, `omega` and `inhibit_on_failure` do not look at the word behind them: `alpha off` switches alpha on.',
    fix: 'Leave the keyword out.',
    see: { command: 'ipvs lint bad', shows: ['LVS804'] },
    found: () => [keepalived(service('protocol TCP\n    alpha off'))],
    clean: () => [keepalived(service('protocol TCP'))],
    check(subject, report) {
      for (const { words, block, place } of allStatements(subject)) {
        const [keyword = '', word = ''] = words;
        const isService = block === 'virtual_server';
        if (isService && SWITCHES.includes(keyword) && /^(?:off|no|false)$/.test(word)) {
          report(place, `'${keyword} ${word}' switches it on`);
        }
      }
    },
  },
  {
    code: 'LVS805',
    name: 'service-twice',
    severity: 'error',
    title: 'The same virtual server twice',
    why: 'keepalived merges the second into the first without a word: the scheduler of the first counts, the servers of both are there, and at a reload or stop one block deletes what the other needs.',
    fix: 'Make one block of both.',
    see: { command: 'ipvs admin bad', shows: ['defined twice'] },
    found: () => [keepalived(service('protocol TCP') + service('protocol TCP\n    lb_algo rr'))],
    clean: () => [
      keepalived(service('protocol TCP') + service('protocol TCP', 'weight 1', '192.0.2.1 443')),
    ],
    check(subject, report) {
      reportMessages(
        subject,
        SERVICE_TWICE,
        'the service is there already, and keepalived merges both',
        report,
      );
    },
  },
  {
    code: 'LVS806',
    name: 'missing-group',
    severity: 'error',
    title: 'A group that is not defined',
    why: '`keepalived -t` says nothing and exits with 0; the running program ignores the virtual server.',
    fix: 'Define the virtual_server_group, or correct its name.',
    see: {
      command: 'ipvs admin bad',
      shows: ['Virtual server group WEB specified but not configured'],
    },
    found: () => [keepalived(service('protocol TCP', 'weight 1', 'group WEB'))],
    clean: () => [
      keepalived(
        `virtual_server_group WEB {\n    192.0.2.1 80\n}\n${service('protocol TCP', 'weight 1', 'group WEB')}`,
      ),
    ],
    check(subject, report) {
      reportMessages(subject, NO_GROUP, undefined, report);
    },
  },
  {
    code: 'LVS807',
    name: 'missing-include',
    severity: 'error',
    title: 'A file that is not there',
    why: 'A missing `include` is no error for `keepalived -t`, which exits with 0: the services of that file are gone without a word.',
    fix: 'Correct the pattern, or use `includew` (an error when nothing is found).',
    see: { command: 'ipvs lint bad', shows: ['Config files missing'] },
    found: () => [keepalived(`include conf.d/*.conf\n${service('protocol TCP')}`)],
    clean: () => [keepalived(service('protocol TCP'))],
    check(subject, report) {
      reportMessages(subject, NO_FILE, undefined, report);
    },
  },
  {
    code: 'LVS808',
    name: 'sorry-for-ever',
    severity: 'error',
    title: 'All weights 0 with a sorry server',
    why: 'With a total weight of 0 the quorum becomes 0 and the hysteresis wraps to 4294967295: quorum is never reached again, and the sorry server stays for ever, also when weights are raised by scripts.',
    fix: 'Give at least one server a weight.',
    see: { command: 'ipvs lint bad', shows: ['LVS808'] },
    found: () => [keepalived(service('protocol TCP\n    sorry_server 10.0.0.9 80', 'weight 0'))],
    clean: () => [keepalived(service('protocol TCP\n    sorry_server 10.0.0.9 80', 'weight 1'))],
    check({ services }, report) {
      for (const { line, configuration } of services) {
        if (configuration?.sorryServer === undefined) continue;
        if (configuration.servers.every(({ weight }) => weight === 0))
          report(line.place, 'all weights are 0: the sorry server stays for ever');
      }
    },
  },
  {
    code: 'LVS809',
    name: 'quorum-out-of-reach',
    severity: 'error',
    title: 'A quorum that is never reached',
    why: 'The service gets quorum when the weights of live servers reach quorum and hysteresis together. keepalived lowers a quorum above the total, but does not see that the sum is above it: the service starts without quorum and stays so.',
    fix: 'Keep quorum + hysteresis at or below the total weight.',
    see: { command: 'ipvs lint bad', shows: ['LVS809'] },
    found: () => [keepalived(service('protocol TCP\n    quorum 4\n    hysteresis 2', 'weight 5'))],
    clean: () => [keepalived(service('protocol TCP\n    quorum 3\n    hysteresis 2', 'weight 5'))],
    check(subject, report) {
      for (const { line, configuration } of subject.services) {
        if (configuration === undefined) continue;
        const { quorum, hysteresis, servers } = configuration;
        const total = servers.reduce((sum, { weight }) => sum + weight, 0);
        if (total > 0 && quorum + hysteresis > total)
          report(
            line.place,
            `quorum ${quorum} and hysteresis ${hysteresis} are above the total weight ${total}`,
          );
      }
      reportMessages(subject, QUORUM, undefined, report, 'warning');
    },
  },
];

/** Whether a line is in the block of a service that begins at another line. */
function isWithin(start: number, line: number, { services }: LintSubject): boolean {
  const starts = services.map(({ configuration }) => configuration?.place.line ?? 0);
  return line >= start && !starts.some((other) => other > start && other <= line);
}
