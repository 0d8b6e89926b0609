/**
 * Checkers in force: levels resolved, defaults filled in.
 */
import type {
  CheckerDraft,
  CheckerKind,
  ServerDraft,
  ServiceDraft,
  Timing,
  UrlDraft,
} from '../blocks/drafts.js';
import type { Checker, CheckerTiming } from '../configuration.js';

const DEFAULT_DELAY_SECONDS = 60;
const DEFAULT_TIMEOUT_SECONDS = 5;

/** Retries where no level says otherwise; 1 for kinds that are not here. */
const defaultRetries: Readonly<Partial<Record<CheckerKind, number>>> = {
  DNS_CHECK: 3,
  MISC_CHECK: 0,
};
const HTTP_RETRY_SECONDS = 3;

/**
 * The checkers of a server.
 *
 * @param server - The server.
 * @param service - Its service.
 * @param port - The server's port, for those that name none.
 * @param logAllFailures - Whether failures are logged where no checker says otherwise.
 * @returns The checkers, in order.
 */
export function checkersOf(
  server: ServerDraft,
  service: ServiceDraft,
  port: number,
  logAllFailures: boolean,
): Checker[] {
  return server.checkers.map((checker) => {
    const timing = timingOf(checker, [checker.timing, server.timing, service.timing]);
    return {
      kind: checker.kind,
      place: checker.place,
      timing,
      alpha: checker.alpha ?? server.alpha ?? service.alpha,
      logAllFailures: checker.logAllFailures ?? logAllFailures,
      address: checker.connectAddress ?? server.address,
      port: checker.connectPort ?? port,
      bind: {
        address: checker.bindAddress,
        port: checker.bindPort,
        interface: checker.bindInterface,
        fwmark: checker.fwmark,
      },
      http: httpOf(checker, server, service),
      misc: {
        script: checker.script,
        timeoutSeconds: checker.scriptTimeoutSeconds ?? timing.delayLoopSeconds,
        dynamic: checker.dynamic,
        user: checker.user,
      },
      dns: { type: checker.dnsType, name: checker.dnsName ?? '.' },
      smtp: { heloName: checker.heloName },
      udp: udpOf(checker),
    };
  });
}

function udpOf(checker: CheckerDraft): Checker['udp'] {
  const { payload, requireReply, reply, minReplyLength, maxReplyLength } = checker;
  return { payload, requireReply, reply, minReplyLength, maxReplyLength };
}

function httpOf(
  checker: CheckerDraft,
  server: ServerDraft,
  service: ServiceDraft,
): Checker['http'] {
  return {
    urls: checker.urls,
    protocol: checker.httpProtocol,
    fastRecovery: checker.fastRecovery,
    serverNameIndication: checker.serverNameIndication,
    virtualHost: checker.virtualHost ?? server.virtualHost ?? service.virtualHost,
  };
}

/** The first level that says something counts. */
function timingOf({ kind }: CheckerDraft, levels: readonly Timing[]): CheckerTiming {
  const first = (key: keyof Timing): number | undefined => {
    return levels.find((level) => level[key] !== undefined)?.[key];
  };
  const delayLoopSeconds = first('delayLoopSeconds') ?? DEFAULT_DELAY_SECONDS;
  return {
    delayLoopSeconds,
    retry: first('retry') ?? defaultRetries[kind] ?? 1,
    delayBeforeRetrySeconds:
      first('delayBeforeRetrySeconds') ?? defaultRetryDelay(kind, delayLoopSeconds),
    warmupSeconds: first('warmupSeconds') ?? delayLoopSeconds,
    connectTimeoutSeconds: first('connectTimeoutSeconds') ?? DEFAULT_TIMEOUT_SECONDS,
  };
}

function defaultRetryDelay(kind: CheckerKind, delayLoopSeconds: number): number {
  if (kind === 'DNS_CHECK') return delayLoopSeconds;
  return kind === 'HTTP_GET' || kind === 'SSL_GET' ? HTTP_RETRY_SECONDS : 1;
}

/**
 * The status codes that are good.
 *
 * @param url - The URL.
 * @returns First and last of each range: those that are configured, else 200–299.
 */
export function goodStatusCodes({ statusCodes }: UrlDraft): UrlDraft['statusCodes'] {
  return statusCodes.length > 0 ? statusCodes : [[200, 299]];
}
