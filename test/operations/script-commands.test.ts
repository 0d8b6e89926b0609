import { describe, expect, test } from 'vitest';
import { scriptCommands } from '../../src/operations/script/script-commands.js';
import { TextError } from '../../src/operations/text-error.js';
import { understand } from '../../src/operations/understand.js';

function textsOf(script: string): string[] {
  return scriptCommands(script).commands.map(({ text }) => text);
}

describe('The commands of a script', () => {
  test('have variables, lists and arguments filled in, in the order in which they run', () => {
    const script = `
      VIP=192.0.2.1
      add() { sudo ipvsadm -a -t $VIP:80 -r "$1" -g; }
      /sbin/ipvsadm -A -t $VIP:80
      for server in 10.0.0.1 10.0.0.2; do add $server; done`;
    expect(textsOf(script)).toEqual([
      'ipvsadm -A -t 192.0.2.1:80',
      'ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.1 -g',
      'ipvsadm -a -t 192.0.2.1:80 -r 10.0.0.2 -g',
    ]);
  });

  test('are those of both branches of a condition, and not those of stop', () => {
    const script = `case "$1" in
      start) if test -f /etc/x; then ip addr add 192.0.2.1/32 dev lo; else echo none; fi ;;
      stop) ipvsadm -C ;;
      esac`;
    expect(textsOf(script)).toEqual([
      'test -f /etc/x',
      'ip addr add 192.0.2.1/32 dev lo',
      'echo none',
    ]);
  });

  test('are without those whose words cannot be known', () => {
    expect(textsOf('X=$(hostname -I)\nipvsadm -A -t $X:80\nipvsadm -A -t 192.0.2.1:80')).toEqual([
      'ipvsadm -A -t 192.0.2.1:80',
    ]);
  });

  test('have the lines of files that are written, and the rules of ipvsadm -R', () => {
    const script = `echo 1 > /proc/sys/net/ipv4/ip_forward
cat >> /etc/sysctl.conf <<EOF
net.ipv4.vs.conntrack = 1
EOF
echo "-A -t 192.0.2.1:80" | ipvsadm -R
cat <<EOF
-a is no rule
EOF`;
    expect(textsOf(script)).toEqual([
      'echo 1 > /proc/sys/net/ipv4/ip_forward',
      'cat > /etc/sysctl.conf',
      'net.ipv4.vs.conntrack = 1',
      'ipvsadm -A -t 192.0.2.1:80',
      'cat',
    ]);
  });

  test('of a function that is never called are there once', () => {
    expect(textsOf('start() { ipvsadm -A -t 192.0.2.1:80; }')).toEqual([
      'ipvsadm -A -t 192.0.2.1:80',
    ]);
  });

  test('end where a function calls itself for ever', () => {
    expect(textsOf('f() { f; echo x; }\nf').length).toBeLessThan(100);
  });
});

describe('A script that would keep its reader busy for ever', () => {
  const numbers = '{1..1000}';
  const rounds = (body: string): string =>
    `for a in ${numbers}; do for b in ${numbers}; do for c in ${numbers}; do ${body}; done; done; done`;
  const rule = 'ipvsadm -e -t 192.0.2.1:80 -r 10.0.0.1:80 -w $c';

  test.each([
    ['assigns in loops in loops', rounds('x=$c')],
    ['doubles a text', `x=ab\nfor a in {1..64}; do x=$x$x; done\nipvsadm -A -t $x`],
    [
      'doubles a list',
      `x=(a b)\nfor a in {1..64}; do x=("\${x[@]}" "\${x[@]}"); done\nipvsadm -A -t $x`,
    ],
    [
      'has a list with a place far away',
      'x[100000000]=80\nfor a in "${x[@]}"; do ipvsadm -A -t 192.0.2.1:$a; done',
    ],
    ['nests conditions', `${'if true; then '.repeat(10_000)}:${'; fi'.repeat(10_000)}\n${rule}`],
    ['nests functions', `${'f() { '.repeat(10_000)}:${'; }'.repeat(10_000)}\n${rule}`],
    ['nests substitutions', `x=${'$('.repeat(10_000)}${')'.repeat(10_000)}\n${rule}`],
    ['multiplies braces', `for a in ${numbers}${numbers}${numbers}; do ${rule}; done`],
  ])('is refused where it %s', (_, script) => {
    expect(() => understand(`#!/bin/sh\n${script}`)).toThrow(TextError);
  });

  test('is read up to there for those who look at all commands', () => {
    const { commands, refusals } = scriptCommands(`echo 1\n${rounds('x=$c')}`);
    expect(commands.map(({ text }) => text)).toEqual(['echo 1']);
    expect(refusals.map(String)).toEqual([
      "TextError: expected loops and functions that repeat 65,000 commands at most, got 'x'",
    ]);
  });

  test('is read where a loop goes through all ports', () => {
    const script = 'for port in $(seq 1 65536); do ipvsadm -A -t 192.0.2.1:$port -s rr; done';
    const { commands, refusals } = scriptCommands(script);
    expect(refusals).toEqual([]);
    expect(commands).toHaveLength(65_536);
  });

  test('writes braces that would be too many words as they are', () => {
    expect(textsOf(`echo ${numbers}${numbers}`)).toEqual([`echo ${numbers}${numbers}`]);
    expect(textsOf('echo {a,b}{1..2}x{y}z')).toEqual(['echo a1x{y}z a2x{y}z b1x{y}z b2x{y}z']);
  });
});

describe('A page of notes', () => {
  const notes = `# Marks
-f names a mark, and -p how long
\`\`\`sh
ipvsadm -A -f 100 -s rr -p 300
\`\`\`
and then:
\`\`\`sh
ipvsadm -a -f 100 -r 10.0.0.1 -g
\`\`\`
`;

  test('is read as its blocks of code, with their lines', () => {
    expect([...understand(notes).rules].map(({ line }) => line)).toEqual([4, 8]);
  });

  test('is a text like others for a strict reader', () => {
    expect(() => [...understand(notes, { strict: true, kind: 'script' }).rules]).toThrow(TextError);
  });
});

test('A configuration of ldirectord is refused by its name', () => {
  const text = 'checktimeout=10\nvirtual=192.0.2.1:80\n        real=10.0.0.1:80 masq\n';
  expect(() => understand(text)).toThrow("got 'a configuration of ldirectord'");
});

describe('A script of settings', () => {
  test.each([
    ['sysctl -w net.core.somaxconn=1024\nsysctl -w net.ipv4.vs.conn_reuse_mode=0', 2],
    [
      'cat >> /etc/sysctl.conf <<EOF\nnet.core.somaxconn = 1024\nnet.ipv4.vs.conn_reuse_mode = 0\nEOF',
      3,
    ],
    ["sudo tee /etc/sysctl.d/90-lvs.conf <<'EOF'\nnet.ipv4.vs.conn_reuse_mode=0\nEOF", 2],
  ])('is understood: %s', (text, line) => {
    const { kind, tunables } = understand(text);
    expect({ kind, tunables }).toEqual({
      kind: 'script',
      tunables: [{ name: 'net.ipv4.vs.conn_reuse_mode', value: '0', line }],
    });
  });

  test('of a real server is refused by what it is', () => {
    const script = '#!/bin/sh\necho 1 > /proc/sys/net/ipv4/conf/lo/arp_ignore\n';
    expect(() => understand(script)).toThrow(TextError);
    expect(() => understand(script)).toThrow('a script that makes no rule when it is started');
  });
});
