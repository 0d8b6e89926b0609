/**
 * Steps as a shell script with start, stop and status.
 *
 * The script is POSIX sh. Before each change it saves what was there, and undoes only what it did: a step that found
 * everything as it should be leaves no trace, so a second start does nothing, and a stop without a start neither.
 */
import { addressMatch, nftRules } from './firewall-text.js';
import type { SetupHost, SetupStep } from './step.js';

/**
 * Writes a script.
 *
 * @param host - The host.
 * @param source - Where the rules come from, for the comment at the top.
 * @returns The script.
 */
export function writeScript({ name, steps }: SetupHost, source: string): string {
  const numbered = steps.map((step, index) => ({ step, id: `${index + 1}-${step.kind}` }));
  const start = numbered.map(({ step, id }) => doing(step, id));
  const stop = numbered.toReversed().map(({ step, id }) => undoing(step, id));
  const status = numbered.map(({ step }) => looking(step));
  const helpers = [...new Set(steps.map(({ kind }) => HELPERS[kind]))];
  const functions = {
    start: [OPENING, ...start],
    stop: [RETURN, ...stop, CLOSING],
    status: [...status, RESULT],
  };
  const bodies = Object.entries(functions).map(([title, blocks]) => {
    return `${title}() {\n${indented(blocks)}\n}\n`;
  });
  const head = `#!/bin/sh
# ${comment(name)}, for the rules in ${comment(source)}. Written by ipvs setup.
# start | stop | status. What was there before is saved in STATE, and stop puts it back.
set -eu
PATH=$PATH:/usr/sbin:/sbin
STATE=\${STATE:-/run/ipvs-setup/${fileName(name)}}
`;
  return [head, LOOK, ...helpers, ...bodies, CALL].join('\n');
}

const OPENING = 'mkdir -p "$STATE"';
const RETURN = '[ -d "$STATE" ] || return 0';
const CLOSING = 'rmdir "$STATE" 2>/dev/null || true';
const RESULT = '[ "$missing" -eq 0 ] || exit 3';

/** What status does for each step. */
const LOOK = `missing=0

look() { # TEXT COMMAND...: says whether the command finds what there should be
  what=$1
  shift
  if "$@" >/dev/null 2>&1; then
    echo "ok       $what"
  else
    echo "missing  $what"
    missing=1
  fi
}
`;

/** The end of a script. */
const CALL = `case "\${1:-}" in
start) start ;;
stop) stop ;;
status) status ;;
*)
  echo "Usage: $0 start|stop|status" >&2
  exit 2
  ;;
esac
`;

/**
 * A word of a shell that stands for exactly this text.
 *
 * @param text - Any text.
 * @returns The text in single quotes.
 */
