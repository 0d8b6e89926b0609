/**
 * The servers and scripts that recorded checks met: addresses that answer, listeners, exit statuses.
 */
import { createHash } from 'node:crypto';
import type { Timers } from '../../../src/timers.js';
import type { UrlDraft } from '../../../src/keepalived/blocks/drafts.js';
import type { CheckRequest, CheckResult } from '../../../src/keepalived/machine/check-result.js';

/** When the first packet of a connection is repeated, in seconds. */
const REPETITIONS = [1, 3, 7, 15, 31];

/** The words of a listener: `tcp`, or `http 200 hello` and so on. */
type Listener = readonly string[];

/** Something that waits for an answer. */
type Done = (result: CheckResult) => void;

/** The recorded surroundings of a director. */
export class World {
  private readonly timers: Timers;
  private readonly addresses: Set<string>;
  private readonly listeners = new Map<string, Listener>();
  private readonly exitStatuses: Map<string, number>;
  private readonly finished: { readonly key: string; readonly end: () => void }[] = [];
  /** The recorded log lines of an instant. */
  private readonly order: (seconds: number) => readonly string[];

  /**
   * @param timers - What moves it.
   * @param addresses - The addresses that answer.
   * @param servers - The listeners.
   * @param exitStatuses - What scripts end with.
   * @param order - The recorded log lines of an instant.
   */
  constructor(
    timers: Timers,
    addresses: readonly string[],
    servers: readonly string[],
    exitStatuses: Readonly<Record<string, number>>,
    order: (seconds: number) => readonly string[],
  ) {
    this.order = order;
    this.timers = timers;
    this.addresses = new Set(addresses);
    this.exitStatuses = new Map(Object.entries(exitStatuses));
    for (const server of servers) this.setServer(server);
  }

  /** @param words - `tcp A P`, `off A P` and so on. */
  setServer(words: string): void {
    const [kind = '', address = '', port = '', ...rest] = words.split(' ');
    if (kind === 'off') this.listeners.delete(`${address} ${port}`);
    else this.listeners.set(`${address} ${port}`, [kind, ...rest]);
  }

  /** An address appears or disappears. */
  setAddress(address: string, present: boolean): void {
    if (present) this.addresses.add(address);
    else this.addresses.delete(address);
  }

  /** A script ends with another status from now on. */
  setScript(name: string, exitStatus: number): void {
    this.exitStatuses.set(name, exitStatus);
  }

  /** Whether a kind of check can be answered. */
  static knows(kind: string): boolean {
    return /^(?:TCP|HTTP|MISC|UDP|DNS|SMTP|PING)_/.test(kind);
  }

  /** Makes a check. */
  runCheck = (request: CheckRequest, done: Done): (() => void) => {
    const { kind } = request.checker;
    if (kind === 'MISC_CHECK') return this.runScript(request, done);
    if (kind === 'UDP_CHECK') return this.sendDatagram(request, done);
    if (kind === 'DNS_CHECK') return this.askName(request, done);
    const answer = (listener: Listener): void => this.answer(listener, request, done);
    if (kind === 'PING_CHECK') {
      const present = this.addresses.has(String(request.checker.address));
      return this.later(present ? 0 : request.checker.timing.connectTimeoutSeconds, () =>
        done({ good: present }),
      );
    }
    return this.connect(request, answer, () => done({ good: false }));
  };

  private later(seconds: number, action: () => void): () => void {
    if (seconds === 0) {
      action();
      return () => undefined;
    }
    return this.timers.after(seconds * 1000, action);
  }

  /** Connects: refused at once, or tried again until the time is up. */
  private connect(
    { checker: { address, port, timing } }: CheckRequest,
    connected: (listener: Listener) => void,
    failed: () => void,
  ): () => void {
    const times = [0, ...REPETITIONS].filter((time) => time < timing.connectTimeoutSeconds);
    let cancel: () => void = () => undefined;
    const attempt = (index: number): void => {
      const listener = this.listeners.get(`${address} ${port}`);
      if (this.addresses.has(String(address))) {
        if (listener === undefined || ['udp', 'dns'].includes(listener[0])) failed();
        else connected(listener);
        return;
      }
      const now = times[index];
      const next = times[index + 1];
      cancel = this.timers.after(((next ?? timing.connectTimeoutSeconds) - now) * 1000, () => {
        if (next === undefined) failed();
        else attempt(index + 1);
      });
    };
    attempt(0);
    return () => cancel();
  }

