import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Director } from '../../src/director/director.js';
import { ManualClock } from '../../src/clock.js';
import { executeCommand } from '../../src/ipvsadm/execute.js';
import { IpAddress } from '../../src/ip-address.js';
import { parseCommand } from '../../src/ipvsadm/parse.js';
import { collectScript } from '../../src/operations/collect-script.js';
import { forecastDeparture } from '../../src/operations/departure-forecast.js';
import { createTwin, type Twin } from '../../src/operations/twin.js';
import { TWIN_FILES, twinFiles } from '../../src/operations/twin-files.js';
import { understand } from '../../src/operations/understand.js';
import { seededRandom } from '../../src/random.js';
import { encodePacket, TCP_FLAG } from '../../src/wire/index.js';

const golden = (name: string): string => {
  const file = new URL(`../golden/ipvsadm/${encodeURIComponent(name)}.gz`, import.meta.url);
  return gunzipSync(readFileSync(file)).toString('utf8');
};

/** What the script makes of clients. */
function hiddenClients(services: string, clients: readonly string[]): string[] {
  const awk = /awk '([^']*)'/.exec(collectScript())?.[1] ?? '';
  const rows = clients.map((client) => {
    const is6 = client.startsWith('[');
    return `TCP 14:58 ESTABLISHED ${client} ${is6 ? '[fd00:77::10]:443 [fd00:10::11]:443' : '192.0.2.1:80 10.0.0.1:80'}`;
  });
  const input = `IPVS connection entries\npro expire state source virtual destination\n${rows.join('\n')}\n`;
  const command = `printf '%s' "$SERVICES" > "$0"; awk "$AWK" "$0" connections=1 -; rm "$0"`;
  const file = join(tmpdir(), `ipvs-twin-${process.pid}`);
  const env = { ...process.env, AWK: awk, SERVICES: services === '' ? 'TCP\n' : services };
  const { stdout } = spawnSync('sh', ['-c', command, file], { input, encoding: 'utf8', env });
  return understand(stdout).connections.map(
    ({ clientAddress, clientPort }) => `${clientAddress}:${clientPort}`,
  );
}

const lines = (text: string): string[] => text.split('\n').toSorted();

function twinOf(text: string): Twin {
  return createTwin(understand(text, { kind: 'listing', newestFirst: true }));
}

function shown(director: Director, command: string): string {
  return executeCommand(parseCommand(command), director);
}

/** What the script collects of a director. */
function collected(director: Director): string {
  const commands = Object.values(TWIN_FILES).filter((command) => command.startsWith('ipvsadm'));
  return commands.map((command) => shown(director, command)).join('\n');
}

const PERSISTENT = `TCP  192.0.2.1:80 rr persistent 300
  -> 10.0.0.2:80                  Masq    1      0          0
  -> 10.0.0.1:80                  Masq    1      0          0
IPVS connection entries
pro expire state       source             virtual            destination
TCP 14:58  ESTABLISHED 198.51.100.1:4000  192.0.2.1:80       10.0.0.1:80
TCP 00:07  CLOSE       198.51.100.1:4001  192.0.2.1:80       10.0.0.1:80
TCP 04:50  ASSURED     198.51.100.1:0     192.0.2.1:80       10.0.0.1:80
`;

