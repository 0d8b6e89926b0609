/**
 * A plan between two texts of any kind: commands, the way back, and a script of both.
 */
import type { Administrator } from '../ipvsadm/administrator.js';
import { planRules, type PlanStep } from '../ipvsadm/plan-rules.js';
import type { SyncDaemon } from '../sync/sync-daemon.js';
import type { UnderstoodText } from './understood-text.js';

/** A configuration, and what it has an opinion on. */
export interface PlannedState {
  /** The configuration. */
  readonly administrator: Pick<Administrator, 'services' | 'timeouts' | 'daemons'>;
  /** Whether its text sets timeouts of connections. */
  readonly setsTimeouts: boolean;
  /** Whether its text starts synchronization daemons. */
  readonly startsDaemons: boolean;
}

/** A command of a plan that concerns no service. */
export interface DirectorStep {
  /** What it does. */
  readonly action: 'set-timeouts' | 'daemon';
  /** The rule. */
  readonly rule: string;
}

/** One command of a plan. */
export type Step = PlanStep | DirectorStep;

/**
 * What a text has an opinion on, beside services.
 *
 * @param text - What it comes to.
 * @returns The opinions.
 */
export function opinionsOf({
  rules,
  keepalived,
}: UnderstoodText): Pick<PlannedState, 'setsTimeouts' | 'startsDaemons'> {
  const globals = keepalived?.configuration.globals;
  const opinions = {
    setsTimeouts: globals?.timeouts !== undefined,
    startsDaemons: globals?.syncDaemon !== undefined,
  };
  for (const { text } of rules) {
    if (text.startsWith('--set ')) opinions.setsTimeouts = true;
    else if (text.startsWith('--start-daemon')) opinions.startsDaemons = true;
  }
  return opinions;
}

/**
 * Plans the change from one state to another. Timeouts and daemons change only when the wanted state speaks of them.
 *
 * @param present - The state as it is.
 * @param wanted - The state as it is to be.
 * @returns The commands, in order.
 */
export function plan(present: PlannedState, wanted: PlannedState): Step[] {
  const { timeouts, daemons } = wanted.administrator;
  const old = present.administrator;
  const steps: Step[] = planRules(old.services, wanted.administrator.services);
  const { tcpSeconds, tcpFinSeconds, udpSeconds } = timeouts;
  const seconds = `${tcpSeconds} ${tcpFinSeconds} ${udpSeconds}`;
  const { timeouts: before } = old;
  const isSame = seconds === `${before.tcpSeconds} ${before.tcpFinSeconds} ${before.udpSeconds}`;
  if (wanted.setsTimeouts && !isSame)
    steps.push({ action: 'set-timeouts', rule: `--set ${seconds}` });
  if (!wanted.startsDaemons) return steps;
  return [...stops(old.daemons, daemons), ...steps, ...starts(old.daemons, daemons)];
}

function stops(before: readonly SyncDaemon[], after: readonly SyncDaemon[]): Step[] {
  return without(before, after).map(({ role, syncId }) => {
    return { action: 'daemon', rule: `--stop-daemon ${role} --syncid ${syncId}` };
  });
}

function starts(before: readonly SyncDaemon[], after: readonly SyncDaemon[]): Step[] {
  return without(after, before).map((daemon) => ({ action: 'daemon', rule: startRule(daemon) }));
}

function without(these: readonly SyncDaemon[], those: readonly SyncDaemon[]): SyncDaemon[] {
  const known = new Set(those.map(startRule));
  return these.filter((daemon) => !known.has(startRule(daemon)));
}

function startRule({ role, device, syncId, maxLengthBytes, group, port, ttl }: SyncDaemon): string {
  const network = `--mcast-group ${group.toString()} --mcast-port ${port} --mcast-ttl ${ttl}`;
  const own = `--mcast-interface ${device} --syncid ${syncId} --sync-maxlen ${maxLengthBytes}`;
  return `--start-daemon ${role} ${own} ${network}`;
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
  return steps.map(({ rule }) => `  ipvsadm ${shellWords(rule)}`).join('\n');
}

/** A rule in words that the shell leaves alone: brackets would be a pattern. */
export function shellWords(rule: string): string {
  return rule
    .split(' ')
    .map((word) => (/^[\w.:,=/+-]+$/.test(word) ? word : `'${word}'`))
    .join(' ');
}

/**
 * What a step concerns, for messages.
 *
 * @param step - The step.
 * @returns For example `10.0.0.1:80 of TCP 192.0.2.1:80`.
 */
export function subjectOf(step: Step): string {
  if (!('service' in step)) return step.action === 'daemon' ? 'synchronization' : 'timeouts';
  return step.server === undefined ? step.service : `${step.server} of ${step.service}`;
}
