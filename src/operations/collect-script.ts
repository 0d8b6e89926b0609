/**
 * The script that collects, on a running director, what a twin of it is made from.
 */
import { TWIN_FILES } from './twin-files.js';

/**
 * Gives a client another address, the same one each time: of 198.18.0.0/15 or 2001:2::/48, which are meant for tests
 * (RFC 2544, RFC 5180).
 */
const HIDE = `awk '
NR > 2 {
  client = $4; port = $4
  sub(/:[0-9]+$/, "", client); sub(/^.*:/, "", port)
  if (!(client in hidden)) {
    count++
    hidden[client] = client ~ /^\\[/ ? sprintf("[2001:2::%x:%x]", count / 65536, count % 65536) \\
      : sprintf("198.%d.%d.%d", 18 + count / 65536 % 2, count / 256 % 256, count % 256)
  }
  $4 = hidden[client] ":" port
}
{ print }'`;

/**
 * The script.
 *
 * @returns A script for \`sh\` that needs ipvsadm, sysctl and the usual tools.
 */
export function collectScript(): string {
  const lines = Object.entries(TWIN_FILES).map(([name, command]) =>
    name === 'connections'
      ? `if [ "$hide" = yes ]; then ${command} | hide; else ${command}; fi > "$folder/${name}"`
      : `{ ${command}; } > "$folder/${name}" || :`,
  );
  return `#!/bin/sh
# Collects the state of this director into a folder, for 'ipvs twin FOLDER'.
# Usage: sh collect.sh [--hide-clients] FOLDER
set -eu
hide=no
if [ "\${1:-}" = --hide-clients ]; then hide=yes; shift; fi
folder=\${1:-ipvs-twin}
hide() {
  ${HIDE}
}
mkdir -p "$folder"
${lines.join('\n')}
echo "$folder"
`;
}
