/**
 * A checker at work: when it checks, what it makes of results, what it logs.
 */
import { CheckCycle } from '../../health/machine/check-cycle.js';
import type { RandomSource } from '../../random.js';
import { MAX_DELAY_MS, type Timers } from '../../timers.js';
import type {
  Checker,
  RealServerConfiguration,
  VirtualServerConfiguration,
} from '../configuration.js';
import { programOf } from '../blocks/values.js';
import type { CheckResult, RunCheck } from './check-result.js';
import { weightShare } from './script-weight.js';
import { UrlRound } from './url-round.js';

/** The first check comes so long after the start. */
const START_DELAY_SECONDS = 1;

/** What a checker works with. */
export interface CheckerTools {
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly runCheck: RunCheck;
  readonly log: (line: string) => void;
}

/** Whose checker it is, and who hears of its verdicts. */
export interface CheckerOwner {
  /** The service. */
  readonly service: () => VirtualServerConfiguration;
  /** The server. */
  readonly server: () => RealServerConfiguration;
  /** The server's name in messages. */
  readonly label: () => string;
  /** Hears that a checker's share of the weight changed. */
  readonly weighed: (silently: boolean) => void;
  /** Hears that a checker came up, went down, or was good again. */
  readonly changed: (checker: CheckerRun) => void;
  /** Whether checks are made now, and not only timed. */
  readonly active: () => boolean;
}

/** A checker with its state. */
export class CheckerRun {
  /** What is configured; a reload replaces it. */
  checker: Checker;
  /** Whose it is. */
  owner: CheckerOwner;
  /** Its count of results. */
  readonly cycle: CheckCycle;
  /** What it adds to the server's weight. */
  share = 0;

  private readonly tools: CheckerTools;
  private readonly round: UrlRound | undefined;
  private cancel: () => void = () => undefined;
  private startedMs = 0;
  private succeeded = false;

  /**
   * @param checker - What is configured.
   * @param owner - Whose it is.
   * @param tools - What it works with.
   * @param up - Its initial state.
   */
  constructor(checker: Checker, owner: CheckerOwner, tools: CheckerTools, up: boolean) {
    this.checker = checker;
    this.owner = owner;
    this.tools = tools;
    this.cycle = new CheckCycle(rulesOf(checker), up);
    if (checker.http.urls.length > 0) this.round = new UrlRound(checker.http.urls.length);
  }

  /** Whether its server is well, as far as it knows. */
  get up(): boolean {
    return this.cycle.up;
  }

  /**
   * Replaces what is configured, and keeps the state; at least one retry is left.
   *
   * @param checker - What is configured now.
   */
  reconfigure(checker: Checker): void {
    this.checker = checker;
    this.cycle.rules = rulesOf(checker);
    this.cycle.tries = Math.min(this.cycle.tries, Math.max(checker.timing.retry - 1, 0));
  }

  /** Starts to check. */
  start(): void {
    this.stop();
    const { warmupSeconds } = this.checker.timing;
    this.wait(START_DELAY_SECONDS + this.tools.random() * warmupSeconds);
  }

  /** Stops to check; the state is kept. */
  stop(): void {
    this.cancel();
    this.cancel = () => undefined;
  }

  private wait(seconds: number): void {
    const { timers } = this.tools;
    const delayMs = Math.max(seconds * 1000, 0);
    const now = Math.min(delayMs, MAX_DELAY_MS);
    this.cancel = timers.after(now, () => {
      if (delayMs > now) this.wait((delayMs - now) / 1000);
      else this.check();
    });
  }

  private check(): void {
    const { runCheck, timers } = this.tools;
    const { service, server } = this.owner;
    if (!this.owner.active()) return this.wait(this.checker.timing.delayLoopSeconds);
    this.startedMs = timers.now();
    let current = true;
    const url = this.round?.url ?? 0;
    const request = { checker: this.checker, server: server(), service: service(), url };
    const abandon = runCheck(request, (result) => {
      if (!current) return;
      current = false;
      this.take(result);
    });
    if (!current) return;
    this.cancel = () => {
      current = false;
      abandon();
    };
  }

  private take(result: CheckResult): void {
    this.cancel = () => undefined;
    if (result.inconclusive === true) return this.next(this.checker.timing.delayLoopSeconds);
    if (this.round !== undefined) this.takeUrl(result, this.round);
    else this.takePlain(result);
  }

  private takePlain(result: CheckResult): void {
    const { tries, up, checked } = this.cycle;
    const verdict = this.cycle.record(result.good);
    const { dynamic } = this.checker.misc;
    if (result.good) this.weigh(weightShare(result, dynamic, this.owner.server().weight));
    this.logPlain(result, verdict, { tries, wasUp: up, first: !checked });
    const { delayLoopSeconds, delayBeforeRetrySeconds } = this.checker.timing;
    this.next(verdict === 'retry' ? delayBeforeRetrySeconds : delayLoopSeconds);
    if (verdict === 'up' || verdict === 'down' || result.good) this.owner.changed(this);
    if (verdict === 'down') this.weigh(0, true);
  }

  private weigh(share: number, silently = false): void {
    if (share === this.share) return;
    this.share = share;
    this.owner.weighed(silently);
  }

  /** Scripts are timed from their beginning, other checks from their end. */
  private next(seconds: number): void {
    const fromStart = this.checker.kind === 'MISC_CHECK';
    const spent = fromStart ? (this.tools.timers.now() - this.startedMs) / 1000 : 0;
    this.wait(Math.max(seconds - spent, 0));
  }

