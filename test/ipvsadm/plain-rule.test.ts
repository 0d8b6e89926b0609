import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IpvsadmError } from '../../src/ipvsadm/error.js';
import { parseCommand } from '../../src/ipvsadm/parse.js';
import { PlainRuleReader } from '../../src/ipvsadm/plain-rule.js';

const digits = fc.integer({ min: 0, max: 255 }).map(String);
const odd = fc.constantFrom(
  '',
  '00',
  '01',
  '256',
  '65535',
  '65536',
  '2147483648',
  '999999999',
  '+1',
);
/** A usual value, seldom an odd one. */
const number = fc.oneof({ weight: 12, arbitrary: digits }, { weight: 1, arbitrary: odd });
const usually = (usual: string[], seldom: string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...seldom) },
  );
const endpoint = fc
  .tuple(number, number, usually([':'], ['', '.', ':0']), number)
  .map(([a, b, mark, port]) => `10.0.${a}.${b}${mark}${port}`);
const thresholds = fc.oneof(
  fc.constant(''),
  fc.tuple(number, number).map(([upper, lower]) => ` -x ${upper} -y ${lower}`),
  number.map((upper) => ` -x ${upper}`),
  number.map((lower) => ` -y ${lower}`),
);
/** Plain rules, and lines that are nearly plain. */
const rule = fc
  .tuple(
    usually(['-a -t ', '-a -u '], ['-a -f ', '-e -t ', ' -a -t ', '-a  -t ']),
    endpoint,
    endpoint,
    usually(['', ' -m', ' -g', ' -i'], [' -m -g', ' -b']),
    fc.oneof(
      fc.constant(''),
      number.map((weight) => ` -w ${weight}`),
    ),
    usually(['', ''], [' --tun-type ipip', ' --tun-type gue']),
    thresholds,
    usually([''], [' ', ' # note', ' -w 3']),
  )
  .map(([start, service, server, ...rest]) => `${start}${service} -r ${server}${rest.join('')}`);

function parsed(text: string): unknown {
  try {
    return parseCommand(text);
  } catch (error) {
    if (error instanceof IpvsadmError) return undefined;
    throw error;
  }
}

describe('A plain rule', () => {
  test('is the command that the whole reader makes of it, or is left to that', () => {
    let plain = 0;
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 5 }), (rules) => {
        const reader = new PlainRuleReader();
        for (const text of rules.flatMap((each) => [each, each])) {
          const command = reader.read(text);
          if (command === undefined) continue;
          plain++;
          expect(command).toEqual(parsed(text));
        }
      }),
      { numRuns: 500 },
    );
    expect(plain).toBeGreaterThan(20);
  });

  test.each([
    '-a -t 10.0.0.1:80 -r 192.168.0.1:8080 -m -w 3',
    '-a -u 10.0.0.1:53 -r 192.168.0.1:53 -g -w 0 -x 9 -y 3',
    '-a -t 10.0.0.1:80 -r 192.168.0.1:80 -i -w 1 --tun-type ipip -x 9',
  ])('is read without the whole reader: %s', (text) => {
    expect(new PlainRuleReader().read(text)).toEqual(parseCommand(text));
  });

  test('takes the protocol of its own line, also for the same address', () => {
    const reader = new PlainRuleReader();
    const [tcp, udp] = ['t', 'u'].map((letter) =>
      reader.read(`-a -${letter} 10.0.0.1:53 -r 192.168.0.1:53 -m`),
    );
    expect(tcp?.service).toMatchObject({ protocol: 'tcp' });
    expect(udp?.service).toMatchObject({ protocol: 'udp' });
  });
});
