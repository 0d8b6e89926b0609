/**
 * Which probe makes the check of a checker.
 */
import { dnsProbe, type DnsType } from '../../health/node/dns-probe.js';
import { httpProbe } from '../../health/node/http-probe.js';
import { pingProbe } from '../../health/node/ping-probe.js';
import { scriptProbe } from '../../health/node/script-probe.js';
import { smtpProbe } from '../../health/node/smtp-probe.js';
import { tcpProbe } from '../../health/node/tcp-probe.js';
import { udpProbe } from '../../health/node/udp-probe.js';
import type { Probe } from '../../health/probe.js';
import type { Checker, ScriptCheck, UdpCheck } from '../configuration.js';
import type { CheckRequest } from '../machine/check-result.js';
import { goodStatusCodes } from '../resolve/checkers.js';
import { bodyTest } from './body-expression.js';

/**
 * Makes the probe of a check.
 *
 * @param request - The check.
 * @returns The probe; of a kind that others check, one that is always good.
 */
export function probeOf({ checker, url }: CheckRequest): Probe {
  switch (checker.kind) {
    case 'TCP_CHECK':
      return tcpProbe();
    case 'HTTP_GET':
    case 'SSL_GET':
      return probeOfUrl(checker, url);
    case 'MISC_CHECK':
      return probeOfScript(checker.misc);
    case 'DNS_CHECK':
      return dnsProbe({ type: checker.dns.type as DnsType, name: checker.dns.name });
    case 'SMTP_CHECK':
      return smtpProbe({ heloName: checker.smtp.heloName });
    case 'UDP_CHECK':
      return probeOfDatagram(checker.udp, checker.timing.connectTimeoutSeconds * 1000);
    case 'PING_CHECK':
      return pingProbe();
    default:
      return async () => Promise.resolve();
  }
}

/** keepalived looks at no certificate, and names the host in TLS only when it is asked to. */
function probeOfUrl({ kind, http }: Checker, index: number): Probe {
  const url = http.urls[index];
  const { path = '/', digest, virtualHost } = url;
  const host = virtualHost ?? http.virtualHost;
  const codes = goodStatusCodes(url);
  return httpProbe({
    path,
    tls: kind === 'SSL_GET',
    verifyCertificate: false,
    serverName: http.serverNameIndication ? (host ?? '') : '',
    ...(host !== undefined && { headers: { host } }),
    ...(digest !== undefined && { digest }),
    ...(url.regex !== undefined && { isGoodBody: bodyTest(url) }),
    isGoodStatus: (status) => codes.some(([first, last]) => status >= first && status <= last),
  });
}

function probeOfScript({ script, dynamic }: ScriptCheck): Probe {
  const words = [...(script?.command ?? '').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)];
  const [named = '', ...args] = words.map(([, double, single, plain]) => double ?? single ?? plain);
  return scriptProbe(script?.program ?? named, { args, dynamicWeight: dynamic });
}

function probeOfDatagram(check: UdpCheck, limitMs: number): Probe {
  const { payload, requireReply } = check;
  return udpProbe({
    ...(payload !== undefined && { payload: Buffer.from(payload, 'hex') }),
    quietMs: limitMs,
    ...(requireReply && { isGoodReply: (reply) => isGoodReply(reply, check) }),
  });
}

/** A reply has the right length, and is as it is written, up to the shorter of both. */
function isGoodReply(bytes: Uint8Array, { reply = '', ...check }: UdpCheck): boolean {
  if (bytes.length < check.minReplyLength || bytes.length > check.maxReplyLength) return false;
  const digits = Buffer.from(bytes).toString('hex');
  return [...reply.toLowerCase().slice(0, digits.length)].every(
    (digit, at) => digit === 'x' || digit === digits[at],
  );
}
