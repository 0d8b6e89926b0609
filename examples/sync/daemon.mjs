/**
 * A synchronization daemon of a director, to be tried against a kernel's or against another one of these.
 *
 *   node examples/sync/daemon.mjs backup eth0 [SYNCID] [RULES]
 *   node examples/sync/daemon.mjs master eth0 [SYNCID] [RULES]
 *
 * RULES is a file as `ipvsadm --save --numeric` writes it; without one there is a service 192.0.2.1:80 with two servers.
 * The backup writes its connections whenever their number changes. The master opens a connection for each line
 * `ADDRESS:PORT` on standard input, as if that client's packets had come, and announces it. The kernel's other end:
 *
 *   ipvsadm --start-daemon backup --mcast-interface eth0 --syncid 7    # and ipvsadm -Lnc
 *   ipvsadm --start-daemon master --mcast-interface eth0 --syncid 7
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Director } from 'ipvs/director';
import { restoreRules } from 'ipvs/ipvsadm';
import { synchronization } from 'ipvs/sync';
import { UdpTransport } from 'ipvs/sync/node';
import { encodePacket, TCP_FLAG } from 'ipvs/wire';

const RULES = `-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -g`;
/** With the third packet a connection is announced (sync_threshold). */
const PACKETS = [TCP_FLAG.SYN, TCP_FLAG.ACK, TCP_FLAG.ACK];
const LOOK_MS = 250;

const [role = '', device = '', syncId = '7', file] = process.argv.slice(2);
if (!['master', 'backup'].includes(role) || device === '') {
  console.error('usage: node daemon.mjs master|backup INTERFACE [SYNCID] [RULES]');
  process.exit(2);
}

const transport = new UdpTransport({
  loopback: device === 'lo',
  onError: (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
});
const director = new Director({ sync: synchronization({ transport }) });
obey(file === undefined ? RULES : read(file), `${file}, line `);
obey(`--start-daemon ${role} --mcast-interface ${device} --syncid ${syncId}`, 'arguments, line ');
console.log(`${role} on ${device}, syncid ${syncId}`);

/**
 * Carries out rules, or ends the program with a line.
 *
 * @param {string} rules @param {string} where - What precedes the number of a bad line.
 */
function obey(rules, where) {
  const [error] = restoreRules(rules, director).errors;
  if (error !== undefined) refuse(`${where}${error.line}: ${error.hint || error.message}`);
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** @param {string} message @returns {never} */
function refuse(message) {
  console.error(message);
  return process.exit(2);
}

/** @param {string} client - `ADDRESS:PORT`. */
function open(client) {
  const at = client.lastIndexOf(':');
  const [service] = director.services;
  if (service === undefined || at < 0) return;
  for (const flags of PACKETS) {
    director.receive(
      encodePacket({
        source: client.slice(0, at),
        destination: service.address,
        transport: {
          type: 'tcp',
          sourcePort: Number(client.slice(at + 1)),
          destinationPort: service.port,
          flags,
        },
      }),
    );
  }
}

let shown = 0;
/** Lets due messages be sent, and writes the connections of a backup when there are more or fewer. */
function look() {
  director.advance();
  if (role === 'master' || director.table.size === shown) return;
  shown = director.table.size;
  console.log(`${shown} connections`);
  for (const each of director.connections()) {
    const { clientAddress, clientPort, serverAddress, serverPort, state, secondsLeft } = each;
    const left = `${state} ${secondsLeft} s`;
    console.log(`  ${clientAddress}:${clientPort} -> ${serverAddress}:${serverPort} ${left}`);
  }
}
setInterval(look, LOOK_MS);

if (role === 'master') createInterface({ input: process.stdin }).on('line', open);
process.once('SIGTERM', () => {
  console.log(director.syncStatistics);
  director.stopDaemon(/** @type {'master' | 'backup'} */ (role)); // what waits is sent
  setTimeout(() => process.exit(), LOOK_MS);
});
