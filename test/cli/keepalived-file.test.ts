import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadParsed, parseOptionsOf } from '../../src/cli/keepalived-file.js';
import { isFault } from '../../src/cli/reported-message.js';
import { Director } from '../../src/director/director.js';
import { saveRules } from '../../src/ipvsadm/save.js';
import { parseKeepalived } from '../../src/keepalived/parse.js';

const folder = mkdtempSync(join(tmpdir(), 'keepalived-'));
afterAll(() => rmSync(folder, { recursive: true }));

function load(
  text: string,
  director = new Director(),
): { rules: string[]; messages: string[]; faults: number } {
  const file = { name: join(folder, 'k.conf'), text };
  const said = loadParsed(file, parseKeepalived(text, parseOptionsOf(file)), director);
  return {
    rules: saveRules(director.services).trim().split('\n'),
    messages: said.map((message) => message.text.replace(folder, '')),
    faults: said.filter(isFault).length,
  };
}

const service = `virtual_server 192.0.2.1 80 {
  lb_algo rr
  lb_kind NAT
  protocol TCP
  include servers.conf
}
`;

describe('keepalived.conf in the place of rules', () => {
  it('is loaded with the files it includes', () => {
    writeFileSync(join(folder, 'servers.conf'), 'real_server 10.0.0.2 80 {\n weight 3\n}\n');
    expect(load(service)).toEqual({
      rules: ['-A -t 192.0.2.1:80 -s rr', '-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 3'],
      messages: [],
      faults: 0,
    });
  });

  it('loads servers with alpha, since nothing is checked', () => {
    const { rules } = load(
      service
        .replace('{', '{\nalpha')
        .replace(/include.*/, 'real_server 10.0.0.3 80 {\nTCP_CHECK {\n}\n}'),
    );
    expect(rules).toContain('-a -t 192.0.2.1:80 -r 10.0.0.3:80 -m -w 1');
  });

  it('reports a fault with file, line and column, and loads the rest', () => {
    const { rules, messages, faults } = load(`bogus\n${service}`);
    expect(messages).toEqual(["/k.conf:1:1: Unknown keyword 'bogus'"]);
    expect(faults).toBe(1);
    expect(rules).toHaveLength(2);
  });

  it('reports what the director refuses', () => {
    const engine = 'persistence_timeout 9\npersistence_engine sip\n}';
    const without = new Director({ persistenceEngines: [] });
    const { messages } = load(service.replace('}', engine), without);
    expect(messages[0]).toContain(
      'IPVS cmd IP_VS_SO_SET_ADD(1154) error: Scheduler or persistence engine',
    );
  });
});
