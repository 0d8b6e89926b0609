/**
 * The script that collects, on a running director, what a twin of it is made from.
 */
import { HIDE_CLIENTS } from './hide-clients.js';
import { TWIN_FILES } from './twin-files.js';

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
  awk '${HIDE_CLIENTS}' "$folder/services" connections=1 -
}
mkdir -p "$folder"
${lines.join('\n')}
echo "$folder"
`;
}
