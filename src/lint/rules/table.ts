/**
 * The table of rules: adding one is an entry in the file of its family, or a row here for a new family.
 */
import type { LintRule } from '../lint-rule.js';
import { checkRules } from './check-rules.js';
import { directorRules } from './director-rules.js';
import { firewallRules } from './firewall-rules.js';
import { forwardingRules } from './forwarding-rules.js';
import { keepalivedRules } from './keepalived-rules.js';
import { lineRules } from './line-rules.js';
import { persistenceRules } from './persistence-rules.js';
import { realServerRules } from './real-server-rules.js';
import { schedulingRules } from './scheduling-rules.js';
import { serviceRules } from './service-rules.js';
import { sysctlRules } from './sysctl-rules.js';

/** Rules about one subject. */
export interface LintFamily {
  /** What they are about. */
  readonly title: string;
  /** The rules, in the order of their codes. */
  readonly rules: readonly LintRule[];
}

/** The rules by what they are about, in the order of their codes. */
export const LINT_FAMILIES: readonly LintFamily[] = [
  { title: 'Lines', rules: lineRules },
  { title: 'Forwarding', rules: forwardingRules },
  { title: 'Real servers', rules: realServerRules },
  { title: 'Services', rules: serviceRules },
  { title: 'Scheduling', rules: schedulingRules },
  { title: 'Persistence, one-packet scheduling, marks', rules: persistenceRules },
  { title: 'Sysctls and timeouts', rules: sysctlRules },
  { title: 'Firewall and kube-proxy', rules: firewallRules },
  { title: 'keepalived.conf', rules: keepalivedRules },
  { title: 'Checks and reloads of keepalived', rules: checkRules },
  { title: 'Several directors', rules: directorRules },
];

/** All rules, in the order of their codes. */
export const LINT_RULES: readonly LintRule[] = [
  ...lineRules,
  ...forwardingRules,
  ...realServerRules,
  ...serviceRules,
  ...schedulingRules,
  ...persistenceRules,
  ...sysctlRules,
  ...firewallRules,
  ...keepalivedRules,
  ...checkRules,
  ...directorRules,
];
