/** The sum of a translation as text. */
import { expect, test } from 'vitest';
import {
  type ServiceSum,
  sumText,
  type TranslationSum,
} from '../../src/cli/translate/translation-sum.js';

const traffic = {
  connections: 1_000_000,
  packetsIn: 123_456_789,
  packetsOut: 98_765_432,
  bytesIn: 12_345_678_901,
  bytesOut: 9_876_543_210,
};
const few = { connections: 1, packetsIn: 3, packetsOut: 1, bytesIn: 120, bytesOut: 40 };

function sumOf(service: string, server: string, figures: typeof few): TranslationSum {
  const servers = [{ server, method: 'masquerading', ...figures }];
  const sum: ServiceSum = { service, scheduler: 'wlc', servers, ...figures };
  return {
    ...{ format: 'ipvs-translation/2', packets: 1, written: 1, connections: 1, complete: true },
    ...{ verdicts: [], services: [sum], advice: [] },
  };
}

test.each([
  ['of IPv4', sumOf('TCP 192.0.2.1:80', '10.0.0.1:8080', few)],
  [
    'of IPv6 and large figures',
    sumOf('TCP [2001:db8:1:2:3:4:5:6]:80', '[2001:db8::1]:8080', traffic),
  ],
])('a table %s has no line of more than 80 columns', (_, sum) => {
  const lines = sumText(sum)
    .split('\n')
    .map(({ length }) => length);
  expect(Math.max(...lines)).toBeLessThanOrEqual(80);
});

test('names and figures are on one line where there is room, else on two', () => {
  expect(sumText(sumOf('TCP 192.0.2.1:80', '10.0.0.1:8080', few))).toMatch(
    /^ {2}-> 10\.0\.0\.1:8080 masquerading +1 +3 +1 +120 +40$/m,
  );
  expect(sumText(sumOf('mark 1', '[2001:db8::1]:8080', traffic))).toMatch(
    /^ {2}-> \[2001:db8::1\]:8080 masquerading\n +1,000,000 /m,
  );
});
