import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { Director } from '../../src/director/director.js';
import { IpAddress } from '../../src/ip-address.js';
import { saveRules } from '../../src/ipvsadm/save.js';
import { applyRules } from '../../src/operations/apply-rules.js';
import { TextError } from '../../src/operations/text-error.js';
import { understand, type UnderstandOptions } from '../../src/operations/understand.js';
import { seededRandom } from '../../src/random.js';
import { LISTINGS, REFUSED, SCRIPTS } from './texts.js';

function emptyDirector(): Director {
  return new Director({
    clock: new ManualClock(),
    random: seededRandom(1),
  });
}

function rulesOf(text: string, options: UnderstandOptions = {}): string {
  const director = emptyDirector();
  applyRules(understand(text, options), director);
  return saveRules(director.services);
}

function refusalOf(text: string): unknown {
  try {
    return understand(text);
  } catch (error) {
    return error;
  }
}

describe('what is pasted is understood', () => {
  it.each(SCRIPTS)('a script with $feature', ({ text, rules }) => {
    expect(understand(text).kind).toBe('script');
    expect(rulesOf(text)).toBe(rules);
  });

  it.each(LISTINGS)('$feature', ({ text, rules }) => {
    expect(understand(text).kind).toBe('listing');
    expect(rulesOf(text)).toBe(rules);
  });
});

describe('settings of the kernel', () => {
  it.each([
    'net.ipv4.vs.drop_entry = 1',
    'net/ipv4/vs/drop_entry=1',
    '-net.ipv4.vs.drop_entry = 1',
    '/proc/sys/net/ipv4/vs/drop_entry:1',
    '  net.ipv4.vs.drop_entry: 1',
    'net.ipv4.vs.drop_entry: "1"',
  ])('%s', (line) => {
    const { kind, tunables } = understand(`# of a director\n${line}\n`);
    expect(kind).toBe('sysctl');
    expect(tunables).toEqual([{ name: 'net.ipv4.vs.drop_entry', value: '1', line: 2 }]);
  });
});

describe('settings of a host', () => {
  it('are those of the network that can be set; others are passed over with a warning', () => {
    const text = `net.ipv4.conf.default.rp_filter = 2
net.ipv4.conf.*.rp_filter = 2
-net.ipv4.conf.all.rp_filter
vm.swappiness = 10
net.netfilter.nf_conntrack_count = 7
net.ipv4.tcp_available_congestion_control = reno cubic
net.ipv4.ip_local_reserved_ports =
net.ipv4.vs.conntrack = 1
`;
    const { kind, tunables, hostSettings, warnings } = understand(text);
    expect(kind).toBe('sysctl');
    expect(tunables.map(({ line }) => line)).toEqual([8]);
    expect(hostSettings?.map(({ line }) => line)).toEqual([1, 7]);
    expect(warnings).toEqual([{ line: 2, text: expect.stringContaining('net.ipv4.conf.*') }]);
  });

  it('may begin with a name that patterns do not set', () => {
    const text = '-net.ipv4.conf.all.rp_filter\nnet.ipv4.vs.conntrack = 1\n';
    expect(understand(text)).toMatchObject({ kind: 'sysctl', warnings: [] });
  });
});

describe('a text quoted in a mail is understood as the text itself', () => {
  it.each([...SCRIPTS, ...LISTINGS])('$feature', ({ text, rules }) => {
    const quoted = text.replace(/^(?=.)/gm, '> ');
    expect(rulesOf(quoted)).toBe(rules);
    expect(rulesOf(quoted.replace(/^(?=.)/gm, '>'))).toBe(rules);
  });

  it('but not when only some lines are quoted', () => {
    expect(() => rulesOf('> -A -t 192.0.2.1:80\n-A -t 192.0.2.1:81\n')).toThrow();
  });
});

describe('rules that were printed on a terminal', () => {
  const rules = '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1\n';

  it.each([
    '$ ipvsadm-save -n',
    '[root@lb1 ~]# ipvsadm -Sn',
    'root@lb1:/etc# cat /etc/ipvsadm.rules',
    '/ # ipvsadm -Sn',
    'bash-5.1# ipvsadm -Sn',
    'lb1:~ # /sbin/ipvsadm -S -n',
    'lb1# sudo ipvsadm -Sn',
  ])('are read behind %j', (prompt) => {
    const { kind, rules: read } = understand(`${prompt}\n${rules}${prompt}\n`);
    expect(kind).toBe('ipvsadm');
    expect([...read].map(({ line }) => line)).toEqual([2, 3]);
    expect(rulesOf(`${prompt}\r\n${rules.replaceAll('\n', '\r\n')}`)).toBe(rules);
  });

  it('are what the commands before made, and the start of those behind', () => {
    const before = 'root@lb1:~# ipvsadm -A -t 192.0.2.1:80 -s rr\nroot@lb1:~# ipvsadm -Sn\n';
    const behind = 'root@lb1:~# ipvsadm -E -t 192.0.2.1:80 -s wlc\nroot@lb1:~# exit\nlogout\n';
    expect(rulesOf(`${before}${rules}${behind}`)).toBe(rules.replace('-s rr', '-s wlc'));
  });

  it('are not the next line of a command that goes on there', () => {
    const text = 'u@lb1:~$ ipvsadm \\\n  -A -t 192.0.2.1:80 -s rr\nu@lb1:~$ exit\n';
    expect(rulesOf(text)).toBe('-A -t 192.0.2.1:80 -s rr\n');
  });

  it.each([
    '# ipvsadm -Sn',
    '/sbin/modprobe ip_vs # before ipvsadm',
    'if true; then\nmodprobe ip_vs\nfi # ipvsadm is there',
    'cat <<E | ipvsadm -R\n-A -t 192.0.2.1:80 -s rr\nE',
  ])('are not behind %j, which a script has', (lines) => {
    const text = `${lines}\nipvsadm -A -t $VIP:81 -s rr\n`;
    expect(rulesOf(`VIP=192.0.2.1\n${text}`)).toContain('-A -t 192.0.2.1:81 -s rr\n');
  });
});

