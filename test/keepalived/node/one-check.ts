/**
 * One check of a checker on the loopback interface. Its time limit is that of manual timers: a test waits for what
 * happens, and then lets the limit pass.
 */
import { expect } from 'vitest';
import { type CheckResult, parseKeepalived } from '../../../src/keepalived/index.js';
import { nodeChecks } from '../../../src/keepalived/node/index.js';
import { ManualTimers } from '../../../src/timers.js';

/** A check under way. */
export interface RunningCheck {
  readonly result: Promise<CheckResult>;
  /** Lets the time limit of the check pass. */
  readonly endTime: () => void;
}

/** The time limit of checks, in seconds. */
const LIMIT_SECONDS = 5;

/** A port of TCP and UDP at which no server listens: tcpmux, long out of use. */
export const CLOSED_PORT = 1;

/** Where a check goes to. */
export function at(port: number, address = '127.0.0.1'): string {
  return `connect_ip ${address}\nconnect_port ${port}\nconnect_timeout ${LIMIT_SECONDS}`;
}

/**
 * Begins a check.
 *
 * @param check - The block of the checker, as keepalived.conf has it.
 * @param server - Further lines of its real server.
 */
export function begin(check: string, server = ''): RunningCheck {
  const { configuration, messages } = parseKeepalived(
    `virtual_server 192.0.2.1 80 {
      lb_algo rr\nlb_kind NAT\nprotocol TCP\nvirtualhost service.example
      real_server 10.0.0.1 80 {\n${server}\n${check}\n}
    }`,
  );
  expect(messages.filter(({ severity }) => severity !== 'warning')).toEqual([]);
  const [service] = configuration.services;
  const [real] = service.servers;
  const [checker] = real.checkers;
  const timers = new ManualTimers();
  const request = { checker, server: real, service, url: 0 };
  const result = new Promise<CheckResult>((resolve) => {
    nodeChecks({ timers })(request, resolve);
  });
  return { result, endTime: () => timers.advance(LIMIT_SECONDS * 1000 + 1000) };
}

/** Makes a check and waits for its end. */
export async function run(check: string, server = ''): Promise<CheckResult> {
  return begin(check, server).result;
}
