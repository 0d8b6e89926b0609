/**
 * What kind of text a caller has: rules, a shell script, a configuration of keepalived, a listing, or
 * settings of the kernel.
 */

/** The kinds that are distinguished. */
export type InputKind = 'ipvsadm' | 'script' | 'keepalived' | 'listing' | 'sysctl';

/** What the first line of a keepalived.conf that is no comment begins with. */
const KEEPALIVED_START =
  /^(?:virtual_server(?:_group)?|global_defs|vrrp_\w+|static_\w+|bfd_instance|track_\w+|SSL|net_namespace\w*|linkbeat_\w+|garp_group|include[rmwba]?[ \t]|instance[ \t]|use_pid_dir|\$[A-Za-z_]\w*=|@\^?\w*[ \t]|~(?:SEQ|LST))/;

/** A block that no other kind has, wherever it is. */
const KEEPALIVED_BLOCK = /^[ \t]*(?:@\S+[ \t]+)?(?:virtual_server(?:_group)?|real_server)[ \t]+\S/m;

/** A header of a listing or of a file in /proc/net, wherever it is. */
const LISTING_HEADER =
  /^\s*(?:IP\sVirtual\sServer\sv|Prot\sLocalAddress:Port|IPVS connection entries|pro\sexpire\sstate|Pro FromIP|(?:Total +)?Incoming +Outgoing)/m;

/** A row of a listing whose header was left out. */
const LISTING_ROW =
  /^(?:(?:TCP|UDP|SCTP|FWM|IP)\s+\S|->\s+\S|Timeout \(tcp|(?:master|backup) sync daemon)/;

/** A setting of the kernel as `sysctl -a`, files in /etc/sysctl.d (`-` in front: an error is no matter) and `grep . /proc/sys/net/ipv4/vs/*` write it. */
const SYSCTL =
  /^(?:-?[a-z]\w*[./][\w./*-]*\w[ \t]*=|-net[./]\S+$|net\.ipv4\.vs\.\w+:[ \t]|\/proc\/sys\/\S+:)/;

/** A line of a rule file that is written as a command without any help of a shell. */
const PLAIN_CALL = /^ipvsadm(?:[ \t][^$&|;<>`'"(){}\\]*)?$/;

/** What only a shell reads, in a text without a call of the tool: an assignment, `sysctl -w`, a here-document. */
const SHELL =
  /^[ \t]*(?:[A-Za-z_]\w*=|(?:sudo[ \t]+)?(?:(?:nsenter|ip[ \t]+netns)[ \t][^\n]*[ \t])?(?:\S*\/)?sysctl[ \t]+-|[a-z][^#\n]*<<-?[ \t]*['"]?[A-Za-z_])/m;

/**
 * Recognizes the kind of a text, by its first line that is not empty and no comment, and by what no other
 * kind has.
 *
 * @param text - The text.
 * @returns The kind; `ipvsadm` when nothing says otherwise.
 */
export function inputKindOf(text: string): InputKind {
  const first = /^[ \t\r\uFEFF]*([^ \t\r\n#!\uFEFF][^\n]*)/m.exec(text)?.[1]?.trimEnd() ?? '';
  if (/^-(?!>)/.test(first) && !SYSCTL.test(first)) return 'ipvsadm';
  if (text.startsWith('#!')) return 'script';
  if (LISTING_ROW.test(first) || LISTING_HEADER.test(text)) return 'listing';
  if (KEEPALIVED_START.test(first) || KEEPALIVED_BLOCK.test(text)) return 'keepalived';
  if (SYSCTL.test(first)) return 'sysctl';
  return isScript(text) ? 'script' : 'ipvsadm';
}

/** Whether a text calls the tool, or a variable that may be the tool, in other than plain lines. */
function isScript(text: string): boolean {
  if (!/ipvsadm/i.test(text)) return SHELL.test(text);
  return text
    .split('\n')
    .map((line) => line.trim())
    .some((line) => line !== '' && !/^[#-]/.test(line) && !PLAIN_CALL.test(line));
}
