/**
 * The language of ipvsadm(8): rules in, listings out.
 *
 * @packageDocumentation
 */
export type { Administrator } from './administrator.js';
export type * from './command.js';
export { type ExitStatus, IpvsadmError, type IpvsadmErrorDetails } from './error.js';
export { executeCommand, type ExecuteOptions } from './execute.js';
export type { ListOptions } from './list-services.js';
export { listedHeader, listedName, listedServer, listedSettings } from './listing-lines.js';
export {
  procConnections,
  type ProcOptions,
  procServices,
  procStatistics,
  procStatisticsPerCpu,
} from './proc-files.js';
export { parseArguments, parseCommand } from './parse.js';
export type { HostLookup, ParseOptions } from './parse-options.js';
export {
  restoreAllRules,
  restoreRules,
  type RestoreOptions,
  type RestoreResult,
} from './restore.js';
export { planRules } from './plan-rules.js';
export type { PlanAction, PlanStep } from './plan-step.js';
export type { RuleLine } from './numbered-lines.js';
export { saveRules, type SaveOptions } from './save.js';
