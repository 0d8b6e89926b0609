import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Director } from '../../src/director/director.js';
import { restoreAllRules, saveRules } from '../../src/ipvsadm/index.js';
import { loadConfiguration } from '../../src/keepalived/load.js';
import { formatMessage } from '../../src/keepalived/messages.js';
import { parseKeepalived } from '../../src/keepalived/parse.js';
import {
  type HealthSettings,
  type WritableService,
  writeKeepalived,
} from '../../src/keepalived/write.js';

function newDirector(rules = ''): Director {
  const director = new Director();
  restoreAllRules(rules, director);
  return director;
}

function sorted(director: Director): string[] {
  return saveRules(director.services).trim().split('\n').sort();
}

const method = fc.constantFrom(
  '-m',
  '-g',
  '-i',
  '-i --tun-type gue --tun-port 6080 --tun-csum',
  '-i --tun-type gre --tun-csum',
);
const server = fc.record({
  method,
  weight: fc.nat(100),
  upper: fc.constantFrom(0, 20),
  lower: fc.constantFrom(0, 10),
});
const service = fc.record({
  kind: fc.constantFrom('-t', '-u', '-f'),
  scheduler: fc.constantFrom('rr', 'wlc', 'sh -b sh-port', 'mh -b mh-fallback', 'fo'),
  persistence: fc.constantFrom('', ' -p 60', ' -p 60 --pe sip', ' -p 300 -M 255.255.255.0'),
  ops: fc.boolean(),
  servers: fc.array(server, { minLength: 1, maxLength: 4 }),
});

/** Rules of some services, in ipvsadm's language. */
const rules = fc.array(service, { minLength: 1, maxLength: 3 }).map((list) =>
  list
    .flatMap(({ kind, scheduler, persistence, ops, servers }, i) => {
      const name = kind === '-f' ? `-f ${i + 1}` : `${kind} 192.0.2.${i + 1}:80`;
      const once = ops && kind !== '-t' ? ' -o' : '';
      return [
        `-A ${name} -s ${scheduler}${persistence}${once}`,
        ...servers.map(({ method: how, weight, upper, lower }, j) => {
          const port = kind === '-f' ? 0 : how === '-m' ? 8080 : 80;
          const limits = upper === 0 ? '' : ` -x ${upper} -y ${lower}`;
          return `-a ${name} -r 10.0.${i}.${j + 1}:${port} ${how} -w ${weight}${limits}`;
        }),
      ];
    })
    .join('\n'),
);

const health: HealthSettings = {
  check: 'HTTP_GET',
  path: '/health check',
  quorum: 1,
  hysteresis: 0,
  sorryServer: { address: '10.0.9.9', port: 80 },
  inhibitOnFailure: true,
};

/** How servers are checked; quorum and hysteresis as parts of the weight of all. */
const settings = fc.record({
  check: fc.constantFrom('TCP_CHECK', 'HTTP_GET', 'SSL_GET', 'PING_CHECK', 'none'),
  path: fc.constantFrom('/', '/a b', '/x#y', '/!', 'health', '/$A/${B}', '/{}', '/\\\\'),
  delayLoopSeconds: fc.constantFrom(0.5, 1, 2.25, 60, 3600),
  connectTimeoutSeconds: fc.constantFrom(0.1, 1, 30),
  retry: fc.integer({ min: 1, max: 5 }),
  delayBeforeRetrySeconds: fc.constantFrom(0, 0.25, 3),
  quorum: fc.double({ min: 0, max: 1, noNaN: true }),
  hysteresis: fc.double({ min: 0, max: 1, noNaN: true }),
  sorryPort: fc.constantFrom(undefined, 80),
  inhibitOnFailure: fc.boolean(),
});

function healthOf(
  {
    quorum: part,
    hysteresis: share,
    sorryPort,
    ...rest
  }: typeof settings extends fc.Arbitrary<infer T> ? T : never,
  service: WritableService,
): HealthSettings {
  const total = [...service.servers].reduce((sum, { weight }) => sum + weight, 0);
  const quorum = Math.max(1, Math.floor(part * total));
  return {
    ...rest,
    quorum,
    // With a higher sum than that of all weights the sorry server would do the work from the start.
    hysteresis: Math.floor(share * Math.max(0, Math.min(quorum - 1, total - quorum))),
    ...(sorryPort !== undefined && { sorryServer: { address: '10.0.9.9', port: sorryPort } }),
  };
}