describe('a twin', () => {
  it.each(['1-rich', '2-tunnels', '4-every-scheduler', '5-defaults'])(
    'lists what the recorded director listed under traffic: %s',
    (name) => {
      const parts = [
        'Ln_--nosort',
        'Ln_--tun-info',
        'Ln_--thresholds',
        'Ln_--stats_--exact',
        'Lnc',
      ];
      const recorded = parts.map((part) => golden(`${name}.busy-${part}.txt`)).join('\n');
      const { director } = twinOf(recorded);
      const rows = lines(golden(`${name}.busy-Lnc.txt`));
      expect(lines(shown(director, '-L -n -c'))).toEqual(rows);
      expect(shown(director, '-L -n --stats --exact')).toBe(
        golden(`${name}.busy-Ln_--stats_--exact.txt`),
      );
      expect(shown(director, '-L -n --tun-info')).toBe(golden(`${name}.busy-Ln_--tun-info.txt`));
      expect(shown(director, '-L -n --persistent-conn')).toBe(
        golden(`${name}.busy-Ln_--persistent-conn.txt`),
      );
    },
  );

  it('of a twin is the same again', () => {
    const first = twinOf(PERSISTENT);
    const second = twinOf(collected(first.director));
    expect(collected(second.director)).toBe(collected(first.director));
  });

  it('goes on: timers run, and a template outlives its time while it has connections', () => {
    const { director, clock } = twinOf(PERSISTENT);
    clock.set(8000);
    director.advance();
    expect(director.table.size).toBe(2);
    clock.set(600_000);
    director.advance();
    expect(director.table.size).toBe(2);
    clock.set(1_000_000);
    director.advance();
    expect(director.table.size).toBe(0);
  });

  it('keeps the order of servers, on which schedulers depend', () => {
    const { director } = twinOf(PERSISTENT);
    const [service] = director.services;
    expect([...(service?.servers ?? [])].map(String)).toEqual(['10.0.0.2:80', '10.0.0.1:80']);
  });

  it('has settings of the kernel and timeouts', () => {
    const { director } = twinOf(
      `${PERSISTENT}Timeout (tcp tcpfin udp): 60 20 30\nnet.ipv4.vs.conn_reuse_mode = 0\n# uname -rv: 6.1\n`,
    );
    expect(director.tunables.get('conn_reuse_mode')).toBe(0);
    expect(director.timeouts.tcpSeconds).toBe(60);
  });

  it('is made of the files of its folder, in their order', () => {
    expect(twinFiles(['connections', 'services', 'notes.txt'])).toEqual([
      'services',
      'connections',
    ]);
  });
});

