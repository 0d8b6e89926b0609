/**
 * Commands in the words of the recording.
 */
import type { IpAddress } from '../../../src/ip-address.js';
import type { Member, VirtualServerConfiguration } from '../../../src/keepalived/configuration.js';
import type { CommandedServer, IpvsCommand } from '../../../src/keepalived/machine/commands.js';

const methods = { masquerading: 'masq', gatewaying: 'route', tunneling: 'tunnel' } as const;
const checksums = { nocsum: 0, csum: 1, remcsum: 2 } as const;

/**
 * Writes a command as it was recorded.
 *
 * @param command - The command.
 * @returns JSON, without the time.
 */
export function recordedCommand(command: IpvsCommand): string {
  return JSON.stringify(valueOf(command));
}

function valueOf(command: IpvsCommand): Record<string, unknown> {
  const cmd = command.command;
  if ('service' in command)
    return {
      cmd,
      service: memberOf(command.member),
      ...serviceOf(command.service, command.member),
    };
  if ('server' in command) {
    const { server, member } = command;
    const place = `${hostOf(server.address)}:${server.port}`;
    const base = { cmd, service: memberOf(member), server: place };
    return cmd === 'delete-server' ? base : { ...base, ...serverOf(server) };
  }
  if (command.command === 'delete-service') return { cmd, service: memberOf(command.member) };
  if (command.command === 'set-timeouts') {
    return { cmd, tcp: command.tcpSeconds, tcpfin: command.tcpFinSeconds, udp: command.udpSeconds };
  }
  return 'role' in command ? { cmd, role: command.role } : { cmd };
}

function hostOf(address: IpAddress): string {
  return address.family === 6 ? `[${address}]` : String(address);
}

function memberOf(member: Member): string {
  if (member.kind === 'mark')
    return `fwmark ${member.fwmark}${member.family === 6 ? ' inet6' : ''}`;
  return `${member.protocol} ${hostOf(member.address)}:${member.port}`;
}

function serviceOf(service: VirtualServerConfiguration, member: Member): Record<string, unknown> {
  const { scheduler, schedulerFlags, onePacket, persistenceSeconds, granularity } = service;
  const family = member.kind === 'mark' ? member.family : member.address.family;
  const flags = Number(persistenceSeconds > 0) | (onePacket ? 4 : 0) | (schedulerFlags << 3);
  const engine = persistenceSeconds > 0 ? service.persistenceEngine : undefined;
  return {
    scheduler,
    flags: `0x${flags.toString(16)}/0xffffffff`,
    timeout: persistenceSeconds,
    netmask: netmaskOf(granularity, family),
    ...(engine === undefined ? {} : { pe: engine }),
  };
}

function netmaskOf(granularity: IpAddress | number | undefined, family: number): unknown {
  if (granularity === undefined) return family === 6 ? 128 : 'ffffffff';
  return typeof granularity === 'number'
    ? granularity
    : Buffer.from(granularity.toBytes()).toString('hex');
}

function serverOf(server: CommandedServer): Record<string, unknown> {
  const { forwarding, weight, upperThreshold, lowerThreshold } = server;
  const { method, tunnel } = forwarding;
  const extra = {
    'u-threshold': upperThreshold,
    'l-threshold': lowerThreshold,
    'tun-type': method === 'tunneling' && tunnel.type !== 'ipip' ? tunnel.type : 0,
    'tun-port': method === 'tunneling' ? tunnel.port : 0,
    'tun-flags': method === 'tunneling' ? checksums[tunnel.checksum] : 0,
  };
  const set = Object.fromEntries(Object.entries(extra).filter(([, value]) => value !== 0));
  return { method: methods[method], weight, ...set };
}
