/**
 * Steps as files that the system reads at its start: units of systemd, sysctl.d and systemd-networkd.
 */
import { nftRules } from './firewall-text.js';
import type { SetupHost, SetupStep } from './step.js';
import { writeScript } from './write-script.js';

/** A file of a host. */
export interface SetupFile {
  /** Where it belongs, such as `etc/sysctl.d/50-ipvs.conf`. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
  /** Whether it is a program. */
  readonly isProgram: boolean;
}

/**
 * The script and the unit that runs it.
 *
 * @param host - The host.
 * @param source - Where the rules come from.
 * @returns Two files.
 */
export function systemdFiles(host: SetupHost, source: string): SetupFile[] {
  const unit = `[Unit]
Description=IPVS set-up of this host
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/ipvs-setup start
ExecStop=/usr/local/sbin/ipvs-setup stop

[Install]
WantedBy=multi-user.target
`;
  return [
    { path: 'usr/local/sbin/ipvs-setup', text: writeScript(host, source), isProgram: true },
    file('etc/systemd/system/ipvs-setup.service', unit),
  ];
}

/**
 * Files of sysctl.d, systemd-networkd, nftables and ipvsadm.
 *
 * @param host - The host.
 * @returns Its files; none is empty.
 */
export function networkFiles({ steps }: SetupHost): SetupFile[] {
  return [
    ...sysctlFiles(steps),
    ...deviceFiles(steps),
    ...addressFiles(steps),
    ...ruleFiles(steps),
  ];
}

function sysctlFiles(steps: readonly SetupStep[]): SetupFile[] {
  const lines = steps.flatMap((step) =>
    step.kind === 'sysctl' ? [`${step.path} = ${step.value}\n`] : [],
  );
  return lines.length === 0 ? [] : [file('etc/sysctl.d/50-ipvs.conf', lines.join(''))];
}

function deviceFiles(steps: readonly SetupStep[]): SetupFile[] {
  return steps.flatMap((step) => {
    if (step.kind === 'gue') {
      const text = `[NetDev]\nName=ipvs-gue-${step.port}\nKind=fou\n\n[FooOverUDP]\nEncapsulation=GenericUDPEncapsulation\nPort=${step.port}\n`;
      return [file(`etc/systemd/network/40-ipvs-gue-${step.port}.netdev`, text)];
    }
    if (step.kind !== 'tunnel') return [];
    const { device, type, local, guePort } = step;
    const mode = type === 'ip6tnl' ? 'Mode=any\n' : '';
    const encapsulation =
      guePort === 0
        ? ''
        : `FooOverUDP=yes\nFOUDestinationPort=${guePort}\nEncapsulation=GenericUDPEncapsulation\n`;
    const text = `[NetDev]\nName=${device}\nKind=${type}\n\n[Tunnel]\nIndependent=yes\nLocal=${local}\n${mode}${encapsulation}`;
    return [file(`etc/systemd/network/40-${device}.netdev`, text)];
  });
}

/** Addresses are added to what other files say of a device. */
function addressFiles(steps: readonly SetupStep[]): SetupFile[] {
  const devices = new Map<string, string[]>();
  for (const step of steps) {
    if (step.kind !== 'address') continue;
    devices.set(step.device, [...(devices.get(step.device) ?? []), step.address]);
  }
  const files = [...devices].map(([device, addresses]) => {
    const lines = addresses.map((address) => `Address=${address}\n`).join('');
    return file(
      `etc/systemd/network/40-${device.startsWith('ipvs-') ? '' : 'ipvs-'}${device}.network`,
      `[Match]\nName=${device}\n\n[Network]\n${lines}`,
    );
  });
  const gateways = steps.flatMap((step) =>
    step.kind === 'gateway' ? [`Gateway=${step.address}\n`] : [],
  );
  if (gateways.length === 0) return files;
  const text = `# Belongs to the [Network] section of the device towards the director.\n[Network]\n${gateways.join('')}`;
  return [...files, file('etc/systemd/network/DEVICE.network.d/ipvs-gateway.conf', text)];
}

function ruleFiles(steps: readonly SetupStep[]): SetupFile[] {
  const marks = steps.flatMap((step) => (step.kind === 'marks' ? step.marks : []));
  const rules = steps.flatMap((step) => (step.kind === 'service' ? [step.rules] : [])).join('');
  const files: SetupFile[] = [];
  if (marks.length > 0) files.push(file('etc/nftables.d/ipvs.nft', nftRules(marks)));
  if (rules !== '') files.push(file('etc/ipvsadm.rules', rules));
  return files;
}

function file(path: string, text: string): SetupFile {
  return { path, text, isProgram: false };
}