describe('a text copied from a page', () => {
  it('may have blanks that do not break', () => {
    const text = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  192.0.2.1:80 rr
  -> 10.0.0.1:80                  Route   1      0          0
`.replaceAll(' ', '\u00A0');
    expect(understand(text)).toMatchObject({ kind: 'listing', warnings: [] });
    expect(rulesOf(text)).toBe(rulesOf(text.replace(/^.*\n.*\n.*\n/, '')));
  });

  it('may have fences of tildes', () => {
    const rules = '-A -t 192.0.2.1:80 -s rr\n';
    expect(rulesOf(`These:\n~~~\n${rules}~~~\nare mine.\n`)).toBe(rules);
  });
});

describe('what is not understood is refused by name', () => {
  it.each(REFUSED)('$feature', ({ text, line, found, allowed }) => {
    const error = refusalOf(text) as TextError;
    expect(error).toBeInstanceOf(TextError);
    expect(error.code).toBe('ERR_TEXT');
    expect(error.line).toBe(line);
    expect(error.found).toMatch(found);
    expect(error.allowed).toMatch(allowed);
    expect(error.message).toContain('expected ');
  });
});

describe('a script', () => {
  it('has each rule in the line where it is written', () => {
    const text = 'VIP=192.0.2.1\n\nipvsadm -R <<E\n-A -t $VIP:80\n\n-a -t $VIP:80 -r 10.0.0.1\nE\n';
    expect([...understand(text).rules].map(({ line }) => line)).toEqual([4, 6]);
  });

  it('is asked to start, unless other arguments are given', () => {
    const text = 'case $1 in b) ipvsadm -C;; m) ipvsadm -A -t 192.0.2.1:80 -s rr;; esac';
    expect(rulesOf(text, { parameters: ['m'] })).toBe('-A -t 192.0.2.1:80 -s rr\n');
  });

  it('may delete what is not there, and says so', () => {
    const text = 'IP=192.0.2.1\nipvsadm -D -t $IP:80\nipvsadm -A -t $IP:80\n';
    const said = applyRules(understand(text), emptyDirector());
    expect(said).toEqual([{ line: 2, text: 'No such service, so nothing was deleted' }]);
  });

  it('changes settings of the kernel', () => {
    const text =
      'sysctl -w net.ipv4.vs.conn_reuse_mode=0\necho 1 > /proc/sys/net/ipv4/vs/expire_nodest_conn\n';
    expect(understand(text, { kind: 'script' }).tunables).toEqual([
      { name: 'net.ipv4.vs.conn_reuse_mode', value: '0', line: 1 },
      { name: 'net.ipv4.vs.expire_nodest_conn', value: '1', line: 2 },
    ]);
  });
});

describe('listings', () => {
  it('resolve host names when the caller does', () => {
    const hosts = (name: string) =>
      name === 'lb.example.com' ? IpAddress.parse('192.0.2.1') : undefined;
    expect(rulesOf('TCP  lb.example.com:http rr\n', { hosts })).toBe('-A -t 192.0.2.1:80 -s rr\n');
  });

  it('say what they leave out', () => {
    const stats =
      'Prot LocalAddress:Port Conns InPkts OutPkts InBytes OutBytes\nTCP 192.0.2.1:80 1 2 3 4 5\n';
    const kernel = 'TCP  C0000201:0050 rr  persistent 36000 FFFFFFFF\n';
    expect(understand(stats).warnings.map(({ text }) => text)).toEqual([
      expect.stringContaining('taken as wlc'),
    ]);
    expect(understand(kernel).warnings.map(({ text }) => text)).toEqual([
      expect.stringContaining('shows no thresholds'),
      expect.stringContaining('100 a second'),
    ]);
  });

  it('have timeouts in the ticks of the kernel that wrote them', () => {
    const text = 'TCP  C0000201:0050 rr  persistent 75000 FFFFFFFF\n';
    expect(rulesOf(text, { ticksPerSecond: 250 })).toBe('-A -t 192.0.2.1:80 -s rr -p 300\n');
  });

  it('may have the names of ports that Red Hat writes', () => {
    const names = ['pcsync-https', 'msft-gc', 'msft-gc-ssl', 'XmlIpcRegSvc', 'memcache', 'http'];
    const text = names
      .map((name) => `TCP  192.0.2.1:${name} rr\nUDP  [2001:db8::1]:ntp rr\n`)
      .join('');
    const ports = [...rulesOf(text).matchAll(/:(\d+) -s/g)].map(([, port]) => Number(port));
    expect(ports).toEqual([80, 3268, 3269, 8443, 9092, 11211, 123]);
    expect(() => rulesOf('TCP  192.0.2.1:msft rr\n')).toThrow('no TCP service is named msft');
  });

  it('of the same form are of one time each, and the last one counts', () => {
    const title = 'IP Virtual Server version 1.2.1 (size=4096)\n';
    const plain = `${title}Prot LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port  Forward Weight ActiveConn InActConn\n`;
    const thresholds = `${title}Prot LocalAddress:Port Uthreshold Lthreshold\n  -> RemoteAddress:Port\n`;
    const server = (address: string, columns: string) => `  -> ${address}:80  ${columns} 0 0\n`;
    const service = 'TCP  192.0.2.1:80 rr\n';
    const before = `${plain}${service}${server('10.0.0.1', 'Masq 1')}${server('10.0.0.2', 'Masq 1')}TCP  192.0.2.9:80 rr\n`;
    const limits = `${thresholds}${service}${server('10.0.0.2', '9 5')}`;
    const after = `${plain}${service}${server('10.0.0.2', 'Masq 3')}`;
    const rules = '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 3';
    expect(rulesOf(before + after)).toBe(`${rules}\n`);
    expect(rulesOf(before + limits + after + limits)).toBe(`${rules} -x 9 -y 5\n`);
    expect(understand(before + after).warnings).toEqual([
      { line: 10, text: expect.stringContaining('the same listing again') },
    ]);
    const one = (text: string) => text.replace(title, '');
    expect(rulesOf(one(before) + one(after))).toContain('-r 10.0.0.1:80');
  });

  it('may have the command in front that printed them', () => {
    const text =
      '[root@lb ~]# ipvsadm -Ln\nIP Virtual Server version 1.2.1 (size=4096)\nTCP  192.0.2.1:80 rr\nu@lb$ date\n';
    expect(understand(text).warnings).toEqual([]);
  });

  it('pass over other lines with a warning', () => {
    const { warnings } = understand('TCP  192.0.2.1:80 rr\nthat is all\n');
    expect(warnings).toEqual([
      { line: 2, text: expect.stringContaining("'that is all'") as string },
    ]);
  });

  it('have the connections of -c and of the kernel alike', () => {
    const shown = `pro expire state       source             virtual            destination
TCP 14:58  ESTABLISHED 198.51.100.3:4002  192.0.2.1:80       10.1.0.3:82
IP  05:57  ASSURED     198.51.100.1:0     0.0.0.7:0          10.1.0.2:0
TCP 01:59  FIN_WAIT    [2001:db8::3]:5002 [fd00:77::10]:443  [fd00:10::11]:443
`;
    const kernel = `Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
TCP C6336403 0FA2 C0000201 0050 0A010003 0052 ESTABLISHED     898
IP  C6336401 0000 00000007 0000 0A010002 0000 ASSURED         357
TCP 2001:0db8:0000:0000:0000:0000:0000:0003 138A fd00:0077:0000:0000:0000:0000:0000:0010 01BB fd00:0010:0000:0000:0000:0000:0000:0011 01BB FIN_WAIT        119
`;
    expect(understand(shown).connections).toHaveLength(3);
    expect(understand(kernel).connections).toEqual(understand(shown).connections);
  });

  it('have the traffic of the whole director', () => {
    const text = `   Total Incoming Outgoing         Incoming         Outgoing
   Conns  Packets  Packets            Bytes            Bytes
 16AA370 E33656E5        0     51D8C8883AB3        0

 Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
       4    1FB3C        0          1282A8F                0
`;
    expect(understand(text).total).toEqual({
      totals: {
        connections: 0x16aa370,
        packetsIn: 0xe33656e5,
        packetsOut: 0,
        bytesIn: 0x51d8c8883ab3,
        bytesOut: 0,
      },
      rates: { connections: 4, packetsIn: 0x1fb3c, packetsOut: 0, bytesIn: 0x1282a8f, bytesOut: 0 },
    });
  });

  it('have the traffic of all CPUs in its sum', () => {
    const text = `       Total Incoming Outgoing         Incoming         Outgoing
CPU    Conns  Packets  Packets            Bytes            Bytes
  0        0        3        1               9D               34
  1        1        4        6               ED              15A
  ~        1        7        7              18A              18E

     Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
           0        0        0                0                0
`;
    const { total } = understand(text);
    expect(total?.totals).toEqual({
      connections: 1,
      packetsIn: 7,
      packetsOut: 7,
      bytesIn: 394,
      bytesOut: 398,
    });
    expect(total?.rates?.connections).toBe(0);
  });
});