  private logPlain(
    result: CheckResult,
    verdict: 'up' | 'down' | 'retry' | 'same',
    before: { readonly tries: number; readonly wasUp: boolean; readonly first: boolean },
  ): void {
    const lines = linesOf[this.checker.kind] ?? linesOf.TCP_CHECK;
    const label = this.owner.label();
    const { log } = this.tools;
    if (result.good) {
      // Every success is logged once, and again after a failure.
      const line = lines.success(label, this.scriptName());
      if (line !== '' && (verdict === 'up' || !this.succeeded)) log(line);
      this.succeeded = true;
      return;
    }
    const reported = verdict === 'down' && (before.wasUp || before.first);
    if (this.checker.logAllFailures && before.wasUp && !before.first) {
      log(lines.failure(label, this.scriptName()));
    }
    if (!reported) return;
    this.succeeded = false;
    const retries = before.first ? undefined : this.checker.timing.retry;
    log(lines.down(label, retries, this.scriptName(), result, this.owner.service().label));
  }

  private takeUrl({ good, cause }: CheckResult, round: UrlRound): void {
    const { cycle, tools } = this;
    const { delayLoopSeconds, delayBeforeRetrySeconds } = this.checker.timing;
    const label = this.owner.label();
    const path = this.checker.http.urls[round.url]?.path ?? '';
    if (!good) {
      const { up: wasUp, checked } = cycle;
      const verdict = cycle.record(false);
      if (verdict !== 'retry') round.fail();
      if (verdict === 'down' && (wasUp || !checked)) {
        tools.log(
          `HTTP_CHECK on service ${label} failed after ${this.checker.timing.retry} retries.`,
        );
      }
      this.next(verdict === 'retry' ? delayBeforeRetrySeconds : delayLoopSeconds);
      if (verdict === 'down') this.owner.changed(this);
      return;
    }
    cycle.tries = 0;
    cycle.checked = true;
    if (!cycle.up) tools.log(`${urlWords(cause)} success to ${label} url(${path})`);
    const complete = round.succeed();
    const hurried = this.checker.http.fastRecovery && !complete && round.recovering;
    if (complete) {
      tools.log(`Remote Web server ${label} succeed on service.`);
      cycle.record(true);
    }
    this.next(hurried ? 0 : delayLoopSeconds);
    if (complete) this.owner.changed(this);
  }

  private scriptName(): string {
    const { script } = this.checker.misc;
    return `[${this.owner.label()} VS ${this.owner.service().label}] by [${script?.program ?? programOf(script?.command ?? '')}]`;
  }
}

function urlWords(cause: CheckResult['cause']): string {
  if (cause === 'digest') return 'MD5 digest';
  return cause === 'regex' ? 'Regex match' : 'HTTP status code';
}

function rulesOf({ kind, timing }: Checker): CheckCycle['rules'] {
  const retriesWhileDown = kind === 'TCP_CHECK' || kind === 'SMTP_CHECK';
  return { retry: timing.retry, retriesWhileDown, firstDecides: true, rise: 1 };
}

/** The log lines of a kind of checker. */
interface CheckLines {
  success(label: string, script: string): string;
  failure(label: string, script: string): string;
  down(
    label: string,
    retries: number | undefined,
    script: string,
    result: CheckResult,
    vs: string,
  ): string;
}

function connectionLines(what: string, name: string): CheckLines {
  return {
    success: (label) => `${what} connection to ${label} success.`,
    failure: (label) => `${what} connection to ${label} failed.`,
    down: (label, retries) => {
      const after = retries === undefined ? '' : ` after ${retries} retries`;
      return `${name} on service ${label} failed${after}.`;
    },
  };
}

const linesOf: Readonly<Record<string, CheckLines> & { readonly TCP_CHECK: CheckLines }> = {
  TCP_CHECK: /* @__PURE__ */ connectionLines('TCP', 'TCP_CHECK'),
  UDP_CHECK: /* @__PURE__ */ connectionLines('UDP', 'UDP_CHECK'),
  PING_CHECK: {
    .../* @__PURE__ */ connectionLines('ICMP', 'ICMP_CHECK'),
    down: (label, retries, _, __, vs) => {
      return `ICMP CHECK on service ${label} of ${vs} failed after ${retries ?? 0} retries.`;
    },
  },
  SMTP_CHECK: {
    success: (label) => `Remote SMTP server ${label} succeed on service.`,
    failure: (label) => `SMTP connection to ${label} failed.`,
    down: (label) => `SMTP_CHECK Bad greeting banner from server ${label.replace(/:\w+:/, ':')}`,
  },
  DNS_CHECK: {
    success: () => '',
    failure: (label) => `DNS_CHECK (${label}) failed.`,
    down: (label, retries, _, { cause }) => {
      const what =
        typeof cause === 'object' && 'responseCode' in cause
          ? `read error occurred. (rcode = ${cause.responseCode})`
          : 'read timeout from socket';
      return `DNS_CHECK (${label}) ${what} after ${retries ?? 0} retries`;
    },
  },
  MISC_CHECK: {
    success: (_, script) => `Misc check for ${script} succeeded.`,
    failure: (_, script) => `Misc check for ${script} failed.`,
    down: (_, retries, script, { cause }) => {
      const how = cause === 'timeout' ? 'timed out' : 'failed';
      const after =
        retries === undefined || retries === 0
          ? ' with retry disabled'
          : ` after ${retries} retries`;
      return `Misc check for ${script} ${how}${after}${scriptCause(cause)}.`;
    },
  },
};

function scriptCause(cause: CheckResult['cause']): string {
  if (typeof cause !== 'object') return '';
  if ('signal' in cause) return ` (due to signal ${cause.signal})`;
  return 'exitStatus' in cause ? ` (exited with status ${cause.exitStatus})` : '';
}
