/**
 * Whatever is pasted, understood: rules, scripts, keepalived.conf, listings, files of /proc. A plan between two of
 * them, and a twin of a running director.
 *
 * @packageDocumentation
 */
export { applyRules } from './apply-rules.js';
export { collectScript } from './collect-script.js';
export { type Departure, forecastDeparture } from './departure-forecast.js';
export { type InputKind, inputKindOf } from './input-kind.js';
export { listedDirector, type ListedDirectorOptions, type ListedState } from './listed-director.js';
export {
  commandLine,
  type DirectorStep,
  opinionsOf,
  plan,
  type PlannedState,
  planScript,
  type Step,
} from './plan.js';
export type { Settings, SettingStep } from './plan-settings.js';
export { planReload, type ReloadPlan, type ReloadStep } from './plan-reload.js';
export { forecastPlan, type ServerForecast, type ServiceForecast } from './plan-forecast.js';
export { TextError, type TextFault } from './text-error.js';
export { createTwin, type Twin, type TwinOptions } from './twin.js';
export { twinFiles } from './twin-files.js';
export { understand, type UnderstandOptions } from './understand.js';
export type {
  ListedNumbers,
  TextWarning,
  TunableLine,
  UnderstoodText,
  UnderstoodTotal,
} from './understood-text.js';
