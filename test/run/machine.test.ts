/**
 * What a director needs of the machine.
 */
import { describe, expect, it } from 'vitest';
import { missingCapabilities } from '../../src/run/machine.js';

const NAMES = ['NET_ADMIN', 'CHOWN', 'DAC_OVERRIDE', 'KILL', 'SETGID', 'SETUID'];
const NUMBERS = [12, 0, 1, 5, 6, 7];

function statusWith(bits: readonly number[]): string {
  const set = bits.reduce((sum, bit) => sum + 2 ** bit, 0);
  return `CapPrm:\tffffffffffffffff\nCapEff:\t${set.toString(16).padStart(16, '0')}\nCapBnd:\t0\n`;
}

describe('capabilities', () => {
  it.each(NAMES)('names %s when it is missing', (name) => {
    const others = NUMBERS.filter((_, index) => NAMES[index] !== name);
    expect(missingCapabilities(statusWith(others))).toEqual([
      `the capability ${name} is missing: docker run --cap-add ${name}`,
    ]);
  });

  it('are enough with the six that are used, and with one when the engine runs as root', () => {
    expect(missingCapabilities(statusWith(NUMBERS))).toEqual([]);
    expect(missingCapabilities(statusWith([12]), 'root')).toEqual([]);
    expect(missingCapabilities(statusWith([0]), 'root')).toHaveLength(1);
  });
});
