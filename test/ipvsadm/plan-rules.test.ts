/**
 * Plans between generated configurations, done on the library's own administration with the tool's `-E` and `-e`.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Administration } from '../../src/director/administration.js';
import { Director } from '../../src/director/director.js';
import { executeCommand } from '../../src/ipvsadm/execute.js';
import { parseCommand } from '../../src/ipvsadm/parse.js';
import { planRules } from '../../src/ipvsadm/plan-rules.js';
import { restoreAllRules } from '../../src/ipvsadm/restore.js';
import { saveRules } from '../../src/ipvsadm/save.js';
import { isUsable } from '../../src/model/real-server.js';
import type { Service } from '../../src/services/service.js';

function configuration(rules: string): Administration {
  const administration = new Director().dryRun();
  restoreAllRules(rules, administration);
  return administration;
}

const server = fc.record({
  host: fc.integer({ min: 1, max: 4 }),
  port: fc.constantFrom(80, 8080),
  weight: fc.constantFrom(0, 0, 1, 2),
  method: fc.constantFrom('-m', '-m', '-i', '-i --tun-type gue --tun-port 6080', '-g'),
  thresholds: fc.constantFrom('', ' -x 10', ' -x 10 -y 5'),
});
const settings = fc.constantFrom(
  '-s rr',
  '-s wlc',
  '-s sh -b sh-port',
  '-s mh -b flag-3',
  '-s rr -p 300',
  '-s rr -p 300 -M 255.255.255.0',
);
const name = fc.constantFrom(
  '-t 192.0.2.1:80',
  '-u 192.0.2.1:80',
  '--sctp-service 192.0.2.1:80',
  '-t 192.0.2.2:443',
  '-f 7',
  '-f 4294967295',
);
const service = fc.record({
  name,
  settings,
  servers: fc.uniqueArray(server, {
    maxLength: 5,
    selector: ({ host, port, method }) => `${host} ${method === '-m' ? port : 80}`,
  }),
});
const rules = fc
  .uniqueArray(service, { maxLength: 5, selector: (each) => each.name })
  .map((services) =>
    services
      .flatMap((each) => [
        `-A ${each.name} ${each.settings}`,
        ...each.servers.map(({ host, port, weight, method, thresholds }) => {
          const own = method === '-m' || each.name.startsWith('-f') ? port : 80;
          const endpoint = `10.0.0.${host}:${own}`;
          return `-a ${each.name} -r ${endpoint} ${method} -w ${weight}${thresholds}`;
        }),
      ])
      .join('\n'),
  )
  .filter((text) => {
    const names = text.split('\n').map((line) => line.replace(/ -[mig] .*| -s .*/, ''));
    return new Set(names).size === names.length;
  });

const usable = ({ servers }: Service): boolean => [...servers].some(isUsable);

describe('a plan', () => {
  it('makes the wanted configuration of the present one', () => {
    fc.assert(
      fc.property(rules, rules, (old, wanted) => {
        const present = configuration(old);
        const goal = configuration(wanted);
        for (const { rule } of planRules(present.services, goal.services)) {
          executeCommand(parseCommand(rule), present);
        }
        expect(saveRules(present.services)).toBe(saveRules(goal.services));
        expect(planRules(present.services, goal.services)).toEqual([]);
      }),
    );
  });

  it('never leaves a service without a usable server that has some before and after', () => {
    fc.assert(
      fc.property(rules, rules, (old, wanted) => {
        const present = configuration(old);
        const goal = configuration(wanted);
        const kept = [...present.services].filter((each) => {
          const after = goal.findService(each);
          return after !== undefined && usable(each) && usable(after);
        });
        for (const { rule } of planRules(present.services, goal.services)) {
          executeCommand(parseCommand(rule), present);
          expect(kept.filter((each) => !usable(each))).toEqual([]);
        }
      }),
    );
  });

  it('has one command for each difference, and clears nothing', () => {
    fc.assert(
      fc.property(rules, rules, (old, wanted) => {
        const steps = planRules(configuration(old).services, configuration(wanted).services);
        const subjects = steps.map((step) => `${step.service} ${step.server ?? ''}`);
        expect(new Set(subjects).size).toBe(subjects.length);
        const before = new Set(saveRules(configuration(old).services).split('\n'));
        const unchanged = saveRules(configuration(wanted).services)
          .split('\n')
          .filter((line) => line !== '' && before.has(line));
        const changed = new Set(steps.map(({ rule }) => rule.replace(/^-[AEDaed] /, '')));
        expect(unchanged.filter((line) => changed.has(line.replace(/^-[Aa] /, '')))).toEqual([]);
      }),
    );
  });

  it('is the same in whatever order servers were added', () => {
    const reversed = (text: string): string => {
      const lines = text.split('\n');
      const isServer = (line: string): boolean => line.startsWith('-a');
      const services = lines.filter((line) => !isServer(line));
      return [...services, ...lines.filter(isServer).toReversed()].join('\n');
    };
    const plan = (old: string, wanted: string): unknown =>
      planRules(configuration(old).services, configuration(wanted).services);
    fc.assert(
      fc.property(rules, rules, (old, wanted) => {
        expect(plan(reversed(old), reversed(wanted))).toEqual(plan(old, wanted));
      }),
    );
  });

  it('keeps the counters of what stays', () => {
    const present = configuration(
      '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m\n',
    );
    const goal = configuration(
      '-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -i -w 3\n',
    );
    const [before] = [...present.services].flatMap((each) => [...each.servers]);
    before?.open();
    for (const { rule } of planRules(present.services, goal.services)) {
      executeCommand(parseCommand(rule), present);
    }
    const [after] = [...present.services].flatMap((each) => [...each.servers]);
    expect(after).toBe(before);
    expect(after?.active).toBe(1);
  });

  it('compares each service and each server once', () => {
    const many = (weight: number): string =>
      Array.from({ length: 40 }, (_, s) =>
        [
          `-A -t 192.0.2.${s + 1}:80`,
          ...Array.from(
            { length: 50 },
            (__, r) => `-a -t 192.0.2.${s + 1}:80 -r 10.0.${s}.${r + 1}:80 -m -w ${weight}`,
          ),
        ].join('\n'),
      ).join('\n');
    const present = configuration(many(1));
    const goal = configuration(many(2));
    let reads = 0;
    for (const { servers } of present.services) {
      const get = servers.get.bind(servers);
      servers.get = (each) => {
        reads++;
        return get(each);
      };
    }
    expect(planRules(present.services, goal.services)).toHaveLength(2000);
    expect(reads).toBe(2000);
  });
});
