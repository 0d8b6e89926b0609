import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNumber } from '../../src/ipvsadm/columns.js';
import { listConnections } from '../../src/ipvsadm/list-connections.js';
import { IpAddress } from '../../src/ip-address.js';

/** The table of units as it is stated, in exact integers. */
function literalNumber(value: bigint): string {
  if (value < 10n ** 8n) return `${value}`.padStart(9);
  if (value < 10n ** 9n) return `${value / 10n ** 3n}K`.padStart(9);
  if (value < 10n ** 11n) return `${value / 10n ** 6n}M`.padStart(9);
  if (value < 10n ** 14n) return `${value / 10n ** 9n}G`.padStart(9);
  return `${value / 10n ** 12n}T`.padStart(9);
}

const numbers = fc
  .tuple(fc.nat({ max: 15 }), fc.integer({ min: -2, max: 9 }))
  .map(([power, step]) => Math.max(0, 10 ** power + step))
  .chain((near) => fc.oneof(fc.constant(near), fc.nat({ max: Number.MAX_SAFE_INTEGER })));

describe('a number of statistics', () => {
  it('is shortened as the table of units says', () => {
    fc.assert(
      fc.property(numbers, (value) => {
        expect(formatNumber(value, false)).toBe(literalNumber(BigInt(value)));
      }),
      { numRuns: 500 },
    );
  });

  it('is written in full when it is to be exact, with a blank before', () => {
    fc.assert(
      fc.property(numbers, (value) => {
        const text = String(value);
        expect(formatNumber(value, true)).toBe(text.length < 9 ? text.padStart(9) : ` ${text}`);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a row of connections', () => {
  const numeric = { columns: 'plain', numeric: true } as const;
  const address = IpAddress.parse('198.51.100.2');
  const rowOf = (
    row: Partial<Parameters<typeof listConnections>[0] extends Iterable<infer R> ? R : never>,
  ): string => {
    const whole = {
      protocol: 'tcp',
      origin: 'local',
      secondsLeft: 899,
      state: 'ESTABLISHED',
      clientAddress: address,
      clientPort: 5001,
      virtualAddress: IpAddress.parse('192.168.101.20'),
      virtualPort: 80,
      serverAddress: IpAddress.parse('10.2.0.8'),
      serverPort: 80,
    } as const;
    return listConnections([{ ...whole, ...row }], numeric).split('\n')[2];
  };

  it('has its columns where the head says', () => {
    expect(rowOf({})).toBe(
      'TCP 14:59  ESTABLISHED 198.51.100.2:5001  192.168.101.20:80  10.2.0.8:80',
    );
  });

  it('pushes the rest to the right when a column is too long', () => {
    expect(rowOf({ secondsLeft: 86399, state: 'ASSURED', clientPort: 0 })).toBe(
      'TCP 1439:59 ASSURED     198.51.100.2:0     192.168.101.20:80  10.2.0.8:80',
    );
  });

  it('shows a mark in place of the virtual address', () => {
    const template = { protocol: 'ip', virtualPort: 0 } as const;
    expect(rowOf({ ...template, fwmark: 7 })).toContain(' 0.0.0.7:0 ');
    const virtualAddress = IpAddress.parse('::');
    expect(rowOf({ ...template, virtualAddress, fwmark: 7 })).toContain(' [0:7::]:0 ');
    expect(rowOf({ ...template, virtualAddress, fwmark: 0xffffffff })).toContain('[ffff:ffff::]:0');
  });
});
