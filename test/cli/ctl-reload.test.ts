/**
 * `ipvs ctl reload` takes every file that `ipvs run` takes, and sends a director the rules that it comes to.
 */
import { expect, test } from 'vitest';
import { reloadRules } from '../../src/cli/ctl/reload.js';
import { directorOfRules } from '../../src/cli/director-of-rules.js';
import { readRulesFile } from '../../src/cli/rules-file.js';
import type { ControlConnection } from '../../src/run/control-client.js';
import type { ControlRequest } from '../../src/run/supervisor/control-messages.js';
import { runWithIo } from './support.js';

/** What a director is asked for a text. */
async function asked(text: string): Promise<{ requests: ControlRequest[]; err: string }> {
  const requests: ControlRequest[] = [];
  const director: ControlConnection = {
    ask: async (request) => {
      requests.push(request);
      return Promise.resolve({ ok: true, text: '', exitStatus: 0 });
    },
    close: () => undefined,
  };
  const { err } = await runWithIo(
    async (io) => {
      const warn = (warning: string): void => io.err.write(warning);
      return (await reloadRules(director, await readRulesFile('-', io), true, warn)).exitStatus;
    },
    { input: text },
  );
  return { requests, err };
}

const RULES = `-A -t 192.0.2.1:80 -s wlc
-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 3
`;
const DAEMON = '--start-daemon backup --mcast-interface eth0 --syncid 7';

test.each([
  ['rules', RULES],
  [
    'a keepalived.conf',
    `virtual_server 192.0.2.1 80 {
      protocol TCP
      lvs_sched wlc
      lvs_method NAT
      real_server 10.0.0.1 8080 {
        weight 3
      }
    }`,
  ],
  [
    'a listing',
    `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  192.0.2.1:80 wlc
  -> 10.0.0.1:8080                Masq    3      0          0
`,
  ],
])('sends the rules of %s', async (_, text) => {
  const { requests } = await asked(text);
  expect(requests).toEqual([{ do: 'reload', rules: RULES, dryRun: true }]);
});

test('sends the daemons, too', async () => {
  const { requests } = await asked(`${RULES}${DAEMON}\n`);
  expect(requests).toMatchObject([{ rules: expect.stringContaining(DAEMON) as string }]);
});

test('says where a rule is wrong, and asks for nothing', async () => {
  await expect(asked(`${RULES}-A -t 192.0.2.2:80 -s fastest\n`)).rejects.toThrow(
    /^standard input:3:23: Scheduler .*'fastest'/,
  );
});

test.each([
  ['a check', 'real_server 10.0.0.1 8080 {\nTCP_CHECK {\n}\n}', true],
  ['a sorry server', 'sorry_server 10.0.0.9 8080\nreal_server 10.0.0.1 8080 {\nweight 3\n}', true],
  ['neither', 'real_server 10.0.0.1 8080 {\nweight 3\n}', false],
])('knows of a keepalived.conf with %s that it has what no rule says', async (_, lines, has) => {
  const text = `virtual_server 192.0.2.1 80 {\nprotocol TCP\nlvs_sched rr\nlvs_method NAT\n${lines}\n}\n`;
  let found: boolean | undefined;
  await runWithIo(
    async (io) => {
      found = directorOfRules(await readRulesFile('-', io)).hasChecks;
      return 0;
    },
    { input: text },
  );
  expect(found).toBe(has);
});
