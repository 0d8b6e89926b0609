/** The recordings of the rule language, and a director's configuration to replay them against. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Administration } from '../../src/director/administration.js';
import { IpAddress } from '../../src/ip-address.js';
import { seededRandom } from '../../src/random.js';

const folder = new URL('../golden/ipvsadm/', import.meta.url);

export function goldenFiles(): Map<string, string> {
  const entries = readdirSync(folder).map((file) => {
    const text = gunzipSync(readFileSync(new URL(encodeURIComponent(file), folder))).toString();
    return [file.slice(0, -'.gz'.length), text] as const;
  });
  return new Map(entries);
}

/** As the director of the recordings is placed. */
export function administration(): Administration {
  return new Administration({
    random: seededRandom(),
    networks: [
      { address: IpAddress.parse('192.168.100.1'), prefixLength: 24 },
      { address: IpAddress.parse('10.0.0.1'), prefixLength: 8 },
    ],
    devices: ['lo', 'eth0', 'eth1'],
  });
}
