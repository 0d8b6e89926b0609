/** Source NAT: which rule a connection meets, which port it gets, and how rules are replaced. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Firewall } from '../../src/conntrack/firewall.js';
import { chooseOwnPort } from '../../src/conntrack/source-nat-port.js';
import {
  checkedRule,
  sourceFor,
  type SourceNatRule,
} from '../../src/conntrack/source-nat-rules.js';
import { IpAddress } from '../../src/ip-address.js';
import { seededRandom } from '../../src/random.js';

const ADDRESSES = ['10.0.0.1', '10.0.0.2', 'fd00::1', 'fd00::2'];
const PROTOCOLS = { tcp: 6, udp: 17 } as const;

/** The ports of a port's class: the own one is taken from it when the client's is in use. */
const CLASSES = [
  [1, 511, 1, 511],
  [512, 1023, 600, 1023],
  [1024, 65_535, 1024, 65_535],
];

describe('the own port of a connection', () => {
  it('is that of the client while it is free, else a free one of its class', () => {
    const seeds = fc.integer();
    const clients = fc.oneof(
      fc.constantFrom(1, 511, 512, 599, 600, 1023, 1024, 65_535),
      fc.integer({ min: 1, max: 65_535 }),
    );
    fc.assert(
      fc.property(seeds, clients, fc.boolean(), (seed, client, isTaken) => {
        const random = seededRandom(seed);
        const [, , first, last] =
          CLASSES.find(([from, to]) => client >= from && client <= to) ?? [];
        const drawn: number[] = [];
        const asked = (port: number): boolean => {
          drawn.push(port);
          return isTaken && drawn.length <= 5;
        };
        const port = chooseOwnPort(client, asked, random);
        expect(drawn).toHaveLength(isTaken ? 6 : 1);
        expect([drawn[0], drawn.at(-1)]).toEqual([client, port]);
        for (const each of drawn.slice(1)) {
          expect(each).toBeGreaterThanOrEqual(first);
          expect(each).toBeLessThanOrEqual(last);
        }
      }),
    );
  });

  it('is of the whole class, its ends included, and none when all ports are taken', () => {
    for (const [client, , first, last] of CLASSES) {
      const low = chooseOwnPort(
        client,
        (port) => port === client && client !== first,
        () => 0,
      );
      expect(low).toBe(first);
      let drawn = 0;
      const isTaken = (): boolean => ++drawn === 1;
      expect(chooseOwnPort(client, isTaken, () => 1 - 2 ** -32)).toBe(last);
      expect(chooseOwnPort(client, () => true, seededRandom(client))).toBe(-1);
    }
  });
});

describe('the rule of a connection', () => {
  it('is the first one all of whose conditions it meets', () => {
    const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
      fc.option(value, { nil: undefined });
    const marks = fc.constantFrom(0, 1, 5, 0x8000_0001, 0xffff_ffff);
    const rules = fc.record({
      to: fc.constantFrom('masquerade', ...ADDRESSES),
      protocol: maybe(fc.constantFrom(...(Object.keys(PROTOCOLS) as (keyof typeof PROTOCOLS)[]))),
      mark: maybe(marks),
      mask: maybe(fc.constantFrom(0xffff_ffff, 0x8000_0000, 1, 0)),
      virtualAddress: maybe(fc.constantFrom(...ADDRESSES)),
      virtualPort: maybe(fc.constantFrom(80, 443)),
    });
    const subjects = fc.record({
      protocol: fc.constantFrom(6, 17),
      mark: marks,
      virtualAddress: fc.constantFrom(...ADDRESSES),
      virtualPort: fc.constantFrom(80, 443),
    });
    const meets =
      (rule: typeof rules extends fc.Arbitrary<infer R> ? R : never) =>
      (subject: typeof subjects extends fc.Arbitrary<infer S> ? S : never): boolean => {
        const { to, protocol, mark, mask = 0xffff_ffff, virtualAddress, virtualPort } = rule;
        return (
          (to === 'masquerade' || to.includes(':') === subject.virtualAddress.includes(':')) &&
          (protocol === undefined || PROTOCOLS[protocol] === subject.protocol) &&
          (mark === undefined || (BigInt(subject.mark) & BigInt(mask)) === BigInt(mark)) &&
          (virtualAddress ?? subject.virtualAddress) === subject.virtualAddress &&
          (virtualPort ?? subject.virtualPort) === subject.virtualPort
        );
      };
    fc.assert(
      fc.property(fc.array(rules, { maxLength: 6 }), subjects, (list, subject) => {
        const given = list.map(
          (rule) =>
            Object.fromEntries(
              Object.entries(rule).filter(([, value]) => value !== undefined),
            ) as unknown as SourceNatRule,
        );
        const virtualAddress = IpAddress.parse(subject.virtualAddress);
        const found = sourceFor(given.map(checkedRule), { ...subject, virtualAddress });
        expect(found?.toString()).toBe(list.find((rule) => meets(rule)(subject))?.to);
      }),
      { numRuns: 300 },
    );
  });
});

it('a rule looks at the masked bits of a mark, the highest one as any other', () => {
  const rule = checkedRule({ to: 'masquerade', mark: 0x8000_0000, mask: 0xf000_0000 });
  const virtualAddress = IpAddress.parse('10.0.0.1');
  const found = [0x8000_0005, 0x9000_0000, 0].map((mark) =>
    sourceFor([rule], { protocol: 6, mark, virtualAddress, virtualPort: 80 }),
  );
  expect(found).toEqual(['masquerade', undefined, undefined]);
});

describe('the rules of a firewall', () => {
  it('are replaced one by one, by none as well, and stay when they are not named', () => {
    const firewall = new Firewall({
      sourceNat: [{ to: 'masquerade' }],
      dropInvalid: ['input', 'forward'],
      verifyChecksums: false,
      connectionMark: (mark) => mark - 8,
    });
    const shown = (): unknown[] => [
      firewall.sourceRules.length,
      firewall.dropsInput,
      firewall.dropsForwarded,
      firewall.verifiesChecksums,
      firewall.connectionMark(7),
    ];
    firewall.set({});
    expect(shown()).toEqual([1, true, true, false, 0xffff_ffff]);
    firewall.set({ dropInvalid: ['forward'] });
    expect(shown()).toEqual([1, false, true, false, 0xffff_ffff]);
    firewall.set({ dropInvalid: [] });
    expect(shown()).toEqual([1, false, false, false, 0xffff_ffff]);
    firewall.set({ sourceNat: [], verifyChecksums: true });
    expect(shown()).toEqual([0, false, false, true, 0xffff_ffff]);
    firewall.set({ connectionMark: () => 3, dropInvalid: ['input'] });
    expect(shown()).toEqual([0, true, false, true, 3]);
  });

  it('stay as they were when one of the new ones is refused', () => {
    const firewall = new Firewall({ dropInvalid: ['input'] });
    const wrong = { sourceNat: [{ to: 'masquerade' }], dropInvalid: ['output'] } as never;
    expect(() => firewall.set(wrong)).toThrow('chain');
    expect([firewall.sourceRules.length, firewall.dropsInput]).toEqual([0, true]);
  });
});