export function quoted(text: string): string {
  return /^[\w./:@,=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Text that cannot end a comment. */
function comment(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}

function fileName(name: string): string {
  return name.replaceAll(/[^\w.]/g, '-');
}

/** Indents commands; the text that a command reads stays as it is. */
function indented(blocks: readonly string[]): string {
  return blocks
    .map((block) => (block.includes('<<') ? `  ${block}` : block.replaceAll(/^/gm, '  ')))
    .join('\n');
}

/** Functions that steps of a kind need. */
const HELPERS: Readonly<Record<SetupStep['kind'], string>> = {
  sysctl: `set_value() { # STEP PATH VALUE
  [ "$(cat "/proc/sys/$2")" = "$3" ] && return 0
  if [ ! -e "$STATE/$1" ]; then
    cat "/proc/sys/$2" >"$STATE/$1.new"
    mv "$STATE/$1.new" "$STATE/$1"
  fi
  printf '%s\\n' "$3" >"/proc/sys/$2"
}

reset_value() { # STEP PATH
  [ -e "$STATE/$1" ] || return 0
  cat "$STATE/$1" >"/proc/sys/$2"
  rm "$STATE/$1"
}

has_value() { # PATH VALUE
  [ "$(cat "/proc/sys/$1")" = "$2" ]
}
`,
  address: `has_address() { # ADDRESS DEVICE
  ip -o addr show dev "$2" | grep -qF " $1 "
}

add_address() { # STEP ADDRESS DEVICE OPTIONS...
  has_address "$2" "$3" && return 0
  : >"$STATE/$1"
  step=$1 address=$2 device=$3
  shift 3
  ip addr add "$address" dev "$device" "$@" || { rm "$STATE/$step"; return 1; }
}

remove_address() { # STEP ADDRESS DEVICE
  [ -e "$STATE/$1" ] || return 0
  ! has_address "$2" "$3" || ip addr del "$2" dev "$3"
  rm "$STATE/$1"
}
`,
  tunnel: `add_device() { # STEP DEVICE OPTIONS...
  ip link show dev "$2" >/dev/null 2>&1 && return 0
  : >"$STATE/$1"
  step=$1 device=$2
  shift 2
  ip link add name "$device" "$@" || { rm "$STATE/$step"; return 1; }
  ip link set dev "$device" up
}

remove_device() { # STEP DEVICE
  [ -e "$STATE/$1" ] || return 0
  ! ip link show dev "$2" >/dev/null 2>&1 || ip link del dev "$2"
  rm "$STATE/$1"
}
`,
  gue: `has_port() { # FAMILY PORT
  ip "$1" fou show | grep -qE "port $2( |\\$)"
}

add_port() { # STEP FAMILY PORT
  has_port "$2" "$3" && return 0
  : >"$STATE/$1"
  ip "$2" fou add port "$3" gue || { rm "$STATE/$1"; return 1; }
}

remove_port() { # STEP FAMILY PORT
  [ -e "$STATE/$1" ] || return 0
  ! has_port "$2" "$3" || ip "$2" fou del port "$3"
  rm "$STATE/$1"
}
`,
  gateway: `has_gateway() { # FAMILY ADDRESS
  ip "$1" route show default | grep -qF "via $2 "
}

set_gateway() { # STEP FAMILY ADDRESS
  has_gateway "$2" "$3" && return 0
  if [ ! -e "$STATE/$1" ]; then
    ip "$2" route show default >"$STATE/$1.new"
    mv "$STATE/$1.new" "$STATE/$1"
  fi
  while ip "$2" route del default 2>/dev/null; do :; done
  ip "$2" route add default via "$3" || {
    reset_gateway "$1" "$2" "$3"
    return 1
  }
}

reset_gateway() { # STEP FAMILY ADDRESS
  [ -e "$STATE/$1" ] || return 0
  ! has_gateway "$2" "$3" || ip "$2" route del default via "$3"
  while read -r route; do
    # The words of a route are words of the command.
    # shellcheck disable=SC2086
    ip "$2" route add $route || true
  done <"$STATE/$1"
  rm "$STATE/$1"
}
`,
  marks: `add_marks() { # STEP: rules of nft on standard input
  [ ! -e "$STATE/$1" ] || { cat >/dev/null; return 0; }
  : >"$STATE/$1"
  nft -f - || { rm "$STATE/$1"; return 1; }
}

remove_marks() { # STEP
  [ -e "$STATE/$1" ] || return 0
  nft delete table inet ipvs_setup 2>/dev/null || true
  rm "$STATE/$1"
}

add_rule() { # STEP TABLES RULE...: of iptables, in the chain PREROUTING of mangle
  step=$1 tables=$2
  shift 2
  "$tables" -t mangle -C PREROUTING "$@" 2>/dev/null && return 0
  : >"$STATE/$step"
  "$tables" -t mangle -A PREROUTING "$@" || { rm "$STATE/$step"; return 1; }
}

remove_rule() { # STEP TABLES RULE...
  step=$1 tables=$2
  shift 2
  [ -e "$STATE/$step" ] || return 0
  "$tables" -t mangle -D PREROUTING "$@" 2>/dev/null || true
  rm "$STATE/$step"
}
`,
  service: `add_service() { # STEP NAME...: its rules on standard input
  step=$1
  shift
  [ ! -e "$STATE/$step" ] || { cat >/dev/null; return 0; }
  if ipvsadm -L -n "$@" >/dev/null 2>&1; then
    echo "$0: the service $* is there already, and not of this script" >&2
    return 1
  fi
  : >"$STATE/$step"
  ipvsadm -R
}

remove_service() { # STEP NAME...
  step=$1
  shift
  [ -e "$STATE/$step" ] || return 0
  ipvsadm -D "$@" || true
  rm "$STATE/$step"
}
`,
};

function doing(step: SetupStep, id: string): string {
  switch (step.kind) {
    case 'sysctl':
      return `set_value ${id} ${quoted(step.path)} ${quoted(step.value)}`;
    case 'address':
      // A host does not look for another owner of an address that has many.
      return `add_address ${id} ${quoted(step.address)} ${quoted(step.device)}${step.address.includes(':') ? ' nodad' : ''}`;
    case 'tunnel':
      return `add_device ${id} ${quoted(step.device)} ${tunnelOptions(step)}`;
    case 'gue':
      return `add_port ${id} ${familyOption(step.isIpv6)} ${step.port}`;
    case 'gateway':
      return `set_gateway ${id} ${familyOption(step.isIpv6)} ${quoted(step.address)}`;
    case 'marks':
      return step.firewall === 'nftables'
        ? `add_marks ${id} <<'RULES'\n${nftRules(step.marks)}RULES`
        : step.marks.map((mark, at) => `add_rule ${id}-${at} ${addressMatch(mark)}`).join('\n');
    case 'service':
      return `add_service ${id} ${words(step.name)} <<'RULES'\n${step.rules}RULES`;
  }
}

function undoing(step: SetupStep, id: string): string {
  switch (step.kind) {
    case 'sysctl':
      return `reset_value ${id} ${quoted(step.path)}`;
    case 'address':
      return `remove_address ${id} ${quoted(step.address)} ${quoted(step.device)}`;
    case 'tunnel':
      return `remove_device ${id} ${quoted(step.device)}`;
    case 'gue':
      return `remove_port ${id} ${familyOption(step.isIpv6)} ${step.port}`;
    case 'gateway':
      return `reset_gateway ${id} ${familyOption(step.isIpv6)} ${quoted(step.address)}`;
    case 'marks':
      return step.firewall === 'nftables'
        ? `remove_marks ${id}`
        : step.marks.map((mark, at) => `remove_rule ${id}-${at} ${addressMatch(mark)}`).join('\n');
    case 'service':
      return `remove_service ${id} ${words(step.name)}`;
  }
}

function looking(step: SetupStep): string {
  switch (step.kind) {
    case 'sysctl':
      return `look ${quoted(`${step.path} ${step.value}`)} has_value ${quoted(step.path)} ${quoted(step.value)}`;
    case 'address':
      return `look ${quoted(`${step.address} on ${step.device}`)} has_address ${quoted(step.address)} ${quoted(step.device)}`;
    case 'tunnel':
      return `look ${quoted(`device ${step.device}`)} ip link show dev ${quoted(step.device)}`;
    case 'gue':
      return `look 'UDP port ${step.port}' has_port ${familyOption(step.isIpv6)} ${step.port}`;
    case 'gateway':
      return `look ${quoted(`gateway ${step.address}`)} has_gateway ${familyOption(step.isIpv6)} ${quoted(step.address)}`;
    case 'marks':
      return step.firewall === 'nftables'
        ? "look 'marks of nftables' nft list table inet ipvs_setup"
        : step.marks
            .map((mark) => {
              const [tables, ...rule] = addressMatch(mark).split(' ');
              return `look 'mark ${mark.mark}' ${tables} -t mangle -C PREROUTING ${rule.join(' ')}`;
            })
            .join('\n');
    case 'service':
      return `look 'service ${step.name}' ipvsadm -L -n ${words(step.name)}`;
  }
}

/** Quotes words that blanks divide. */
function words(text: string): string {
  return text.split(' ').map(quoted).join(' ');
}

function familyOption(isIpv6: boolean): string {
  return isIpv6 ? '-6' : '-4';
}

function tunnelOptions(step: Extract<SetupStep, { kind: 'tunnel' }>): string {
  const { type, local, checksum, guePort } = step;
  const mode = type === 'ip6tnl' ? ' mode any' : '';
  const sum = checksum ? ' csum' : '';
  const encapsulation = guePort === 0 ? '' : ` encap gue encap-sport auto encap-dport ${guePort}`;
  return `type ${type} local ${quoted(local)}${mode}${sum}${encapsulation}`;
}
