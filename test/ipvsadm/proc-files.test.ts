import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { Director } from '../../src/director/director.js';
import { procConnections, procServices, procStatistics } from '../../src/ipvsadm/proc-files.js';
import { restoreRules } from '../../src/ipvsadm/restore.js';
import { applyRules } from '../../src/operations/apply-rules.js';
import { understand } from '../../src/operations/understand.js';
import { Statistics } from '../../src/statistics/statistics.js';

const golden = (name: string): string => {
  const file = new URL(`../golden/ipvsadm/${encodeURIComponent(name)}.gz`, import.meta.url);
  return gunzipSync(readFileSync(file)).toString('utf8');
};

function directorWith(rules: string): Director {
  const director = new Director({ clock: new ManualClock() });
  restoreRules(rules, director);
  return director;
}

describe('/proc/net/ip_vs', () => {
  it('is written as recorded, servers newest first', () => {
    const director = directorWith(`-A -t 192.0.2.10:80 -s rr -p 40
-a -t 192.0.2.10:80 -r 10.0.0.2:80 -i
-a -t 192.0.2.10:80 -r 10.0.0.3:80 -m
`);
    expect(procServices(director.services).split('\n').slice(3)).toEqual([
      'TCP  C000020A:0050 rr  persistent 4000 FFFFFFFF',
      '  -> 0A000003:0050      Masq    1      0          0         ',
      '  -> 0A000002:0050      Tunnel  1      0          0         ',
      '',
    ]);
  });

  it('has IPv6 in full, its mask as the first byte, and marks in hexadecimal, last', () => {
    const director = directorWith(`-A -f 268439552
-A -t [2001:db8::1]:80 -s sh -p 300 -M 64
-a -t [2001:db8::1]:80 -r [2001:db8::2]:80
-A -u 192.0.2.1:53 -o
`);
    expect(procServices(director.services).split('\n').slice(3)).toEqual([
      'TCP  [2001:0db8:0000:0000:0000:0000:0000:0001]:0050 sh persistent 30000 40000000',
      '  -> [2001:0db8:0000:0000:0000:0000:0000:0002]:0050      Route   1      0          0         ',
      'UDP  C0000201:0035 wlc ops  ',
      'FWM  10001000 wlc ',
      '',
    ]);
  });

  it.each(['1-rich', '4-every-scheduler', '5-defaults'])(
    'gives itself back when it is read: %s',
    (name) => {
      const director = directorWith(golden(`${name}.rules`));
      const text = procServices(director.services);
      const copy = new Director({ clock: new ManualClock() });
      applyRules(understand(text), copy);
      expect(procServices(copy.services).replaceAll(' ops', '')).toBe(text.replaceAll(' ops', ''));
    },
  );
});

describe('/proc/net/ip_vs_conn', () => {
  it('is written as recorded, and read back', () => {
    const text = `Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
UDP CB0071FA 13CE C0A86525 13C4 0A08BFAD 13C4 UDP             299
UDP C6336484 0000 C0A86525 13C4 0A085E71 13C4 NONE            299 sip bb331a1127A@host.example
UDP 2001:0db8:de85:0000:0000:0000:0000:34e1 0000 fd00:0077:0000:0000:0000:0000:0000:0cdb 13C4 fd00:0010:dada:0000:0000:0000:0000:6c90 13C4 ASSURED         300 sip 185f99239eA@host.example
IP  C6336401 0000 00000007 0000 0A010002 0000 ASSURED         357
IP  2001:0db8:0000:0000:0000:0000:0000:0001 0000 0000:0007:0000:0000:0000:0000:0000:0000 0000 fd00:0010:0000:0000:0000:0000:0000:0009 0000 NONE             57
`;
    expect(procConnections(understand(text).connections)).toBe(text);
  });
});

it('an option of another name is refused for the file that would have it', () => {
  const options = { size: 1 } as never;
  expect(() => procServices([], options)).toThrow('Cannot list services');
});

describe('/proc/net/ip_vs_stats', () => {
  it('has five columns in hexadecimal, totals and rates', () => {
    const statistics = new Statistics();
    for (let count = 0; count < 255; count++) statistics.countIn(1000);
    statistics.tick();
    const text = procStatistics(statistics);
    expect(text).toBe(`   Total Incoming Outgoing         Incoming         Outgoing
   Conns  Packets  Packets            Bytes            Bytes
       0       FF        0            3E418                0

 Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
       0       20        0             7C83                0
`);
    expect(understand(text).total?.totals).toEqual(statistics.totals());
  });
});
