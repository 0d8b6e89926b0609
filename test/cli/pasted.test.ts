import { describe, expect, test } from 'vitest';
import { ipvs, temporaryFolder } from './support.js';

const file = temporaryFolder();

const kernel = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  C0000216:0CEA wlc  
  -> C6336418:0CEA      Tunnel  0      0          0         
  -> C6336416:0CEA      Tunnel  100    248        2         
`;
const listing = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  192.0.2.10:6443 rr persistent 360
  -> 198.51.100.87:6443           Route   1      0          0         
  -> 198.51.100.185:6443          Route   1      12         3         
`;
const connections = `IPVS connection entries
pro expire state       source             virtual            destination
TCP 14:58  ESTABLISHED 203.0.113.9:4002   192.0.2.10:6443    198.51.100.87:6443
TCP 05:50  ASSURED     203.0.113.9:0      192.0.2.10:6443    198.51.100.87:6443
`;
const script = 'VIP=192.0.2.1\nipvsadm -A -t $VIP:80 -s rr\nipvsadm -a -t $VIP:80 -r 10.0.0.1 -g\n';

describe('ipvs admin', () => {
  test('gives back a listing as it is, its counters included', async () => {
    expect(await ipvs(['admin'], { input: listing })).toEqual({ code: 0, out: listing, err: '' });
  });

  test('has the connections of a listing, and their templates', async () => {
    const input = listing + connections;
    expect((await ipvs(['admin', '--', '-L -n -c'], { input })).out).toBe(connections);
    const { out } = await ipvs(['admin', '--', '-L -n --persistent-conn'], { input });
    expect(out).toContain('198.51.100.87:6443           1         1           1          0');
  });

  test('reads /proc/net/ip_vs, and says what that does not show', async () => {
    const { out, err, code } = await ipvs(['admin', '-', '--', '-S -n'], { input: kernel });
    expect(out).toContain('-A -t 192.0.2.22:3306 -s wlc\n');
    expect(out).toContain('-r 198.51.100.22:3306 -i -w 100 --tun-type ipip\n');
    expect(err).toContain('standard input:4: /proc/net/ip_vs shows no thresholds');
    expect(code).toBe(0);
  });

  test.each([listing, '-A -t 192.0.2.10:6443 -s rr\n'])('reads %j in a quotation', async (text) => {
    const input = text.replace(/^(?=.)/gm, '> ');
    const plain = await ipvs(['admin', '--', '-S -n'], { input: text });
    expect(plain.code).toBe(0);
    expect(await ipvs(['admin', '--', '-S -n'], { input })).toEqual(plain);
  });

  test('reads what Windows PowerShell wrote to a file', async () => {
    const bytes = Buffer.from(`\uFEFF${listing.replaceAll('\n', '\r\n')}`, 'utf16le');
    const path = file('lvs1.txt', bytes);
    expect(await ipvs(['admin', path])).toEqual({ code: 0, out: listing, err: '' });
    const swapped = file('lvs2.txt', Buffer.from(bytes).swap16());
    expect(await ipvs(['admin', swapped])).toEqual({ code: 0, out: listing, err: '' });
    expect((await ipvs(['lint', path])).err).toBe('');
  });

  test('follows a script', async () => {
    const { out } = await ipvs(['admin', '--', '-S -n'], { input: script });
    expect(out).toBe('-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1\n');
  });

  test('names the line of a script that cannot be followed', async () => {
    const input = `${script}ipvsadm -R < more.rules\n`;
    expect(await ipvs(['admin'], { input })).toEqual({
      code: 2,
      out: '',
      err: "ipvs admin: standard input:4: expected rules in a here-document for ipvsadm -R, got 'more.rules'\n",
    });
  });

  test('names the line of a rule in a script that is refused', async () => {
    const input = `${script}ipvsadm -A -t $VIP:99999\n`;
    const { err } = await ipvs(['admin'], { input });
    expect(err).toContain('standard input:4:7: illegal virtual server address[:port] specified');
  });
});

describe('ipvs simulate', () => {
  test('takes a listing, and warns of what it leaves out', async () => {
    const { out, err, code } = await ipvs(['simulate', '-', '--connections', '100'], {
      input: kernel,
    });
    expect(out).toContain('TCP  192.0.2.22:3306 wlc');
    expect(err).toContain('ipvs simulate: standard input:4: /proc/net/ip_vs shows no thresholds');
    expect(code).toBe(0);
  });
});