  private answer(listener: Listener, request: CheckRequest, done: Done): void {
    const { kind, http, timing } = request.checker;
    const [what, status = '', body = ''] = listener;
    if (kind === 'TCP_CHECK') return done({ good: true });
    if (kind === 'SMTP_CHECK') return done({ good: what === 'smtp' && status === '250' });
    if (what === 'hang') {
      this.timers.after(timing.connectTimeoutSeconds * 1000, () => done({ good: false }));
      return undefined;
    }
    if (what !== 'http') return done({ good: false });
    return done(judge(http.urls[request.url], Number(status), body));
  }

  private runScript(request: CheckRequest, done: Done): () => void {
    const { checker } = request;
    const { script, timeoutSeconds } = checker.misc;
    const command = script?.command ?? '';
    const seconds = Number(/sleep (\d+)/.exec(command)?.[1] ?? 0);
    if (seconds >= timeoutSeconds) {
      return this.later(timeoutSeconds, () => done({ good: false, cause: 'timeout' }));
    }
    const { label } = request.service;
    const name = `[${request.server.address}]`;
    return this.timers.after(seconds * 1000, () => {
      this.finished.push({
        key: `${name} ${label}`,
        end: () => done(this.scriptResult(command, checker.misc.dynamic)),
      });
      if (this.finished.length === 1) this.timers.after(0, () => this.endScripts());
    });
  }

  /** Scripts that end in the same instant are reported in any order: in the recorded one. */
  private endScripts(): void {
    const ended = this.finished.splice(0);
    const order = this.order(this.timers.now() / 1000);
    const rank = ({ key }: { readonly key: string }): number => {
      const [server = '', service = ''] = key.split(' ');
      const at = order.findIndex((line) => line.includes(server) && line.includes(service));
      return at === -1 ? order.length : at;
    };
    for (const { end } of ended.sort((a, b) => rank(a) - rank(b))) end();
  }

  private scriptResult(command: string, dynamic: boolean): CheckResult {
    const signal = /kill -(\d+)/.exec(command)?.[1];
    if (signal !== undefined) return { good: false, cause: { signal: Number(signal) } };
    const name = /(?:misc\.sh |< \/lab\/)(\w+)/.exec(command)?.[1] ?? '';
    const exitStatus = /false/.test(command) ? 1 : (this.exitStatuses.get(name) ?? 0);
    const good = exitStatus === 0 || (dynamic && exitStatus >= 2 && exitStatus <= 255);
    return { good, cause: { exitStatus } };
  }

  private sendDatagram({ checker }: CheckRequest, done: Done): () => void {
    const { address, port, timing, udp } = checker;
    const listener = this.listeners.get(`${address} ${port}`);
    const present = this.addresses.has(String(address));
    const reply = listener?.[1];
    if (present && listener?.[0] !== 'udp') return this.later(0, () => done({ good: false }));
    if (!present || reply === undefined) {
      return this.later(timing.connectTimeoutSeconds, () => done({ good: !udp.requireReply }));
    }
    const length = reply.length / 2;
    const wanted = udp.reply ?? '';
    const same = [...wanted]
      .slice(0, reply.length)
      .every((digit, at) => digit === 'x' || digit === reply[at]);
    const fits = length >= udp.minReplyLength && length <= udp.maxReplyLength;
    return this.later(0, () => done({ good: !udp.requireReply || (same && fits) }));
  }

  private askName({ checker: { address, port, timing } }: CheckRequest, done: Done): () => void {
    const [kind, code] = this.listeners.get(`${address} ${port}`) ?? [];
    const present = this.addresses.has(String(address));
    if (present && kind === undefined) return this.later(0, () => done({ good: false }));
    if (!present || code === '-1') {
      return this.later(timing.connectTimeoutSeconds, () =>
        done({ good: false, cause: 'timeout' }),
      );
    }
    const responseCode = Number(code);
    return this.later(0, () => done({ good: responseCode === 0, cause: { responseCode } }));
  }
}

/** What a checker makes of an answer. */
function judge(url: UrlDraft, status: number, body: string): CheckResult {
  const paths = Object.fromEntries(
    body.startsWith('@')
      ? body
          .slice(1)
          .split(',')
          .map((pair) => pair.split('='))
      : [],
  ) as Record<string, string>;
  const given = Number(paths[url.path ?? ''] ?? status);
  const text = body.startsWith('@') ? 'hello' : body;
  const ranges = url.statusCodes.length > 0 ? url.statusCodes : [[200, 299] as const];
  const statusFits = ranges.some(([low, high]) => given >= low && given <= high);
  const digest = createHash('md5').update(text).digest('hex');
  const digestFits = url.digest === undefined || url.digest === digest;
  const matches = url.regex === undefined || new RegExp(url.regex).test(text) !== url.regexNoMatch;
  const cause =
    url.regex === undefined ? (url.digest === undefined ? 'status' : 'digest') : 'regex';
  return { good: statusFits && digestFits && matches, cause };
}