describe('writing keepalived.conf', () => {
  it('is read back with the same rules and the same checks, however servers are checked', () => {
    fc.assert(
      fc.property(rules, settings, (text, drawn) => {
        const director = newDirector(text);
        const written = writeKeepalived(director.services, {
          health: (service) => healthOf(drawn, service),
        });
        const { configuration, messages } = parseKeepalived(written);
        expect(messages.filter(({ severity }) => severity === 'error')).toEqual([]);
        const again = newDirector();
        loadConfiguration(configuration, again);
        expect(sorted(again)).toEqual(sorted(director));
        const services = [...director.services];
        for (const [index, read] of configuration.services.entries()) {
          const service = services[index];
          const wanted = healthOf(drawn, service);
          const total = [...service.servers].reduce((sum, { weight }) => sum + weight, 0);
          if (total > 0)
            expect(read).toMatchObject({ quorum: wanted.quorum, hysteresis: wanted.hysteresis });
          expect(read.sorryServer === undefined).toBe(wanted.sorryServer === undefined);
          for (const { checkers, inhibitOnFailure } of read.servers) {
            expect(inhibitOnFailure).toBe(wanted.inhibitOnFailure);
            if (wanted.check === 'none') expect(checkers).toEqual([]);
            for (const checker of checkers) {
              expect(checker.timing).toMatchObject({
                delayLoopSeconds: wanted.delayLoopSeconds,
                connectTimeoutSeconds: wanted.connectTimeoutSeconds,
                retry: wanted.retry,
                delayBeforeRetrySeconds: wanted.delayBeforeRetrySeconds,
              });
              expect(checker.kind).toBe(wanted.check);
              for (const { path } of checker.http.urls) expect(path).toBe(wanted.path);
            }
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is read back as the same rules', () => {
    fc.assert(
      fc.property(rules, (text) => {
        const director = newDirector(text);
        const { configuration, messages } = parseKeepalived(writeKeepalived(director.services));
        const again = newDirector();
        expect(messages.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(loadConfiguration(configuration, again)).toEqual([]);
        expect(sorted(again)).toEqual(sorted(director));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the order of servers', () => {
    const director = newDirector(
      '-A -t 192.0.2.1:80\n-a -t 192.0.2.1:80 -r 10.0.0.1 -m\n-a -t 192.0.2.1:80 -r 10.0.0.2 -m',
    );
    const again = newDirector();
    loadConfiguration(parseKeepalived(writeKeepalived(director.services)).configuration, again);
    expect(saveRules(again.services)).toBe(saveRules(director.services));
  });

  it('writes how servers are checked', () => {
    const director = newDirector('-A -t 192.0.2.1:80\n-a -t 192.0.2.1:80 -r 10.0.0.1 -m');
    const { configuration, messages } = parseKeepalived(
      writeKeepalived(director.services, { health: () => health }),
    );
    expect(messages.map(formatMessage)).toEqual([]);
    const [written] = configuration.services;
    expect(written).toMatchObject({ quorum: 1, hysteresis: 0 });
    expect(String(written?.sorryServer?.address)).toBe('10.0.9.9');
    expect(written?.servers[0]?.inhibitOnFailure).toBe(true);
    expect(written?.servers[0]?.checkers[0]).toMatchObject({
      kind: 'HTTP_GET',
      timing: { retry: 2, delayLoopSeconds: 6 },
    });
    expect(written?.servers[0]?.checkers[0]?.http.urls[0]?.path).toBe('/health check');
  });

  it('refuses a path that cannot be quoted', () => {
    const director = newDirector('-A -t 192.0.2.1:80\n-a -t 192.0.2.1:80 -r 10.0.0.1 -m');
    const write = (): string =>
      writeKeepalived(director.services, { health: () => ({ check: 'HTTP_GET', path: '/"' }) });
    expect(write).toThrow(RangeError);
  });
});

const hasKeepalived = spawnSync('keepalived', ['--version']).status === 0;

describe('the program itself (Debian package keepalived)', () => {
  it.skipIf(!hasKeepalived)('accepts what is written', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keepalived-'));
    // Many files in one run: each has addresses and marks of its own.
    const texts = fc
      .sample(rules, { numRuns: 60, seed: 7 })
      .map((text, k) =>
        text
          .replaceAll('192.0.2.', `198.18.${k}.`)
          .replaceAll(/-f (\d+)/g, (_, mark) => `-f ${10 * k + Number(mark)}`),
      );
    const drawn = fc.sample(settings, { numRuns: texts.length, seed: 7 });
    let count = 0;
    const written = writeKeepalived(newDirector(texts.join('\n')).services, {
      health: (service) => {
        const setting = drawn[count++ % drawn.length];
        // The port of a sorry server is that of its service.
        return healthOf(
          service.fwmark === 0 ? setting : { ...setting, sorryPort: undefined },
          service,
        );
      },
    });
    expect(count).toBeGreaterThan(texts.length);
    // That the weights of a service are all 0 is warned of.
    writeFileSync(join(folder, 'k.conf'), written.replaceAll(/weight 0$/gm, 'weight 1'));
    const { status, stderr } = spawnSync('keepalived', ['-t', '-f', join(folder, 'k.conf')], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
    rmSync(folder, { recursive: true });
  });

  it.skipIf(hasKeepalived)('is not installed, so that nothing is compared with it', () => {
    expect(hasKeepalived).toBe(false);
  });
});
