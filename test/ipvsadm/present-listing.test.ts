import { expect, test } from 'vitest';
import { ManualClock } from '../../src/clock.js';
import { Director } from '../../src/director/index.js';
import { executeCommand, parseCommand, restoreAllRules } from '../../src/ipvsadm/index.js';
import { encodePacket, TCP_FLAG } from '../../src/wire/index.js';

test('a listing shows the present, also when no packet has come for a while', () => {
  const clock = new ManualClock();
  const director = new Director({ clock });
  const run = (line: string): string => executeCommand(parseCommand(line), director);
  restoreAllRules('-A -t 192.0.2.1:443\n-a -t 192.0.2.1:443 -r 10.0.0.1 -m', director);
  for (let sourcePort = 1; sourcePort <= 4; sourcePort++) {
    const transport = {
      type: 'tcp',
      sourcePort,
      destinationPort: 443,
      flags: TCP_FLAG.SYN,
    } as const;
    const packet = { source: '203.0.113.7', destination: '192.0.2.1', transport };
    director.receive(encodePacket(packet));
  }
  expect(run('-L -n')).toMatch(/Masq +1 +4 +0 /);

  clock.advance(10_000);
  expect(run('-L -n --stats')).toMatch(/192\.0\.2\.1:443 +4 /);
  clock.advance(110_000);
  expect(run('-L -n')).toMatch(/Masq +1 +0 +0 /);
});
