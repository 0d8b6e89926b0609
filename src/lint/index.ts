/**
 * A linter for set-ups of IPVS: rules, keepalived.conf, scripts, sysctls and firewalls.
 *
 * @packageDocumentation
 */
export {
  type LintFinding,
  type LintPlace,
  LINT_SEVERITIES,
  type LintSeverity,
  reaches,
} from './finding.js';
export { lint, type LintOptions, type LintResult } from './lint.js';
export type { LintNetwork } from './network.js';
export type { LintDemonstration, LintInput, LintReport, LintRule } from './lint-rule.js';
export { lintSarif } from './report/sarif.js';
export { lintText } from './report/text.js';
export { LINT_FAMILIES, LINT_RULES, type LintFamily } from './rules/table.js';
export type {
  FirewallDrop,
  FirewallHook,
  FirewallMark,
  FirewallTranslation,
  LintFirewall,
} from './subject/firewall.js';
export type { LintGateway, LintHost, LintHostAddress, LintSetting } from './subject/host.js';
export type {
  LintCommand,
  LintConfiguration,
  LintEdit,
  LintLine,
  LintRefusal,
  LintServer,
  LintService,
  LintSubject,
  LintUnfollowed,
} from './subject/subject.js';
export type { SubjectOptions } from './subject/read-subject.js';
export {
  EMPTY_TOPOLOGY,
  type LintTopology,
  parseTopology,
  type TopologyAddress,
  type TopologyServer,
} from './topology.js';
