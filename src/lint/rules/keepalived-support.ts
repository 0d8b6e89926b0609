/**
 * What rules on keepalived.conf share.
 */
import type { LintSeverity } from '../finding.js';
import type { LintReport } from '../lint-rule.js';
import { placeIn } from '../subject/keepalived-services.js';
import { type KeepalivedStatement, statementsOf } from '../subject/keepalived-statements.js';
import type { LintSubject } from '../subject/subject.js';

/** What is said of a service without weights, which is a matter of its own. */
const NO_WEIGHT = /total weight of real servers 0,/;

/** A configuration of one service, with lines of its own in the service and in its server. */
export function service(inService: string, inServer = 'weight 1', head = '192.0.2.1 80'): string {
  return `virtual_server ${head} {
    lb_algo wrr
    lb_kind NAT
    ${inService}
    real_server 10.0.0.1 80 {
        ${inServer}
        TCP_CHECK {
        }
    }
}
`;
}

/** The statements of all configurations. */
export function allStatements({ configurations }: LintSubject): KeepalivedStatement[] {
  return configurations.flatMap(({ file, lines }) => statementsOf(file, lines));
}

/** The name of the configuration; places in it have none. */
export function mainFile({ configurations }: LintSubject): string {
  return configurations[0]?.file ?? '';
}

/** Reports each message of a kind once. */
export function reportMessages(
  { configurations }: LintSubject,
  pattern: RegExp,
  text: string | undefined,
  report: LintReport,
  severity?: LintSeverity,
): void {
  for (const { file, parsed } of configurations) {
    for (const message of parsed.messages) {
      if (!pattern.test(message.text) || NO_WEIGHT.test(message.text)) continue;
      report(placeIn(file, message.about), text ?? message.text, severity);
    }
  }
}