describe('the forecast of a departure', () => {
  it('says when a drained server is empty, and who breaks when it dies', () => {
    const { director, clock } = twinOf(PERSISTENT);
    const [departure] = forecastDeparture(director, clock, '10.0.0.1');
    expect(departure).toMatchObject({
      active: 1,
      inactive: 1,
      templates: 1,
      clients: ['198.51.100.1'],
      halfGoneSeconds: 7,
      connectionsGoneSeconds: 898,
    });
    // The template is armed again for a minute each time, until its connections are gone.
    expect(departure?.emptySeconds).toBeGreaterThan(898);
    expect(departure?.emptySeconds).toBeLessThan(898 + 62);
  });

  it('is that of the timers: nothing is left when it says so, and something just before', () => {
    const seconds = fc.array(fc.integer({ min: 2, max: 900 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(seconds, (left) => {
        const rows = left.map((each, index) => {
          const time = `${Math.floor(each / 60)}:${String(each % 60).padStart(2, '0')}`;
          return `TCP ${time} ESTABLISHED 198.51.100.1:${4000 + index} 192.0.2.1:80 10.0.0.1:80`;
        });
        const text = `TCP 192.0.2.1:80 rr\n -> 10.0.0.1:80 Masq 1 0 0\n${rows.join('\n')}\n`;
        const { director, clock } = twinOf(text);
        const [departure] = forecastDeparture(director, clock, '10.0.0.1:80');
        expect(departure?.connectionsGoneSeconds).toBe(Math.max(...left));
        const again = twinOf(text);
        again.clock.set(Math.max(...left) * 1000 - 1);
        again.director.advance();
        expect(again.director.table.size).toBeGreaterThan(0);
        again.clock.set(Math.max(...left) * 1000 + 1);
        again.director.advance();
        expect(again.director.table.size).toBe(0);
      }),
    );
  });
});

describe('the collecting script', () => {
  const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

  it.skipIf(!has('shellcheck'))(
    'has no finding of shellcheck (which is not installed: skipped)',
    () => {
      const { stdout, status } = spawnSync('shellcheck', ['-'], {
        input: collectScript(),
        encoding: 'utf8',
      });
      expect([stdout, status]).toEqual(['', 0]);
    },
  );

  it('hides clients, each behind one address', () => {
    const hidden = hiddenClients('', [
      '203.0.113.1:4000',
      '203.0.113.1:0',
      '[2001:db8::2]:5001',
      '203.0.113.0:7',
    ]);
    expect(hidden).toEqual(['198.18.0.1:4000', '198.18.0.1:0', '2001:2::1:5001', '198.18.0.2:7']);
  });

  it('hides clients of one network of a netmask in one network, and their templates with them', () => {
    const v4 = fc.tuple(fc.nat(2), fc.nat(3), fc.nat(255));
    const mask = fc.integer({ min: 1, max: 31 });
    const prefix = fc.integer({ min: 1, max: 127 });
    const clients = fc.array(v4, { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(mask, prefix, clients, (length, length6, list) => {
        const addresses = list.flatMap(([a, b, c]) => [
          IpAddress.parse(`203.${a}.${b}.${c}`),
          IpAddress.parse(`2001:db8:${a}:${b}::${c.toString(16)}`),
        ]);
        const lengthOf = ({ family }: IpAddress): number => (family === 4 ? length : length6);
        const networks = addresses.map((address) => address.prefix(lengthOf(address)));
        const netmask = IpAddress.fromIpv4((0xffffffff << (32 - length)) >>> 0);
        const services = `TCP 192.0.2.1:80 rr persistent 300 mask ${netmask}\nTCP [2001:db8::1]:80 rr persistent 300 mask ${length6}\n`;
        const written = [...addresses, ...networks].map((address) =>
          address.family === 4 ? `${address}:0` : `[${address}]:0`,
        );
        const hidden = hiddenClients(services, written).map((text) =>
          IpAddress.parse(text.replace(/:0$/, '')),
        );
        for (const [index, address] of addresses.entries()) {
          const template = hidden[index + addresses.length];
          expect(String(hidden[index]?.prefix(lengthOf(address)))).toBe(String(template));
        }
        const distinct = (texts: readonly IpAddress[]): number => new Set(texts.map(String)).size;
        expect(distinct(hidden)).toBe(distinct([...addresses, ...networks]));
      }),
      { numRuns: 25 },
    );
  });

  it('hides clients from no decision but those of sh and mh: the twin picks the servers that the director would', () => {
    const services = `TCP  192.0.2.1:80 wrr persistent 300 mask 255.255.255.0
  -> 10.0.0.1:80                  Masq    2      0          0
  -> 10.0.0.2:80                  Masq    1      0          0
TCP  192.0.2.1:81 wlc
  -> 10.0.0.1:81                  Masq    1      0          0
  -> 10.0.0.2:81                  Masq    3      0          0
`;
    const clients = fc.uniqueArray(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 254 })), {
      selector: ([network, host]) => network * 256 + host,
      minLength: 2,
      maxLength: 9,
    });
    const visit = fc.tuple(fc.nat(8), fc.constantFrom(80, 81));
    fc.assert(
      fc.property(clients, fc.array(visit, { maxLength: 20 }), (list, visits) => {
        const addresses = list.map(([network, host]) => `203.0.${network}.${host}`);
        const known = [...new Set(addresses.slice(1).map((each) => each.replace(/\.\d+$/, '.0')))];
        const hidden = hiddenClients(
          services,
          [...addresses, ...known].map((each) => `${each}:0`),
        ).map((text) => text.replace(/:0$/, ''));
        const picks = (of: readonly string[]): string[] => {
          const templates = of.slice(addresses.length).map((network, index) => {
            return `TCP 04:50  ASSURED     ${network}:0     192.0.2.1:80       10.0.0.${1 + (index % 2)}:80`;
          });
          const { director } = twinOf(
            `${services}IPVS connection entries\npro expire state source virtual destination\n${templates.join('\n')}\n`,
          );
          return visits.map(([client, port], index) => {
            const transport = {
              type: 'tcp',
              sourcePort: 1024 + index,
              destinationPort: port,
              flags: TCP_FLAG.SYN,
            } as const;
            const source = of[client % addresses.length] ?? '';
            return String(
              director.receive(encodePacket({ source, destination: '192.0.2.1', transport }))
                .server,
            );
          });
        };
        expect(picks(hidden)).toEqual(picks([...addresses, ...known]));
      }),
      { numRuns: 25 },
    );
  });
});

describe('a director without connections', () => {
  it('is empty at once', () => {
    const clock = new ManualClock();
    const director = new Director({ clock, random: seededRandom(1) });
    director.execute('-A -t 192.0.2.1:80');
    director.execute('-a -t 192.0.2.1:80 -r 10.0.0.1');
    expect(forecastDeparture(director, clock, '10.0.0.1')).toMatchObject([{ emptySeconds: 0 }]);
  });
});
