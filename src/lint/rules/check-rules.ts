/**
 * Checks, reloads and texts of a keepalived.conf. Source: recorded behavior.
 */
import type { LintRule } from '../lint-rule.js';
import { placeIn } from '../subject/keepalived-services.js';
import type { LintSubject } from '../subject/subject.js';
import { NO_PROTOCOL } from './keepalived-messages.js';
import { allStatements, mainFile, service } from './keepalived-support.js';
import { keepalived } from './support.js';

const LONGEST_LINE = 1023;
const TCP_CHECKERS = ['TCP_CHECK', 'HTTP_GET', 'SSL_GET', 'SMTP_CHECK'];

/** Rules on checks of keepalived, and on how its files are read. */
export const checkRules: readonly LintRule[] = [
  {
    code: 'LVS810',
    name: 'dynamic-weight-reload',
    severity: 'warning',
    title: 'Weights from a script, and reloads',
    why: 'After a reload a server whose script last exited with 0 is set to weight 0, and stays there until the script says something else.',
    fix: 'Let the script exit with 2 + the weight instead of 0, or restart instead of reloading.',
    see: { command: 'ipvs lint bad', shows: ['LVS810'] },
    found: () => [
      keepalived(
        service(
          'protocol TCP',
          'MISC_CHECK {\n            misc_path "/usr/bin/load"\n            misc_dynamic\n        }',
        ),
      ),
    ],
    clean: () => [
      keepalived(
        service('protocol TCP', 'MISC_CHECK {\n            misc_path "/usr/bin/load"\n        }'),
      ),
    ],
    check(subject, report) {
      for (const { configuration } of subject.services) {
        for (const { checkers } of configuration?.servers ?? []) {
          for (const { misc, place } of checkers) {
            if (misc.dynamic)
              report(
                placeIn(mainFile(subject), place),
                'exit status 0 before a reload makes the weight 0',
              );
          }
        }
      }
    },
  },
  {
    code: 'LVS811',
    name: 'thresholds-not-reloaded',
    severity: 'note',
    title: 'Thresholds that a reload does not change',
    why: 'A reload sends what changed: weights, methods, schedulers. Changed thresholds are not sent; the old ones stay in force until the server is removed and added again.',
    fix: 'Change them with `ipvsadm -e` as well, naming all settings.',
    see: { command: 'ipvs lint bad', shows: ['LVS811'] },
    found: () => [keepalived(service('protocol TCP', 'uthreshold 100'))],
    clean: () => [keepalived(service('protocol TCP'))],
    check(subject, report) {
      for (const { words, place } of allStatements(subject)) {
        if (/^[ul]threshold$/.test(words[0] ?? ''))
          report(place, 'a reload does not send a changed threshold');
      }
    },
  },
  {
    code: 'LVS812',
    name: 'long-line',
    severity: 'error',
    title: 'A line of more than 1023 bytes',
    why: 'keepalived cuts it there and reads the rest as a line of its own, also in a comment: what was commented out becomes configuration.',
    fix: 'Break the line.',
    see: { command: 'ipvs lint bad', shows: ['LVS812'] },
    found: () => [keepalived(`# ${'x'.repeat(1100)}\n${service('protocol TCP')}`)],
    clean: () => [keepalived(`# ${'x'.repeat(100)}\n${service('protocol TCP')}`)],
    check({ configurations }, report) {
      for (const { file, lines } of configurations) {
        for (const [index, text] of lines.entries()) {
          if (text.length > LONGEST_LINE)
            report(
              { file, line: index + 1, column: LONGEST_LINE + 1 },
              'the rest of the line is read as a line of its own',
            );
        }
      }
    },
  },
  {
    code: 'LVS813',
    name: 'single-quotes',
    severity: 'warning',
    title: 'Words in single quotes',
    why: "A ' is an ordinary character for keepalived: it becomes part of the word, and blanks still separate. A script in single quotes is not found, and its check is disabled.",
    fix: 'Use ".',
    see: { command: 'ipvs lint bad', shows: ['LVS813'] },
    found: () => [keepalived(service('protocol TCP', "notify_down '/usr/bin/alert down'"))],
    clean: () => [keepalived(service('protocol TCP', 'notify_down "/usr/bin/alert down"'))],
    check(subject, report) {
      for (const { words, place } of allStatements(subject)) {
        if (words.slice(1).some((word) => word.startsWith("'")))
          report(place, "' is an ordinary character");
      }
    },
  },
  {
    code: 'LVS814',
    name: 'stream-check-of-datagrams',
    severity: 'warning',
    title: 'A UDP service that is checked by TCP',
    why: 'The check says that a TCP port is open, and nothing of the service that clients use.',
    fix: 'Use UDP_CHECK, DNS_CHECK or MISC_CHECK; or the service was meant to be TCP.',
    see: { command: 'ipvs lint bad', shows: ['LVS814'] },
    found: () => [keepalived(service('protocol UDP'))],
    clean: () => [keepalived(service('protocol TCP'))],
    check(subject, report) {
      for (const { configuration } of subject.services) {
        if (configuration?.protocol !== 'udp' || isByDefault(configuration.label, subject))
          continue;
        for (const { checkers } of configuration.servers) {
          const stream = checkers.find(({ kind }) => TCP_CHECKERS.includes(kind));
          if (stream !== undefined)
            report(
              placeIn(mainFile(subject), stream.place),
              `${stream.kind} checks TCP, the service is for UDP`,
            );
        }
      }
    },
  },
  {
    code: 'LVS815',
    name: 'one-try',
    severity: 'note',
    title: 'A checker that gives up after one retry',
    why: 'The default of `retry` is 1 (HTTP_GET, too, whose manual page says 3; MISC_CHECK 0): two lost packets take a server out of service.',
    fix: 'Write `retry 3` and a `delay_before_retry`.',
    see: { command: 'ipvs lint bad', shows: ['LVS815'] },
    found: () => [
      keepalived(
        service(
          'protocol TCP',
          'HTTP_GET {\n            url {\n                path /\n            }\n        }',
        ),
      ),
    ],
    clean: () => [
      keepalived(
        service(
          'protocol TCP\n    retry 3',
          'HTTP_GET {\n            url {\n                path /\n            }\n        }',
        ),
      ),
    ],
    check(subject, report) {
      for (const { configuration } of subject.services) {
        for (const { checkers } of configuration?.servers ?? []) {
          for (const { kind, timing, place } of checkers) {
            if (!/^(?:HTTP|SSL)_GET$/.test(kind) || timing.retry > 1) continue;
            report(
              placeIn(mainFile(subject), place),
              `${kind} tries ${timing.retry + 1} times in all`,
            );
          }
        }
      }
    },
  },
];

/** Whether a service is for UDP because it has no protocol. */
function isByDefault(label: string, { configurations }: LintSubject): boolean {
  return configurations.some(({ parsed }) =>
    parsed.messages.some(({ text }) => NO_PROTOCOL.test(text) && text.includes(label)),
  );
}
