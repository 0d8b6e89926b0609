/**
 * A plan between two texts of any kind: commands, the way back, and a script of both.
 */
import type { Administrator } from '../ipvsadm/administrator.js';
import { planDaemonStarts, planDaemonStops } from '../ipvsadm/plan-daemons.js';
import { planRules } from '../ipvsadm/plan-rules.js';
import type { PlanStep } from '../ipvsadm/plan-step.js';
import { planSettings, type SettingStep, type Settings, settingsOf } from './plan-settings.js';
import type { UnderstoodText } from './understood-text.js';

/** A configuration, and what it has an opinion on. */
export interface PlannedState {
  /** The configuration. */
  readonly administrator: Pick<Administrator, 'services' | 'timeouts' | 'daemons'>;
  /** Whether its text sets timeouts of connections. */
  readonly setsTimeouts: boolean;
  /** Whether its text starts synchronization daemons. */
  readonly startsDaemons: boolean;
  /** The settings of the kernel that its text names; default none. */
  readonly settings?: Settings;
}

/** A command of a plan that concerns no service. */
export interface DirectorStep {
  /** What it does. */
  readonly action: 'set-timeouts' | 'daemon';
  /** The rule. */
  readonly rule: string;
}

/** One command of a plan. */
export type Step = PlanStep | DirectorStep | SettingStep;

/**
 * What a text has an opinion on, besides services. keepalived.conf has none on synchronization daemons: keepalived starts
 * and stops them itself, by the state of its VRRP instance.
 *
 * @param text - What it comes to.
 * @returns The opinions.
 */
export function opinionsOf({
  rules,
  keepalived,
  tunables,
  hostSettings = [],
}: UnderstoodText): Omit<PlannedState, 'administrator'> {
  const globals = keepalived?.configuration.globals;
  const opinions = {
    setsTimeouts: globals?.timeouts !== undefined,
    startsDaemons: false,
    settings: settingsOf([...tunables, ...hostSettings]),
  };
  for (const { text } of rules) {
    if (text.startsWith('--set ')) opinions.setsTimeouts = true;
    else if (text.startsWith('--start-daemon')) opinions.startsDaemons = true;
  }
  return opinions;
}

/**
 * Plans the change from one state to another. Timeouts, daemons and settings of the kernel change only when the wanted
 * state speaks of them; settings change first.
 *
 * @param present - The state as it is.
 * @param wanted - The state as it is to be.
 * @returns The commands, in order.
 */
export function plan(present: PlannedState, wanted: PlannedState): Step[] {
  const { timeouts, daemons } = wanted.administrator;
  const old = present.administrator;
  const steps: Step[] = [
    ...planSettings(present.settings, wanted.settings),
    ...planRules(old.services, wanted.administrator.services),
  ];
  const { tcpSeconds, tcpFinSeconds, udpSeconds } = timeouts;
  const seconds = `${tcpSeconds} ${tcpFinSeconds} ${udpSeconds}`;
  const { timeouts: before } = old;
  const isSame = seconds === `${before.tcpSeconds} ${before.tcpFinSeconds} ${before.udpSeconds}`;
  if (wanted.setsTimeouts && !isSame)
    steps.push({ action: 'set-timeouts', rule: `--set ${seconds}` });
  if (!wanted.startsDaemons) return steps;
  return [
    ...daemonSteps(planDaemonStops(old.daemons, daemons)),
    ...steps,
    ...daemonSteps(planDaemonStarts(old.daemons, daemons)),
  ];
}

function daemonSteps(rules: readonly string[]): Step[] {
  return rules.map((rule) => ({ action: 'daemon', rule }));
}

/**
 * Writes a plan as a script that can be run, and undone with `--undo`.
 *
 * @param steps - The commands.
 * @param undo - Those of the way back.
 * @returns A script for `sh`, which stops at the first command that fails.
 */
export function planScript(steps: readonly Step[], undo: readonly Step[]): string {
  return `#!/bin/sh
# Run without arguments to make the change, with --undo to take it back.
set -eu
case "\${1:-start}" in
start)
${callsOf(steps)}
  ;;
--undo)
${callsOf(undo)}
  ;;
*)
  echo "Usage: $0 [--undo]" >&2
  exit 2
  ;;
esac
`;
}

function callsOf(steps: readonly Step[]): string {
  if (steps.length === 0) return '  : # nothing to do';
  return steps.map((step) => `  ${commandLine(step)}`).join('\n');
}

/**
 * A step as a command line for `sh`.
 *
 * @param step - The step.
 * @returns The line, without its end.
 */
export function commandLine(step: Step): string {
  if (step.action !== 'set-sysctl') return `ipvsadm ${shellWords(step.rule)}`;
  const word = PLAIN_WORD.test(step.rule) ? step.rule : `'${step.rule.replaceAll("'", "'\\''")}'`;
  return `sysctl -w ${word}`;
}

/** What the shell leaves alone: brackets would be a pattern. */
const PLAIN_WORD = /^[\w.:,=/+-]+$/;

function shellWords(rule: string): string {
  return rule
    .split(' ')
    .map((word) => (PLAIN_WORD.test(word) ? word : `'${word}'`))
    .join(' ');
}
