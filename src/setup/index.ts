/**
 * What hosts need to make rules real: steps, and the scripts and files that do them.
 *
 * @packageDocumentation
 */
export { parseMark, type ServiceFirewallMark } from './marks.js';
export { planSetup, type SetupOptions } from './plan.js';
export type { SetupHost, SetupStep, TunnelKind } from './step.js';
export { networkFiles, type SetupFile, systemdFiles } from './write-files.js';
export { writeScript } from './write-script.js';
