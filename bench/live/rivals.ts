/**
 * What stands in the place of the director in `npm run bench -- live`: other balancers from Debian, and a rule of
 * nftables that knows one server, which is the mark: the kernel's own NAT, with nothing to decide.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { hasTool } from '../../src/run/machine.js';

/** Debian's module of nginx that balances TCP. */
const STREAM = '/usr/lib/nginx/modules/ngx_stream_module.so';

/** A balancer, or the rule. */
export interface Rival {
  /** Its name in the table. */
  readonly name: string;
  /** The command that runs it in the foreground. */
  readonly command: readonly string[];
}

/**
 * Writes the configurations of those that are installed. Each is in force while its command runs.
 *
 * @param folder - Where to.
 * @param server - The address of the real server.
 * @param ports - The ports, of the service and of the server.
 * @returns How each is run.
 */
export function rivals(folder: string, server: string, ports: readonly number[]): Rival[] {
  mkdirSync(folder, { recursive: true });
  return [staticRule, haproxy, nginx].flatMap((make) => make(folder, server, ports));
}

function staticRule(folder: string, server: string, ports: readonly number[]): Rival[] {
  if (!hasTool('nft')) return [];
  const file = `${folder}/static.nft`;
  writeFileSync(
    file,
    `table ip bench {
  chain before {
    type nat hook prerouting priority dstnat;
    fib daddr type local tcp dport { ${ports.join(', ')} } dnat to ${server}
  }
}
`,
  );
  const end = "trap 'kill $!; nft delete table ip bench; exit' TERM";
  const command = `nft -f ${file}; ${end}; sleep infinity & wait`;
  return [{ name: 'one rule of nftables', command: ['sh', '-c', command] }];
}

function haproxy(folder: string, server: string, ports: readonly number[]): Rival[] {
  if (!hasTool('haproxy')) return [];
  const file = `${folder}/haproxy.cfg`;
  const proxies = ports.map(
    (port) => `listen p${port}\n  bind :${port}\n  server s1 ${server}:${port}\n`,
  );
  writeFileSync(
    file,
    `defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\n${proxies.join('')}`,
  );
  return [{ name: 'HAProxy', command: ['haproxy', '-f', file] }];
}

function nginx(folder: string, server: string, ports: readonly number[]): Rival[] {
  if (!hasTool('nginx')) return [];
  const file = `${folder}/nginx.conf`;
  const proxies = ports.map(
    (port) => `  server { listen ${port}; proxy_pass ${server}:${port}; proxy_half_close on; }\n`,
  );
  writeFileSync(
    file,
    `load_module ${STREAM};\ndaemon off;\nworker_processes 1;\npid ${folder}/nginx.pid;\nerror_log /dev/null;
events { worker_connections 8192; }\nstream {\n${proxies.join('')}}\n`,
  );
  return [{ name: 'nginx', command: ['nginx', '-c', file] }];
}
