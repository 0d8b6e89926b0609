/** Which addresses are the host's: its own, those of its prefixes, and no others. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DirectorHost } from '../../src/director/host.js';
import { IpAddress } from '../../src/ip-address.js';
import { sceneOf } from './support/scene.js';

const OWN = ['192.0.2.254', '10.0.0.254', '2001:db8::fe', 'fd00::fe', '192.0.2.9', '2001:db8::9'];
/** Each differs from one of the host's in one word, or in none. */
const OTHERS = [
  '192.0.2.253',
  '2001:db9::fe',
  '2001:db8:1::fe',
  '2001:db8:0:0:1::fe',
  '2001:db8::ff',
  'fd01::fe',
  '203.0.113.1',
  '203.0.114.1',
  '2001:db8:77:1::1',
  '2001:db8:78:1::1',
  // These have the bits of one of the host's in other places, so the same hash.
  '0:0:2001:db8::fe',
  '::c000:2fe',
  '0:0:fd00::fe',
];

const addresses = fc.array(fc.constantFrom(...OWN, ...OTHERS), { minLength: 2, maxLength: 30 });

function hostOf(withPrefixes: boolean): DirectorHost {
  const localPrefixes = [
    { address: '203.0.113.0', length: 24 },
    { address: '2001:db8:77::', length: 48 },
  ];
  const { director } = sceneOf('', {
    host: {
      client: { ipv4: '192.0.2.254', ipv6: '2001:db8::fe' },
      server: { ipv4: '10.0.0.254', ipv6: 'fd00::fe' },
      addresses: ['192.0.2.9', '2001:db8::9'],
      ...(withPrefixes && { localPrefixes }),
    },
  });
  return director['parts'].host;
}

function expected(text: string, withPrefixes: boolean): string {
  if (OWN.includes(text)) return 'own';
  const isInPrefix = text.startsWith('203.0.113.') || text.startsWith('2001:db8:77:');
  return withPrefixes && isInPrefix ? 'prefix' : 'foreign';
}

describe('the locality of an address', () => {
  it.each([true, false])('does not depend on what was asked before (prefixes: %s)', (prefixes) => {
    fc.assert(
      fc.property(addresses, fc.boolean(), (asked, byWords) => {
        const host = hostOf(prefixes);
        for (const text of asked) {
          const address = IpAddress.parse(text);
          const { family, word0, word1, word2, word3 } = address;
          const locality = expected(text, prefixes);
          if (byWords && family === 6) {
            expect(host.isLocal6(word0, word1, word2, word3)).toBe(locality !== 'foreign');
          }
          expect([text, host.localityOf(address)]).toEqual([text, locality]);
          if (byWords && family === 4) expect(host.isLocal4(word3)).toBe(locality !== 'foreign');
          const isThere = locality !== 'foreign';
          expect([host.isOwn(address), host.takes(address)]).toEqual([isThere, isThere]);
        }
      }),
    );
  });

  it('counts loopback addresses as its own, which it takes from no network', () => {
    const host = hostOf(true);
    for (const text of ['127.0.0.1', '127.9.9.9', '::1']) {
      const address = IpAddress.parse(text);
      expect([host.isOwn(address), host.takes(address)]).toEqual([true, false]);
    }
    expect(host.isOwn(IpAddress.parse('::2'))).toBe(false);
  });
});
