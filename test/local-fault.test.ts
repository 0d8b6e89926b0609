/** A machine that has run out of descriptors or memory takes no server out: the fault is its own. */
import { describe, expect, it, test } from 'vitest';
import { isLocalFault } from '../src/local-fault.js';
import { examine, server as patient, weights } from './health/patients.js';
import { client, makeService, server } from './services/support.js';

const CODES = ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'];
const coded = (code: string): Error => Object.assign(new Error(`connect ${code}`), { code });

describe.each(CODES)('%s', (code) => {
  it('does not count in outlier detection, and the next server is tried', () => {
    const { service } = makeService({
      servers: [server(1), server(2)],
      outlierDetection: { failures: 1, windowSeconds: 10, ejectionSeconds: 30 },
    });
    const failed: unknown[] = [];
    service.subscribe({ failed: (_connection, error) => failed.push(error) });
    const first = service.connect(client(1, 50_000));
    const next = first?.retry(coded(code));
    next?.fail(coded(code));

    expect(next?.server).not.toBe(first?.server);
    expect([...service.servers].map(({ suspended }) => suspended)).toEqual([false, false]);
    expect(failed).toHaveLength(2);
  });

  it('counts neither from a probe nor from a report', async () => {
    const { servers, checker, rounds } = examine([patient(1), patient(2)], {
      probe: () => Promise.reject(coded(code)),
    });
    await rounds(3);
    for (let n = 0; n < 3; n++) checker.report(patient(1), false, coded(code));

    expect(Object.values(weights(servers))).toEqual([1, 1]);
  });
});

test('what a server causes is no fault of this machine, and a cause counts as the error does', () => {
  expect(isLocalFault(coded('ECONNREFUSED'))).toBe(false);
  expect(isLocalFault('EMFILE')).toBe(false);
  expect(isLocalFault(undefined)).toBe(false);
  expect(isLocalFault(new TypeError('fetch failed', { cause: coded('EMFILE') }))).toBe(true);
  expect(isLocalFault(new TypeError('fetch failed', { cause: coded('ECONNRESET') }))).toBe(false);
});
