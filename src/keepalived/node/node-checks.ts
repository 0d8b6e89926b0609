/**
 * Makes the checks that a machine of keepalived asks for, with the probes of `ipvs/health/node`.
 *
 * Each check has keepalived's time limit: `connect_timeout`, or `misc_timeout` for scripts.
 */
import { constants } from 'node:os';
import { type OptionNames, requireKnownOptions } from '../../errors.js';
import { type Probe, type ProbeOutcome, runProbe } from '../../health/probe.js';
import { ServerList } from '../../model/server-list.js';
import { systemTimers, type Timers } from '../../timers.js';
import type { Checker } from '../configuration.js';
import type { CheckCause, CheckRequest, CheckResult, RunCheck } from '../machine/check-result.js';
import { probeOf } from './probe-of-checker.js';

/** How checks are made. */
export interface NodeChecksOptions {
  /** What measures the time limits; default the platform's timers. */
  readonly timers?: Timers;
}

const OPTION_NAMES: OptionNames<NodeChecksOptions> = { timers: true };

/** A datagram without an answer is good when the time is over, so the limit is a little later. */
const GRACE_MS = 1000;

/**
 * Makes what a machine needs as `runCheck`.
 *
 * Other than keepalived, an HTTP request is always of version 1.1, scripts run as the user of this process, and where a
 * check is to come from (`bindto`, `bind_if`, `bind_port`, `fwmark`) is not followed. A check that fails for want of
 * file descriptors or memory on this machine changes nothing. An expression that JavaScript cannot express is a check
 * that fails.
 *
 * @param options - How checks are made.
 * @returns What makes a check on real sockets.
 * @throws {TypeError} When an option has an unknown name.
 * @example
 * {@includeCode ../../../docs/examples/keepalived-checks.ts}
 */
export function nodeChecks(options: NodeChecksOptions = {}): RunCheck {
  requireKnownOptions('make checks', options, OPTION_NAMES);
  const { timers = systemTimers } = options;
  return (request, done) => {
    const { checker } = request;
    const probe = attempt(() => probeOf(request));
    const [target] = new ServerList([{ address: checker.address, port: checker.port }]);
    const running = runProbe(probe, target, timers, timeLimitMs(checker));
    void running.outcome.then((outcome) => done(resultOf(request, outcome)));
    return () => running.abandon();
  };
}

/** A probe that cannot be made, for example for a name that no name server accepts, is a check that fails. */
function attempt(make: () => Probe): Probe {
  try {
    return make();
  } catch (error) {
    return async () => Promise.reject(error);
  }
}

function timeLimitMs({ kind, misc, timing, udp }: Checker): number {
  if (kind === 'MISC_CHECK') return Math.ceil(misc.timeoutSeconds * 1000);
  const limitMs = Math.ceil(timing.connectTimeoutSeconds * 1000);
  return kind === 'UDP_CHECK' && !udp.requireReply ? limitMs + GRACE_MS : limitMs;
}

function resultOf({ checker, url }: CheckRequest, outcome: ProbeOutcome): CheckResult {
  const { healthy: good, reason, weight, inconclusive } = outcome;
  if (inconclusive === true) return { good, inconclusive };
  const cause = good ? causeOfSuccess(checker, url, weight) : causeOfFailure(checker, reason);
  return cause === undefined ? { good } : { good, cause };
}

function causeOfSuccess(
  { kind, http }: Checker,
  url: number,
  weight?: number,
): CheckCause | undefined {
  if (kind === 'MISC_CHECK') return { exitStatus: weight === undefined ? 0 : weight + 2 };
  if (kind !== 'HTTP_GET' && kind !== 'SSL_GET') return undefined;
  const { digest, regex } = http.urls[url];
  if (digest !== undefined) return 'digest';
  return regex === undefined ? 'status' : 'regex';
}

function causeOfFailure({ kind }: Checker, reason: string): CheckCause | undefined {
  const [, what, value = ''] = /^(exit status|signal|response code) (\w+)$/.exec(reason) ?? [];
  if (kind === 'DNS_CHECK' && what === 'response code') return { responseCode: Number(value) };
  if (kind !== 'MISC_CHECK') return undefined;
  if (what === 'exit status') return { exitStatus: Number(value) };
  if (what === 'signal') return { signal: constants.signals[value as NodeJS.Signals] };
  return reason.startsWith('no answer within') ? 'timeout' : undefined;
}
