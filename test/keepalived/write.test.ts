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
import { type HealthSettings, writeKeepalived } from '../../src/keepalived/write.js';

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

describe('writing keepalived.conf', () => {
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
    for (const text of fc.sample(rules, { numRuns: 12, seed: 7 })) {
      const written = writeKeepalived(newDirector(text).services, {
        health: () => ({ ...health, check: 'TCP_CHECK' }),
      });
      // Weights may all be 0, and a sorry server's port need not be its service's: that is only warned of.
      writeFileSync(
        join(folder, 'k.conf'),
        written.replaceAll(/weight 0$/gm, 'weight 1').replaceAll(/sorry_server.*/g, ''),
      );
      const { status, stderr } = spawnSync('keepalived', ['-t', '-f', join(folder, 'k.conf')], {
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([0, '']);
    }
    rmSync(folder, { recursive: true });
  });

  it.skipIf(hasKeepalived)('is not installed, so that nothing is compared with it', () => {
    expect(hasKeepalived).toBe(false);
  });
});
