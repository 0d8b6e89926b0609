/**
 * A director on the interfaces of a machine: Linux and Node only.
 *
 * @packageDocumentation
 */
export { describeRun, type RunningDirector, runDirector, undoRun } from './launcher.js';
export { RunError } from './run-error.js';
export type { RunOptions } from './run-options.js';
export type { LogFormat } from './settings.js';
export { controlDirector, type ControlConnection } from './control-client.js';
export type {
  CommandRequest,
  ControlAnswer,
  ControlRequest,
  PlainRequest,
  ReloadRequest,
  TunableRequest,
  WeightRequest,
} from './supervisor/control-messages.js';
