import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filesInMemory } from '../../src/keepalived/environment.js';
import { formatMessage } from '../../src/keepalived/messages.js';
import { parseKeepalived, type ParseOptions } from '../../src/keepalived/parse.js';

function said(text: string, options: ParseOptions = {}): string[] {
  return parseKeepalived(text, { testing: true, ...options }).messages.map(formatMessage);
}

/** A service whose block begins with some lines, and so does its server's. */
function service(lines: string, serverLines = ''): string {
  return `virtual_server 192.0.2.1 80 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\n${lines}
real_server 10.0.0.2 80 {\n${serverLines}\n}\n}\n`;
}

const words = [
  ...'virtual_server virtual_server_group real_server TCP_CHECK HTTP_GET url path weight quorum'.split(
    ' ',
  ),
  ...'192.0.2.1 10.0.0.2-9 2001:db8::/120 80 group fwmark 7 -1 999999999999 { } " # ! \\ \n'.split(
    ' ',
  ),
  ...'$A=b $A ${A} ~SEQ(N,1,3) ~LST(N,a,b) ${N} @id @^id include x* {a,b} global_defs'.split(' '),
];

describe('reading keepalived.conf', () => {
  it.each(['strict', 'asRecorded'] as const)('throws for no text at all (%s)', (behavior) => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((list) => list.join(' ')),
    );
    fc.assert(
      fc.property(texts, fc.boolean(), (text, testing) => {
        const { messages, exitStatus } = parseKeepalived(text, { behavior, testing });
        expect(exitStatus === 0 || messages.length > 0).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('takes time in proportion to the length of the file', () => {
    const lines = Array.from({ length: 5_000 }, (_, i) => {
      return `virtual_server 10.${i >> 8}.${i & 255}.1 80 { \n protocol TCP\n real_server 10.0.0.2 80 {\n }\n}`;
    });
    const { configuration } = parseKeepalived(lines.join('\n'));
    expect(configuration.services).toHaveLength(5_000);
  });

  it.each([
    ['$A=$A x\n$A'],
    ['$A=~SEQ(N,1,2) $A\n$A'],
    ['$A=${A}${A}\nx${A}'],
    ['~SEQ(N,1,999999999) x'],
    [`${'~SEQ(A,1,1000) '.repeat(5)} @x y`],
  ])('refuses what has no end: %s', (text) => {
    expect(said(text).join()).toMatch(/defined by itself|Too many/);
  });

  it('refuses a file that includes itself', () => {
    const environment = filesInMemory({ 'a.conf': 'include a.conf' });
    expect(said('include a.conf', { environment })[0]).toBe(
      "(a.conf: Line 1) 'a.conf' is included by itself",
    );
  });

  it('reads includes relative to the file they are in, sorted', () => {
    const environment = filesInMemory({ 'd/b.conf': 'b', 'd/a.conf': 'include e/*', 'd/e/x': 'x' });
    expect(said('include d/*.conf', { environment })).toEqual([
      "(e/x: Line 1) Unknown keyword 'x'",
      "(d/b.conf: Line 1) Unknown keyword 'b'",
    ]);
  });

  it('says of a service that its group is of another family, not that it has no real servers', () => {
    const text = `virtual_server_group G {\n192.0.2.1 80\n}\nvirtual_server group G {
protocol TCP\npersistence_granularity 24\nreal_server 10.0.0.1 80 {\n}\n}\n`;
    const ofServer =
      "(Line 8) Address family of virtual server and real server 10.0.0.1 don't match - skipping real server.";
    const ofGroup = "G: address family doesn't match virtual server [G]:0 - ignoring";
    expect(said(text, { testing: false })).toEqual([ofServer, ofGroup]);
    expect(said(text, { behavior: 'asRecorded' })).toEqual([ofServer]);
    const alone = text
      .replace('persistence_granularity 24\n', '')
      .replace(/real_server.*\n}\n/, '');
    expect(said(alone, { behavior: 'asRecorded' })).toEqual([
      'Virtual server [G]:0 has no real servers - ignoring',
    ]);
  });

  it('takes the first daemon of several', () => {
    const text = `global_defs {\nlvs_sync_daemon eth0 inst VI_1 id 3\nlvs_sync_daemon\n}`;
    expect(said(text)).toEqual([
      '(Line 3) lvs_sync_daemon has already been specified as eth0 VI_1 - ignoring',
    ]);
    const { globals } = parseKeepalived(text).configuration;
    expect(globals.syncDaemon).toMatchObject({ device: 'eth0', instance: 'VI_1', syncId: 3 });
    expect(said(text.replace('inst VI_1 id 3', 'ttl 2'))).toEqual([
      '(Line 3) lvs_sync_daemon has already been specified as eth0  - ignoring',
    ]);
  });

  it.each(['lvs_flush_on_stop', 'lvs_flush_onstop'])('knows %s', (keyword) => {
    const { configuration, messages } = parseKeepalived(`global_defs {\n${keyword} VS\n}`);
    expect(messages).toEqual([]);
    expect(configuration.globals.flushOnStop).toBe('services');
  });

  it('names the column of what is wrong', () => {
    const { messages } = parseKeepalived('  virtual_server 1.1.1.1 80 { quorum -3\n}');
    expect(messages[0]?.place).toEqual({ file: '', line: 1, column: 38 });
  });
});

describe('strict reading, other than the recorded program', () => {
  it.each([
    [
      'skips an unknown block',
      service('foo {\nbar\n}'),
      ["Unknown keyword 'foo'", "Unexpected '{' - ignoring"],
    ],
    [
      'refuses a time with a unit',
      service('delay_loop 4s'),
      ["invalid number '4s'", "virtual server delay loop '4s' invalid - ignoring"],
    ],
    [
      'refuses a suffix behind an address',
      'virtual_server 1.1.1.1/24 80 {\n}',
      ['Invalid virtual server IP address/port 1.1.1.1/24/80 - skipping'],
    ],
    [
      'refuses a mask that is none',
      service('persistence_granularity 0.0.0.24'),
      ['Invalid IPv4 persistence_granularity specified - 0.0.0.24'],
    ],
    ['refuses a switch word it does not know', service('alpha 1'), ['Invalid alpha parameter 1']],
  ])('%s', (_, text, expected) => {
    const texts = parseKeepalived(text).messages.map((message) => message.text);
    expect(texts).toEqual(expected);
  });

  it('reads a switch word', () => {
    const text = service('inhibit_on_failure off');
    const inhibits = (behavior: 'strict' | 'asRecorded'): unknown =>
      parseKeepalived(text, { behavior }).configuration.services[0]?.servers[0]?.inhibitOnFailure;
    expect([inhibits('strict'), inhibits('asRecorded')]).toEqual([false, true]);
  });

  it('reads a granularity of digits as a prefix length', () => {
    const text = service('persistence_granularity 24');
    const masks = (['strict', 'asRecorded'] as const).map((behavior) =>
      String(parseKeepalived(text, { behavior }).configuration.services[0]?.granularity),
    );
    expect(masks).toEqual(['255.255.255.0', '0.0.0.24']);
  });

  it('takes the flags of a scheduler before lb_algo', () => {
    const text = service('sh-port\nlb_algo sh');
    expect(parseKeepalived(text).configuration.services[0]?.schedulerFlags).toBe(2);
  });

  it('reports a group that is not there, in the test mode, too', () => {
    expect(said('virtual_server group G {\nreal_server 1.1.1.1 {\n}\n}')).toEqual([
      'Virtual server group G specified but not configured - ignoring virtual server [G]:0',
    ]);
  });

  it('drops a service that is there already', () => {
    const { configuration, messages } = parseKeepalived(service('') + service(''));
    expect(configuration.services).toHaveLength(1);
    expect(messages.at(-1)?.text).toContain('is defined twice');
  });

  it('does not cut long lines', () => {
    expect(said(`# ${'x'.repeat(1016)} bogus word`)).toEqual([]);
  });
});

describe('a message without a line', () => {
  it('is about the statement of its service, or of its checker', () => {
    const text = service('', 'MISC_CHECK {\nmisc_path "/no/such/script"\n}').replace(
      'lb_algo rr',
      '',
    );
    const { messages } = parseKeepalived(text);
    expect(messages.map(({ text: said, about }) => `${about?.line} ${said}`)).toEqual(
      expect.arrayContaining([
        "1 Virtual server [192.0.2.1]:tcp:80: no scheduler set, setting default 'wlc'",
        expect.stringMatching(/^7 SECURITY VIOLATION/),
      ]),
    );
    expect(messages.map(formatMessage).join('\n')).not.toContain('(Line');
  });
});

describe('what the program does with rarer input', () => {
  it.each([
    ['@^ without a name always counts', '@^ bogus\n', ["(Line 1) Unknown keyword 'bogus'"]],
    ['a backslash in front of a comment goes', 'bogus\\#x\n', ["(Line 1) Unknown keyword 'bogus'"]],
    ['the second of two does not', 'bogus\\\\#x\n', ["(Line 1) Unknown keyword 'bogus\\\\'"]],
    ['a definition ends with it', '$M=bogus\\#\nbogus2\n', ["(Line 2) Unknown keyword 'bogus2'"]],
  ])('%s', (_, text, messages) => {
    expect(said(text)).toEqual(messages);
  });

  it('a service gives its method to the servers above the next one, and to a sorry server', () => {
    const text = `virtual_server 192.0.2.1 80 {
protocol TCP
lb_algo rr
lb_kind DR
sorry_server 10.0.0.9 81
real_server 10.0.0.2 80 {
}
lb_kind NAT
real_server 10.0.0.3 81 {
}
}
`;
    const { configuration, messages } = parseKeepalived(text);
    const [{ servers, sorryServer } = { servers: [], sorryServer: undefined }] =
      configuration.services;
    expect(servers.map(({ forwarding }) => forwarding.method)).toEqual([
      'gatewaying',
      'masquerading',
    ]);
    expect(sorryServer?.forwarding.method).toBe('gatewaying');
    expect(messages.map(formatMessage)).toEqual([
      "WARNING - virtual server [192.0.2.1]:tcp:80 and sorry server ports don't match - resetting",
    ]);
  });

  it.each([
    ['TCP_CHECK', 'bindto 2001:db8::1', 'bindto address 2001:db8::1'],
    ['TCP_CHECK', 'bindto 10.0.0.1\nconnect_ip 2001:db8::7', 'connect_ip address 2001:db8::7'],
    ['SMTP_CHECK', 'bindto 2001:db8::1', undefined],
    ['SMTP_CHECK', 'bindto 2001:db8::1\nconnect_ip 10.0.0.7', 'connect_ip address 10.0.0.7'],
    [
      'SMTP_CHECK',
      'connect_ip 2001:db8::7\nhost {\nbindto 2001:db8::9\n}',
      'bindto address 2001:db8::9',
    ],
  ])('addresses of %s must be of one family: %s', (kind, lines, refused) => {
    const messages = said(service('', `${kind} {\n${lines}\n}`));
    expect(messages.map((text) => /\) (.*) does not match address family/.exec(text)?.[1])).toEqual(
      refused === undefined ? [] : [refused],
    );
  });

  it('a version of HTTP is written in any case, and the first wrong name of a BFD_CHECK is the last that is read', () => {
    const http = 'HTTP_GET {\nurl {\npath /\n}\nhttp_protocol 1.0c\n}';
    const bfd = 'BFD_CHECK {\nname b1\nname b2\nname b3 weight 3\n}';
    expect(said(service('', `${http}\n${bfd}`))).toEqual([
      '(Line 14) ([10.0.0.2]:tcp:80) BFD_CHECK - BFD b1 not configured',
    ]);
  });

  it('a script of a check stays when none is written later', () => {
    expect(
      said(service('', 'MISC_CHECK {\nmisc_path /bin/true\nmisc_path\nmisc_path ""\n}')),
    ).toEqual([expect.stringContaining('SECURITY VIOLATION')]);
  });

  it.each([
    ['include', 'nosuch', "Config files missing 'nosuch'.", 0],
    ['include', 'd/x*', undefined, 0],
    ['includem', 'd/x*', undefined, 0],
    ['includew', 'd/x*', "No config files matched 'd/x*'.", 6],
    ['include', 'nodir/*', "Config files missing 'nodir/*'.", 0],
    ['includew', 'nosuch', "Config files missing 'nosuch'.", 6],
    ['includeb', 'nosuch', "Config files missing 'nosuch'.", 0],
    ['include', '{a,x}.inc', 'Some config files missing: "{a,x}.inc".', 0],
    ['includem', '{a,x}.inc', 'Some config files missing: "{a,x}.inc".', 0],
    ['includeb', '{a,x}.inc', 'Some config files missing: "{a,x}.inc".', 6],
    ['includem', '{x,y*}.inc', "Config files missing '{x,y*}.inc'.", 0],
    ['includea', '{a,x*}.inc', undefined, 0],
    ['include', 'd', "Configuration file 'd/' is a directory - skipping", 0],
    ['includer', 'd', "Configuration file 'd/' is a directory - skipping", 6],
    ['includea', './a.inc', undefined, 0],
    ['includea', '{}', undefined, 0],
  ] as const)('%s %s', (keyword, pattern, message, status) => {
    const environment = filesInMemory({ 'a.inc': '# a\n', 'd/b.inc': '# b\n' });
    const options: ParseOptions = { environment, behavior: 'asRecorded', testing: true };
    const { messages, exitStatus } = parseKeepalived(`${keyword} ${pattern}\n`, options);
    expect(messages.map(({ text }) => text)).toEqual(message === undefined ? [] : [message]);
    expect(exitStatus).toBe(status);
  });
});
