import { describe, expect, it } from 'vitest';
import type { CheckRequest, CheckResult } from '../../src/keepalived/machine/check-result.js';
import { KeepalivedMachine } from '../../src/keepalived/machine/machine.js';
import { parseKeepalived } from '../../src/keepalived/parse.js';
import { ManualTimers } from '../../src/timers.js';

/** A machine whose checks end at once, by the address of their server. */
class Lab {
  readonly timers = new ManualTimers();
  readonly commands: string[] = [];
  readonly down = new Set<string>();
  /** Whether this machine cannot make checks. */
  exhausted = false;
  readonly machine: KeepalivedMachine;

  constructor(text: string) {
    this.machine = new KeepalivedMachine({
      configuration: parseKeepalived(text).configuration,
      timers: this.timers,
      random: () => 0,
      runCheck: ({ server }: CheckRequest, done: (result: CheckResult) => void) => {
        const good = !this.down.has(String(server.address));
        done(this.exhausted ? { good: false, inconclusive: true } : { good });
        return () => undefined;
      },
      kernel: (command) => {
        const server =
          'server' in command
            ? ` ${command.server.address} ${command.server.weight} ${command.server.upperThreshold}`
            : '';
        this.commands.push(command.command + server);
        return undefined;
      },
    });
    this.machine.start();
    this.commands.splice(0);
  }

  run(seconds: number): string[] {
    this.timers.advance(seconds * 1000);
    return this.commands.splice(0);
  }

  reload(text: string): string[] {
    this.machine.reload(parseKeepalived(text).configuration);
    return this.commands.splice(0);
  }
}

const one = (inside: string, servers = ''): string => `virtual_server 192.0.2.1 80 {
lb_algo rr\nlb_kind NAT\nprotocol TCP\ndelay_loop 5\nwarmup 0\nretry 1\n${inside}
real_server 10.0.0.2 80 {\nuthreshold 4\nTCP_CHECK {\n}\n}
real_server 10.0.0.3 80 {\nTCP_CHECK {\n}\n}
${servers}}\n`;

describe('the machine, strict', () => {
  it('changes nothing for a check that this machine could not make, and checks again', () => {
    const lab = new Lab(one(''));
    lab.exhausted = true;
    expect(lab.run(60)).toEqual([]);
    lab.exhausted = false;
    lab.down.add('10.0.0.2');
    expect(lab.run(10)).toEqual(['delete-server 10.0.0.2 1 4']);
  });

  it('takes a server out after its retries, and puts it in at its first good check', () => {
    const lab = new Lab(one(''));
    lab.run(2);
    lab.down.add('10.0.0.2');
    expect(lab.run(4)).toEqual([]);
    expect(lab.run(1)).toEqual(['delete-server 10.0.0.2 1 4']);
    lab.down.clear();
    expect(lab.run(6)).toEqual(['add-server 10.0.0.2 1 4']);
  });

  it('gives the service to the sorry server while quorum is lost', () => {
    const lab = new Lab(one('quorum 2\nsorry_server 10.0.0.9 80'));
    lab.run(2);
    lab.down.add('10.0.0.2');
    expect(lab.run(6)).toEqual([
      'delete-server 10.0.0.2 1 4',
      'delete-server 10.0.0.3 1 0',
      'add-server 10.0.0.9 1 0',
    ]);
    lab.down.clear();
    expect(lab.run(6)).toEqual([
      'delete-server 10.0.0.9 1 0',
      'add-server 10.0.0.2 1 4',
      'add-server 10.0.0.3 1 0',
    ]);
  });

  it('sends changed thresholds at a reload', () => {
    const lab = new Lab(one(''));
    expect(lab.reload(one('').replace('uthreshold 4', 'uthreshold 7'))).toEqual([
      'edit-server 10.0.0.2 1 7',
    ]);
  });

  it('lets a new server wait while the sorry server serves', () => {
    const lab = new Lab(one('quorum 2\nsorry_server 10.0.0.9 80'));
    lab.down.add('10.0.0.2');
    lab.down.add('10.0.0.3');
    lab.down.add('10.0.0.4');
    lab.run(3);
    const more = 'real_server 10.0.0.4 80 {\nweight 1\nTCP_CHECK {\n}\n}\n';
    expect(lab.reload(one('quorum 2\nsorry_server 10.0.0.9 80', more))).toEqual([]);
  });

  it('sends nothing at a reload of the same file', () => {
    const lab = new Lab(one('sorry_server 10.0.0.9 80'));
    lab.run(3);
    expect(lab.reload(one('sorry_server 10.0.0.9 80'))).toEqual([]);
  });

  it('does nothing more once it is stopped', () => {
    const lab = new Lab(one(''));
    lab.machine.stop();
    expect(lab.commands.splice(0)).toEqual([
      'delete-server 10.0.0.2 1 4',
      'delete-server 10.0.0.3 1 0',
      'delete-service',
    ]);
    lab.down.add('10.0.0.2');
    expect(lab.run(60)).toEqual([]);
  });
});
