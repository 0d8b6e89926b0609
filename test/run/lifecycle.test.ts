/**
 * What a director leaves behind: nothing. And what it refuses.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ControlAnswer } from 'ipvs/run';
import { Stage, until, whatIsMissing } from './support/stage.js';

const missing = whatIsMissing('curl');
/** The tests that share one director. */
const GROUP = 'while it runs';

describe.skipIf(missing !== '')(`the life of a director (needs root and tools; ${missing})`, () => {
  const stage = new Stage('nat');
  const { virtual4, virtual6 } = stage.lab;

  beforeAll(async () => stage.up(), 120_000);
  afterAll(() => stage.down());

  afterEach(async ({ task }) => {
    if (task.suite?.name !== GROUP) await stage.stop();
  }, 60_000);

  it('ends without a trace when it is asked to', async () => {
    const before = stage.network();
    await stage.start();
    expect(stage.network()).not.toBe(before);
    expect(stage.answers(1)).toHaveLength(1);
    await stage.stop('SIGINT');
    expect(stage.network()).toBe(before);
  });

  it('is taken back after it was killed', async () => {
    const before = stage.network();
    await stage.start();
    const { enginePid } = await stage.status();
    await stage.stop('SIGKILL');
    expect(stage.network()).not.toBe(before);
    expect(stage.run('run --undo').out).toMatch(/^\d+ changes taken back\n$/);
    expect(stage.network()).toBe(before);
    // A killed process is there until its parent has taken note.
    await until(() => hasEnded(enginePid));
    expect(stage.run('run --undo').out).toBe('nothing to take back\n');
  });

  it('is taken back in its own network alone, and started again there alone', async () => {
    const before = stage.network();
    await stage.start();
    await stage.stop('SIGKILL');
    const there = `ip netns exec ${stage.lab.namespace('director')} ipvs run --undo`;
    for (const words of ['run --undo', 'run -']) {
      const { stderr, status } = spawnSync('sh', ['-c', stage.commandLine(words)], {
        encoding: 'utf8',
        input: stage.lab.rules(),
      });
      expect(stderr).toContain(`started in another network namespace; take it back by '${there}'`);
      expect(status).toBe(2);
    }
    expect(stage.network()).not.toBe(before);
    expect(stage.run('run --undo').out).toMatch(/^\d+ changes taken back\n$/);
    expect(stage.network()).toBe(before);
  });

  it('starts again where it was killed, and serves', async () => {
    await stage.start();
    await stage.stop('SIGKILL');
    await stage.start();
    expect(stage.answers(2)).not.toContain('none');
  });

  it('starts in a new network, with the record of one that is gone', async () => {
    await stage.start();
    await stage.stop('SIGKILL');
    const folder = dirname(stage.control);
    const record = readFileSync(`${folder}/undo.json`);
    stage.run('run --undo');
    mkdirSync(folder);
    writeFileSync(`${folder}/undo.json`, record);
    await stage.start();
    expect(stage.answers(2)).not.toContain('none');
  });

  it('goes on when its supervisor ends', async () => {
    await stage.start();
    expect(stage.answers(1)).not.toContain('none');
    const { pid } = (await stage.status()) as unknown as { pid: number };
    process.kill(pid, 'SIGKILL');
    await until(() => stage.logged.match(/ ready /g)?.length === 2);
    expect(stage.answers(2)).not.toContain('none');
    expect((await stage.ctl('-L -n -c')).text).toContain(`${virtual4}:80`);
  });

  describe(GROUP, () => {
    beforeAll(async () => stage.start(), 60_000);
    afterAll(async () => stage.stop(), 60_000);

    it('refuses to run twice', async () => {
      await expect(stage.again()).rejects.toThrow('it runs already');
      expect(stage.answers(1)).not.toContain('none');
    });

    it('lets its owner alone use the control socket', async () => {
      expect(stage.lab.run('director', `stat -c %a ${stage.control}`).stdout).toBe('600\n');
    });

    it('answers as ipvsadm does', async () => {
      expect(await stage.ctl(`-A -t ${virtual4}:80`)).toMatchObject({ exitStatus: 255 });
      expect((await stage.ctl('-L -n')).text).toContain(`TCP  ${virtual4}:80 rr\n`);
      expect((await stage.ctl('-S -n')).text.split('\n')).toHaveLength(13);
      expect(stage.run('ctl metrics').out).toContain('node_ipvs_connections_total');
    });

    it('takes tunables as sysctl names them, and lists them for one that is none', async () => {
      const set = async (name: string, value: string): Promise<ControlAnswer> =>
        stage.ask({ do: 'tunable', name, value });
      expect(await set('net.ipv4.vs.expire_nodest_conn', '1')).toMatchObject({ ok: true });
      expect(await set('/proc/sys/net/ipv4/vs/expire_nodest_conn', '0')).toMatchObject({
        ok: true,
      });
      expect(await set('expire_nodest', '1')).toMatchObject({
        ok: false,
        text: expect.stringMatching(
          /expected one of .*expire_nodest_conn.*got "expire_nodest"/,
        ) as string,
      });
    });

    it('changes only what differs in a file that is loaded again', async () => {
      const { lab } = stage;
      const rules = lab.rules().split('\n');
      const changed = rules.filter((line) => !line.includes(`-u [${virtual6}]`));
      const plan = `-D -u [${virtual6}]:53\n`;
      expect(stage.reload(changed.join('\n'), '--plan').out).toBe(plan);
      expect((await stage.ctl('-L -n')).text).toContain(`UDP  [${virtual6}]:53`);
      expect(stage.reload(changed.join('\n')).out).toBe(plan);
      expect((await stage.ctl('-L -n')).text).not.toContain(`UDP  [${virtual6}]:53`);
      expect(stage.reload(changed.join('\n')).out).toBe('');
    });

    it('reads its file again at SIGHUP, and goes on as it is when that is wrong', async () => {
      const rules = stage.lab.rules();
      const service = `-A -t ${virtual4}:8443 -s rr`;
      expect(await stage.hangUp(`${rules}\n${service}`)).toMatch(/^reloaded .* changes=\d$/);
      expect((await stage.ctl('-S -n')).text).toContain(service);
      expect(await stage.hangUp(`${service} fastest`)).toMatch(
        /^not-reloaded reason=.*test\.rules:1:\d+: /,
      );
      expect((await stage.ctl('-S -n')).text).toContain(service);
      expect(await stage.hangUp(rules)).toMatch(/changes=1$/);
    });

    it('serves an address that is added while it runs', async () => {
      const service = '192.168.50.77:80';
      expect((await stage.ctl(`-A -t ${service} -s rr`)).exitStatus).toBe(0);
      expect(
        (await stage.ctl(`-a -t ${service} -r ${stage.lab.serverAddress('s1')}:8080 -m`))
          .exitStatus,
      ).toBe(0);
      expect(stage.answers(1, `http://${service}/`)).toEqual(['s1']);
    });
  });

  it('takes servers out that do not answer, and lets another one take over when none is left', async () => {
    const sorry = `${stage.lab.serverAddress('s2')}:8080`;
    const rules = [
      `-A -t ${virtual4}:80 -s rr`,
      `-a -t ${virtual4}:80 -r ${stage.lab.serverAddress('s1')}:8080 -m`,
    ].join('\n');
    await stage.start(`--check tcp:200ms --sorry ${sorry}`, rules);
    expect(stage.answers(1)).toEqual(['s1']);
    stage.lab.stopServer('s1');
    await until(() => stage.logged.includes('sorry-server-in'));
    expect(stage.answers(2)).toEqual(['s2', 's2']);
    stage.lab.startServer('s1');
    await until(() => stage.logged.includes('sorry-server-out'));
    expect(stage.answers(2)).toEqual(['s1', 's1']);
  });

  it('serves by marks that a firewall sets', async () => {
    const rules = ['-A -f 7 -s rr', `-a -f 7 -r ${stage.lab.serverAddress('s1')}:8080 -m`].join(
      '\n',
    );
    stage.lab.run(
      'director',
      `ip addr add 192.168.50.78/32 dev front
       nft 'table ip t { chain c { type filter hook prerouting priority -150; ip daddr 192.168.50.78 tcp dport 8080 meta mark set 7; }; }'`,
    );
    await stage.start('', rules);
    expect(stage.answers(1, 'http://192.168.50.78:8080/')).toEqual(['s1']);
    // A mark that is new while it runs.
    stage.lab.run(
      'director',
      "nft flush chain ip t c; nft 'add rule ip t c ip daddr 192.168.50.78 tcp dport 8080 meta mark set 9'",
    );
    expect((await stage.ctl('-A -f 9 -s rr')).exitStatus).toBe(0);
    const server = `${stage.lab.serverAddress('s2')}:8080`;
    expect((await stage.ctl(`-a -f 9 -r ${server} -m`)).exitStatus).toBe(0);
    expect(stage.answers(1, 'http://192.168.50.78:8080/')).toEqual(['s2']);
    stage.lab.run('director', 'nft delete table ip t; ip addr del 192.168.50.78/32 dev front');
  });
});

/** Whether no process has a number any more. */
function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
