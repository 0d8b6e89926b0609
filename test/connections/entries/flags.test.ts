import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { ConnectionTable } from '../../../src/connections/connection-table.js';
import { isMasquerading, METHOD_BITS } from '../../../src/connections/entries/flags.js';
import { clientKey, oneServer } from '../support/fixtures.js';

it('an entry is masqueraded as its server is, whatever its other flags', () => {
  const methods = fc.constantFrom<'masquerading' | 'tunneling' | 'gatewaying'>(
    'masquerading',
    'tunneling',
    'gatewaying',
  );
  fc.assert(
    fc.property(methods, fc.nat({ max: 0x3fff }), (forwardingMethod, flags) => {
      const table = new ConnectionTable({ seed: 1 });
      const slot = table.insert(clientKey(1), 0, oneServer({ forwardingMethod }), 80);
      const method = table.flags(slot);
      expect(isMasquerading(method)).toBe(forwardingMethod === 'masquerading');
      expect(isMasquerading((flags & ~METHOD_BITS) | (method & METHOD_BITS))).toBe(
        forwardingMethod === 'masquerading',
      );
    }),
  );
});
